"""Articles under several ids, fetched at several times, and what a corpus has to hold of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from newscrawl.items import Block, Link, Outcome, Relation, Story, Target, Visit
from newscrawl.processors import content_hash
from newscrawl.storage import PageRecord, Server, migrations
from newscrawl.storage.batch import BatchWriter
from newscrawl.storage.identity import survivor_of
from newscrawl.storage.merging import connected

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from pymongo.asynchronous.database import AsyncDatabase

    Database = AsyncDatabase[dict[str, Any]]

T0 = datetime(2024, 3, 17, 10, tzinfo=UTC)
OLD, MIDDLE, NEW = "bbc:3756650", "bbc:65000010", "bbc:c0dam0year1o"
ARTICLE = (OLD, MIDDLE, NEW)
OTHER, FAR = "bbc:21000001", "bbc:21000002"


@dataclass(frozen=True)
class Fetch:
    """One page of a story as one crawl found it."""

    story_id: str
    also_ids: tuple[str, ...] = ()
    text: str = "The dam held."
    links: tuple[str, ...] = ()
    hour: int = 0
    crawl: str = "c1"

    @property
    def at(self) -> datetime:
        return T0 + timedelta(hours=self.hour)

    @property
    def content_hash(self) -> str:
        return content_hash(["Dam", self.text])

    def record(self) -> PageRecord:
        url = f"https://www.bbc.co.uk/news/{self.story_id[4:]}"
        page = Story(
            story_id=self.story_id, url=url, aliases=[f"{url}?seen={self.hour}"], also_ids=list(self.also_ids), headline="Dam",
            body=[Block(text=self.text)], content_hash=self.content_hash, page_era="gel-2010", extractor_version=1,
            crawl_id=self.crawl, request_key=self.story_id, fetched_at=self.at,
            links=[
                Link(url=f"https://www.bbc.co.uk/news/{to[4:]}", relation=Relation.RELATED, target=Target.STORY, text=to,
                     position=position, story_id=to, key=to)
                for position, to in enumerate(self.links)
            ],
        )  # fmt: skip
        visit = Visit(crawl_id=self.crawl, request_key=self.story_id, url=url, found_at=self.at)
        return PageRecord(visit, [], page, store_story=True)


def write(server: Server, *batches: Sequence[Fetch]) -> list[Outcome]:
    """Write batches one after the other; return what came of each page."""
    records = [[fetch.record() for fetch in batch] for batch in batches]
    write_records(server, *records)
    return [record.visit.outcome for batch in records for record in batch]


def write_records(server: Server, *batches: list[PageRecord]) -> None:
    """Write batches one after the other."""

    async def run(database: Database) -> None:
        for batch in batches:
            await BatchWriter(database, batch[0].visit.crawl_id).write(batch)

    on(server, run)


def on(server: Server, work: Callable[[Database], Awaitable[Any]]) -> None:
    """Do work on the test's database, prepared as a crawl finds it."""

    async def run() -> None:
        client = await server.connect_async()
        try:
            if not await client[server.database].list_collection_names():
                await migrations.prepare(client[server.database])
            await work(client[server.database])
        finally:
            await client.close()

    asyncio.run(run())


def rows(server: Server, collection: str) -> list[dict[str, Any]]:
    with server.connect() as client:
        return list(client[server.database][collection].find().sort("_id"))


# --- what has to be there in the end


def expected(fetches: Sequence[Fetch]) -> dict[str, Any]:
    """Return what the corpus holds when all fetches are in it, thought out from the fetches alone."""
    groups = connected([{fetch.story_id, *fetch.also_ids} for fetch in fetches])
    home = {one: survivor_of(group & {fetch.story_id for fetch in fetches}) for group in groups for one in group}
    moved = {one: to for one, to in home.items() if one in {fetch.story_id for fetch in fetches}}
    stories: dict[str, Any] = {}
    for story_id in set(moved.values()):
        own = sorted((one for one in fetches if home[one.story_id] == story_id), key=lambda one: one.hour)
        states = [(state, list(run)) for state, run in groupby(own, key=lambda one: one.content_hash)]
        stories[story_id] = {
            "text": own[-1].text,
            "fetched_at": own[-1].at,
            "state_since": states[-1][1][0].at,
            "also_ids": sorted(set().union(*(group for group in groups if story_id in group)) - {story_id}),
            "states": sorted({one.content_hash for one in own}),
            "aliases": len({(one.story_id, one.hour) for one in own}),
            "seen": [(state, run[0].at, run[-1].at) for state, run in states],
            "edges": dict(_edges(own, story_id, moved)),
        }
    return stories


def _edges(own: Sequence[Fetch], story_id: str, moved: dict[str, str]) -> Iterator[tuple[str, Any]]:
    shown: dict[str, list[datetime]] = defaultdict(list)
    for fetch in own:
        for to in {moved.get(link, link) for link in fetch.links} - {story_id}:
            shown[to].append(fetch.at)
    for to, times in shown.items():
        gone = [fetch.at for fetch in own if fetch.at > times[-1]]
        yield to, (times[0], times[-1], gone[0] if gone else None)


def kept(server: Server) -> dict[str, Any]:
    """Return the same of what the corpus does hold."""
    stories: dict[str, Any] = {}
    for row in rows(server, "stories"):
        stories[row["_id"]] = {
            "text": row["text"], "fetched_at": row["fetched_at"], "state_since": row["state_since"],
            "also_ids": sorted(row["also_ids"]), "states": sorted(row["content_hashes"]),
            "aliases": len([one for one in row["aliases"] if "?" in one]),
            "seen": [], "edges": {},
        }  # fmt: skip
    for row in rows(server, "revisions"):
        assert row["_id"] == f"{row['story_id']}|{row['content_hash']}"
        times = [(row["content_hash"], one["first"], one["last"]) for one in row["seen"]]
        stories[row["story_id"]]["seen"] += times
    for row in rows(server, "links"):
        assert row["_id"] == f"{row['from']}|{row['to']}|{row['relation']}"
        if row["relation"] != "twin":
            stories[row["from"]]["edges"][row["to"]] = (row["first_fetched_at"], row["fetched_at"], row.get("gone_at"))
    for story in stories.values():
        story["seen"].sort(key=lambda one: one[1])
    return stories
