"""One archived page, read as a crawl would read it today."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newscrawl.archive import ArchiveError
from newscrawl.extraction import read
from newscrawl.page import Page
from newscrawl.pipelines.validate import excess, missing
from newscrawl.sites import site_for
from newscrawl.storage.histories import Reading

if TYPE_CHECKING:
    from newscrawl.archive import Capture
    from newscrawl.items import Story
    from newscrawl.sites import Site

PAGE = range(200, 300)

NO_PAGE = "no page: a redirect, an error, robots.txt"
FOREIGN = "of no site that newscrawl reads"
TOO_OLD = "captured before the date asked for"
DAMAGED = "the body is not in the encoding that its header names"
NOTHING = "neither a story nor a list of stories"
LISTS = "lists stories: there is nothing of it but edges, which the next crawl renews"


def read_again(capture: Capture, since: datetime | None) -> Reading | str:
    """Return what today's rules read from a capture, or why it is none to be read."""
    if capture.status not in PAGE or capture.url.endswith("/robots.txt"):
        return NO_PAGE
    if since and capture.date and capture.date < since:
        return TOO_OLD
    site = site_for(capture.url, allow_private=True)
    if site is None:
        return FOREIGN
    try:
        body = capture.body
    except ArchiveError:
        return DAMAGED
    return _reading(capture, body, site)


def _reading(capture: Capture, body: bytes, site: Site) -> Reading:
    header = capture.headers.get("Content-Type")
    found = read(Page(body, capture.url, header.decode("latin-1") if header else None), site)
    at = capture.date and capture.date.replace(microsecond=capture.date.microsecond // 1000 * 1000)
    if found.story:
        found.story.fetched_at = at or datetime.now(UTC)
    reason = (LISTS if found.index else NOTHING) if found.story is None else _fault(found.story)
    return Reading(
        story_id=site.request_key(capture.url),
        story=None if reason else found.story,
        reason=reason,
        url=capture.url,
        position=capture.position,
        captured_at=at,
    )


def _fault(story: Story) -> str:
    """Return why a crawl would not store a story, empty if it would."""
    lacks = missing(story)
    return f"rejected: {lacks}" if lacks else excess(story) or ""
