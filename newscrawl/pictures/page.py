"""A picture as a page: one file with the figure, plotly.js and a list of the stories. It asks no other machine for anything.

A content security policy in the page itself lets two scripts run, plotly.js and the page's own, and nothing be fetched. So
even text that escaped its place could neither run nor call home.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from plotly.offline import get_plotlyjs

from newscrawl import __version__
from newscrawl.pictures.telling import date, headline, web_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plotly.graph_objects import Figure

    from newscrawl.corpus import Entry, Node


def page(figure: Figure, stories: Iterable[Node | Entry], *, title: str, summary: str, caption: str) -> str:
    """Return a page of HTML that shows a figure, with a list of its stories for those who do not use a pointer."""
    environment = Environment(
        loader=PackageLoader("newscrawl.pictures", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    listed = sorted(stories, key=lambda story: (story.date_published is None, story.date_published, story.story_id))
    scripts = [get_plotlyjs(), _file("page.js")]
    return environment.get_template("page.html").render(
        title=title,
        summary=summary,
        caption=caption,
        figure=figure.to_json(),  # with every < as \u003c, so no text of it ends its element
        height=figure.layout.height,
        stories=[(story, headline(story), date(story.date_published), web_address(story)) for story in listed],
        scripts=scripts,
        allowed=" ".join(map(_fingerprint, scripts)),
        style=_file("page.css"),
        made=f"{date(now := datetime.now(UTC))}, {now:%H:%M} UTC",
        version=__version__,
    )


@cache
def _file(name: str) -> str:
    return files("newscrawl.pictures").joinpath(name).read_text(encoding="utf-8")


def _fingerprint(script: str) -> str:
    """Return what a content security policy calls a script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
