"""How fast the corpus answers: ``python -m benchmarks.queries [--stories N] [--edges N] [--asked N] [--data DIR]``.

An invented corpus (``benchmarks.large_corpus``: hub-skewed edges, Zipf words, the real schema) in a real embedded mongod, asked
through ``newscrawl.corpus.Corpus``, each question so many times about stories and words drawn at random. The table shows the
median and the 95th percentile in milliseconds by the clock beside the budget. Below it: whether any plan of the server reads a
whole collection, how long commands take from start to end, with a server standing and without, and what an export of everything
takes. ``--data`` keeps the corpus for the next time. Exit 1 where a budget is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks import large_corpus
from benchmarks.large_corpus import story_id, word
from newscrawl.corpus import Corpus, NotFoundError
from newscrawl.embedded import acquire
from newscrawl.items import Relation
from newscrawl.storage import Server, migrations, schema
from newscrawl.storage.summaries import summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATABASE = "benchmark"
PAGE = 20
SCRAPY = [sys.executable, "-m", "scrapy"]
COMMANDS = ("stats", "find {word}", "show {story}", "timeline {story}", "graph {story}", "hubs", "crawls", "-h")
STANDING, COLD = 0.7, 1.5
"""Seconds that a command may take with a server standing, and without."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is asked many times, each time about something else."""

    name: str
    ask: Callable[[], Any]
    budget: float
    """Milliseconds that the 95th percentile may take."""


class Questions:
    """The mix of questions to a corpus of so many stories."""

    def __init__(self, corpus: Corpus, stories: int, seed: int) -> None:
        self.corpus, self.stories, self.chance = corpus, stories, random.Random(seed)
        self.hubs = [row["story_id"] for row in corpus.hubs(limit=100)]

    def any_story(self) -> str:
        """Return the id of some story."""
        return story_id(self.chance.randrange(self.stories))

    def hub(self) -> str:
        """Return the id of a story that very many others point at."""
        return self.chance.choice(self.hubs)

    def word(self, first: int, last: int) -> str:
        """Return a word whose rank lies between these: of rank k it stands in about 18/k of the stories."""
        return word(self.chance.randrange(first, last))

    def way(self) -> tuple[str, str]:
        """Return a story and one that is at most six links away from it."""
        start = end = self.any_story()
        for _ in range(self.chance.randint(1, 6)):
            links = [row["to"] for row in self.corpus.links(end, relations=[Relation.RELATED, Relation.INLINE])]
            end = self.chance.choice(links) if links else end
        return start, end

    def all(self) -> Iterator[Question]:
        """Yield the questions."""
        corpus, walked = self.corpus, [Relation.RELATED]
        every = [relation for relation in Relation if relation is not Relation.LISTED]
        yield Question("show", lambda: corpus.story(self.any_story()), 50)
        yield Question("find: a word in 0.1 to 1 % of stories", lambda: self._found(self.word(2_500, 18_000)), 50)
        yield Question("find: a word in 1 to 10 %", lambda: self._found(self.word(180, 1_800)), 300)
        yield Question("find: a word in 20 to 60 %", lambda: self._found(self.word(10, 60)), 300)
        yield Question(
            "find: two words", lambda: self._found(f"{self.word(500, 5_000)} {self.word(5_000, 9_000)}"), 300
        )
        yield Question("find: section, newest", lambda: self._found(None, section="Africa"), 300)
        yield Question("find: author, newest", lambda: self._found(None, author=self._author()), 50)
        yield Question("find: revised, newest", lambda: self._found(None, revised=True), 300)
        yield Question("find: era and section", lambda: self._found(None, era="gel-2010", section="Health"), 300)
        yield Question("timeline, depth 5", lambda: corpus.timeline(self.any_story(), relations=walked, depth=5), 200)
        yield Question("timeline of a hub, depth 5", lambda: corpus.timeline(self.hub(), relations=every, depth=5), 200)
        yield Question("graph, depth 2", lambda: corpus.graph(self.any_story(), relations=walked, depth=2), 200)
        yield Question("graph of a hub, depth 2", lambda: corpus.graph(self.hub(), relations=every, depth=2), 200)
        yield Question("path, up to 6 links", lambda: corpus.path(*self.way()), 200)
        yield Question("path between any two", self._any_path, 200)
        yield Question("hubs of a relation", lambda: list(corpus.hubs(relation=Relation.MOST_READ, limit=PAGE)), 300)
        yield Question("hubs", lambda: list(corpus.hubs(limit=PAGE)), 300)

    def _found(self, text: str | None, **filters: Any) -> None:
        list(self.corpus.find(text, limit=PAGE, **filters))

    def _author(self) -> str:
        return f"Author {word(self.chance.randrange(20, 2_000)).title()}"

    def _any_path(self) -> None:
        with suppress(NotFoundError):  # that there is no way is an answer
            self.corpus.path(self.any_story(), self.any_story())


def milliseconds(ask: Callable[[], Any]) -> float:
    """Return how long one answer takes."""
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000


def percentile(times: list[float], share: float) -> float:
    """Return the time that this share of the answers does not exceed."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def ask_all(console: Console, questions: Questions, asked: int) -> bool:
    """Print the table; return whether all budgets are kept."""
    table = Table("question", "p50 ms", "p95 ms", "budget ms", "", title=f"each asked {asked} times")
    kept = True
    for question in questions.all():
        question.ask()  # the first answer finds nothing in any cache, which is not what is asked here
        times = [milliseconds(question.ask) for _ in range(asked)]
        p95 = percentile(times, 0.95)
        kept &= p95 <= question.budget
        verdict = "" if p95 <= question.budget else "missed"
        table.add_row(question.name, f"{percentile(times, 0.5):.1f}", f"{p95:.1f}", f"{question.budget:.0f}", verdict)
    console.print(table)
    return kept


def whole_reads(corpus: Corpus, questions: Questions) -> list[str]:
    """Return the questions for which the server read a whole collection, by its own profile of every operation."""
    database, reading = corpus.database, []
    for question in questions.all():
        database.command("profile", 0)
        database.drop_collection("system.profile")
        database.command("profile", 2)
        question.ask()
        database.command("profile", 0)
        plans = database["system.profile"].distinct("planSummary")
        reading += [question.name] if any("COLLSCAN" in plan for plan in plans if plan) else []
    return reading


def seconds(words: str, environment: dict[str, str]) -> float:
    """Return the median of three runs of a command."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        subprocess.run([*SCRAPY, "corpus", *words.split()], env=environment, capture_output=True, check=True)
        times.append(time.perf_counter() - begun)
    return sorted(times)[1]


def commands(data: Path, *, standing: bool) -> dict[str, float]:
    """Return command -> seconds from start to end."""
    environment = os.environ | {"NEWSCRAWL_DATA": str(data), "MONGO_DATABASE": DATABASE}
    environment.pop("MONGO_URI", None)
    asked = {"word": word(5_000), "story": story_id(1_000)}
    lease = acquire(data) if standing else None
    try:
        return {words: seconds(words.format(**asked), environment) for words in COMMANDS}
    finally:
        if lease:
            lease.release()


def start_up(console: Console, data: Path) -> bool:
    """Print how long commands take; return whether all budgets are kept."""
    standing, cold = commands(data, standing=True), commands(data, standing=False)
    table = Table(
        "command", f"server standing (≤ {STANDING} s)", f"cold (≤ {COLD} s)", title="seconds, median of three"
    )
    for words in COMMANDS:
        table.add_row(f"scrapy corpus {words}", f"{standing[words]:.2f}", f"{cold[words]:.2f}")
    console.print(table)
    return max(standing.values()) <= STANDING and max(cold.values()) <= COLD


def export(console: Console, data: Path) -> None:
    """Print what an export of all stories with their links takes, in a process of its own."""
    told = """
import resource, sys, time
from newscrawl.corpus import Corpus
begun = time.perf_counter()
with Corpus.open(data=sys.argv[1], database=sys.argv[2]) as corpus:
    corpus.export(sys.argv[3], sys.argv[4])
print(f"{time.perf_counter() - begun:.0f} s, at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
"""
    with tempfile.TemporaryDirectory() as folder:
        for form in ("jsonl", "parquet"):
            arguments = [str(data), DATABASE, f"{folder}/stories.{form}", form]
            done = subprocess.run([sys.executable, "-c", told, *arguments], capture_output=True, text=True, check=True)
            console.print(f"export of all stories with their links as {form}: {done.stdout.strip()}")


def fill(console: Console, server: Server, stories: int, edges: int) -> None:
    """Make the corpus unless it is there."""

    async def prepared(*, indexes: bool) -> None:
        client = await server.connect_async()
        await (schema.complete if indexes else migrations.prepare)(client[server.database])
        await client.close()

    with server.connect() as client:
        database = client[server.database]
        if database.stories.estimated_document_count() == stories:
            return
        client.drop_database(server.database)
        asyncio.run(prepared(indexes=False))
        for name in schema.VALIDATORS:
            database[name].drop_indexes()
        with console.status("stories") as status:
            large_corpus.fill(database, stories, edges, 1, lambda number: status.update(f"{number:,} stories"))
            status.update("indexes")
            asyncio.run(prepared(indexes=True))  # over what is there already, which is quicker than along with it


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=100)
    parser.add_argument("--data", type=Path, help="a folder that keeps the corpus")
    given = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        data = (given.data or Path(folder)).resolve()
        lease = acquire(data)
        server = Server(lease.uri, DATABASE, lease)
        fill(console, server, given.stories, given.edges)
        with Corpus(server) as corpus:
            links = corpus.database.links.estimated_document_count()
            console.print(f"{given.stories:,} stories, {links:,} edges")
            asyncio.run(summarised(server))
            questions = Questions(corpus, given.stories, seed=7)
            kept = ask_all(console, questions, given.asked)
            reading = whole_reads(corpus, questions)
            console.print(f"a whole collection was read for: {', '.join(reading) or 'nothing'}")
        kept = start_up(console, data) and kept and not reading
        export(console, data)
    sys.exit(not kept)


async def summarised(server: Server) -> None:
    """Leave behind what a crawl leaves behind."""
    client = await server.connect_async()
    await summarise(client[server.database])
    await client.close()


if __name__ == "__main__":
    main()
