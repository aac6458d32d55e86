"""newscrawl beside a plain link follower: ``python -m benchmarks.throughput [--pages N] [--runs N]``.

Both crawl the same endless site on loopback, in turns, with the same settings and without pauses. The follower takes the links
of each page by Scrapy's LinkExtractor and stores nothing; newscrawl reads fields and edges, looks for twins and writes to an embedded
MongoDB. Shown is the median of the runs: pages a second from the 100th page on, and CPU a page over the whole run, start
included. Budget: newscrawl as fast as the follower; exit 1 if it is not.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from scrapy import Request, Spider
from scrapy.http import Response, TextResponse
from scrapy.linkextractors import LinkExtractor

from benchmarks.endless_site import FAST, FIRST, EndlessSite, settings
from tests.miniature import ROOT, SCRAPY, Proxy, address, environment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

OURS, THEIRS = "newscrawl", "link follower"
WARM = 100
"""So many pages are left out of the rate: programs load what they need when they first need it."""


class Follower(Spider):
    """Follows every link."""

    name = "follower"
    links = LinkExtractor()

    async def start(self) -> AsyncIterator[Request]:
        """Yield the seed."""
        yield Request(address(FIRST))

    def parse(self, response: Response, **_: Any) -> Iterator[Request]:
        """Yield a request for each link; Scrapy leaves out those it made before."""
        assert isinstance(response, TextResponse)
        for link in self.links.extract_links(response):
            yield response.follow(link)


def run(command: list[str], pages: int, *, inside: bool) -> tuple[float, float]:
    """Run a crawler until it has asked for so many pages; return pages a second and milliseconds of CPU a page.

    ``inside``: in the project; elsewhere a spider runs with Scrapy's own settings.
    """
    with tempfile.TemporaryDirectory(prefix="nc-") as data, Proxy(EndlessSite()) as proxy:
        env = environment(None, http_proxy=proxy.url, NEWSCRAWL_DATA=data, PYTHONPATH=str(ROOT))
        quiet = ["-s", "LOG_LEVEL=ERROR", *settings(FAST)]
        crawler = subprocess.Popen([*command, *quiet], cwd=ROOT if inside else data, env=env, stderr=subprocess.DEVNULL)
        begun = _when(crawler, proxy, WARM)
        ended = _when(crawler, proxy, pages)
        crawler.terminate()
        used = os.wait4(crawler.pid, 0)[2]
    return (pages - WARM) / (ended - begun), (used.ru_utime + used.ru_stime) / pages * 1000


def _when(crawler: subprocess.Popen[bytes], proxy: Proxy, pages: int) -> float:
    while len(proxy.asked) < pages:
        assert crawler.poll() is None, "the crawl has ended"
        time.sleep(0.005)
    return time.monotonic()


def crawlers(pages: int) -> dict[str, list[str]]:
    """Return the command of each crawler."""
    given = ["-a", f"seed={address(FIRST)}", "-a", "depth=50", "-a", f"max_stories={2 * pages}"]
    follower = [sys.executable, SCRAPY, "runspider", str(Path(__file__))]
    return {OURS: [sys.executable, SCRAPY, "crawl", "bbc_story", *given], THEIRS: follower}


def main() -> int:
    """Measure, print the table, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=1000, help="how many pages each run crawls (1000)")
    parser.add_argument("--runs", type=int, default=3, help="how often each crawls them (3)")
    asked = parser.parse_args()
    if asked.pages <= WARM:
        parser.error(f"--pages has to be more than {WARM}")
    commands = crawlers(asked.pages)
    found = [
        {name: run(command, asked.pages, inside=name == OURS) for name, command in commands.items()}
        for _ in range(asked.runs)
    ]
    table = Table("crawler", "pages/s", "ms CPU a page", title=f"{asked.pages:,} pages, median of {asked.runs} runs")
    for name in commands:
        rate, cpu = (statistics.median(values) for values in zip(*(one[name] for one in found), strict=True))
        table.add_row(name, f"{rate:.0f}", f"{cpu:.1f}")
    share = statistics.median(one[OURS][0] / one[THEIRS][0] for one in found)
    Console().print(table)
    Console(highlight=False).print(f"newscrawl is {share:.2f} times as fast: {'met' if share >= 1 else 'MISSED'}")
    return 0 if share >= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
