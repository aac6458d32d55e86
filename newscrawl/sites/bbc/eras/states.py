"""What the state in a page's scripts says of its story, in either form that pages since 2020 have.

``#__NEXT_DATA__`` (bbc.com) and ``window.__INITIAL_DATA__`` (bbc.co.uk, and bbc.com until 2023) are filled from the same
system and differ in where things stand. Some things no markup tells: when a story was first published, which topic is an
ongoing story, when the page that a card leads to was last changed (in milliseconds).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from newscrawl.eras import FoundLink, Rule
from newscrawl.eras.rules import values_at
from newscrawl.items import Author, Relation, Topic
from newscrawl.page import Page
from newscrawl.sites.addresses import unwrap
from newscrawl.sites.bbc.eras.contents import child, markup, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST = re.compile(r"https?://[^/]*")

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
    urn = re.compile(r"urn:bbc:optimo:asset:(c\w+)")
    ids = [metadata(page, "urn"), *story(page, "id")]
    new = [f"/news/articles/{found[1]}" for name in ids if (found := urn.fullmatch(str(name)))]
    old = metadata(page, "assetUri")
    return [*new, old] if isinstance(old, str) else new


def changed(page: Page) -> dict[str, str]:
    """Return when the pages that cards lead to were last changed, by ``place``."""
    if changed not in page.memo:
        found = {place(str(card.get("href") or card.get("url"))): _when(card) for card in _all_cards(page)}
        page.memo[changed] = {address: when for address, when in found.items() if when}
    times: dict[str, str] = page.memo[changed]
    return times


def place(address: str) -> str:
    """Return an address without its host: markup and state differ in that, and in archived copies."""
    return _HOST.sub("", unwrap(address))


def _all_cards(page: Page) -> Iterator[dict[str, Any]]:
    starts = ("onwardJourney", "content"), ("sections", "content"), ("seeAlsos",)
    for card in (card for path in starts for card in story(page, *path)):
        if isinstance(card, dict):
            yield card
    yield from (card for _, _, promos in _journeys(page) for card in promos)


def _when(card: dict[str, Any]) -> str:
    return str(next(values_at(card, "metadata", "lastUpdated"), None) or card.get("timestamp") or "")


def _blocks(page: Page) -> list[Any]:
    return next(filter(None, (story(page, *path) for path in _BLOCKS)), [])


def headline(page: Page) -> str | None:
    """Return the visible headline."""
    shown = (text_of(block) for block in _blocks(page) if block.get("type") == "headline")
    stated = (title for title in story(page, "headline") if isinstance(title, str))
    return next(filter(None, (*shown, *stated)), None)


def topics(page: Page) -> list[Topic]:
    """Return the topics, which alone tell of ongoing stories."""
    return [
        Topic(
            topic["title"], topic["url"].rsplit("/", 1)[-1], page.absolute(topic["url"]), topic.get("isEvent") is True
        )
        for topic in story(page, "topics") or story(page, "tags")
    ]


def authors(page: Page) -> list[Author]:
    """Return the authors: of the page's own byline, not of a box's."""
    byline: dict[str, Any] = next((block for block in _blocks(page) if block.get("type") == "byline"), {})
    people = [block["model"] for block in values_at(byline, "model", "blocks") if block.get("type") == "contributor"]
    found = [Author(_part(person, "name"), _part(person, "role") or None) for person in people]
    return found or [Author(person.get("title") or "", person.get("subtitle")) for person in story(page, "contributor")]


def _part(model: dict[str, Any], name: str) -> str:
    """Return a text that a model has under a name (2021-23) or as a block of that type (today)."""
    stated = model.get(name)
    return stated if isinstance(stated, str) else text_of(child(model, name))


def rebuilt(page: Page) -> Page:
    """Return a page made of the contents that the state holds; one without text if it holds none."""
    if rebuilt not in page.memo:
        page.memo[rebuilt] = Page(markup(_blocks(page)).encode("utf-8", "replace"), page.url)
    found: Page = page.memo[rebuilt]
    return found


def cards(page: Page) -> Iterator[FoundLink]:
    """Yield the links of the lists around the story."""
    yield from (_found(card, Relation.RELATED, "More on this story") for card in story(page, "seeAlsos"))
    yield from (_found(card, Relation.EXTERNAL, "Related Internet Links") for card in story(page, "relatedUrls"))
    yield from (FoundLink(topic.url or "", Relation.TOPIC, topic.name) for topic in topics(page))
    for aside in story(page, "onwardJourney"):
        title = _ASIDES.get(aside.get("type"))
        yield from (_found(card, Relation.TOPIC_ASIDE, title) for card in values_at(aside, "content"))
    for relation, title, promos in _journeys(page):
        yield from (_found(card, relation, title) for card in promos)


def listed(page: Page) -> Iterator[FoundLink]:
    """Yield the stories that an index page lists."""
    for section in story(page, "sections"):
        title = section.get("title") or None
        yield from (_found(card, Relation.LISTED, title) for card in values_at(section, "content"))


def _journeys(page: Page) -> Iterator[tuple[Relation, str | None, list[dict[str, Any]]]]:
    """Yield the lists around a story of WebCore: their names hold what they are, among much else."""
    state: dict[str, Any] = next(told(page, (INITIAL, "data")), {})
    for name, relation in ((name, relation) for name in state for mark, relation in _JOURNEYS if mark in name):
        data = state[name].get("data")
        promos = data if isinstance(data, list) else list(values_at(data, "promos"))
        yield relation, next(values_at(data, "sectionHeader"), None), promos


def _found(card: dict[str, Any], relation: Relation, title: str | None) -> FoundLink:
    text = card.get("title") or card.get("headline") or next(values_at(card, "headlines", "headline"), "")
    return FoundLink(
        str(card.get("href") or card.get("url") or ""), relation, str(text), title, updated=_when(card) or None
    )
