"""The stream of posts (``lx-stream``) that live pages and match pages of 2015 to 2023 have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.items import Post
from newscrawl.sites.bbc.eras.updates import post_id, updates

if TYPE_CHECKING:
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
    # only the JSON-LD of a live page says exactly when; that of a match has no time
    times = {update.id: update.time for update in updates(page)}
    names = _firsts(page, ".lx-stream-post__contributor-name")
    found = []
    for element, text in _firsts(page, ".lx-stream-post-body").items():
        name = post_id(element.get("id") or "")
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
