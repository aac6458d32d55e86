"""Crawls of a generated site with everything killed at random: ``python -m benchmarks.faults [--kills N] [--seed S] [--stories N]``.

Each row is one whole crawl (of two at once: both) on a MongoDB of its own, with its share of the kills (-9) at random
moments, each followed by ``resume``. At the end the corpus is compared with what the site is made of. ``fetched again`` are
requests that a crawl without a fault would not have made; a kill of the crawler may cost those on their way and those the store has in hand.
The exit code is 1 if anything is lost, doubled, otherwise than it should be, or still pending.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from newscrawl.cli import Exit
from newscrawl.embedded import acquire, status
from newscrawl.storage import Server
from tests.big_site import BigSite
from tests.embedded_processes import eventually, is_gone
from tests.faults import KILLED, LOST_BY_A_KILL, RESUME, STEPS, WHOLE, Kept, crawl, finish, kill_at_bulk, wait_for
from tests.miniature import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH = 130
"""Columns that the table needs."""


@dataclass
class Run:
    """One crawl that is killed so many times, and where it writes."""

    site: BigSite
    proxy: Proxy
    data: Path
    kills: int
    chance: random.Random
    killed: int = 0
    crawlers_killed: int = 0
    crawls: int = 1
    problems: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """What the crawls said."""
        return self.data / "crawl.log"

    @property
    def env(self) -> dict[str, str]:
        """The environment of its crawls."""
        return {"NEWSCRAWL_DATA": str(self.data / "d")}

    @property
    def begin(self) -> tuple[str, ...]:
        """Arguments of a crawl of the whole site."""
        return ("-a", f"seed={self.site.seed}", *WHOLE)

    def moments(self) -> list[float]:
        """Return the shares of the site after which something is killed."""
        return sorted(self.chance.uniform(0.05, 0.95) for _ in range(self.kills))

    def kill_server(self) -> None:
        """Kill the mongod, as soon as there is one."""
        self.killed += eventually(self._killed_server)

    def _killed_server(self) -> bool:
        state = status(self.data / "d")
        if not (state.running and state.pid):
            return False
        try:
            os.kill(state.pid, signal.SIGKILL)
        except ProcessLookupError:  # that was the one before it, which is dead already
            return False
        return True

    def finish(self, *arguments: str) -> None:
        """Go on to the end, and once more, which must not make a request."""
        for again in (False, True):
            asked = len(self.proxy.asked)
            code = finish(self.proxy, None, self.log, *arguments, **self.env)
            if code != Exit.OK:
                self.problems.append(f"exit code {code}")
            if again and len(self.proxy.asked) > asked:
                self.problems.append(f"{len(self.proxy.asked) - asked} requests after the end")


def crawler(run: Run) -> None:
    """Kill the crawler."""
    arguments = run.begin
    for moment in run.moments():
        with crawl(run.proxy, None, run.log, *arguments, **run.env) as process:
            run.killed += wait_for(run.site, moment, process)
        arguments = RESUME
    run.crawlers_killed = run.killed
    run.finish(*RESUME)


def bulks(run: Run) -> None:
    """Kill the crawler right after a bulk."""
    arguments = run.begin
    for at in range(run.kills):
        step = list(STEPS)[at % len(STEPS)]
        code = kill_at_bulk(run.proxy, None, run.log, step, run.chance.randint(1, 2), *arguments, **run.env)
        run.killed += code == KILLED
        arguments = RESUME
    run.crawlers_killed = run.killed
    run.finish(*RESUME)


def server(run: Run) -> None:
    """Kill the mongod while one crawl goes on."""
    with crawl(run.proxy, None, run.log, *run.begin, **run.env) as process:
        for moment in run.moments():
            if wait_for(run.site, moment, process):
                run.kill_server()
        if (code := process.wait(timeout=600)) != Exit.OK:
            run.problems.append(f"exit code {code}")
    run.finish(*RESUME)


def both(run: Run) -> None:
    """Kill crawler and mongod at once."""
    arguments = run.begin
    for moment in run.moments():
        with crawl(run.proxy, None, run.log, *arguments, **run.env) as process:
            if wait_for(run.site, moment, process):
                run.kill_server()
                run.crawlers_killed += 1
        is_gone(run.data / "d")
        arguments = RESUME
    run.finish(*RESUME)


def two_crawls(run: Run) -> None:
    """Let two crawls write the same stories at once, and kill one or the other."""
    run.crawls = 2
    moments = run.moments()
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(crawl(run.proxy, None, run.log, *run.begin, "-a", f"_job={name}", **run.env))
            for name in ("one", "two")
        }
        for moment in moments:
            name = run.chance.choice(list(running))
            if wait_for(run.site, moment, running[name]):
                running[name].kill()
                running[name].wait()
                run.killed += 1
                again = crawl(run.proxy, None, run.log, "-a", f"resume={name}", **run.env)
                running[name] = stack.enter_context(again)
        for process in running.values():
            process.wait(timeout=600)
    run.crawlers_killed = run.killed
    for name in running:
        run.finish("-a", f"resume={name}")


FAULTS: dict[str, Callable[[Run], None]] = {
    "crawler": crawler,
    "crawler, after a bulk": bulks,
    "mongod": server,
    "crawler and mongod": both,
    "one of two crawls": two_crawls,
}


def measure(fault: str, kills: int, seed: int, stories: int) -> tuple[list[str], bool]:
    """Run one row; return its cells, and whether all is well."""
    folder = Path(tempfile.mkdtemp(prefix="nf-"))
    site, started = BigSite(stories, seed), time.monotonic()
    with Proxy(site) as proxy:
        run = Run(site, proxy, folder, kills, random.Random(seed))
        FAULTS[fault](run)
        site.close()
    with acquire(folder / "d") as lease:
        kept = Kept.read(site, Server(lease.uri, "newscrawl"))
    is_gone(folder / "d")
    wrong: dict[str, Any] = kept.wrong(run.crawls)
    bound = run.crawlers_killed * LOST_BY_A_KILL
    again = site.refetched(run.crawls)
    traceback = "Traceback" in run.log.read_text(encoding="utf-8")
    problems = [*run.problems, *wrong, *(["traceback"] if traceback else []), *(["refetched"] if again > bound else [])]
    shutil.rmtree(folder, ignore_errors=True)
    expected = f"{len(site.stories):,} / {len(kept.stories):,}", f"{len(site.edges):,} / {len(kept.edges):,}"
    numbers = len(kept.doubled), kept.pending, again, bound
    seconds = f"{time.monotonic() - started:.0f}"
    cells = [fault, str(run.killed), *expected, *map(str, numbers), seconds, ", ".join(problems) or "nothing"]
    return cells, not problems


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="how many in all (default: 50)")
    parser.add_argument("--seed", type=int, default=0, help="of the site and of the moments (default: 0)")
    parser.add_argument("--stories", type=int, default=1000, help="of the site (default: 1000)")
    asked = parser.parse_args()
    columns = (
        "killed",
        "times",
        "stories due / found",
        "edges due / found",
        "doubled",
        "pending",
        "fetched again",
        "at most",
        "s",
        "wrong",
    )
    table, well = Table(*columns), True
    share = max(1, asked.kills // len(FAULTS))
    for at, fault in enumerate(track(FAULTS, "killing", console=Console(stderr=True), transient=True)):
        cells, right = measure(fault, share, asked.seed + at, asked.stories)
        table.add_row(*cells)
        well &= right
    Console(width=max(WIDTH, Console().width)).print(table)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
