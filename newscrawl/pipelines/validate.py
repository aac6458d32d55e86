"""Refuses stories that lack what a story must have, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.frontier import RejectedError
from newscrawl.items import Kind, Outcome, Story

if TYPE_CHECKING:
    from newscrawl.items import Index

WITHOUT_BODY = frozenset({Kind.VIDEO, Kind.AUDIO, Kind.GALLERY})
"""Kinds that may consist of a headline and a summary, or pictures."""

MOST_BYTES = 15_000_000
"""What body and posts may take in a document: MongoDB's limit is 16 MiB, and one document must not lose its batch."""

BLOCK_BYTES = 64
"""What a block takes beside its text, which stands in the document twice: in its block and in the whole text."""


class ValidatePipeline:
    """Lets items through that are complete and can be stored."""

    def process_item(self, item: Story | Index) -> Story | Index:
        """Return the item. Raises RejectedError with what is wrong."""
        if isinstance(item, Story) and (reason := missing(item) or excess(item)):
            raise RejectedError(Outcome.REJECTED, reason)
        return item


def missing(story: Story) -> str | None:
    """Return what a story lacks in words, None if it is complete."""
    for name in ("story_id", "url", "headline", "content_hash", "fetched_at"):
        if not getattr(story, name):
            return f"no {name}"
    if not (story.body or story.posts or story.kind in WITHOUT_BODY):
        return "no body"
    naive = [name for name in ("date_published", "date_modified") if (at := getattr(story, name)) and at.tzinfo is None]
    return f"{naive[0]} has no timezone" if naive else None


def excess(story: Story) -> str | None:
    """Return that a story is too long to be stored, None if it is not."""
    texts = [block.text for block in story.body] + [post.text for post in story.posts]
    size = sum(2 * len(text.encode()) + BLOCK_BYTES for text in texts)
    return f"too long: {size / 1e6:.0f} MB as a document, of which MongoDB takes 16" if size > MOST_BYTES else None
