"""Which fetch of which story brought an archived page, and what is to be written because it was read again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from newscrawl.items import Link, Story, Visit
from newscrawl.storage.changes import Changes
from newscrawl.storage.forget import tombstoned
from newscrawl.storage.histories import History, Reading, load
from newscrawl.storage.identity import named_in, survivors, under_survivors
from newscrawl.storage.records import PageRecord
from newscrawl.storage.rereading import Rereader, Rereading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

Document = dict[str, Any]

UNKNOWN = "no such story in the corpus"
OTHER_FETCH = "the corpus has the story from other fetches only"
SAME_MOMENT = "captured at the same moment as the page that the corpus has"
OTHER_ERA = "of another era than the one asked for"
FORGOTTEN = "the story was forgotten on request"
NO_STORY_NOW = "stored as a story, but none by today's rules: it stays as it was"


@dataclass(slots=True)
class Plan:
    """What is to be written of a batch of readings, and what came of each."""

    done: list[Rereading] = field(default_factory=list)
    """Of pages that the corpus has a counterpart of, whether anything differs or not."""
    passed: list[tuple[Reading, str]] = field(default_factory=list)
    """The others, with the reason."""
    changes: Changes = field(default_factory=Changes)
    rereaders: dict[str, Rereader] = field(default_factory=dict)


async def plan(
    database: AsyncDatabase[Document], readings: list[Reading], earlier: Mapping[str, Rereader], era: str | None
) -> Plan:
    """Compare readings, those of one story the oldest first, with the corpus.

    ``earlier`` are the rereaders of the batch before this one. ``era``: only pages stored as of this era, or now read so.
    """
    made = Plan()
    by_story: dict[str, list[tuple[Reading, Story | None]]] = defaultdict(list)
    for reading, story_id, story in await _under_kept_ids(database, readings, made):
        by_story[story_id].append((reading, story))
    histories = await load(database, by_story)
    for story_id, pages in by_story.items():
        if story_id in histories:
            history = histories[story_id]
            loaded = History(history.story, dict(history.states), dict(history.edges))
            made.rereaders[story_id] = Rereader(history, earlier.get(story_id))
            _apply(made, made.rereaders[story_id], pages, era)
            made.changes.add(loaded, history)
        else:
            made.passed += [(reading, reading.reason or UNKNOWN) for reading, _ in pages]
    return made


async def _under_kept_ids(
    database: AsyncDatabase[Document], readings: list[Reading], made: Plan
) -> list[tuple[Reading, str, Story | None]]:
    """Return the readings with their stories under the ids that the corpus keeps them under; forgotten ones are passed."""
    records = [PageRecord(Visit(request_key=reading.story_id), page=reading.story) for reading in readings]
    named = named_in(records)
    kept, forgotten = await survivors(database, named), await tombstoned(database, named)
    found: list[tuple[Reading, str, Story | None]] = []
    for reading, record in zip(readings, records, strict=True):
        under_survivors(record, kept)
        story = record.page if isinstance(record.page, Story) else None
        story_id = story.story_id if story else kept.get(reading.story_id, reading.story_id)
        if {reading.story_id, story_id} & forgotten:
            made.passed.append((reading, FORGOTTEN))
            continue
        if story and forgotten:
            story = replace(story, links=[_bare(link) if link.key in forgotten else link for link in story.links])
        found.append((reading, story_id, story))
    return found


def _bare(link: Link) -> Link:
    return replace(link, text="", group_title=None, target_updated_at=None)


def _apply(made: Plan, rereader: Rereader, pages: list[tuple[Reading, Story | None]], era: str | None) -> None:
    """Apply the readings of one story to its history."""
    history = rereader.history
    states, story = dict(history.states), history.story
    by_moment: dict[datetime, list[tuple[Reading, Story | None]]] = defaultdict(list)
    for reading, read in pages:
        if at := history.moment(reading):
            by_moment[at].append((reading, read))
        else:
            made.passed.append((reading, reading.reason or OTHER_FETCH))
    current = history.current(by_moment)
    for at, together in by_moment.items():
        reading, read = _fetched(history, at, together)
        made.passed += [(other, SAME_MOMENT) for other, _ in together if other is not reading]
        before = rereader.before(at, current=at == current)
        if read is None:
            made.passed.append((reading, NO_STORY_NOW))
        elif era and era not in {before["page_era"], read.page_era}:
            made.passed.append((reading, OTHER_ERA))
        else:
            made.done.append(rereader.apply(reading, read, at, current=at == current))
    if history.states != states or history.story is not story or set(story["content_hashes"]) != states.keys():
        rereader.settle()


def _fetched(history: History, at: datetime, pages: list[tuple[Reading, Story | None]]) -> tuple[Reading, Story | None]:
    """Return the page that was fetched, of several captured at once: as the crawl log says, else one that reads as stored."""
    known = set(history.holding(at))
    recorded = [page for page in pages if page[0].position in history.records]
    same = [page for page in pages if page[1] and page[1].content_hash in known]
    return (recorded or same or pages)[-1]
