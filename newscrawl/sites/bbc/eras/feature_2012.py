"""Features of BBC Future and its sister sites in 2012 and 2013 (``#main-column.story`` in the ``barlesque`` frame).

What was read off saved pages:

- A feature has several pages; each has the headline and the first paragraph (``p.description``), and its own part of the text.
- OpenGraph has the exact time of publication; a change is nowhere stated, so that is the last one known too.
- The author's profile, if there is one, is folded up below the name.
- "Related" stands inside the text; a link to BBC News there has a header of its own. The column's neighbours are features.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.eras import Era, FoundLink, LinkRule, Rule
from newscrawl.eras.regions import Region, body, images, inline, insets
from newscrawl.eras.rules import attribute, block, bylines, description, has, meta, text
from newscrawl.items import Relation, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Page

STORY = Region(
    where=("#main-column",),
    cut=(
        "#main-column > .column",
        "#main-column > .time",
        "#main-column > .information",
        "#main-column > .social",
        ".bbccom_sponsor",
        "#emp",
        ".related-articles",
        "#paginationControl",
    ),
    figures=(".lead-image", ".inline-image", "figure"),
    captions=(".lead-image-caption", ".inline-image-caption", ".caption", "figcaption"),
    insets=(".pullout", ".pull-quote", ".story-body aside"),
    loose_text=False,
)


def _topics(page: Page) -> list[Topic]:
    anchors = page.select("#main-column .tags a")
    return [Topic(page.text(anchor), url=page.absolute(anchor.get("href", ""))) for anchor in anchors]


def _related(page: Page) -> Iterator[FoundLink]:
    """Read the box in the text: of several anchors of a teaser the one around the title."""
    for box in page.select(".related-articles"):
        outer = next(map(page.text, box.iterchildren("h3")), "")
        for teaser in page.select("article", box):
            inner = next(map(page.text, page.select(".header", teaser)), "").rstrip(":")
            for anchor in page.select("a:has(h5)", teaser):
                title = " / ".join(filter(None, (outer, inner)))
                yield FoundLink(anchor.get("href", ""), Relation.RELATED, page.text(anchor), title or None, anchor)


FEATURE_2012 = Era(
    name="feature-2012",
    marker=has("#main-column.story", ".article-heading"),
    fields={
        "headline": (text(".article-heading"), meta("og:title")),
        "summary": (description(),),
        "body": (body(STORY),),
        "authors": (bylines("#main-column .author", ".author-information", ".author-role"),),
        "section": (meta("article:section"),),
        "topics": (Rule("#main-column .tags", _topics),),
        "language": (attribute("html", "lang"), attribute("#blq-container-inner", "lang")),
        "images": (images(STORY),),
        "insets": (insets(STORY),),
        "date_published": (meta("article:published_time"),),
        "date_modified": (meta("article:modified_time"), meta("article:published_time")),
    },
    links=(
        LinkRule(".related-articles", _related),
        block(Relation.FEATURES, ".storySelector", items=".headline a", outer="h1"),
        block(Relation.MOST_READ, ".top5", items="li a", outer="h1"),
        inline(STORY),
    ),
)
