"""What the state in a page's scripts says of its story, in either form that pages since 2020 have.

``#__NEXT_DATA__`` (bbc.com) and ``window.__INITIAL_DATA__`` (bbc.co.uk, and bbc.com until 2023) are filled from the same
system and differ in where things stand. Some things no markup tells: when a story was first published, which topic is an
ongoing story, when the page that a card leads to was last changed (in milliseconds).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from newscrawl.eras import FoundLink, Rule
from newscrawl.eras.rules import values_at
from newscrawl.items import Author, Relation, Topic
from newscrawl.page import Page
from newscrawl.sites.addresses import unwrap
from newscrawl.sites.bbc.eras.contents import child, dicts_at, markup, text_at, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST = re.compile(r"https?://[^/]*")
_TOPIC = re.compile(r"/topics/([^/?#]+)")
_URN = re.compile(r"urn:bbc:optimo:asset:(c\w+)")

NEXT, INITIAL = "__NEXT_DATA__", "__INITIAL_DATA__"

PROPS = (NEXT, "props", "pageProps")
_ARTICLE = (INITIAL, "data", "article*", "data")

_METADATA = ((*PROPS, "metadata"), (*_ARTICLE, "metadata"))
_STORY = ((*PROPS, "page", "*"), _ARTICLE)
_BLOCKS = (("contents",), ("content", "model", "blocks"), ("blocks",))

_JOURNEYS = (
    ("id=topStories", Relation.TOP_STORIES),
    ("id=features", Relation.FEATURES),
    ("id=elsewhere", Relation.ELSEWHERE),
    ("id=mostRead", Relation.MOST_READ),
)
_ASIDES = {"ohio": "Related", "alaska": "More"}
"""The headings of the asides that pages make of these lists."""


def told(page: Page, *paths: tuple[str | int, ...]) -> Iterator[Any]:
    """Yield what stands at these paths, each of which begins with the name of a state."""
    for name, *path in paths:
        yield from values_at(page.embedded_state(str(name)), *path)


def metadata(page: Page, *path: str) -> Any:
    """Return what the state's metadata of the story have at a path, None if nothing."""
    return next(values_at(_held(page, _METADATA), *path), None)


def story(page: Page, *path: str) -> list[Any]:
    """Return what the state has of the story at a path."""
    return list(values_at(_held(page, _STORY), *path))


def _held(page: Page, paths: tuple[tuple[str, ...], ...]) -> list[Any]:
    """Return what stands at these paths, looked up once."""
    if paths not in page.memo:
        page.memo[paths] = list(told(page, *paths))
    found: list[Any] = page.memo[paths]
    return found


def stated(*path: str) -> Rule:
    """Read what the state's metadata of the story have at a path."""
    return Rule(f"state {'.'.join(path)}", lambda page: metadata(page, *path))


def addresses(page: Page) -> list[str]:
    """Return the story's addresses by its ids: the content system's old number and its new id."""
    ids = (str(name) for name in [metadata(page, "urn"), *story(page, "id")])
    new = [f"/news/articles/{found[1]}" for name in ids if (found := _URN.fullmatch(name))]
    return [*new, text_at(_held(page, _METADATA), "assetUri")]


def changed(page: Page) -> dict[str, str]:
    """Return when the pages that cards lead to were last changed, by ``place``."""
    if changed not in page.memo:
        found = {place(_address(card)): _when(card) for card in _all_cards(page)}
        page.memo[changed] = {address: when for address, when in found.items() if when}
    times: dict[str, str] = page.memo[changed]
    return times


def place(address: str) -> str:
    """Return an address without its host: markup and state differ in that, and in archived copies."""
    return _HOST.sub("", unwrap(address))


def _all_cards(page: Page) -> Iterator[dict[str, Any]]:
    for path in (("onwardJourney", "content"), ("sections", "content"), ("seeAlsos",)):
        yield from dicts_at(story(page, *path))
    yield from (card for _, _, promos in _journeys(page) for card in promos)


def _address(card: dict[str, Any]) -> str:
    return text_at(card, "href") or text_at(card, "url")


def _when(card: dict[str, Any]) -> str:
    said = (*values_at(card, "metadata", "lastUpdated"), card.get("timestamp"))
    return next((str(moment) for moment in said if isinstance(moment, int)), "")


def _blocks(page: Page) -> list[dict[str, Any]]:
    return next(filter(None, (list(dicts_at(story(page, *path))) for path in _BLOCKS)), [])


def headline(page: Page) -> str:
    """Return the visible headline."""
    shown = (text_of(block) for block in _blocks(page) if block.get("type") == "headline")
    return next(filter(None, shown), text_at(story(page, "headline")))


def topics(page: Page) -> list[Topic]:
    """Return the topics, which alone tell of ongoing stories."""
    told = dicts_at(story(page, "topics") or story(page, "tags"))
    named = ((text_at(topic, "title"), text_at(topic, "url"), topic.get("isEvent") is True) for topic in told)
    return [Topic(title, topic_id(url), _absolute(page, url), event) for title, url, event in named]


def topic_id(address: str) -> str | None:
    """Return the id in a topic's address; a name may follow it."""
    found = _TOPIC.search(address)
    return found and found[1]


def _absolute(page: Page, address: str) -> str:
    """Return an address of the state whole; an archive has not rewritten it. One that cannot be joined comes back as it is."""
    try:
        return urljoin(unwrap(page.url), address)
    except ValueError:
        return address


def authors(page: Page) -> list[Author]:
    """Return the authors: of the page's own byline, not of a box's."""
    byline: dict[str, Any] = next((block for block in _blocks(page) if block.get("type") == "byline"), {})
    people = (part for part in dicts_at(byline, "model", "blocks") if part.get("type") == "contributor")
    found = [Author(_part(person, "name"), _part(person, "role")) for person in people]
    return found or [
        Author(text_at(person, "title"), text_at(person, "subtitle")) for person in dicts_at(story(page, "contributor"))
    ]


def _part(block: dict[str, Any], name: str) -> str:
    """Return a text that a block has under a name (2021-23) or as a part of that type (today)."""
    return text_at(block, "model", name) or text_of(child(block, name))


def rebuilt(page: Page) -> Page:
    """Return a page made of the contents that the state holds; one without text if it holds none."""
    if rebuilt not in page.memo:
        page.memo[rebuilt] = Page(markup(_blocks(page)).encode("utf-8", "replace"), unwrap(page.url))
    found: Page = page.memo[rebuilt]
    return found


def cards(page: Page) -> Iterator[FoundLink]:
    """Yield the links of the lists around the story."""
    yield from _links(page, story(page, "seeAlsos"), Relation.RELATED, "More on this story")
    yield from _links(page, story(page, "relatedUrls"), Relation.EXTERNAL, "Related Internet Links")
    yield from (FoundLink(topic.url or "", Relation.TOPIC, topic.name) for topic in topics(page))
    for aside in dicts_at(story(page, "onwardJourney")):
        yield from _links(page, aside.get("content"), Relation.TOPIC_ASIDE, _ASIDES.get(text_at(aside, "type")))
    for relation, title, promos in _journeys(page):
        yield from _links(page, promos, relation, title)


def listed(page: Page) -> Iterator[FoundLink]:
    """Yield the stories that an index page lists."""
    for section in dicts_at(story(page, "sections")):
        yield from _links(page, section.get("content"), Relation.LISTED, text_at(section, "title") or None)


def _journeys(page: Page) -> Iterator[tuple[Relation, str | None, list[dict[str, Any]]]]:
    """Yield the lists around a story of WebCore: their names hold what they are, among much else."""
    for state in dicts_at(list(told(page, (INITIAL, "data")))):
        for name, relation in ((name, relation) for name in state for mark, relation in _JOURNEYS if mark in name):
            data = state[name].get("data") if isinstance(state[name], dict) else None
            promos = data if isinstance(data, list) else list(values_at(data, "promos"))
            yield relation, text_at(data, "sectionHeader") or None, list(dicts_at(promos))


def _links(page: Page, cards: Any, relation: Relation, title: str | None) -> Iterator[FoundLink]:
    for card in dicts_at(cards):
        text = text_at(card, "title") or text_at(card, "headline") or text_at(card, "headlines", "headline")
        yield FoundLink(_absolute(page, _address(card)), relation, text, title, updated=_when(card) or None)
