"""Pages of bbc.com since late 2023 (Next.js) with the page's state in ``#__NEXT_DATA__``, and all pages of blocks since 2026.

What was read off saved pages:

- The visible time is relative ("1 day ago"); the exact ones stand in JSON-LD, and in milliseconds in the state.
- The first ``<img>`` of a picture is a grey placeholder; its ``alt`` begins with the agency, which also stands beside the picture.
- A links-block inside the article is the editor's choice; the asides "Related" (``ohio``) and "More" (``alaska``) are filled by
  topic. Fronts are made of sections named alike, after states; their cards are named after towns.
- Where a story should be but is not (``notFoundPage``), there are many fresh cards: none of them has to do with the address.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newscrawl.eras import Era, Rule
from newscrawl.eras.rules import any_of, attribute, has, json_ld, meta
from newscrawl.items import Image, Target
from newscrawl.sites.bbc.eras import states
from newscrawl.sites.bbc.eras.component_fields import ADDRESSES, FIELDS
from newscrawl.sites.bbc.eras.components import HIDDEN, LINKS, LISTED, STORY

if TYPE_CHECKING:
    from newscrawl.page import Page

_TARGETS = {
    "article": Target.STORY,
    "video": Target.STORY,
    "indexPage": Target.INDEX,
    "notFoundPage": Target.OTHER,
    "errorPage": Target.OTHER,
}


SHOWN_DATES = (
    attribute("[data-component=byline-block] time", "datetime"),
    attribute("[data-block=metadata] time", "datetime"),
)


def _target(page: Page) -> Target | None:
    return next((_TARGETS.get(str(name)) for name in states.told(page, (*states.PROPS, "type"))), None)


def _pictures(page: Page) -> list[Image]:
    """Read the pictures where each ``alt`` has the credit before it."""
    if not (page.select("[data-testid=image]") or page.select("[data-testid=hero-image]")):
        return []
    return [
        replace(image, alt=(image.alt or "").removeprefix(f"{image.credit or ''} "))
        for image in STORY.read(page).images
    ]


NEXT_2023 = Era(
    name="next-2023",
    marker=any_of(
        has("#__NEXT_DATA__"),
        has("[data-block=headline]"),
        has("[data-testid=byline-new]"),
        has("[data-component=headline-block]", "[data-testid=ohio-title]"),
    ),
    target=Rule("type of the state", _target),
    hidden=HIDDEN,
    addresses=ADDRESSES,
    fields={
        **FIELDS,
        "images": (Rule("images with credits in alt", _pictures), *FIELDS["images"]),
        "date_published": (
            json_ld("datePublished"),
            states.stated("firstPublished"),
            json_ld("uploadDate"),
            meta("cXenseParse:publishtime"),
            *SHOWN_DATES,
        ),
        "date_modified": (
            json_ld("dateModified"),
            states.stated("lastPublished"),
            meta("article:modified_time"),
            json_ld("datePublished"),
            json_ld("uploadDate"),
            *SHOWN_DATES,
        ),
    },
    links=LINKS,
    listed=LISTED,
)
