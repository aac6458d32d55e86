"""What a long crawl takes of memory: ``python -m benchmarks.memory [--pages N] [--every N]``.

The real command crawls a site on loopback that never ends (pages of 600 words and 50 links) into an embedded MongoDB. Its
resident memory is read while it runs, once for so many pages (1,000), and how many addresses its crawl log knows by then, fetched
or waiting. The growth is the slope of a line through all readings but the first. Budget: 250 MB at 5,000 pages; exit 1 if
it is missed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import linear_regression
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.endless_site import FAST, FIRST, EndlessSite, settings
from newscrawl.embedded import acquire
from newscrawl.storage import Server
from tests.miniature import ROOT, SCRAPY, Proxy, address, environment

BUDGET_MB = 250


class Reading(NamedTuple):
    """What was read at one moment."""

    pages: int
    known: int
    """Addresses in the crawl log."""
    seconds: float
    size: float
    """Resident memory in MB."""


def crawl(pages: int, every: int) -> list[Reading]:
    """Crawl so many pages; return the readings."""
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="nc-"))
        lease, proxy = stack.enter_context(acquire(Path(data))), stack.enter_context(Proxy(EndlessSite()))
        database = stack.enter_context(Server(lease.uri, "newscrawl").connect())["newscrawl"]
        given = ["-a", f"seed={address(FIRST)}", "-a", "depth=50", "-a", f"max_stories={pages + every}"]
        quiet = ["-s", "LOG_LEVEL=WARNING", *settings(FAST)]
        env = environment(None, http_proxy=proxy.url, NEWSCRAWL_DATA=data)
        command = [sys.executable, SCRAPY, "crawl", "bbc_story", *given, *quiet]
        begun = time.monotonic()
        with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as crawler:
            readings = []
            for wanted in range(every, pages + 1, every):
                while len(proxy.asked) < wanted:
                    assert crawler.poll() is None, "the crawl has ended"
                    time.sleep(0.05)
                asked, known = len(proxy.asked), database.visits.estimated_document_count()
                readings.append(Reading(asked, known, time.monotonic() - begun, resident(crawler.pid)))
            crawler.terminate()
        return readings


def resident(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    asked = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(asked.stdout) * 1024 / 1e6


def show(readings: list[Reading]) -> int:
    """Print the table; return the exit code."""
    table = Table("pages", "known addresses", "seconds", "MB", title="Memory of the crawler")
    for column in table.columns:
        column.justify = "right"
    for one in readings:
        table.add_row(f"{one.pages:,}", f"{one.known:,}", f"{one.seconds:.0f}", f"{one.size:.1f}")
    sizes = [one.size * 1e6 for one in readings[1:]]
    a_page = linear_regression([one.pages for one in readings[1:]], sizes).slope
    an_address = linear_regression([one.known for one in readings[1:]], sizes).slope
    most = max(one.size for one in readings)
    console = Console(highlight=False)
    console.print(table)
    console.print(f"growth: {a_page:,.0f} bytes a page, {an_address:,.0f} a known address")
    console.print(f"at most {most:.0f} MB (budget {BUDGET_MB}): {'met' if most <= BUDGET_MB else 'MISSED'}")
    return 0 if most <= BUDGET_MB else 1


def main() -> int:
    """Measure, print the table, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=5000, help="how many pages are crawled (5000)")
    parser.add_argument("--every", type=int, default=1000, help="pages between two readings (1000)")
    asked = parser.parse_args()
    if asked.pages < 3 * asked.every:
        parser.error("a slope needs three readings: --pages has to be three times --every or more")
    return show(crawl(asked.pages, asked.every))


if __name__ == "__main__":
    sys.exit(main())
