"""A story over time on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from newscrawl.corpus_cli.output import count, day, lines, shown, table, write_file

if TYPE_CHECKING:
    from argparse import Namespace

    from rich.console import Console
    from rich.table import Table

    from newscrawl.corpus import Entry, Timeline

NARROW, WIDE = 70, 110
"""Columns below which section and era are left out, and from which the id has room."""
DIRECTIONS = {"start": "", "out": "→", "in": "←"}
LEGEND = "→ the story's links lead there, ← links from there lead to the story, and in how many steps; ┃ a burst"


def timeline(console: Console, story: Timeline, asked: Namespace) -> None:
    """Show stories in the order of publication, with gaps between them and bursts marked; or write them as a picture."""
    if asked.html:
        from newscrawl.pictures import timeline_html

        write_file(asked.html, timeline_html(story), count(len(story.entries), "story", "stories"))
        return
    console.print()
    console.print(_heading(story, asked))
    console.print(_entries(story, console.width))
    console.print(Text(LEGEND, "dim"))
    if story.missing:
        missing = count(story.missing, "more story is", "more stories are")
        console.print(shown(f"{missing} linked but not in the corpus.", "dim"))
    if story.cut:
        console.print(
            shown(
                "More belongs to it than one timeline holds; these are the nearest. Try --depth 1 or one --relation.",
                "dim",
            )
        )


def _heading(story: Timeline, asked: Namespace) -> Text:
    dates = [entry.date_published for entry in story if entry.date_published]
    span = f", {day(min(dates))} to {day(max(dates))}" if dates else ""
    bursts = len({entry.burst for entry in story if entry.burst})
    told = [count(len(story.entries), "story", "stories") + span, count(bursts, "burst") if bursts else ""]
    told.append(f"links: {', '.join(asked.relations)}, depth {asked.depth}")
    title = shown(f"{story.start['headline']} ({story.start['story_id']})", "bold")
    return lines(title, shown("; ".join(filter(None, told))))


def _entries(story: Timeline, width: int) -> Table:
    columns = ["", "Published", "Headline"]
    columns += ["Section", "Era"] if width >= NARROW else []
    columns += ["Link", "Id"] if width >= WIDE else ["Link"]
    made = table(*columns, fixed=("", "Published", "Era", "Link", "Id"))
    for entry in story:
        if entry.gap:
            made.add_row("", "", shown(f"… {_span(entry.days_since_previous or 0)} …", "dim"))
        made.add_row(*(_cell(entry, column) for column in columns))
    return made


def _cell(entry: Entry, column: str) -> Text:
    style = "bold" if entry.direction == "start" else ""
    link = f"{DIRECTIONS[entry.direction]} {entry.relation} {entry.steps}" if entry.relation else "start"
    cells = {
        "": "┃" if entry.burst else "", "Published": day(entry.date_published) or "undated", "Headline": entry.headline, "Section": entry.section,
        "Era": entry.page_era, "Link": link, "Id": entry.story_id,
    }  # fmt: skip
    return shown(cells[column], style)


def _span(days: float) -> str:
    """Return a long time in the words one says it in."""
    years, rest = divmod(days, 365.25)
    months = int(rest / 30.44)
    return " ".join([*([count(int(years), "year")] if years else []), *([count(months, "month")] if months else [])])
