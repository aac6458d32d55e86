"""What was read otherwise, on the screen: each story field by field, and a table of all."""

from __future__ import annotations

from datetime import datetime
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from newscrawl.corpus_cli.output import count, moment, shown, table
from newscrawl.reextraction.tally import way_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from newscrawl.reextraction.tally import Tally
    from newscrawl.storage.rereading import Rereading

AROUND = 4
"""Words shown on either side of a difference."""
LONGEST = 600
"""Characters of one field's differences that are shown."""
MOST_EDGES = 5
"""Edges of a kind that are named; the rest is counted."""


def show(console: Console, told: Rereading) -> None:
    """Show how one page differs."""
    era, now = told.before["page_era"], told.after["page_era"]
    read_as = era if era == now else f"{era} → {now}"
    console.print(shown(f"{told.story_id}  {read_as}  fetched {moment(told.fetched_at)}  {told.position}", "bold"))
    fields = Table.grid(padding=(0, 2))
    fields.add_column(style="dim", no_wrap=True)
    fields.add_column(overflow="fold")
    for name, old, new in told.fields:
        fields.add_row(f"  {name}", difference(name, old, new))
    for way, edges in (
        ("gained", told.gained),
        ("lost", told.lost),
        ("changed", [new for _, new in told.shown_otherwise]),
    ):
        if edges:
            fields.add_row(f"  edges {way}", _edges(edges))
    console.print(fields)


def difference(name: str, old: Any, new: Any) -> Text:
    """Return old and new value as one text: ``[-gone-]`` and ``{+new+}`` words with some of those around them."""
    before, after = _words(old), _words(new)
    if way_of(old, new) != "changed" or not isinstance(old, str | list):
        text = Text.assemble((" ".join(before) or "nothing", "red"), " → ", (" ".join(after) or "nothing", "green"))
    else:
        text = Text(" ").join(_marked(before, after))
    text.truncate(LONGEST, overflow="ellipsis")
    return text


def _marked(before: list[str], after: list[str]) -> Iterator[Text]:
    """Yield the words that differ, and those around them."""
    compared = SequenceMatcher(a=before, b=after, autojunk=False)
    for group in compared.get_grouped_opcodes(AROUND):
        if group[0][1] > 0:
            yield Text("…", "dim")
        for way, start, end, other, until in group:
            if way == "equal":
                yield Text(" ".join(before[start:end]))
                continue
            if end > start:
                yield Text(f"[-{' '.join(before[start:end])}-]", "red")
            if until > other:
                yield Text(f"{{+{' '.join(after[other:until])}+}}", "green")
        if group[-1][2] < len(before):
            yield Text("…", "dim")


def _words(value: Any) -> list[str]:
    return str(shown(_plain(value))).split()


def _plain(value: Any) -> str:
    """Return a value from a document as text: of parts what they say, of blocks that are no paragraphs what they are."""
    if isinstance(value, list):
        return " | ".join(map(_plain, value))
    if isinstance(value, dict):
        return " · ".join(
            f"{name}: {_plain(part)}" if name not in TELLING else _plain(part) for name, part in _parts(value)
        )
    if isinstance(value, datetime):
        return moment(value)
    return "" if value is None else str(value)


TELLING = frozenset({"text", "name", "caption", "type"})
"""Names of parts that need not be said."""


def _parts(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, part) for name, part in value.items() if part not in (None, "", "paragraph", False))


def _edges(edges: list[dict[str, Any]]) -> Text:
    named = [shown(f"{edge['relation']} → {edge['to']} {edge.get('text', '')}") for edge in edges[:MOST_EDGES]]
    more = len(edges) - MOST_EDGES
    return Text("\n").join([*named, *([shown(f"and {count(more, 'other')}", "dim")] if more > 0 else [])])


def summarise(console: Console, tally: Tally, *, dry_run: bool) -> None:
    """Show how many pages differ in which field, and why others were passed."""
    if tally.ways:
        made = table(
            "Era", "Field", "Changed", "Gained", "Lost", "Unchanged", numbers=("Changed", "Gained", "Lost", "Unchanged")
        )
        for row in tally.rows():
            made.add_row(*(shown(f"{value:,}" if isinstance(value, int) else value) for value in row.values()))
        console.print(made)
    if tally.passed:
        made = table("Passed", "Why", numbers=("Passed",))
        for reason, number in tally.passed.most_common():
            made.add_row(f"{number:,}", shown(reason))
        console.print(made)
    console.print(shown(_said(tally, dry_run=dry_run)))


def _said(tally: Tally, *, dry_run: bool) -> str:
    pages = tally.pages.total()
    told = f"{count(pages, 'page')} read again, {count(tally.differing, 'change')}"
    return f"{told}; nothing was written (--dry-run)" if dry_run and tally.differing else told
