"""A program that fetches addresses with Scrapy: ``python -m tests.fetching SETTINGS_JSON URL…``.

It prints one JSON line for what came of each, and a last one about the crawl.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

ROOT = Path(__file__).parent.parent
REPLAY = dict.fromkeys(("http", "https"), "newscrawl.archive.ReplayHandler")
PEERS: list[str] = []
"""Where this process connected to."""


def fetch(urls: list[str], *, preexec: Any = None, env: dict[str, str] | None = None, **settings: Any) -> Fetched:
    """Run this program; ``preexec`` is called in it first."""
    command = [sys.executable, "-m", "tests.fetching", json.dumps(settings), *urls]
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT, preexec_fn=preexec, env=env
    )
    assert run.returncode == 0, run.stderr
    *answers, crawl = map(json.loads, run.stdout.splitlines())
    return Fetched({answer.pop("asked"): answer for answer in answers}, crawl, run.stderr)


class Fetched:
    """What came of each address, of the crawl, and its log."""

    def __init__(self, answers: dict[str, dict[str, Any]], crawl: dict[str, Any], log: str) -> None:
        self.answers = answers
        self.stats = crawl["stats"]
        self.peers = crawl["peers"]
        self.log = log


class Fetcher(scrapy.Spider):
    name = "fetcher"

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in sys.argv[2:]:
            yield scrapy.Request(url, errback=self.failed, dont_filter=True, meta={"asked": url})

    def parse(self, response: Response) -> None:
        headers = {
            name.decode(): [v.decode("latin-1") for v in response.headers.getlist(name)] for name in response.headers
        }
        show(
            response.meta,
            url=response.url,
            kind=type(response).__name__,
            status=response.status,
            headers=headers,
            body=base64.b64encode(response.body).decode(),
        )

    def failed(self, failure: Failure) -> None:
        show(failure.request.meta, error=type(failure.value).__name__, message=str(failure.value))


def show(meta: dict[str, Any], **told: Any) -> None:
    date = meta.get("archive_date")
    told |= {"asked": meta["asked"], "record": meta.get("archive_record"), "date": date and date.isoformat()}
    print(json.dumps(told), flush=True)


def main() -> None:
    sys.addaudithook(lambda event, args: PEERS.append(str(args[1])) if event == "socket.connect" else None)
    process = AsyncCrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "HTTPERROR_ALLOW_ALL": True,
            "CONCURRENT_REQUESTS": 1,
            "COOKIES_ENABLED": False,  # Scrapy's jar asks the network for the public suffixes
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "LOG_LEVEL": "INFO",
            "DOWNLOADER_MIDDLEWARES": {"newscrawl.archive.RecordMiddleware": 950},
            **json.loads(sys.argv[1]),
        }
    )
    crawler = process.create_crawler(Fetcher)
    process.crawl(crawler)
    process.start()
    stats = {name: value for name, value in crawler.stats.get_stats().items() if isinstance(value, int | str)}
    print(json.dumps({"stats": stats, "peers": PEERS}))


if __name__ == "__main__":
    main()
