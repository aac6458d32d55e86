"""Features of BBC Future, Culture, Worklife and Travel of 2019 to 2023 (``.article__body-content``).

What was read off saved pages:

- The headline is no heading element; the first paragraph (``.article__intro``) is bare text; a drop cap repeats its letter.
- The one exact date is in the page's state, which is no JSON (it holds ``undefined``); other features stand there too.
- Links to other features stand in the text as a paragraph with a bullet before each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.eras import Era, Rule
from newscrawl.eras.regions import Region, inline, insets
from newscrawl.eras.rules import any_of, attribute, block, bylines, description, has, meta, text
from newscrawl.items import Image, Relation
from newscrawl.sites.addresses import unwrap

if TYPE_CHECKING:
    from newscrawl.items import Block
    from newscrawl.page import Page

STORY = Region(
    where=(".WaypointsList__item--is-active .article__body-content", ".article__body-content", ".body-content"),
    cut=(".drop-capped", ".article__end", ".article-share-tools", ".inline-video", ".inline-media"),
    insets=(".article-body__pull-quote", ".inline-quote", ".fact-box"),
    figures=(".article-body__image-text", ".inline-image", "figure"),
    captions=(".inline-image__description", "figcaption"),
)

BULLET = "•"


def _text(page: Page) -> list[Block]:
    """Read the text without dashes that part it, lists of other features and the line that announces each."""
    content = STORY.read(page)
    titles = {link.text for link in content.links}
    kept: list[Block] = []
    for one in content.blocks:
        before, *parts = map(str.strip, one.text.split(BULLET))
        if not before and parts and titles.issuperset(parts):
            if kept and kept[-1].text.endswith(":"):
                kept.pop()
        elif any(map(str.isalnum, one.text)):
            kept.append(one)
    return kept


def _images(page: Page) -> list[Image]:
    heroes = page.select(".hero-image img")[:1]
    above = [Image(page.absolute(image.get("src", "")) or None, image.get("alt")) for image in heroes]
    return above + STORY.read(page).images


def in_state(name: str) -> Rule:
    """Read a value of this feature from the page's state, where it stands under its own path."""

    def read(page: Page) -> str | None:
        path = urlsplit(unwrap(page.open_graph.get("url") or page.url)).path.strip("/").replace("/", "\\u002F")
        own = page.markup.find(f'"{path}":{{')
        mark = f'"{name}":"'
        start = page.markup.find(mark, max(own, 0))
        return page.markup[start + len(mark) :].partition('"')[0] if start >= 0 else None

    return Rule(f"state {name}", read)


PUBLISHED = (in_state("displayDate"), in_state("publicationDate"), meta("article:published_time"))

FEATURE_2020 = Era(
    name="feature-2020",
    marker=any_of(has(".article__body-content"), has(".article-headline__text"), has(".body-content")),
    hidden=(".screen-reader-only",),
    fields={
        "headline": (text(".article-headline__text"), text("main h1"), meta("og:title")),
        "summary": (description(),),
        "body": (Rule(f"body {STORY.name}", _text),),
        "authors": (meta("author"), bylines(".author-unit", ".author-unit__text", ".author-unit__role")),
        "section": (text(".article-labels__text"), meta("article:section")),
        "language": (attribute("html", "lang"),),
        "images": (Rule("images .hero-image and body", _images),),
        "insets": (insets(STORY),),
        "date_published": PUBLISHED,
        "date_modified": (meta("article:modified_time"), *PUBLISHED),
    },
    links=(
        block(Relation.TOPIC_ASIDE, ".article__similar-articles", items="a"),
        block(Relation.ELSEWHERE, ".around-the-bbc-swimlane", items="a", outer=".swimlane__title"),
        inline(STORY),
    ),
)
