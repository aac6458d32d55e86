"""The stream of posts (``lx-stream``) that live pages and match pages of 2015 to 2023 have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.items import Post
from newscrawl.processors import instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newscrawl.page import Element, Page

HIDDEN = (
    ".lx-media-asset",
    ".lx-stream-post-body .gs-u-vh",
    ".lx-stream-post-body__external-link",
    ".lx-stream-post-body .twitter-tweet",
    ".lx-stream-post-body--embed",
)
"""In the body of a post: pictures and videos with all that belongs to them, labels for screen readers, icons, embedded posts."""


def posts(page: Page) -> list[Post]:
    """Read the posts in the order in which they stand, the youngest first."""
    times = dict(_times(page))
    return [post for element in page.select(".lx-stream-post") if (post := _post(page, element, times)).text]


def _post(page: Page, element: Element, times: dict[str, datetime]) -> Post:
    name = (element.get("id") or "").removeprefix("post_")
    return Post(
        id=name or None,
        time=times.get(name),
        author=_text(page, element, ".lx-stream-post__contributor-name"),
        text=_text(page, element, ".lx-stream-post-body") or "",
    )


def _text(page: Page, element: Element, selector: str) -> str | None:
    return next(filter(None, map(page.text, page.select(selector, element))), None)


def _times(page: Page) -> Iterator[tuple[str, datetime]]:
    """Return when each post was published, which only the JSON-LD of a live page says exactly."""
    for part in page.json_ld:
        for update in part.get("liveBlogUpdate") or ():
            name = str(update.get("url", "")).partition("#post_")[2]
            if name and (stated := update.get("datePublished")):
                yield name, instant(stated)
