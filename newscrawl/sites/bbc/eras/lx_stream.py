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
    times, names = dict(_times(page)), _firsts(page, ".lx-stream-post__contributor-name")
    found = []
    for element, text in _firsts(page, ".lx-stream-post-body").items():
        name = (element.get("id") or "").removeprefix("post_")
        found.append(Post(id=name or None, time=times.get(name), author=names.get(element), text=text))
    return [post for post in found if post.text]


def _firsts(page: Page, selector: str) -> dict[Element, str]:
    """Return the text of the first such element in each post."""
    found: dict[Element, str] = {}
    for element in page.select(selector):
        post = next(element.iterancestors("article"), None)
        if post is not None and post not in found:
            found[post] = page.text(element)
    return found


def _times(page: Page) -> Iterator[tuple[str, datetime]]:
    """Return when each post was published, which only the JSON-LD of a live page says exactly."""
    for part in page.json_ld:
        for update in part.get("liveBlogUpdate") or ():
            name = str(update.get("url", "")).partition("#post_")[2]
            if name and (stated := update.get("datePublished")):
                yield name, instant(stated)
