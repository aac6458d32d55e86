"""Live pages of 2017 to 2023 (``#lx-stream``): twenty posts a page, the youngest first.

What was read off saved pages:

- The title of the page names the event, the visible headline the latest of it.
- JSON-LD (``LiveBlogPosting``) has the exact times of the page and its posts, but cuts their text short: that is the page's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.eras import Era, FoundLink, LinkRule, Rule
from newscrawl.eras.regions import Region, insets
from newscrawl.eras.rules import always, attribute, block, description, has, json_ld, meta, text
from newscrawl.items import Kind, Relation
from newscrawl.sites.bbc.eras import lx_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Page

SUMMARY = Region(where=(".qa-summary-points",), insets=(".qa-summary-points",))
"""The points above the posts, as a box."""

BLOG = frozenset({"LiveBlogPosting"})


def _inline(page: Page) -> Iterator[FoundLink]:
    for anchor in page.select(".lx-stream-post-body a:not(.lx-stream__cta)"):
        yield FoundLink(anchor.get("href", ""), Relation.INLINE, page.text(anchor), anchor=anchor)


LIVE_2020 = Era(
    name="live-2020",
    marker=has("#lx-stream", ".lx-stream-post"),
    hidden=(".gs-u-vh", *lx_stream.HIDDEN),
    fields={
        "headline": (text("#lx-event-title"), json_ld("headline", types=BLOG), meta("og:title")),
        "summary": (description(),),
        "posts": (Rule(".lx-stream-post", lx_stream.posts),),
        "insets": (insets(SUMMARY),),
        "section": (meta("article:section"),),
        "language": (attribute("html", "lang"),),
        "kind": (always(Kind.LIVE),),
        "date_published": (json_ld("datePublished", types=BLOG),),
        "date_modified": (json_ld("dateModified", types=BLOG),),
    },
    links=(
        block(Relation.RELATED, ".lx-c-more-from", items=".lx-c-more-from__item-link", title="h3", outer="h2"),
        LinkRule("inline .lx-stream-post-body", _inline),
    ),
)
