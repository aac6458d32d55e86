"""Today's rules over archived pages: what they read otherwise than the corpus has it, and how that gets into the corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newscrawl.reextraction.reading import read_again

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from datetime import datetime

    from newscrawl.archive import Capture
    from newscrawl.storage.histories import Reading
    from newscrawl.storage.rereading import Rereading
    from newscrawl.storage.rewriting import Rewriter

BATCH_PAGES = 100
"""So many pages are compared, and written, at once."""


@dataclass(frozen=True, slots=True)
class Passed:
    """An archived page that was left as it is."""

    reason: str
    position: str
    """``file.warc.gz@offset``."""
    url: str


async def reextract(
    captures: Iterable[Capture],
    rewriter: Rewriter,
    since: datetime | None = None,
) -> AsyncIterator[Rereading | Passed]:
    """Read archived pages again, those of one story together and the oldest first, and yield what came of each.

    ``since``: only pages captured then or later. Raises ArchiveError and PyMongoError; what was written by then stays, and the same call
    goes on with the rest.
    """
    batch: list[Reading] = []
    for capture in captures:
        read = read_again(capture, since)
        if isinstance(read, str):
            yield Passed(read, capture.position, capture.url)
            continue
        batch.append(read)
        if len(batch) >= BATCH_PAGES:
            for told in await _take(rewriter, batch):
                yield told
            batch = []
    for told in await _take(rewriter, batch):
        yield told


async def _take(rewriter: Rewriter, batch: list[Reading]) -> list[Rereading | Passed]:
    made = await rewriter.take(batch)
    return [*made.done, *(Passed(reason, reading.position, reading.url) for reading, reason in made.passed)]


def as_plain(told: Rereading | Passed) -> dict[str, Any]:
    """Return what came of a page as one object for JSON."""
    if isinstance(told, Passed):
        return {"position": told.position, "url": told.url, "passed": told.reason}
    return {
        "position": told.position,
        "story_id": told.story_id,
        "fetched_at": told.fetched_at,
        "page_era": told.after["page_era"],
        "fields": {name: {"before": old, "after": new} for name, old, new in told.fields},
        "edges": {
            "gained": told.gained,
            "lost": told.lost,
            "changed": [{"before": old, "after": new} for old, new in told.shown_otherwise],
        },
    }
