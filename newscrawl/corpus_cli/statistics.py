"""The counts of a corpus on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.columns import Columns
from rich.table import Table

from newscrawl.corpus_cli.output import day, shown, table

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from rich.console import Console

Document = dict[str, Any]

EMPTY = "the corpus is empty; collect a first story with: scrapy crawl bbc_story -a seed=URL"
TABLES = {
    "kinds": "Kind", "eras": "Page era", "sections": "Section", "languages": "Language", "relations": "Link relation",
    "outcomes": "Visit outcome",
}  # fmt: skip
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


def _counts(title: str, counts: dict[str, int]) -> Table:
    made = table(title, "", numbers=("",))
    named = [(name or "not stated", number) for name, number in counts.items()]
    for name, number in named[:MOST]:
        made.add_row(shown(name), f"{number:,}")
    if rest := named[MOST:]:
        made.add_row(shown(f"{len(rest)} others", "dim"), f"{sum(number for _, number in rest):,}")
    return made
