"""Fronts that are no stories' era: the BBC's home pages since 2015, and the news fronts of 2018 to 2023 (``nw-c-promo``).

What was read off saved pages:

- The international home page (``.module``) shortens titles that are too long for their place; the link that covers the whole item
  has the full one. A module without a heading does not belong to the one before.
- Headings that only screen readers see name the parts of a news front.
"""

from __future__ import annotations

from newscrawl.eras import Era
from newscrawl.eras.rules import any_of, block, has
from newscrawl.items import Relation
from newscrawl.sites.bbc.eras.responsive_2015 import changed

FRONT = Era(
    name="front",
    marker=any_of(has(".nw-c-promo"), has("section.module > .module__content"), has(".top-stories__stories")),
    hidden=(".gs-u-vh", ".gs-c-media-indicator", ".top-list-item__byline", ".hp-live-badge", ".top-story__off-screen"),
    fields={},
    listed=(
        block(
            Relation.LISTED,
            ".module",
            items="a.block-link__overlay-link, a.top-list-item__link, a.reel__link, a.ws-headline__title-link",
            title=".top-list-item__headline, .media__content h3",
            inner=".module__title, .feature__title, .top-list__heading",
        ),
        block(
            Relation.LISTED, ".top-stories", items="a.top-story", title=".top-story__title", outer=".top-stories__title"
        ),
        block(
            Relation.LISTED,
            "#site-container",
            items="a.gs-c-promo-heading",
            title=".gs-c-promo-heading__title",
            inner="h2",
            updated=changed,
        ),
    ),
)
