"""A small era to try the extraction with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from newscrawl.eras import Era
from newscrawl.eras.regions import Region, body
from newscrawl.eras.rules import always, block, meta, text
from newscrawl.extraction import read
from newscrawl.items import Relation
from newscrawl.page import Page
from newscrawl.sites.bbc import BBC

if TYPE_CHECKING:
    from newscrawl.extraction import Extraction

URL = "http://www.bbc.co.uk/news/uk-29990001"


def failing(_: Page) -> Any:
    raise KeyError("gone")


ERA = Era(
    name="test-1990",
    marker=always(),
    fields={
        "headline": (meta("title"), text("h1")),
        "body": (body(Region(where=("body",))),),
        "date_published": (meta("date"), meta("other-date")),
    },
    links=(block(Relation.RELATED, ".related", outer="h2"),),
)


def read_as(markup: str, url: str = URL, **changes: Any) -> Extraction:
    site = replace(BBC, eras=(replace(ERA, **changes),))
    return read(Page(markup.encode(), url), site)


def story_of(markup: str, url: str = URL, **changes: Any) -> Any:
    story = read_as(markup, url, **changes).story
    assert story is not None
    return story
