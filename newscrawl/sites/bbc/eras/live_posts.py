"""The posts of live pages since 2023 (``[data-testid=content-post]``), in either frame; no era itself.

A post's time stands in words beside it, seldom in a ``<time>``; exact ones are in JSON-LD and in the page's state, where posts
are known by their id or, if the markup has none, by their headline.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from newscrawl.eras import FoundLink, LinkRule, Rule
from newscrawl.items import Post, Relation
from newscrawl.sites.bbc.eras.updates import Update, moment, post_id, times_of_state, updates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newscrawl.page import Element, Page

WHERE = "[data-testid=content-post]"

_BESIDE = frozenset({"header", "footer", "figure", "aside", "li"})
"""Elements whose parts are no text of the post, or were read with the item they stand in."""


def _posts(page: Page) -> list[Post]:
    """Read the posts in the order in which they stand, the youngest first."""
    told = updates(page)
    known = {update.headline: update for update in told} | {update.id: update for update in told}
    found = [(element, _known(page, element, known)) for element in page.select(WHERE)]
    times = {} if all(update.time or _shown(page, element) for element, update in found) else times_of_state(page)
    posts = (_post(page, element, update, times) for element, update in found)
    return [post for post in posts if post.text]


def _known(page: Page, element: Element, known: dict[str, Update]) -> Update:
    """Return what JSON-LD has of a post, by its id, else by its headline."""
    own = post_id(element.get("id") or "")
    headline = next(filter(None, map(page.text, element.iter("h2", "h3"))), "")
    return (own and known.get(own)) or (headline and known.get(headline)) or Update()


def _post(page: Page, element: Element, update: Update, times: dict[str, datetime]) -> Post:
    own = post_id(element.get("id") or "") or update.id
    author = next(map(page.text, page.select("[class*=ContributorName]", element)), "")
    time = moment(page, _shown(page, element)) or update.time or times.get(own)
    return Post(own or None, time, author or update.author or None, " ".join(map(page.text, _parts(element))))


def _shown(page: Page, element: Element) -> str:
    return next((time.get("datetime", "") for time in page.select("time[datetime]", element)), "")


def _parts(post: Element) -> Iterator[Element]:
    """Yield the paragraphs and items of a post's text."""
    for part in post.iter("p", "li"):
        around = list(takewhile(lambda outer: outer is not post, part.iterancestors()))
        about = any("Contributor" in element.get("class", "") for element in (part, *around))
        if not about and _BESIDE.isdisjoint(outer.tag for outer in around):
            yield part


def _told(page: Page) -> list[Post]:
    return [Post(one.id or None, one.time, one.author or None, one.text) for one in updates(page) if one.text]


def _links(page: Page) -> Iterator[FoundLink]:
    for part in (part for post in page.select(WHERE) for part in _parts(post)):
        for anchor in part.iter("a"):
            yield FoundLink(anchor.get("href", ""), Relation.INLINE, page.text(anchor), anchor=anchor)


POSTS = (Rule(WHERE, _posts), Rule("json-ld liveBlogUpdate", _told))

INLINE = LinkRule(f"inline {WHERE}", _links)
