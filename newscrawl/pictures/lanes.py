"""Where the stories of a timeline stand: in lanes, those of one time one above the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.pictures import telling

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newscrawl.corpus import Entry

LEAST_SPAN = timedelta(days=6)
NEAR = 0.013
"""Share of the width that a dot takes: what is nearer than that stands above it."""
ROW, HEAD = 13, 30
"""Pixels of a row of dots, and of a lane's name with the space above it."""
MOST = 480
"""Pixels that all rows have at most; where there are more of them they move together."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a picture shows."""

    first: datetime
    last: datetime

    @classmethod
    def of(cls, dates: Sequence[datetime]) -> Span:
        """Return the time from the first date to the last, at least LEAST_SPAN round them; without dates: round today."""
        first, last = (min(dates), max(dates)) if dates else (datetime.now(UTC),) * 2
        space = max(LEAST_SPAN - (last - first), timedelta()) / 2
        return cls(first - space, last + space)

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.last - self.first

    def share(self, at: datetime) -> float:
        """Return where a time lies in it, 0 to 1."""
        return (at - self.first) / self.length


@dataclass(frozen=True, slots=True)
class Dot:
    """A story with a date."""

    entry: Entry
    at: datetime
    height: float = 0
    """How far above the time axis it stands, in pixels."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The stories of one section."""

    name: str
    dots: list[Dot]

    @property
    def top(self) -> float:
        """How far above the time axis its highest story stands, in pixels."""
        return max(dot.height for dot in self.dots)


def lanes(dots: Sequence[Dot], span: Span) -> list[Lane]:
    """Return stories, given by date, in lanes from the time axis upwards: the section with most of them is the lowest."""
    group_of = telling.groups(dot.entry for dot in dots)
    among: dict[str, list[Dot]] = {group: [] for group in group_of.values()}
    for dot in dots:
        among[group_of[dot.entry.section or telling.NO_SECTION]].append(dot)
    rows = {group: _rows(span.share(dot.at) for dot in found) for group, found in among.items()}
    row = min(ROW, MOST / max(sum(max(numbers) + 1 for numbers in rows.values()), 1))
    made: list[Lane] = []
    for group, found in among.items():
        bottom = made[-1].top + ROW + HEAD if made else ROW
        placed = zip(found, rows[group], strict=True)
        made.append(Lane(group, [Dot(dot.entry, dot.at, bottom + number * row) for dot, number in placed]))
    return made


def _rows(shares: Iterable[float]) -> list[int]:
    """Return the lowest free row of each point; they come in order."""
    ends: list[float] = []
    rows: list[int] = []
    for at in shares:
        free = next((row for row, end in enumerate(ends) if end <= at), len(ends))
        ends[free : free + 1] = [at + NEAR]
        rows.append(free)
    return rows
