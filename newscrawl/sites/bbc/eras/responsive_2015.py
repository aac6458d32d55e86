"""News pages of 2015 to 2020 (``#responsive-news``, ``.story-body__inner``), their video pages and section fronts, in all languages.

What was read off saved pages:

- A page states one moment, in JSON-LD or as seconds beside the headline: that of its last update. The address of the statistics
  image also has the story's creation (``first_pub=``), up to a week before later renderings say it was published; it comes last.
- Labels for screen readers (``.off-screen``) stand among captions, headings and titles.
- Pictures below the first are put in by scripts and are ``.js-delayed-image-load`` in the source.
- The text's own parts are children of ``.story-body__inner``; what stands in a further element there is a box or a fragment from
  elsewhere. What stands between two lines (``hr``, or pictures of lines and banners) is an inset too.
- An anchor of a block of links holds its date, summary and rank; the title has an element of its own.
- Blocks that scripts fill later are empty and ``.hidden``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from newscrawl.eras import Era, FoundLink, LinkRule, Rule
from newscrawl.eras.regions import Region, body, inline, insets
from newscrawl.eras.rules import after, any_of, attribute, block, bylines, description, has, json_ld, meta, text, when
from newscrawl.items import Image, Kind, Relation, Target, Topic
from newscrawl.sites.bbc.eras import players
from newscrawl.sites.bbc.eras.calls import calls
from newscrawl.sites.bbc.eras.gel_2010 import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Element, Page

HEADER = ".story-body__mini-info-list-and-share"

INSETS = (".story-body__inner aside", ".pullout")

STORY = Region(
    where=(".story-body__inner", ".vxp-media__summary"),
    cut=(
        ".media-with-caption",
        ".media-placeholder",
        ".media-player-wrapper",
        ".player-with-placeholder",
        ".contact-form",
        ".bbccom_slot",
        ".social-embed",
        ".twitter-tweet",
        ".instagram-media",
        ".market-data",
    ),
    no_text=calls(".story-body__inner"),
    bylines=(".byline",),
    insets=INSETS,
    includes=tuple(f".story-body__inner > {tag}" for tag in ("div", "section", "article", "table")),
    resumes=(".story-body__introduction",),
    dividers=(".story-body__line",),
    line_images=re.compile(r"_line(?:976|464)?\.|grey_?line|_banner_(?:top|bottom)_", re.I),
    pictures=(".js-delayed-image-load", "amp-img"),
    credits=(".story-image-copyright",),
    loose_text=False,
)

BARE = replace(
    STORY,
    where=(".story-body", "[property=articleBody]"),
    cut=(
        *STORY.cut,
        HEADER,
        ".with-extracted-share-icons",
        ".share-tools--event-tag",
        ".share-tools--no-event-tag",
        ".tags-container",
    ),
    includes=(),
)
"""The same where the text's element is missing or holds everything one level down."""

HEADINGS = {**GROUPS, "elsewhere on the bbc": Relation.ELSEWHERE}
"""Of blocks whose links are of another kind."""

ITEMS = frozenset({"faux-block-link", "gs-c-promo", "correspondent-promo__latest-story"})
"""What an item of a block or an index is, where it is no ``<li>``."""


NEXT_VIDEO = ".vxp-carousel__item:not(.vxp-carousel__item--selected) .vxp-carousel__headline-link"
"""What the player goes on with, chosen by topic."""

LISTED = (
    "a.title-link",
    "a.links-list__link",
    "a.bold-image-promo",
    "a.top-stories-promo-story",
    "a.most-popular-list-item__link",
    ".correspondent-promo__latest-story a",
)
LISTED_AS = (
    ".title-link__title-text",
    ".bold-image-promo__title",
    ".top-stories-promo-story__title",
    ".most-popular-list-item__headline",
    ".correspondent-promo__headline",
)
LISTED_UNDER = (
    ".group-title",
    ".correspondent-promo__title",
    ".features-and-analysis__title",
    ".top-stories-promo__title",
    ".most-popular__title",
)


def _images(page: Page) -> list[Image]:
    return (STORY if STORY.read(page).blocks else BARE).read(page).images


def _topics(page: Page) -> list[Topic]:
    return [
        Topic(page.text(anchor), _topic_id(anchor.get("href", "")), page.absolute(anchor.get("href", "")))
        for anchor in _topic_anchors(page)
    ]


def _topic_anchors(page: Page) -> list[Element]:
    """Return the tags, which stand below the story; one of them may stand above it too."""
    return list({anchor.get("href", ""): anchor for anchor in page.select(".tags-list a")}.values())


def _topic_id(href: str) -> str | None:
    found = re.search(r"/topics/([^/?#]+)", href)
    return found and found[1]


def _topic_links(page: Page) -> Iterator[FoundLink]:
    heading = next(map(page.text, page.select(".tags-title")), None)
    for anchor in _topic_anchors(page):
        yield FoundLink(anchor.get("href", ""), Relation.TOPIC, page.text(anchor), heading, anchor)


def changed(anchor: Element) -> str | None:
    """Return when a link's target was last changed: the date in the item that the anchor stands in, or in the anchor itself."""
    item = next(filter(_is_item, anchor.iterancestors()), anchor)
    return next(filter(None, (date.get("data-seconds") for date in item.iter("div", "time"))), None)


def _is_item(element: Element) -> bool:
    return element.tag == "li" or not ITEMS.isdisjoint((element.get("class") or "").split())


RESPONSIVE_2015 = Era(
    name="responsive-2015",
    marker=any_of(has(".story-body__inner"), has(".vxp-media__headline"), has("#page.configurable")),
    target=when(has("#page.index"), Target.INDEX),
    hidden=(".off-screen",),
    fields={
        "headline": (text(".story-body__h1"), text(".vxp-media__headline"), text("#page h1"), json_ld("headline")),
        "summary": (description(),),
        "body": (body(STORY), body(BARE)),
        "authors": (bylines(".byline", ".byline__name", ".byline__title", outside=INSETS),),
        "section": (
            text(f"{HEADER} .mini-info-list__section"),
            text(".vxp-media__body .mini-info-list__section"),
            meta("article:section"),
            meta("og:article:section"),
        ),
        "topics": (Rule(".tags-list", _topics),),
        "language": (attribute("html", "lang"),),
        "images": (Rule(f"images {STORY.name} or {BARE.name}", _images),),
        "insets": (insets(STORY),),
        "kind": (
            players.SOUND,
            when(players.MEDIA_PAGE, Kind.VIDEO),
            when(has("#asset-type-pgl"), Kind.GALLERY),
        ),
        "duration": (players.DURATION,),
        "date_published": (
            json_ld("datePublished"),
            attribute(".story-body .date", "data-seconds"),
            attribute(".vxp-media__body .vxp-date", "data-seconds"),
            after("first_pub="),
        ),
        "date_modified": (
            json_ld("dateModified"),
            json_ld("datePublished"),
            attribute(".story-body .date", "data-seconds"),
            attribute(".vxp-media__body .vxp-date", "data-seconds"),
            after("last_editorial_update="),
        ),
    },
    links=(
        block(Relation.SECTION, HEADER, items=".mini-info-list__section"),
        block(Relation.SECTION, ".vxp-media__body", items=".mini-info-list__section"),
        LinkRule("topic .tags-list", _topic_links),
        block(Relation.EXTERNAL, ".related-links--external", items="a", title=".cta", outer=".group__title"),
        block(
            Relation.RELATED,
            ".story-more .group",
            items="a",
            title=".cta",
            outer=".group__title",
            by_heading=HEADINGS,
            updated=changed,
        ),
        block(
            Relation.TOPIC_ASIDE,
            ".vxp-carousel-component",
            items=NEXT_VIDEO,
            title=".vxp-carousel__headline",
            updated=changed,
        ),
        block(Relation.EXTERNAL, "#comp-from-other-news-sites", items="li a", outer="h2"),
        block(
            Relation.SECTION,
            ".container-more-from-this-index",
            items="a.title-link",
            title=".title-link__title-text",
            outer=".group-title",
            updated=changed,
        ),
        block(Relation.SECTION, ".small-promo-group", items=".small-promo-group__body a", outer=".group-title"),
        block(
            Relation.TOP_STORIES,
            ".top-stories-promo",
            items="a",
            title=".top-stories-promo-story__title",
            outer=".top-stories-promo__title",
            updated=changed,
        ),
        block(
            Relation.FEATURES,
            ".features-and-analysis",
            items=".features-and-analysis__story a",
            title=".bold-image-promo__title",
            outer=".features-and-analysis__title",
        ),
        block(
            Relation.MOST_READ,
            ".most-popular",
            items="a.most-popular-list-item__link",
            title=".most-popular-list-item__headline",
            outer=".most-popular__title",
        ),
        block(
            Relation.ELSEWHERE,
            ".distinct-component-group",
            items="a.title-link",
            title=".title-link__title-text",
            outer=".group-title",
            by_heading=HEADINGS,
        ),
        inline(STORY),
    ),
    listed=(
        block(
            Relation.LISTED,
            "#page",
            items=", ".join(LISTED),
            title=", ".join(LISTED_AS),
            inner=", ".join(LISTED_UNDER),
            updated=changed,
        ),
    ),
)
