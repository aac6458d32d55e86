"""News pages of June 2010 to early 2015 (``barlesque`` frame, ``.story-body``), their fronts, and copies in the Wayback Machine.

What was read off saved pages:

- ``OriginalPublicationDate`` is the last update; the first publication is ``DCTERMS.created``, before 2013 only in the address
  of the statistics image (``first_pub=``). The visible date is in GMT, unlabelled BST or ET, and never read.
- ``meta[Headline]`` is the short one of the indexes; the story's own is the ``h1``.
- ``.story-feature.related`` and ``.embedded-hyper`` are blocks of links, every other ``.story-feature`` is an inset.
- In "More on This Story" the block decides, not the inner heading, but for links to other news sites and to other parts of the BBC.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.eras import Era, Rule
from newscrawl.eras.regions import Region, body, images, inline, insets
from newscrawl.eras.rules import after, any_of, attribute, block, bylines, description, has, meta, meta_is, text
from newscrawl.items import Image, Kind, Relation, Target

if TYPE_CHECKING:
    from newscrawl.page import Element, Page

INSETS = (".story-feature",)

STORY = Region(
    where=(".story-body", "#story-body", ".emp-decription"),
    ends=(".comment-introduction", "#comment-form"),
    cut=(
        ".story-feature.related",
        ".embedded-hyper",
        ".story-date",
        ".share-help",
        ".videoInStoryA",
        ".videoInStoryB",
        ".videoInStoryC",
        ".videoInStoryD",
        ".emp",
        ".market-data",
        ".marketdata-widget",
        ".hypertabs",
        "#twitter-module",
        ".web_intents",
        ".bbccom_advert_placeholder",
        ".dna-comment-count-simple",
        ".dna-comment-count-personal",
    ),
    bylines=(".byline", ".correspondent-byline"),
    insets=INSETS,
    line_images=re.compile(r"_line(?:976|464)?\.|grey_line"),
    loose_text=False,
    figures=(".caption",),
    captions=(),
    headings=("h2", "h3", "h4", "h5", "h6", ".cross-head", ".byline-heading"),
)

MEDIA_TYPE = after("cps_media_type=")

GROUPS = {
    "from other news sites": Relation.EXTERNAL,
    "related internet links": Relation.EXTERNAL,
    "around the web": Relation.EXTERNAL,
    "around the bbc": Relation.ELSEWHERE,
    "related bbc links": Relation.ELSEWHERE,
    "from across the bbc": Relation.ELSEWHERE,
}
"""Headings inside "More on This Story" whose links are of another kind."""


def _gallery(page: Page) -> list[Image]:
    """Read the pictures of a gallery, which stand in its fallback for readers without scripts."""
    shown = (_picture(page, item) for item in page.select("#gallery li"))
    return [image for image in shown if image.url]


def _picture(page: Page, item: Element) -> Image:
    """Read one picture: a small one that leads to it, or the one or the other alone."""
    whole, small = next(item.iterchildren("a"), None), next(item.iter("img"), None)
    address = (whole is not None and whole.get("href")) or (small is not None and small.get("src"))
    return Image(
        url=page.absolute(address) if address else None,
        alt=small.get("alt") if small is not None else None,
        caption=" ".join(map(page.text, page.select(".picGalCaption", item))),
    )


def _kind(page: Page) -> Kind | None:
    asset = page.metas.get("cps_asset_type")
    if asset == "MAP":  # media asset page: the statistics say which
        return Kind.AUDIO if (MEDIA_TYPE.read(page) or "").startswith("audio") else Kind.VIDEO
    return Kind.GALLERY if asset == "PGL" else None


GEL_2010 = Era(
    name="gel-2010",
    marker=any_of(
        has("#main-content > .layout-block-a"), has("#main-content.index"), has("#meta-information", "#story-body")
    ),
    target=meta_is(
        "CPS_ASSET_TYPE", {"STY": Target.STORY, "MAP": Target.STORY, "PGL": Target.STORY, "IDX": Target.INDEX}
    ),
    hidden=(
        ".hidden",
        ".gvl3-icon",
        ".livestats-icon",
        ".dna-hide",
        ".av-time",
        "h2.quote",
        ".endquote",
        ".watch > span",
        ".play > span",
        ".listen > span",
    ),
    addresses=(meta("UKFS_URL"), meta("IFS_URL"), meta("CPS_ID", "/news/{}")),
    fields={
        "headline": (text(".story-header"), text("#meta-information h1"), meta("og:title"), meta("Headline")),
        "summary": (description(),),
        "body": (body(STORY),),
        "authors": tuple(
            bylines(where, ".byline-name", ".byline-title", outside=INSETS)
            for where in (".byline", ".correspondent-byline")
        ),
        "section": (meta("Section"),),
        "language": (
            attribute("html", "xml:lang"),
            attribute("html", "lang"),
            attribute("#blq-container-inner", "xml:lang"),
        ),
        "images": (images(STORY), Rule("#gallery", _gallery)),
        "insets": (insets(STORY),),
        "kind": (Rule("meta CPS_ASSET_TYPE", _kind),),
        "date_published": (meta("DCTERMS.created"), after("first_pub="), meta("OriginalPublicationDate")),
        "date_modified": (meta("DCTERMS.modified"), meta("OriginalPublicationDate")),
    },
    links=(
        block(Relation.RELATED, ".story-feature.related", outer="h2"),
        block(Relation.RELATED, ".embedded-hyper", outer="h2"),
        block(
            Relation.RELATED,
            ".story-related",
            items="li:not(.about) a, .special-report, .puffbox :not(li) > a",
            outer="h2",
            inner="h3, .hyper-depth-stories-header",
            by_heading=GROUPS,
        ),
        block(Relation.SECTION, ".top-index-stories", outer="h2"),
        block(Relation.TOP_STORIES, ".top-stories-range-module", outer="h2"),
        block(Relation.FEATURES, ".feature-generic", outer="h2"),
        block(Relation.MOST_READ, ".livestats", outer="h2", inner="h3"),
        block(Relation.FEATURES, "#more-galleries", outer="h2"),
        block(Relation.ELSEWHERE, ".layout-block-b", items="li a, h3 a", inner="h2"),
        # June 2010
        block(Relation.RELATED, "#secondary-content .nested-menus", items="li li a", inner="h3", by_heading=GROUPS),
        block(
            Relation.TOP_STORIES, "#secondary-content .see-also", outer="h2", by_heading={"see also": Relation.RELATED}
        ),
        block(Relation.MOST_READ, "#secondary-content .most-popular", items="ol a", outer="h2", inner="h3"),
        block(Relation.RELATED, "#secondary-content .hyperpuff", inner="h2, h3"),
        block(Relation.FEATURES, "#featured-content", outer="h2"),
        inline(STORY),
    ),
)
