"""Crawls of the big site that are killed, and what they leave: for ``tests/test_faults.py`` and ``benchmarks/faults.py``."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newscrawl.items import Outcome, Relation
from newscrawl.storage.outbox import PAGES_IN_HAND
from tests.miniature import ROOT, SCRAPY, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newscrawl.storage import Server
    from tests.big_site import BigSite, Edge
    from tests.miniature import Proxy

CONCURRENCY = 16
LOST_BY_A_KILL = CONCURRENCY + PAGES_IN_HAND
"""How many pages may have to be fetched again after one kill: those on their way, and those the store has in hand."""

SPEED = (
    "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", f"CONCURRENT_REQUESTS={CONCURRENCY}",
    "-s", f"CONCURRENT_REQUESTS_PER_DOMAIN={CONCURRENCY}", "-s", "RETRY_TIMES=1", "-s", "DOWNLOAD_TIMEOUT=4",
)  # fmt: skip
WHOLE = ("-a", "depth=50", "-a", "max_stories=1000000", "-a", "refresh=0")
RESUME = ("-a", "resume=last")

KILLED = -9

STEPS = {
    "visits and edges": ("before", "revisions"),
    "revisions": ("before", "stories"),
    "stories": ("before", "settle"),
    "settle": ("after", "settle"),
}
"""The bulks of a batch: what the process that is killed right after one of them does next."""

KILLED_AT_A_BULK = """
import os, signal, sys
from pymongo.asynchronous.collection import AsyncCollection
from scrapy.cmdline import execute

when, where, countdown = sys.argv[1], sys.argv[2], int(sys.argv[3])

def die(moment, collection, operations):
    global countdown
    settles = collection == "visits" and "outcome" in getattr(operations[0], "_filter", ())
    if (moment, "settle" if settles else collection) == (when, where):
        countdown -= 1
        if countdown == 0:
            os.kill(os.getpid(), signal.SIGKILL)

def deadly(write):
    async def killed(self, operations, **options):
        die("before", self.name, operations)
        result = await write(self, operations, **options)
        die("after", self.name, operations)
        return result
    return killed

AsyncCollection.bulk_write = deadly(AsyncCollection.bulk_write)
AsyncCollection.insert_many = deadly(AsyncCollection.insert_many)
execute(["scrapy", *sys.argv[4:]])
"""
"""Runs scrapy, and kills itself at the given time it comes to one bulk."""


@contextmanager
def crawl(
    proxy: Proxy, server: Server | None, log: Path, *arguments: str, runner: tuple[str, ...] = (SCRAPY,), **env: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a crawl in a process of its own, which is over at the end; what it says is added to ``log``."""
    command = [sys.executable, *runner, "crawl", "bbc_story", *SPEED, *arguments]
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(server, http_proxy=proxy.url, **env), stdout=stream, stderr=stream
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def finish(proxy: Proxy, server: Server | None, log: Path, *arguments: str, **env: str) -> int:
    """Run a crawl to its end; return its exit code."""
    with crawl(proxy, server, log, *arguments, **env) as process:
        return process.wait(timeout=600)


def kill_at_bulk(
    proxy: Proxy, server: Server | None, log: Path, step: str, nth: int, *arguments: str, **env: str
) -> int:
    """Run a crawl that kills itself right after a bulk of its nth batch; return its exit code."""
    runner = ("-c", KILLED_AT_A_BULK, *STEPS[step], str(nth))
    with crawl(proxy, server, log, *arguments, runner=runner, **env) as process:
        return process.wait(timeout=600)


def wait_for(site: BigSite, share: float, process: subprocess.Popen[bytes]) -> bool:
    """Wait until a share of the site's addresses was asked for; return whether the process still runs then."""
    wanted = share * len(site.outcomes)
    while len(site.asked) < wanted and process.poll() is None:
        time.sleep(0.005)
    return process.poll() is None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a corpus holds of the big site."""

    site: BigSite
    stories: set[str]
    edges: set[Edge]
    gone: int
    """Edges that are said to have gone."""
    visits: dict[str, dict[str, str]]
    """Crawl -> request key -> outcome."""
    states: dict[str, list[int]]
    """Story -> how often each of its states was seen."""

    @classmethod
    def read(cls, site: BigSite, server: Server) -> Kept:
        """Read all of a database."""
        with server.connect() as client:
            database = client[server.database]
            visits: dict[str, dict[str, str]] = defaultdict(dict)
            for row in database.visits.find():
                visits[row["crawl_id"]][row["request_key"]] = row["outcome"]
            states: dict[str, list[int]] = defaultdict(list)
            for row in database.revisions.find({}, {"story_id": 1, "seen": 1}):
                states[row["story_id"]].append(len(row["seen"]))
            links = list(database.links.find({"relation": {"$ne": Relation.TWIN.value}}))
            return cls(
                site=site,
                stories={row["_id"] for row in database.stories.find({}, {"_id": 1})},
                edges={site.edge(row["from"], row["to"], row["relation"]) for row in links},
                gone=sum(row.get("gone_at") is not None for row in links),
                visits=visits,
                states=states,
            )

    @property
    def pending(self) -> int:
        """Visits that are still pending, of all crawls."""
        return sum(outcome == Outcome.PENDING for log in self.visits.values() for outcome in log.values())

    @property
    def doubled(self) -> dict[str, tuple[list[int], list[int]]]:
        """Stories that were seen in more or fewer states, or more often, than they have been in, with both."""
        expected = {story: self.site.states(story) for story in self.site.stories}
        return {
            story: (sorted(self.states.get(story, [])), states)
            for story, states in expected.items()
            if sorted(self.states.get(story, [])) != states
        }

    def wrong(self, crawls: int = 1) -> dict[str, Any]:
        """Return what is missing, too much or otherwise than one whole crawl leaves it (and others after it); nothing if all is well."""
        first = self.visits[min(self.visits)] if crawls == 1 and self.visits else {}
        outcomes = self.site.outcomes if crawls == 1 else {}
        found = {
            "stories lost": self.site.stories - self.stories,
            "stories of nothing": self.stories - self.site.stories,
            "edges lost": self.site.edges - self.edges,
            "edges of nothing": self.edges - self.site.edges,
            "edges gone": self.gone,
            "visits": {key: (first.get(key), due) for key, due in outcomes.items() if first.get(key) != due},
            "visits of nothing": first.keys() - self.site.outcomes.keys(),
            "pending": self.pending,
            "states": self.doubled,
        }
        return {what: which for what, which in found.items() if which}
