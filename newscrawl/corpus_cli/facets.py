"""What stories were counted by, on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.corpus import COVERED
from newscrawl.corpus_cli.output import day, shown, table

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from rich.console import Console

Document = dict[str, Any]


def facets(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show names with the number of their stories."""
    made = table("Stories", "First", "Last", "Name", numbers=("Stories",), fixed=("First", "Last"))
    for row in rows:
        made.add_row(f"{row['stories']:,}", day(row["first"]), day(row["last"]), shown(row["name"]))
    console.print(made)


def coverage(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show groups of stories with the share, in per cent, that has each field."""
    names = [field.removeprefix("date_") for field in COVERED]
    made = table(asked.by.title(), "Stories", *names, numbers=("Stories", *names), fixed=(asked.by.title(),))
    for row in rows:
        shares = (f"{100 * row['fields'][field]:.0f}" for field in COVERED)
        made.add_row(shown(row[asked.by] or "unknown"), f"{row['stories']:,}", *shares)
    console.print(made)
    console.print(shown("In per cent of the stories: how many have the field.", "dim"))
