"""How fast stories are written: ``python -m benchmarks.store [--stories N] [--singly N] [--runs N]``.

Generated stories (400 to 800 words in 12 to 24 paragraphs, 50 edges each) go through the store as a crawl brings them, into a
real embedded mongod with all indexes and validators. Beside it the same documents (story, revision, visit and each edge) are
upserted one at a time, by fewer stories, since that is slow. Both wait for the journal. Each run has an empty database; the
table shows the median of the runs, and the time that Python and mongod worked. Budgets: 500 stories/s, and 5 times the rate of
the documents upserted one at a time; exit 1 if one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo.write_concern import WriteConcern
from rich.console import Console
from rich.table import Table

from newscrawl.embedded import acquire
from newscrawl.items import Author, Block, Image, Link, Relation, Story, Target, Topic, Visit
from newscrawl.processors import content_hash
from newscrawl.storage import PageRecord, Server, StoryStore, migrations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo import MongoClient
    from pymongo.database import Database

    Document = dict[str, Any]

EDGES = 50
STORIES_A_SECOND, TIMES_AS_FAST = 500, 5
CHUNK = 500
"""So many stories are made at once, while the clock stands still."""

BEGUN = datetime(2013, 3, 17, 10, 15, tzinfo=UTC)
CRAWL = "benchmark"
SECTIONS = ("Middle East", "Africa", "Asia", "Europe", "UK", "Business", "Science & Environment", "Magazine")
RELATIONS = [Relation.RELATED] * 6 + [Relation.INLINE] * 4 + [Relation.SECTION] * 15 + [Relation.TOP_STORIES] * 5
RELATIONS += [Relation.FEATURES] * 8 + [Relation.MOST_READ] * 10 + [Relation.TOPIC] * 2


COMMON = [
    "the", "of", "and", "to", "a", "in", "is", "that", "for", "it", "was", "on", "as", "with", "be", "by", "at",
    "this", "have", "from", "or", "had", "not", "but", "what", "all", "were", "when", "we", "there", "can",
    "an", "your", "which", "their", "said", "if", "do", "will", "each", "about", "how", "up", "out", "them",
    "then", "she", "many", "some", "so", "these", "would", "other", "into",
]  # fmt: skip
COMMON_SHARE = 0.45
"""Nearly half of an English text are words that a text index leaves out."""


class Maker:
    """Makes the same stories whenever it is asked for them."""

    def __init__(self, count: int) -> None:
        self.count = count
        chance = random.Random(1)
        letters = "aeiou", "bcdfghklmnprstvw"
        rare = {"".join(chance.choice(letters[at % 2]) for at in range(chance.randint(4, 9))) for _ in range(20_000)}
        self.words = COMMON + sorted(rare, key=lambda word: chance.random())
        share = COMMON_SHARE / len(COMMON)
        odds = [1 / (rank + 10) for rank in range(len(rare))]
        weights = [share] * len(COMMON) + [(1 - COMMON_SHARE) * one / sum(odds) for one in odds]
        self.weights = list(accumulate(weights))

    def records(self) -> Iterator[list[PageRecord]]:
        """Yield what a crawl would bring to the store, a chunk at a time."""
        for first in range(0, self.count, CHUNK):
            yield [self.record(number) for number in range(first, min(first + CHUNK, self.count))]

    def record(self, number: int) -> PageRecord:
        """Return one page: its story, its visit, and the visit of the next one, which it led to."""
        return PageRecord(self.visit(number), [self.visit(number + 1)], self.story(number), store_story=True)

    def visit(self, number: int) -> Visit:
        """Return the visit of a story."""
        return Visit(
            crawl_id=CRAWL, request_key=key(number), url=address(number), relation=Relation.RELATED, depth=number % 5,
            discovered_from=key(number - 1), http_status=200, bytes=108_000, milliseconds=80, found_at=BEGUN,
        )  # fmt: skip

    def story(self, number: int) -> Story:
        """Return one story."""
        chance = random.Random(number)
        paragraphs = [self.text(chance, 33) for _ in range(chance.randint(12, 24))]
        story = Story(
            story_id=key(number), url=address(number), aliases=[f"http://www.bbc.com/news/world-{number}"],
            headline=self.text(chance, 9), summary=self.text(chance, 22), body=[Block(text=text) for text in paragraphs],
            authors=[Author(self.text(chance, 2))], section=chance.choice(SECTIONS), language="en-GB",
            topics=[Topic(f"Topic {chance.randrange(300)}") for _ in range(3)],
            images=[Image(f"https://ichef.bbci.co.uk/news/{number}.jpg", self.text(chance, 6), self.text(chance, 12))],
            date_published=BEGUN + timedelta(minutes=number), date_published_raw="2013/03/17 10:15:00",
            page_era="gel-2010", sources={"headline": "h1.story-header", "body": ".story-body > p"}, extractor_version=1,
            links=[self.link(chance, *one) for one in enumerate(chance.sample(range(self.count), EDGES))], crawl_id=CRAWL, request_key=key(number),
            discovered_from=key(number - 1), depth=number % 5, fetched_at=BEGUN + timedelta(seconds=number),
        )  # fmt: skip
        story.content_hash = content_hash([story.headline, story.summary, *paragraphs])
        return story

    def link(self, chance: random.Random, position: int, to: int) -> Link:
        """Return one link to a story."""
        return Link(
            url=address(to), relation=RELATIONS[position], target=Target.STORY, text=self.text(chance, 8),
            group_title="More on this story", position=position, story_id=key(to), key=key(to),
        )  # fmt: skip

    def text(self, chance: random.Random, words: int) -> str:
        """Return so many words, the frequent ones often."""
        return " ".join(chance.choices(self.words, cum_weights=self.weights, k=words)).capitalize()


def key(number: int) -> str:
    """Return a story's id."""
    return f"bbc:{21_000_000 + number}"


def address(number: int) -> str:
    """Return a story's address."""
    return f"https://www.bbc.co.uk/news/world-middle-east-{21_000_000 + number}"


@dataclass(frozen=True, slots=True)
class Speed:
    """How one way of writing went."""

    stories: int
    seconds: float
    python: float
    """Seconds of CPU of this process."""
    mongod: float

    @property
    def rate(self) -> float:
        """Stories a second."""
        return self.stories / self.seconds


class Watch:
    """Adds up what stretches of work took."""

    def __init__(self, client: MongoClient[Document]) -> None:
        self._client = client
        self._spent = [0.0, 0.0, 0.0]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what is done meanwhile."""
        before = self._now()
        yield
        self._spent = [spent + now - then for spent, now, then in zip(self._spent, self._now(), before, strict=True)]

    def _now(self) -> list[float]:
        used = self._client.admin.command("serverStatus")["extra_info"]
        mongod = (used["user_time_us"] + used["system_time_us"]) / 1e6
        return [time.perf_counter(), time.process_time(), mongod]

    def speed(self, stories: int) -> Speed:
        """Return what was counted, of so many stories."""
        return Speed(stories, *self._spent)


async def by_store(server: Server, maker: Maker, watch: Watch) -> None:
    """Write all through the store."""
    client = await server.connect_async()
    store = StoryStore(client, server.database, CRAWL, on_settled=lambda record: None)
    await store.prepare()
    await store.begin({"spider": "benchmark", "seeds": [address(0)], "arguments": {}})
    for records in maker.records():
        with watch.running():
            for record in records:
                await store.add(record)
            await store.flush()
    await store.close()
    assert store.lost is None


def singly(database: Database[Document], documents: dict[str, list[Document]], watch: Watch) -> None:
    """Upsert documents one at a time, those of a story together."""
    durable = database.with_options(write_concern=WriteConcern(w=1, j=True))
    with watch.running():
        for name, rows in documents.items():
            for row in rows:
                durable[name].update_one({"_id": row["_id"]}, {"$set": row}, upsert=True)


def written(database: Database[Document], stories: int) -> dict[str, list[Document]]:
    """Return the documents that the store wrote of the first stories."""
    keys = [key(number) for number in range(stories)]
    return {
        "visits": list(database.visits.find({"request_key": {"$in": keys}})),
        "links": list(database.links.find({"from": {"$in": keys}, "relation": {"$ne": "twin"}})),
        "revisions": list(database.revisions.find({"story_id": {"$in": keys}})),
        "stories": list(database.stories.find({"_id": {"$in": keys}})),
    }


def run(server: Server, maker: Maker, few: int) -> tuple[Speed, Speed]:
    """Write in both ways, each into an empty database; return how they went."""
    with server.connect() as client:
        client.drop_database(server.database)
        all_stories, few_stories = Watch(client), Watch(client)
        asyncio.run(by_store(server, maker, all_stories))
        database = client[server.database]
        assert database.stories.count_documents({}) == maker.count
        edges = database.links.count_documents({"relation": {"$ne": "twin"}})
        assert edges == maker.count * EDGES, edges
        documents = written(database, few)
        client.drop_database(server.database)
        asyncio.run(_prepare(server))
        singly(database, documents, few_stories)
    return all_stories.speed(maker.count), few_stories.speed(few)


async def _prepare(server: Server) -> None:
    client = await server.connect_async()
    await migrations.prepare(client[server.database])
    await client.close()


def show(runs: list[tuple[Speed, Speed]]) -> int:
    """Print the table; return the exit code."""
    store, single = (sorted(way, key=lambda one: one.rate)[len(runs) // 2] for way in zip(*runs, strict=True))
    ratio = statistics.median(one.rate / other.rate for one, other in runs)
    table = Table("written", title=f"Stories with {EDGES} edges each, median of {len(runs)} runs")
    for column in ("stories", "stories/s", "edges/s", "ms Python", "ms mongod"):
        table.add_column(column, justify="right")
    for name, speed in (("through the store", store), ("one at a time", single)):
        cpu = [f"{seconds / speed.stories * 1000:.2f}" for seconds in (speed.python, speed.mongod)]
        table.add_row(name, f"{speed.stories:,}", f"{speed.rate:,.0f}", f"{speed.rate * EDGES:,.0f}", *cpu)
    met = store.rate >= STORIES_A_SECOND and ratio >= TIMES_AS_FAST
    budgets = (
        f"{store.rate:,.0f} stories/s (budget {STORIES_A_SECOND}), {ratio:.1f} times as fast (budget {TIMES_AS_FAST})"
    )
    Console().print(table)
    Console(highlight=False).print(f"{budgets}: {'met' if met else 'MISSED'}")
    return 0 if met else 1


def main() -> int:
    """Measure, print the table, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, default=5000, help="written through the store (5000)")
    parser.add_argument("--singly", type=int, default=200, help="of them written one at a time as well (200)")
    parser.add_argument("--runs", type=int, default=3, help="how often (3)")
    asked = parser.parse_args()
    maker = Maker(asked.stories)
    with tempfile.TemporaryDirectory(prefix="nc-") as data, acquire(Path(data)) as lease:
        server = Server(lease.uri, "newscrawl")
        return show([run(server, maker, asked.singly) for _ in range(asked.runs)])


if __name__ == "__main__":
    sys.exit(main())
