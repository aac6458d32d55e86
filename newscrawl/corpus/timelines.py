"""A story over time: what the walks around it reach, in the order of publication, with its gaps and bursts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from newscrawl.corpus.reached import SHOWN, around
from newscrawl.corpus.stories import same_story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pymongo.database import Database

    from newscrawl.corpus.walks import Reached
    from newscrawl.items import Relation

Document = dict[str, Any]

GAP = timedelta(days=90)
"""So long without a story is a gap."""
BURST_PAUSE = timedelta(days=2)
"""Stories of a burst follow each other at most so far apart …"""
BURST_STORIES = 3
"""… and are at least so many."""

UNDATED = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One story of a timeline."""

    story_id: str
    date_published: datetime | None = None
    """None: unknown; such stories come last."""
    headline: str | None = None
    section: str | None = None
    kind: str | None = None
    page_era: str | None = None
    url: str | None = None
    direction: str = "start"
    """``out``: links lead there from the start. ``in``: links lead from there to the start. ``start``: the start itself."""
    steps: int = 0
    relation: str | None = None
    """Of the last edge on the shortest way."""
    via: str | None = None
    """The story at the other end of that edge."""
    days_since_previous: float | None = None
    gap: bool = False
    """Whether more than GAP passed since the entry before."""
    burst: int | None = None
    """Number of the burst it belongs to, from 1; None outside of bursts."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A story and what belongs to it, in the order of publication."""

    start: Document
    entries: list[Entry]
    missing: int
    """How many stories were reached that the corpus does not hold."""
    cut: bool
    """Whether there is more than a walk may reach; the nearest stories are here."""

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


def timeline(database: Database[Document], start: Document, *, relations: Iterable[Relation], depth: int) -> Timeline:
    """Return the stories up to ``depth`` steps from a story, in both directions."""
    near = around(database, same_story(start), relations, depth)
    ways, found = near.ways, near.found
    entries = {start["story_id"]: _entry(start)}
    for key in sorted(found, key=lambda key: ways[key][0]):
        entries.setdefault(found[key]["story_id"], _entry(found[key], *ways[key]))
    return Timeline(start, mark(entries.values()), near.missing, near.cut)


def _entry(document: Document, reached: Reached | None = None, direction: str = "start") -> Entry:
    shown: Document = {name: document.get(name) for name in ("story_id", *SHOWN) if name != "also_ids"}
    if reached:
        shown |= {"direction": direction, "steps": reached.steps, "relation": reached.relation, "via": reached.via}
    return Entry(**shown)


def mark(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries in the order of publication, with the time since the one before, gaps and bursts."""
    ordered = sorted(entries, key=lambda entry: (entry.date_published or UNDATED, entry.story_id))
    pauses = [None, *(_pause(before, after) for before, after in pairwise(ordered))][: len(ordered)]
    bursts = _bursts(pauses)
    return [
        replace(
            entry,
            days_since_previous=None if pause is None else round(pause / timedelta(days=1), 2),
            gap=pause is not None and pause > GAP,
            burst=burst,
        )
        for entry, pause, burst in zip(ordered, pauses, bursts, strict=True)
    ]


def _pause(before: Entry, after: Entry) -> timedelta | None:
    if before.date_published is None or after.date_published is None:
        return None
    return after.date_published - before.date_published


def _bursts(pauses: Sequence[timedelta | None]) -> list[int | None]:
    """Return the number of each entry's burst: runs of short pauses that join enough stories."""
    runs: list[list[int]] = []
    for index, pause in enumerate(pauses):
        if runs and pause is not None and pause <= BURST_PAUSE:
            runs[-1].append(index)
        else:
            runs.append([index])
    numbers: list[int | None] = [None] * len(pauses)
    for number, run in enumerate((run for run in runs if len(run) >= BURST_STORIES), start=1):
        for index in run:
            numbers[index] = number
    return numbers
