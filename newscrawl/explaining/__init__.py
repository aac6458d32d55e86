"""How a page was read and why: which eras were tried, what each rule gave, which edges a crawl would follow."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from newscrawl.extraction import Extraction, read
from newscrawl.items import Link, Relation, Target
from newscrawl.spiders.arguments import DEFAULTS
from newscrawl.spiders.story import ALWAYS_FOLLOWED, FOLLOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.eras import Era, Rule
    from newscrawl.page import Page
    from newscrawl.sites import Site

BY_DEFAULT = frozenset(map(Relation, DEFAULTS["follow"].split(",")))
"""The relations that a crawl follows unless told otherwise."""

SHOWN = 160
"""Characters of a value that tell whether it is the right one."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One era that was asked whether the page is its own."""

    era: str
    marker: str
    """What it looked for."""
    matched: bool
    because: str | None = None
    """Which part of the marker stands on the page, None if none does."""


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One field of a story."""

    name: str
    value: str
    """As text, cut to ``SHOWN`` characters; empty if no rule gave anything."""
    rule: str | None
    """Which rule gave it, None if none did."""
    passed: tuple[str, ...]
    """The rules before that one, which gave nothing."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One link, and what a crawl with the default arguments does with it."""

    link: Link
    not_followed: str | None
    """Why it would not become a request, None if it would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that reading one page told."""

    page: Page
    found: Extraction
    trials: list[Trial]
    """The eras in order, up to the one that claims the page."""
    target: Target
    """What the address says the page is."""
    key: str
    """The story's id, else the canonical address."""
    canonical_url: str
    fields: list[FieldRead]
    """All that the era knows to read; empty for an index page."""
    edges: list[Edge]

    @property
    def read_as(self) -> str:
        """What the page turned out to be."""
        if self.found.story:
            return "story"
        return "index" if self.found.index else "neither a story nor an index"

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as one object for JSON."""
        story, index = self.found.story, self.found.index
        return {
            "url": self.page.url,
            "bytes": len(self.page.body),
            "charset": self.page.charset,
            "era": self.found.era,
            "tried": [as_plain(trial) for trial in self.trials],
            "read_as": self.read_as,
            "target": self.target,
            "story_id": story and story.story_id,
            "key": self.key,
            "canonical_url": self.canonical_url,
            "also_ids": story.also_ids if story else [],
            "title": index and index.title,
            "fields": {one.name: as_plain(one, without="name") for one in self.fields},
            "problems": self.found.problems,
            "edges": [as_plain(edge.link) | {"not_followed": edge.not_followed} for edge in self.edges],
        }


def as_plain(record: Any, without: str = "") -> dict[str, Any]:
    """Return a dataclass as a dictionary, one level deep."""
    return {field.name: getattr(record, field.name) for field in fields(record) if field.name != without}


def explain(page: Page, site: Site, *, allow_private: bool = False) -> Explanation:
    """Read a page as a crawl does, and tell how. Never raises for what the page says."""
    trials = list(_trials(page, site))
    found = read(page, site)
    era = next((era for era in site.eras if era.name == found.era), None)
    key = site.request_key(page.url)
    return Explanation(
        page=page,
        found=found,
        trials=trials,
        target=site.target(page.url),
        key=key,
        canonical_url=site.canonical_url(page.url),
        fields=list(_fields(found, era)) if era and found.story else [],
        edges=list(_edges(found.links, key, site, allow_private)),
    )


def _trials(page: Page, site: Site) -> Iterator[Trial]:
    for era in site.eras:
        matched = bool(era.marker.read(page))
        yield Trial(era.name, era.marker.name, matched, _because(era.marker, page) if matched else None)
        if matched:
            return


def _because(marker: Rule, page: Page) -> str:
    """Return the name of the part that gives anything, where the marker is made of several."""
    return next((_because(part, page) for part in marker.parts if part.read(page)), marker.name)


def _fields(found: Extraction, era: Era) -> Iterator[FieldRead]:
    story = found.story
    assert story
    for name, rules in era.fields.items():
        names = [rule.name for rule in rules]
        rule = story.sources.get(name)
        passed = names[: names.index(rule)] if rule else names
        yield FieldRead(name, shortened(getattr(story, name)) if rule else "", rule, tuple(passed))


def shortened(value: Any) -> str:
    """Return a value as one line of at most ``SHOWN`` characters; of a list how many there are, and the first ones."""
    text = _line(value)
    if isinstance(value, list):
        text = f"{len(value)}: {text}"
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _line(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(map(_line, value))
    if is_dataclass(value):
        parts = (getattr(value, field.name) for field in fields(value))
        return " · ".join(_line(part) for part in parts if part)
    if isinstance(value, Enum):
        return str(value.value)
    return " ".join(str(value).split())


def _edges(links: list[Link], own_key: str, site: Site, allow_private: bool) -> Iterator[Edge]:
    """Yield each edge with what becomes of it: what an earlier one asks for is not asked for again."""
    asked = {own_key}
    for link in links:
        reason = _refusal(link, site, allow_private)
        if reason is None and link.key in asked:
            reason = "this page itself" if link.key == own_key else "asked for by an edge above"
        if reason is None:
            asked.add(link.key)
        yield Edge(link, reason)


def _refusal(link: Link, site: Site, allow_private: bool) -> str | None:
    if (link.relation, link.target) not in FOLLOW:
        return f"no crawl follows {link.relation} links to {link.target}"
    if link.relation not in BY_DEFAULT | ALWAYS_FOLLOWED:
        return f"only with -a follow={link.relation}"
    return None if site.owns(link.url, allow_private=allow_private) else "on another site"
