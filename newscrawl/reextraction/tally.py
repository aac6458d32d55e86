"""How much of what came of pages that were read again: by era and field, and by the reason why some were passed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newscrawl.reextraction import Passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.storage.rereading import Rereading

EDGES = "edges"
"""Counted like a field: pages on which edges were gained or lost; with both, or shown otherwise, they are changed."""


@dataclass(slots=True)
class Tally:
    """Counts pages."""

    pages: Counter[str] = field(default_factory=Counter)
    """By era as it is read now: those that the corpus has a counterpart of."""
    differing: int = 0
    ways: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By era, field and ``gained``, ``lost`` or ``changed``."""
    passed: Counter[str] = field(default_factory=Counter)
    """By reason."""

    def add(self, told: Rereading | Passed) -> None:
        """Count one page."""
        if isinstance(told, Passed):
            self.passed[told.reason] += 1
            return
        era = told.after["page_era"]
        self.pages[era] += 1
        self.differing += told.changed
        for name, old, new in told.fields:
            self.ways[era, name, way_of(old, new)] += 1
        if told.gained or told.lost or told.shown_otherwise:
            alone = not told.shown_otherwise and bool(told.gained) != bool(told.lost)
            way = ("gained" if told.gained else "lost") if alone else "changed"
            self.ways[era, EDGES, way] += 1

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield for each era and field that differs anywhere how many pages do, and how many do not."""
        for era, name in dict.fromkeys((era, name) for era, name, _ in sorted(self.ways)):
            counts = {way: self.ways[era, name, way] for way in ("changed", "gained", "lost")}
            unchanged = self.pages[era] - sum(counts.values())
            yield {"era": era, "field": name, **counts, "unchanged": unchanged}

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as one object for JSON."""
        return {
            "pages": dict(self.pages),
            "differing": self.differing,
            "fields": list(self.rows()),
            "passed": dict(self.passed.most_common()),
        }


def way_of(old: Any, new: Any) -> str:
    """Return whether a value was gained, lost or changed; an empty list is none."""
    if old in (None, []):
        return "gained"
    return "lost" if new in (None, []) else "changed"
