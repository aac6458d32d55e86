"""Whether a story that the corpus holds has to be asked for again, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from newscrawl.items import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newscrawl.items import Story, Visit

AUTO = "auto"
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}

TENTH = 10
"""A story is fresh for a tenth of its age, as RFC 9111 (4.2.2) suggests to caches that are told nothing else: what was
left alone for ten years will be for another month, what was changed an hour ago may be changed again."""
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=30)
"""Between these a tenth is kept; of a live page there is no shortest time."""
CARD_SERVES = timedelta(days=365)
"""How long cards may keep a story from being asked for: some stand on pages that are not made anew when it changes."""
CACHES = timedelta(minutes=5)
"""How old a page may be that a cache on the way answers with."""

UNASKED = "held"
"""Flag of a response that was made here because nobody has to be asked."""


class Saved(StrEnum):
    """What saved a request, or the body of its answer."""

    FRESH = "fresh"
    CARD = "card"
    NOT_MODIFIED = "not-modified"


@dataclass(frozen=True, slots=True)
class Refresh:
    """The argument ``refresh``: how old what was fetched may be before it is asked for again."""

    said: str = AUTO
    age: timedelta | None = None
    """None: by the age of the story."""

    @property
    def in_full(self) -> bool:
        """Whether every story is fetched as if the corpus did not hold it."""
        return self.age is not None and not self.age

    def __str__(self) -> str:
        return self.said


def refresh_of(text: str) -> Refresh | None:
    """Return what ``auto``, ``0`` or an age (``90m``, ``12h``, ``7d``) means, None if a text is none of these."""
    said = text.strip()
    if said == AUTO:
        return Refresh()
    if found := re.fullmatch(r"(?P<number>[0-9]{1,6})(?P<unit>[dhms])|0", said):
        return Refresh(said, int(found["number"]) * UNITS[found["unit"]] if found["unit"] else timedelta(0))
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the corpus holds of a story, as far as it tells whether to ask for it."""

    story_id: str
    urls: frozenset[str]
    """The addresses it was seen under."""
    kind: Kind
    content_hash: str
    crawl_id: str
    """The crawl that fetched it last."""
    fetched_at: datetime
    changed_at: datetime
    """When it is known to have been published or changed last, at most ``fetched_at``."""
    date_modified: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    gone: bool = False

    @property
    def lifetime(self) -> timedelta:
        """How long after it was fetched it is fresh: the longer, the older it was then."""
        tenth = min((self.fetched_at - self.changed_at) / TENTH, LONGEST)
        return tenth if self.kind is Kind.LIVE else max(tenth, SHORTEST)

    def covers(self, changed_at: datetime) -> bool:
        """Return whether this is the state after a change of that time; midnight stands for any time of a day."""
        if self.date_modified and changed_at <= self.date_modified:
            return True
        latest = changed_at + (UNITS["d"] if changed_at.time() == time() else CACHES)
        return latest <= self.fetched_at

    def validators(self, url: str) -> dict[str, str]:
        """Return the headers by which a server can say that what we hold is still what it has at an address.

        There are none for an address that the story was not seen under: validators are those of one address.
        """
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified} if url in self.urls else {}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Known:
    """A story in the state that the corpus holds, which is the current one: its page was not sent to us."""

    story: Story
    saved: Saved
    reason: str


def spared(held: Held, visit: Visit, refresh: Refresh, now: datetime) -> tuple[Saved, str] | None:
    """Return what makes it needless to ask for a story and why, in words; None if it has to be asked for.

    A seed is what the user wants to know about: it is asked for unless ``refresh`` says how old it may be.
    """
    age = now - held.fetched_at
    by_itself = timedelta(0) if visit.relation is None else held.lifetime
    if timedelta(0) <= age < (by_itself if refresh.age is None else refresh.age):
        return Saved.FRESH, f"fresh: fetched {_in_words(age)} ago"
    card = visit.target_updated_at
    if card and age < CARD_SERVES and held.covers(card):
        return Saved.CARD, f"the page that led here says unchanged since {card:%Y-%m-%d %H:%M}"
    return None


def saved_in_words(saved: Mapping[str, int]) -> str:
    """Return how many requests each way saved, as in ``312 fresh, 40 by card, 25 answered 304``; empty if none did."""
    words = {Saved.FRESH: "fresh", Saved.CARD: "by card", Saved.NOT_MODIFIED: "answered 304"}
    return ", ".join(f"{saved[way]:,} {said}" for way, said in words.items() if saved.get(way))


def _in_words(span: timedelta) -> str:
    name, unit = next(((name, unit) for name, unit in UNITS.items() if span >= unit), ("s", UNITS["s"]))
    return f"{span // unit} {'min' if name == 'm' else name}"
