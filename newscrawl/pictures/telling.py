"""What a picture tells of a story. Plotly takes some HTML in its texts, so whatever comes from a page is escaped here."""

from __future__ import annotations

import textwrap
from collections import Counter
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from newscrawl.corpus import Entry, Node

HOVER_COLUMNS = 44
SECTION_COLOURS = ("#2f6fb3", "#e0912f", "#3f9b62", "#9a5fb0", "#8a6a4a", "#1f9aa6", "#cf5f8f")
OTHER_COLOUR = "#98a1ab"
START_COLOUR = "#c4122f"
INK, FAINT, GRID = "#1d2733", "#66717d", "#e4e8ec"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
LEGEND = {"orientation": "h", "x": 0, "yanchor": "top", "itemsizing": "constant", "font": {"size": 12}}
LAYOUT = {
    "font": {"family": FONT, "size": 13, "color": INK}, "plot_bgcolor": "white", "paper_bgcolor": "white",
    "hovermode": "closest", "showlegend": True,
    "hoverlabel": {"bgcolor": "white", "bordercolor": FAINT, "align": "left", "font": {"size": 13, "color": INK}},
    # without the button that sends a figure to its maker's cloud
    "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": FAINT, "remove": ["sendChartToCloud"]},
}  # fmt: skip
"""What all pictures have in common."""
OTHER, NO_SECTION = "other sections", "no section"


def web_address(story: Node | Entry) -> str | None:
    """Return a story's address if a browser may be sent there: over http or https, not to a script."""
    try:
        return story.url if story.url and urlsplit(story.url).scheme in {"http", "https"} else None
    except ValueError:  # brackets that hold no address
        return None


def escaped(text: str) -> str:
    """Return a text as plotly shows it: it knows few entities, and none for quotes."""
    return escape(text, quote=False)


def headline(story: Node | Entry) -> str:
    """Return what a story is called, as one line: its headline, else its id."""
    return " ".join((story.headline or "").split()) or story.story_id


def label(story: Node | Entry, most: int) -> str:
    """Return the beginning of a story's headline, escaped."""
    return escaped(
        textwrap.shorten(headline(story), most, placeholder="…") if len(headline(story)) > most else headline(story)
    )


def hover(story: Node | Entry, *details: str) -> str:
    """Return what is shown beside the pointer: headline, date and section, details; all escaped."""
    told = " · ".join(filter(None, [date(story.date_published), story.section]))
    bold = [f"<b>{escaped(line)}</b>" for line in textwrap.wrap(headline(story), HOVER_COLUMNS)]
    return "<br>".join([*bold, *(escaped(line) for line in (told, *filter(None, details)))])


def date(at: datetime | None) -> str:
    """Return a date as one reads it: ``17 March 2013``."""
    return f"{at.day} {at:%B %Y}" if at else "undated"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: ``1 story``, ``1,204 stories``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def groups(stories: Iterable[Node | Entry]) -> dict[str, str]:
    """Return section -> its group: the sections with most stories are their own, as many as there are colours."""
    counted = Counter(story.section or NO_SECTION for story in stories)
    ordered = sorted(counted, key=lambda section: (-counted[section], section))
    own = ordered if len(ordered) <= len(SECTION_COLOURS) else ordered[: len(SECTION_COLOURS) - 1]
    return {section: section if section in own else OTHER for section in ordered}


def colours(names: Iterable[str]) -> dict[str, str]:
    """Return group -> colour."""
    named = [name for name in dict.fromkeys(names) if name not in {OTHER, NO_SECTION}]
    return dict(zip(named, SECTION_COLOURS, strict=False)) | dict.fromkeys((OTHER, NO_SECTION), OTHER_COLOUR)
