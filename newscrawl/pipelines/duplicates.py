"""Refuses a story that this crawl has already stored under another address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.frontier import RejectedError
from newscrawl.items import Outcome, Story
from newscrawl.spiders.story import SeenKeys

if TYPE_CHECKING:
    from newscrawl.items import Index


class DuplicatesPipeline:
    """Lets each story through once. What an earlier process of the same crawl stored, the store itself recognises."""

    def __init__(self) -> None:
        self._seen = SeenKeys()
        self._first: dict[str, str | None] = {}
        """Story id -> the request key it came by first, where that is another."""

    def process_item(self, item: Story | Index) -> Story | Index:
        """Return the item. Raises RejectedError for a story seen before; the store keeps its address as an alias."""
        if isinstance(item, Story):
            if self._seen.add(item.story_id) and item.request_key != item.story_id:
                self._first[item.story_id] = item.request_key
            first = self._first.get(item.story_id, item.story_id)
            if first != item.request_key:
                raise RejectedError(Outcome.DUPLICATE, f"the same story as {first}")
        return item
