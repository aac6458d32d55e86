"""AMP forms of news pages of 2016 to 2020 (``.main_article_text``).

What was read off a saved page:

- The address is the story's own under ``/amp/``; what the canonical link says has the same id.
- A picture and its caption are neighbours. The still of a video is a picture too, told by its smaller size in the address.
- The related stories stand inside the text's element.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from newscrawl.eras import Era, Rule
from newscrawl.eras.regions import Region, body, inline, insets
from newscrawl.eras.rules import attribute, block, bylines, description, has, json_ld, meta, text
from newscrawl.items import Image, Relation
from newscrawl.sites.bbc.eras.calls import calls
from newscrawl.sites.bbc.eras.gel_2010 import GROUPS

if TYPE_CHECKING:
    from newscrawl.page import Element, Page

INSETS = (".main_article_text aside", ".pullout")

STORY = Region(
    where=(".main_article_text",),
    cut=(".group", ".link-group-container"),
    no_text=calls(".main_article_text"),
    bylines=(".byline",),
    insets=INSETS,
    dividers=(".main_article_text hr",),
    line_images=re.compile(r"_line(?:976|464)?\.|grey_?line|_banner_(?:top|bottom)_", re.I),
    pictures=("amp-img",),
    captions=(".caption",),
    no_pictures=re.compile(r"/news/640/"),
    loose_text=False,
)


def _images(page: Page) -> list[Image]:
    """Read the pictures with the captions that stand after them."""
    captions = {
        page.absolute(picture.get("src", "")): page.text(neighbour)
        for container in page.select(".image_container")
        for picture in container.iter("amp-img")
        if (neighbour := container.getnext()) is not None and neighbour.get("class") == "caption"
    }
    return [replace(image, caption=captions.get(image.url or "")) for image in STORY.read(page).images]


def changed(anchor: Element) -> str | None:
    """Return when a link's target was last changed: the date in the item that the anchor stands in."""
    item = next((parent for parent in anchor.iterancestors() if parent.get("class") == "link-group-item"), anchor)
    return next(filter(None, (date.get("data-time") for date in item.iter("div"))), None)


AMP = Era(
    name="amp",
    marker=has(".main_article_text"),
    hidden=(".screen_reader_text",),
    fields={
        "headline": (text("h1.headline"), json_ld("headline")),
        "summary": (description(),),
        "body": (body(STORY),),
        "authors": (bylines(".byline", ".byline__name", ".byline__title", outside=INSETS),),
        "section": (text(".titlebar .section_link"), meta("article:section")),
        "language": (attribute("html", "lang"),),
        "images": (Rule("amp-img", _images),),
        "insets": (insets(STORY),),
        "date_published": (
            json_ld("datePublished"),
            meta("article:published_time"),
            attribute(".titlebar .date", "data-time"),
        ),
        "date_modified": (
            json_ld("dateModified"),
            meta("article:modified_time"),
            attribute(".titlebar .date", "data-time"),
        ),
    },
    links=(
        block(Relation.SECTION, ".titlebar", items=".section_link"),
        block(
            Relation.RELATED,
            ".group",
            items="a.title-link",
            outer=".related_stories_header",
            by_heading=GROUPS,
            updated=changed,
        ),
        inline(STORY),
    ),
)
