"""What a live page tells of its posts outside of their markup: in JSON-LD, and in the page's state; no era itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from newscrawl.eras.rules import values_at
from newscrawl.processors import collapse, instant
from newscrawl.sites.bbc.eras import states
from newscrawl.sites.bbc.eras.contents import dicts_at, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newscrawl.page import Page

_BEGINS = ("#post_", "?post=", "&post=")
"""What stands in a post's address before its id."""


class Update(NamedTuple):
    """One post; what is not told is None or empty."""

    id: str = ""
    headline: str = ""
    time: datetime | None = None
    author: str = ""
    text: str = ""


def updates(page: Page) -> list[Update]:
    """Return the posts that JSON-LD has (``LiveBlogPosting.liveBlogUpdate``), in its order."""
    return [
        Update(
            _id_in(text_at(post, "url")),
            collapse(text_at(post, "headline")),
            moment(page, text_at(post, "datePublished")),
            _person(post),
            collapse(text_at(post, "articleBody")),
        )
        for post in dicts_at(page.json_ld, "liveBlogUpdate")
    ]


def post_id(said: str) -> str:
    """Return a post's id as its address has it: elements and the state have a prefix before it."""
    return unquote(said).rpartition(":")[2].removeprefix("post_")


def _id_in(address: str) -> str:
    found = (address.partition(mark)[2] for mark in _BEGINS)
    return post_id(next(filter(None, found), "").partition("#")[0].partition("&")[0])


def _person(post: dict[str, Any]) -> str:
    """Return the author, if it is a person: the BBC itself is stated as one too."""
    return next((text_at(one, "name") for one in dicts_at(post, "author") if one.get("@type") == "Person"), "")


def moment(page: Page, said: str) -> datetime | None:
    """Return a time that a page states, None if it states none; one that is none is among its problems."""
    try:
        return instant(said) if said else None
    except ValueError as error:
        page.problems.append(f"posts: {error}")
        return None


def times_of_state(page: Page) -> dict[str, datetime]:
    """Return when posts were published, by their ids, wherever in the state they stand."""
    told = ((post_id(text_at(one, "id") or text_at(one, "urn")), _published(one)) for one in _objects(page))
    return {name: time for name, said in told if name and said and (time := moment(page, said))}


def _published(post: dict[str, Any]) -> str:
    said = (*values_at(post, "dates", "firstPublished"), post.get("firstPublished"))
    return next((str(one) for one in said if isinstance(one, str | int)), "")


def _objects(page: Page) -> Iterator[dict[str, Any]]:
    """Yield every object of the state, with a list of its own: states nest deep."""
    waiting = [page.embedded_state(states.INITIAL), page.embedded_state(states.NEXT)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
