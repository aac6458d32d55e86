"""What a second crawl of an unchanged site costs: ``python -m benchmarks.incremental [STORIES]``.

A loopback site whose stories have an ETag is crawled once, and then again with each way of asking. The pace is that of the
machine; at the usual pace every request takes one to two seconds more.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from newscrawl.embedded import acquire
from newscrawl.storage import Server
from tests.miniature import Proxy, Reply, address, article, scrapy

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST, HUBS = 21000000, 10
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8",
        "-s", "CONCURRENT_REQUESTS=16")  # fmt: skip
WAYS = {
    "first crawl": ("auto", "nothing is known yet"),
    "refresh=0": ("0", "everything in full"),
    "refresh=1s": ("1s", "everything on condition"),
    "refresh=auto": ("auto", "the default: what is not fresh"),
}
WITHOUT_ROBOTS = 1


class Cost(NamedTuple):
    """What one crawl took."""

    requests: int
    bodies: int
    seconds: float
    cpu: float
    """Seconds of the crawler alone, without MongoDB: what a busy machine does not change."""


def site(stories: int) -> dict[str, Reply]:
    """Return a seed that leads to hubs, and hubs that lead to all other stories."""
    hubs = range(FIRST + 1, FIRST + 1 + HUBS)
    pages = {FIRST: list(hubs)} | {hub: list(range(hub + HUBS, FIRST + stories, HUBS)) for hub in hubs}
    return {address(one): _page(one, pages.get(one, [])) for one in range(FIRST, FIRST + stories)}


def _page(number: int, related: list[int]) -> Reply:
    reply = article(number, related=[address(one) for one in related])
    reply.headers = {"ETag": f'"{number}"'}
    return reply


def crawl(server: Server, pages: Mapping[str, Reply], refresh: str) -> Cost:
    """Crawl the site with the real command."""
    with Proxy(pages) as proxy:
        begun, used = time.perf_counter(), cpu()
        given = ("-a", f"seed={address(FIRST)}", "-a", f"refresh={refresh}", "-a", "max_stories=100000")
        done = scrapy("crawl", "bbc_story", *FAST, *given, server=server, http_proxy=proxy.url, timeout=600)
        seconds = time.perf_counter() - begun
    if done.returncode:
        sys.exit(done.stderr)
    bodies = sum(status == 200 for _, status in proxy.answered)  # noqa: PLR2004
    return Cost(len(proxy.asked) - WITHOUT_ROBOTS, bodies, seconds, cpu() - used)


def cpu() -> float:
    """Return the seconds of CPU that finished child processes have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(stories: int) -> None:
    """Print what each way costs."""
    pages = site(stories)
    with tempfile.TemporaryDirectory() as folder:
        lease = acquire(Path(folder))
        try:
            for name, (refresh, meaning) in WAYS.items():
                cost = crawl(Server(lease.uri, "benchmark"), pages, refresh)
                print(
                    f"{name:13} {cost.requests:6} requests {cost.bodies:6} pages sent {cost.seconds:6.1f} s, CPU {cost.cpu:.1f} s   {meaning}"
                )
                time.sleep(1)  # what refresh=1s takes for old
        finally:
            lease.release()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
