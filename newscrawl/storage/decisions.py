"""What a batch does with each of its stories, by what the corpus holds of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from newscrawl.items import Outcome
from newscrawl.storage import documents

if TYPE_CHECKING:
    from datetime import datetime

    from newscrawl.items import Story
    from newscrawl.storage.records import PageRecord
    from newscrawl.storage.sightings import Sighting


@dataclass
class Decision:
    """What a batch does with one story."""

    record: PageRecord
    story: Story
    known: dict[str, Any] | None
    """What the corpus holds of the story, None if nothing."""
    last_sighting: Sighting | None = None
    """How its revisions say it was seen last, asked for where the stored state is another or none."""
    followed_at: datetime | None = None
    """When the next state that is known was fetched, None if this one is the newest."""

    @cached_property
    def state(self) -> dict[str, Any]:
        """The story's content as its document and its revision keep it."""
        return documents.content(self.story)

    @property
    def first_sight(self) -> bool:
        """Whether nothing is known of the story, neither itself nor a revision that a crash left."""
        return self.known is None and self.last_sighting is None

    @property
    def superseded_at(self) -> datetime | None:
        """When the stored state was fetched, if that is newer than this one."""
        fetched_at: datetime | None = self.known["fetched_at"] if self.known else None
        return fetched_at if fetched_at and self.story.fetched_at and fetched_at > self.story.fetched_at else None

    @property
    def same_content(self) -> bool:
        """Whether the stored state says the same."""
        return self.known is not None and self.known["content_hash"] == self.story.content_hash

    @property
    def state_since(self) -> datetime | None:
        """Since when every fetch found this state, None if the last one found another or there was none."""
        if self.superseded_at:
            return None
        if self.known and self.same_content:
            since: datetime | None = self.known.get("state_since")
            return since
        last, at = self.last_sighting, self.story.fetched_at
        if last is None or at is None or last.first > at:
            return None
        return last.first if last.content_hash == self.story.content_hash else None

    @property
    def changed_at(self) -> datetime | None:
        """Since when the story is in this state, None if the stored state is the same."""
        return None if self.same_content else self.state_since or self.story.fetched_at

    @property
    def extraction_change(self) -> bool:
        """Whether other rules read the stored state, so that a difference is not known to be the BBC's."""
        if self.known is None or self.same_content:
            return False
        return bool(self.known["extractor_version"] != self.story.extractor_version)

    @property
    def changes_history(self) -> bool:
        """Whether the story was seen before, and not in this state or not as early."""
        return self.known is not None and not (self.same_content and self.superseded_at is None)

    @property
    def duplicate(self) -> bool:
        """Whether this crawl stored the story before, under another address."""
        if self.record.visit.outcome is Outcome.DUPLICATE:
            return True
        known, story = self.known or {}, self.story
        return known.get("crawl_id") == story.crawl_id and known.get("request_key") != story.request_key

    @property
    def outcome(self) -> Outcome:
        """What came of the visit. A page written before by the same crawl (and fetched again after a crash) counts as then."""
        known, crawl_id = self.known, self.story.crawl_id
        if self.duplicate:
            return Outcome.DUPLICATE
        if known is None or known["crawl_id"] == crawl_id == known.get("first_crawl_id"):
            return Outcome.NEW
        if self.superseded_at or self.extraction_change:
            return Outcome.UNCHANGED
        if not self.same_content or known.get("content_crawl_id") == crawl_id:
            return Outcome.REVISED
        return Outcome.UNCHANGED


def tells_of_story(record: PageRecord) -> bool:
    """Return whether a page's story is to be written, be it only as seen again."""
    return (record.store_story and record.refused is None) or record.visit.outcome is Outcome.DUPLICATE
