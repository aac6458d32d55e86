"""Pages of the miniature site archived at several times, and corpora that older rules made of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl import extract
from newscrawl.archive import captures, captures_by_story
from newscrawl.items import Story, Visit
from newscrawl.processors import content_hash
from newscrawl.reextraction import Passed, reextract
from newscrawl.storage import PageRecord, Server, migrations
from newscrawl.storage.batch import BatchWriter
from newscrawl.storage.rewriting import Rewriter
from tests.miniature import Reply, address, archive, article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from newscrawl.storage.rereading import Rereading

NUMBER = 29000001
STORY = f"bbc:{NUMBER}"
T0 = datetime(2013, 3, 17, 12, tzinfo=UTC)
OLD = 0
"""Extractor version of the older rules."""


def hour(number: int) -> datetime:
    """Return when the page was captured for the ``number``-th time."""
    return T0 + timedelta(hours=number)


def page(
    text: str, hidden: str = "The lamp of bay was lit at dusk.", links: Iterable[int] = (), number: int = NUMBER
) -> Reply:
    """Return a page whose last paragraph the older rules do not see (nor its second link)."""
    reply = article(number, text, [address(one) for one in links])
    return replace(reply, body=reply.body.replace(f"The lamp of bay {number} was lit at dusk.", hidden))


def archived(folder: Path, pages: Iterable[tuple[int, Reply]], number: int = NUMBER) -> str:
    """Archive the page as it was at some hours, a file each; return the folder."""
    folder.mkdir(exist_ok=True)
    for at, reply in pages:
        archive(
            folder / f"{number}-{at:02}.warc.gz",
            {address(number): replace(reply, date=f"{hour(at):%Y-%m-%dT%H:%M:%SZ}")},
        )
    return str(folder)


def by_old_rules(story: Story) -> None:
    """Make of a story what rules would have read that do not see the last paragraph and the second link."""
    story.body, story.links = story.body[:1], story.links[:1] + story.links[2:]
    story.content_hash = content_hash([story.headline, story.summary, *(block.text for block in story.body)])
    story.extractor_version = OLD


def as_read(story: Story) -> None:
    """Leave a story as today's rules read it."""


def crawled(
    server: Server, folder: str, rules: Callable[[Story], None] = by_old_rules, only: Iterable[int] = range(24)
) -> None:
    """Store what is archived as crawls would have, one an hour, by some rules; ``only``: at these hours."""
    wanted = {hour(at) for at in only}
    records = []
    for capture in sorted(captures([folder]), key=lambda one: one.date or T0):
        story = extract(capture.body, capture.url).story
        assert story
        if capture.date not in wanted:
            continue
        rules(story)
        story.fetched_at, story.crawl_id = capture.date, f"crawl-{capture.date:%H}"
        story.request_key = story.story_id
        visit = Visit(
            crawl_id=story.crawl_id, request_key=story.story_id, url=capture.url, archive_record=capture.position
        )
        records.append(PageRecord(visit, [], story, store_story=True))
    asyncio.run(_store(server, records))


async def _store(server: Server, records: Iterable[PageRecord]) -> None:
    client = await server.connect_async()
    database = client[server.database]
    await migrations.prepare(database)
    for record in records:
        await BatchWriter(database, record.visit.crawl_id).write([record])
    await client.close()


@dataclass
class Told:
    """What came of pages that were read again."""

    done: list[Rereading] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)

    @property
    def changes(self) -> int:
        return sum(one.changed for one in self.done)

    @property
    def reasons(self) -> list[str]:
        return [one.reason for one in self.passed]


def reread(server: Server, folder: str, since: datetime | None = None, **asked: Any) -> Told:
    """Read what is archived again."""
    told = Told()

    async def run() -> None:
        client = await server.connect_async()
        rewriter = Rewriter(client[server.database], **asked)
        async for one in reextract(captures_by_story([folder]), rewriter, since):
            told.passed.append(one) if isinstance(one, Passed) else told.done.append(one)
        await client.close()

    asyncio.run(run())
    return told
