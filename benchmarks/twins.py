"""How well and how fast twins are found: ``python -m benchmarks.twins [--stories N] [--seed N] [--largest N]``.

Accuracy: invented stories go through the store as a crawl brings them, into a real embedded mongod, and the twin edges are held
against how the stories were made. A fifth of them are made of another story, by words replaced, inserted and left out (as many
as is said in the table, of those of the story), in most of them with paragraphs moved, or by a passage of other words. Up to a
tenth of the words changed is a twin, more than a fifth is none, what lies between is not scored. All words are drawn from one
vocabulary by Zipf's law, stock phrases are strewn over all texts, a third ends with one of a few long boilerplates, and a tenth
of the stories share half of their text with another. Exit 1 below a precision or recall of 0.98, or 2,000 stories/s.

Speed: the keys of texts alone; and with them the look-up of twins among 10,000 to ``--largest`` stories in MongoDB, in batches
of 100 stories that are stored already, of which one in ten has a twin. Wall clock, and what of it Python worked.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from newscrawl.embedded import acquire
from newscrawl.fingerprints import bands
from newscrawl.items import Block, Relation, Story, Visit
from newscrawl.processors import content_hash
from newscrawl.storage import PageRecord, Server, StoryStore
from newscrawl.storage.twins import Twins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pymongo.asynchronous.database import AsyncDatabase

Words = list[str]
Pair = frozenset[str]

PRECISION, RECALL, STORIES_A_SECOND = 0.98, 0.98, 2000
TWIN, NOT_SCORED = 0.1, 0.2
"""Up to how many changed words a story is a twin, and up to how many it is not said whether it is one."""
SHARES = (0, 0.02, 0.05, 0.08, 0.09, 0.1, 0.1, 0.15, 0.21, 0.25, 0.3, 0.4)
BATCH = 100
BEGUN = datetime(2013, 3, 17, 10, 15, tzinfo=UTC)


@dataclass(slots=True)
class Corpus:
    """Invented stories, and what is known of the pairs that have to do with each other."""

    texts: dict[str, str] = field(default_factory=dict)
    labels: dict[Pair, tuple[str, float]] = field(default_factory=dict)
    """Pair -> how the one was made of the other, and which share of the words was changed."""


class Maker:
    """Makes stories, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        letters = "aeiou", "bcdfghklmnprstvw"
        made = {
            "".join(self.chance.choice(letters[at % 2]) for at in range(self.chance.randint(2, 9)))
            for _ in range(40_000)
        }
        self.words = sorted(made, key=lambda word: (len(word) // 4, self.chance.random()))
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))
        self.phrases = [self.some(self.chance.randint(3, 7)) for _ in range(300)]
        self.boilerplates = [self.some(self.chance.randint(20, 60)) for _ in range(6)]

    def some(self, number: int) -> Words:
        """Return so many words."""
        return self.chance.choices(self.words, cum_weights=self.weights, k=number)

    def story(self) -> list[Words]:
        """Return the paragraphs of a story of 80 to 1,200 words."""
        wanted = round(80 * 15 ** self.chance.random())
        paragraphs: list[Words] = []
        while (left := wanted - sum(map(len, paragraphs))) > 0:
            paragraph = self.some(min(left, self.chance.randint(15, 60)))
            if self._perhaps(0.3):
                place = self.chance.randrange(len(paragraph))
                paragraph[place:place] = self.chance.choice(self.phrases)
            paragraphs.append(paragraph)
        if self._perhaps(1 / 3):
            paragraphs.append(self.chance.choice(self.boilerplates))
        return paragraphs

    def strewn(self, story: list[Words], share: float) -> list[Words]:
        """Return a story with single words replaced, inserted and left out, and perhaps its paragraphs in another order."""
        kind = self.chance.choice(["replace", "insert", "delete", "all", "all"])
        places = [(line, at) for line, words in enumerate(story) for at in range(len(words))]
        chosen: dict[int, set[int]] = defaultdict(set)
        for line, at in self.chance.sample(places, round(share * len(places))):
            chosen[line].add(at)
        made = [self._edited(words, chosen[line], kind) for line, words in enumerate(story)]
        if self._perhaps(0.5):
            first, last = sorted(self.chance.sample(range(len(made) + 1), 2))
            made = made[first:last] + made[:first] + made[last:]
        return made

    def _edited(self, words: Words, places: set[int], kind: str) -> Words:
        made: Words = []
        for at, word in enumerate(words):
            edit = (
                "keep"
                if at not in places
                else kind
                if kind != "all"
                else self.chance.choice(["replace", "insert", "delete"])
            )
            made += {"keep": [word], "replace": self.some(1), "insert": [word, *self.some(1)], "delete": []}[edit]
        return made

    def passage(self, story: list[Words], share: float) -> list[Words]:
        """Return a story with one passage of other words."""
        words, ends = [word for line in story for word in line], list(accumulate(map(len, story)))
        number = round(share * len(words))
        start = self.chance.randint(0, len(words) - number)
        words[start : start + number] = self.some(number)
        return [words[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]

    def half(self, story: list[Words], share: float) -> list[Words]:
        """Return a story of which a share is new and the rest is another's."""
        words = [word for line in story for word in line]
        new = self.some(round(share * len(words)))
        kept = words[: len(words) - len(new)]
        return [kept, new] if self._perhaps(0.5) else [new, kept]

    def corpus(self, stories: int) -> Corpus:
        """Return so many stories, in an order that says nothing."""
        made = Corpus()
        ids = [f"bbc:{21_000_000 + number}" for number in range(stories)]
        self.chance.shuffle(ids)
        remaining = iter(ids)
        for first in remaining:
            story = self.story()
            made.texts[first] = _text(story)
            way, share = self._way()
            if way and (second := next(remaining, None)):
                made.texts[second] = _text(getattr(self, way)(story, share))
                made.labels[frozenset({first, second})] = (way, share)
        made.texts = dict(sorted(made.texts.items()))
        return made

    def _way(self) -> tuple[str, float]:
        way = self.chance.choices(["", "strewn", "passage", "half"], weights=[69, 20, 5, 6])[0]
        return way, 0.5 if way == "half" else self.chance.choice(SHARES)

    def _perhaps(self, probability: float) -> bool:
        return self.chance.random() < probability


def _text(story: list[Words]) -> str:
    return "\n".join(" ".join(line).capitalize() + "." for line in story if line)


def records(texts: dict[str, str]) -> Iterator[PageRecord]:
    """Yield stories as a crawl brings them."""
    for story_id, text in texts.items():
        url = f"https://www.bbc.co.uk/news/world-{story_id[4:]}"
        story = Story(
            story_id=story_id, url=url, headline="Invented", body=[Block(text=line) for line in text.split("\n")],
            content_hash=content_hash([text]), page_era="generic", crawl_id="benchmark", request_key=story_id, fetched_at=BEGUN,
        )  # fmt: skip
        yield PageRecord(Visit(crawl_id="benchmark", request_key=story_id, url=url), page=story, store_story=True)


async def stored(server: Server, texts: dict[str, str]) -> None:
    """Write stories through the store."""
    store = StoryStore(await server.connect_async(), server.database, "benchmark", on_settled=lambda record: None)
    await store.prepare()
    for record in records(texts):
        await store.add(record)
    await store.close()


def accuracy(server: Server, maker: Maker, stories: int, console: Console) -> bool:
    """Show how well the twins of a corpus are found; return whether that is well enough."""
    corpus = maker.corpus(stories)
    asyncio.run(stored(server, corpus.texts))
    with server.connect() as client:
        edges = client[server.database].links.find({"relation": Relation.TWIN.value, "gone_at": None})
        found = {frozenset({edge["from"], edge["to"]}) for edge in edges}
    table = Table(title=f"{len(corpus.texts):,} stories, {len(found):,} pairs of twins found")
    for column in ("made by", "words changed", "pairs", "found as twins"):
        table.add_column(column, justify="left" if column == "made by" else "right")
    rows: dict[tuple[str, float], list[bool]] = defaultdict(list)
    for pair, label in corpus.labels.items():
        rows[label].append(pair in found)
    for (way, share), hits in sorted(rows.items(), key=lambda row: (row[0][0] != "strewn", row[0])):
        table.add_row(way, f"{share:.0%}", f"{len(hits):,}", f"{sum(hits) / len(hits):.3f}")
    table.add_row("unrelated", "100%", "", f"{len(found - corpus.labels.keys())} pairs")
    console.print(table)
    return _scored(corpus, found, console)


def _scored(corpus: Corpus, found: set[Pair], console: Console) -> bool:
    twins = {pair for pair, (_, share) in corpus.labels.items() if share <= TWIN}
    unscored = {pair for pair, (_, share) in corpus.labels.items() if TWIN < share <= NOT_SCORED}
    told, near = found - unscored, {pair for pair in twins if corpus.labels[pair][1] == TWIN}
    precision, recall, at_limit = (
        len(told & twins) / len(told),
        len(found & twins) / len(twins),
        len(found & near) / len(near),
    )
    console.print(f"precision {precision:.4f} · recall {recall:.4f}, of those with {TWIN:.0%} changed {at_limit:.4f}\n")
    return min(precision / PRECISION, recall / RECALL, at_limit / RECALL) >= 1


def keys_alone(maker: Maker, console: Console) -> None:
    """Show how fast the keys of texts are made."""
    texts = [_text(maker.story()) for _ in range(4000)]
    wall, cpu = time.perf_counter(), time.process_time()
    for text in texts:
        bands(text)
    rates = [len(texts) / (now - then) for now, then in ((time.perf_counter(), wall), (time.process_time(), cpu))]
    console.print("keys of a text alone: {:,.0f} stories/s, {:,.0f} by CPU time\n".format(*rates))


async def fill(database: AsyncDatabase[dict[str, Any]], texts: dict[str, str]) -> None:
    """Put into the database what a look-up needs of stories, and bring up to date what is known of it."""
    rows = [
        {"_id": one, "url": one, "text": text, "bands": bands(text), "content_hash": content_hash([text])}
        for one, text in texts.items()
    ]
    await database.stories.insert_many(rows, ordered=False)


async def look_ups(server: Server, maker: Maker, largest: int, table: Table) -> list[float]:
    """Fill a table with the speed of looking up stories among more and more; return the stories a second."""
    client = await server.connect_async()
    database, rates = client[server.database], []
    await database.stories.create_index("bands")
    await database.links.create_index([("from", 1), ("relation", 1)])
    await database.links.create_index([("to", 1), ("relation", 1)])
    number = 0
    for size in (10_000, 20_000, 50_000, 100_000, 200_000):
        if size > largest:
            break
        texts: dict[str, str] = {}
        while number < size:
            texts = {f"{number + at:07}": _text(maker.story()) for at in range(1000)}
            await fill(database, texts)
            number += 1000
        asked = _asked(maker, texts, number)
        await fill(database, asked)
        rates.append(await _look_up(database, asked, size, table))
    await client.close()
    return rates


def _asked(maker: Maker, texts: dict[str, str], number: int) -> dict[str, str]:
    """Return 2,000 stories of which one in ten is a twin of a story that is there."""
    twins = [f"{text} again" for text in list(texts.values())[:200]]
    new = twins + [_text(maker.story()) for _ in range(1800)]
    maker.chance.shuffle(new)
    return {f"{number:07}-{at:04}": text for at, text in enumerate(new)}


async def _look_up(database: AsyncDatabase[dict[str, Any]], asked: dict[str, str], size: int, table: Table) -> float:
    twins, ids = Twins(database), list(asked)
    await twins.update(ids[:BATCH], BEGUN)  # a crawl meets the crowded keys once
    wall, cpu = time.perf_counter(), time.process_time()
    for start in range(BATCH, len(ids), BATCH):
        for story_id in ids[start : start + BATCH]:
            bands(asked[story_id])
        await twins.update(ids[start : start + BATCH], BEGUN)
    stories = len(ids) - BATCH
    clock, python = ((now - then) / stories for now, then in ((time.perf_counter(), wall), (time.process_time(), cpu)))
    edges = await database.links.count_documents({"from": {"$gt": f"{size:07}"}, "to": {"$lt": f"{size:07}"}})
    figures = [f"{size:,}", f"{clock * 1e6:,.0f} µs", f"{1 / clock:,.0f}", f"{python * 1e6:,.0f} µs", f"{edges}"]
    table.add_row(*figures)
    return 1 / clock


def main(arguments: Iterable[str] | None = None) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.twins")
    parser.add_argument("--stories", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--largest", type=int, default=200_000)
    asked = parser.parse_args(None if arguments is None else list(arguments))
    console, maker = Console(width=110), Maker(asked.seed)
    with tempfile.TemporaryDirectory(prefix="nc-") as folder:
        lease = acquire(Path(folder))
        good = accuracy(Server(lease.uri, "accuracy"), maker, asked.stories, console)
        keys_alone(maker, console)
        table = Table(title="keys and look-up in batches of 100, each with ten twins")
        for column in ("stories", "each story", "stories/s", "Python's share", "of 200 twins"):
            table.add_column(column, justify="right")
        rates = asyncio.run(look_ups(Server(lease.uri, "speed"), maker, asked.largest, table))
        console.print(table)
        lease.release()
    return 0 if good and min(rates) >= STORIES_A_SECOND else 1


if __name__ == "__main__":
    sys.exit(main())
