"""How well and how fast twins are found: ``python -m benchmarks.twins [--stories N] [--seed N] [--largest N]``.

Accuracy: invented stories go through the store as a crawl brings them, into a real embedded mongod (without the text index, which
is not asked and would take most of the time), and the twin edges are held against how the stories were made. Some are made of another: by words replaced, inserted and left out here and there (of each
hundred as many as the table says), half of these with paragraphs moved; by one passage of other words; or by taking half of it.
Up to a tenth of the words changed is a twin, more than a fifth is none, what lies between is not scored. All words are drawn
from one vocabulary by Zipf's law, stock phrases are strewn over all texts, and a third ends with one of a few boilerplates.
Exit 1 below a precision or recall of 0.98, or 2,000 stories/s.

Speed: the keys of texts alone; and with them the look-up of twins among 10,000 to ``--largest`` stories in MongoDB, in batches
of 100 stories that are stored already, of which one in ten has a twin. By the clock, and how long Python and mongod worked.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks.twin_stories import Maker, text_of
from newscrawl.embedded import acquire
from newscrawl.fingerprints import bands
from newscrawl.items import Block, Relation, Story, Visit
from newscrawl.processors import content_hash
from newscrawl.storage import PageRecord, Server, StoryStore
from newscrawl.storage.twins import Twins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pymongo.asynchronous.database import AsyncDatabase

    from benchmarks.twin_stories import Corpus, Pair

PRECISION, RECALL, STORIES_A_SECOND = 0.98, 0.98, 2000
TWIN, NOT_SCORED = 0.1, 0.2
"""Up to how many changed words a story is a twin, and up to how many it is not said whether it is one."""
BATCH, WARM = 100, 1000
"""Stories in a batch, and how many are looked up before the clock starts: a crawl learns which keys are crowded."""
BEGUN = datetime(2013, 3, 17, 10, 15, tzinfo=UTC)


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
    for name, index in (await store.database.stories.index_information()).items():
        if "weights" in index:
            await store.database.stories.drop_index(name)
    for record in records(texts):
        await store.add(record)
    await store.close()


def _table(first: str, *numbers: str, title: str) -> Table:
    table = Table(first, title=title)
    for column in numbers:
        table.add_column(column, justify="right")
    return table


def accuracy(server: Server, maker: Maker, stories: int, console: Console) -> bool:
    """Show how well the twins of a corpus are found; return whether that is well enough."""
    asyncio.run(stored(server, (corpus := maker.corpus(stories)).texts))
    with server.connect() as client:
        edges = client[server.database].links.find({"relation": Relation.TWIN.value, "gone_at": None})
        found = {frozenset({edge["from"], edge["to"]}) for edge in edges}
    table = _table(
        "made by", "words changed", "pairs", "found", title=f"{stories:,} stories, {len(found):,} pairs of twins"
    )
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
    texts = [text_of(maker.story()) for _ in range(4000)]
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
    for size in (size for size in (10_000, 20_000, 50_000, 100_000, 200_000) if size <= largest):
        texts: dict[str, str] = {}
        while number < size:
            texts = {f"{number + at:07}": text_of(maker.story()) for at in range(1000)}
            await fill(database, texts)
            number += 1000
        asked = _asked(maker, texts, number)
        await fill(database, asked)
        rates.append(await _look_up(database, asked, size, table))
    await client.close()
    return rates


def _asked(maker: Maker, texts: dict[str, str], number: int) -> dict[str, str]:
    """Return 4,000 stories of which one in ten is a twin of a story that is there."""
    new = [f"{text} again" for text in list(texts.values())[:400]] + [text_of(maker.story()) for _ in range(3800)]
    maker.chance.shuffle(new)
    return {f"{number:07}-{at:04}": text for at, text in enumerate(new)}


async def _clocks(database: AsyncDatabase[dict[str, Any]]) -> tuple[float, float, float]:
    """Return the time, and the seconds that Python and mongod have worked."""
    used = (await database.client.admin.command("serverStatus"))["extra_info"]
    return time.perf_counter(), time.process_time(), (used["user_time_us"] + used["system_time_us"]) / 1e6


async def _look_up(database: AsyncDatabase[dict[str, Any]], asked: dict[str, str], size: int, table: Table) -> float:
    twins, ids = Twins(database), list(asked)
    for start in range(0, WARM, BATCH):
        await twins.update(ids[start : start + BATCH], BEGUN)
    begun = await _clocks(database)
    for start in range(WARM, len(ids), BATCH):
        for story_id in ids[start : start + BATCH]:
            bands(asked[story_id])
        await twins.update(ids[start : start + BATCH], BEGUN)
    each = [(now - then) / (len(ids) - WARM) for now, then in zip(await _clocks(database), begun, strict=True)]
    edges = await database.links.count_documents({"from": {"$gt": f"{size:07}"}, "to": {"$lt": f"{size:07}"}})
    table.add_row(f"{size:,}", f"{1 / each[0]:,.0f}", *(f"{seconds * 1e6:,.0f} µs" for seconds in each), f"{edges}")
    return 1 / each[0]


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
        columns = "among", "stories/s", "each story", "Python's CPU", "mongod's CPU", "of 400 twins"
        table = _table(
            *columns, title="keys and look-up in batches of 100, each with ten twins, after the first 1,000 stories"
        )
        rates = asyncio.run(look_ups(Server(lease.uri, "speed"), maker, asked.largest, table))
        console.print(table)
        lease.release()
    return 0 if good and min(rates, default=0) >= STORIES_A_SECOND else 1


if __name__ == "__main__":
    sys.exit(main())
