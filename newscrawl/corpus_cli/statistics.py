"""The counts of a corpus on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.columns import Columns
from rich.table import Table

from newscrawl.corpus_cli.output import count, day, shown, table
from newscrawl.coverage import FIELDS, GENERIC, STORIES

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from rich.console import Console

    from newscrawl.coverage import Coverage

Document = dict[str, Any]

EMPTY = "the corpus is empty; collect a first story with: scrapy crawl bbc_story -a seed=URL"
TABLES = {
    "kinds": "Kind", "eras": "Page era", "sections": "Section", "languages": "Language", "relations": "Link relation",
    "outcomes": "Visit outcome",
}  # fmt: skip
UNKNOWN = "{} read by the generic rules, since no page era claims the page: scrapy corpus find --era generic"
MOST = 10
"""Rows of one table; the rest is summed up."""


def statistics(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show the totals, then one small table for each thing that is counted."""
    for row in rows:
        if not row["stories"]:
            console.print(shown(EMPTY[0].upper() + EMPTY[1:]))
        console.print(_totals(row))
        console.print(
            Columns([_counts(title, row[name]) for name, title in TABLES.items() if row[name]], padding=(0, 3))
        )
        if coverage := row["coverage"]:
            console.print(_coverage(coverage))
        for drift in row["drifts"]:
            console.print(shown(drift, "yellow"))
        if generic := coverage.get(GENERIC):
            console.print(shown(UNKNOWN.format(count(generic[STORIES], "story was", "stories were")), "yellow"))


def _totals(row: Document) -> Table:
    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim")
    made.add_column(justify="right")
    made.add_column()
    published = row["published"]
    span = f"published {day(published['first'])} to {day(published['last'])}" if published else ""
    notes = {"stories": span, "tombstones": "stories forgotten for good"}
    for name in ("stories", "revisions", "links", "crawls", "visits", "tombstones"):
        if row[name] or name != "tombstones":
            made.add_row(name, f"{row[name]:,}", shown(notes.get(name), "dim"))
    made.add_row("size", f"{row['bytes'] / 1e6:,.1f}", "MB")
    return made


def _coverage(coverage: Coverage) -> Table:
    """Return which share of the stories that the last crawls read has which field, by era; fields of all are not named."""
    made = table("Read as", "Stories", "Fields not on every story, in %", numbers=("Stories",), fixed=("Read as",))
    for era, fields in coverage.items():
        stories = fields[STORIES]
        shares = (f"{name} {100 * fields.get(name, 0) // stories}" for name in FIELDS if fields.get(name, 0) < stories)
        made.add_row(shown(era), f"{stories:,}", shown(" · ".join(shares)))
    return made


def _counts(title: str, counts: dict[str, int]) -> Table:
    made = table(title, "", numbers=("",))
    named = [(name or "not stated", number) for name, number in counts.items()]
    for name, number in named[:MOST]:
        made.add_row(shown(name), f"{number:,}")
    if rest := named[MOST:]:
        made.add_row(shown(f"{len(rest)} others", "dim"), f"{sum(number for _, number in rest):,}")
    return made
