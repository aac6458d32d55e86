"""A crawl that was cut off goes on where it was: nothing lost, nothing doubled, nothing asked twice without need."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from newscrawl.cli import Exit
from newscrawl.embedded import status
from tests.miniature import ROOT, SCRAPY, Proxy, Reply, address, article, documents, environment, outcomes, scrapy

if TYPE_CHECKING:
    from pathlib import Path

    from newscrawl.storage import Server

FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8")
FIRST, WIDE, NARROW = 21000000, 12, 12
HUBS = [FIRST + 1 + hub for hub in range(WIDE)]
LEAVES = {hub: [FIRST + 100 * (1 + at) + leaf for leaf in range(NARROW)] for at, hub in enumerate(HUBS)}
STORIES = sorted([FIRST, *HUBS, *(leaf for leaves in LEAVES.values() for leaf in leaves)])


def tree() -> dict[str, Reply]:
    """Return a site of 157 stories: a seed, hubs, and leaves that also point at the next hub."""
    site = {address(FIRST): article(FIRST, related=[address(hub) for hub in HUBS])}
    for at, hub in enumerate(HUBS):
        site[address(hub)] = article(hub, related=[address(leaf) for leaf in LEAVES[hub]])
        after = address(HUBS[(at + 1) % WIDE])
        site |= {address(leaf): article(leaf, related=[after]) for leaf in LEAVES[hub]}
    return site


def start(proxy: Proxy, server: Server | None, *arguments: str, **env: str) -> subprocess.Popen[str]:
    command = [sys.executable, SCRAPY, "crawl", "bbc_story", *FAST, *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(server, http_proxy=proxy.url, **env), stderr=subprocess.PIPE, text=True
    )


def wait_for(proxy: Proxy, pages: int) -> None:
    deadline = time.monotonic() + 30
    while len(proxy.asked) < pages and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_crawl_killed_again_and_again_loses_and_doubles_nothing(corpus_server: Server) -> None:
    with Proxy(tree()) as proxy:
        arguments = ["-a", f"seed={address(FIRST)}", "-a", "_job=killed"]
        for pages in (5, 40, 90, 140):
            before = len(proxy.asked)
            with start(proxy, corpus_server, *arguments) as crawl:
                wait_for(proxy, before + 2 if before > pages else pages)
                crawl.kill()
            arguments = ["-a", "resume=last"]
        done = scrapy("crawl", "bbc_story", *FAST, *arguments, server=corpus_server, http_proxy=proxy.url)
        assert done.returncode == Exit.OK, done.stderr
        asked = len(proxy.asked)
        again = scrapy("crawl", "bbc_story", *FAST, *arguments, server=corpus_server, http_proxy=proxy.url)
        assert len(proxy.asked) == asked, "nothing is pending any more"
        assert again.returncode == Exit.OK, again.stderr
    assert [row["_id"] for row in documents(corpus_server, "stories")] == [f"bbc:{one}" for one in STORIES]
    assert len(documents(corpus_server, "links", relation="related")) == WIDE + 2 * WIDE * NARROW
    assert len(documents(corpus_server, "revisions")) == len(STORIES)
    assert set(outcomes(corpus_server).values()) == {"new"}
    assert len(documents(corpus_server, "crawls")) == 1


def test_a_resumed_crawl_keeps_its_budget_or_gets_a_larger_one(corpus_server: Server) -> None:
    with Proxy(tree()) as proxy:
        first = ("-a", f"seed={address(FIRST)}", "-a", "max_stories=5", "-a", "_job=small")
        scrapy("crawl", "bbc_story", *FAST, *first, server=corpus_server, http_proxy=proxy.url)
        assert len(documents(corpus_server, "stories")) == 5
        more = ("-a", "resume=small", "-a", "max_stories=9")
        done = scrapy("crawl", "bbc_story", *FAST, *more, server=corpus_server, http_proxy=proxy.url)
    assert done.returncode == Exit.OK, done.stderr
    assert len(documents(corpus_server, "stories")) == 9


def test_failed_visits_are_tried_again_only_when_asked(corpus_server: Server) -> None:
    site = {address(FIRST): article(FIRST, related=[address(FIRST + 1)])}

    class Gone(dict[str, Reply]):
        def get(self, url: str, default: Reply) -> Reply:  # type: ignore[override]
            if url == address(FIRST + 1):
                return Reply("x" * 10, headers={"Content-Length": "1000"})  # the connection ends before the body
            return super().get(url, default)

    with Proxy(Gone(site)) as proxy:
        first = ("-a", f"seed={address(FIRST)}", "-a", "_job=once", "-s", "RETRY_ENABLED=0", "-s", "DOWNLOAD_TIMEOUT=1")
        scrapy("crawl", "bbc_story", *FAST, *first, server=corpus_server, http_proxy=proxy.url)
    assert outcomes(corpus_server)[f"bbc:{FIRST + 1}"] == "failed"
    with Proxy(site | {address(FIRST + 1): article(FIRST + 1)}) as proxy:
        scrapy("crawl", "bbc_story", *FAST, "-a", "resume=once", server=corpus_server, http_proxy=proxy.url)
        assert proxy.asked == []
        again = ("-a", "resume=once", "-a", "retry_failed=1")
        scrapy("crawl", "bbc_story", *FAST, *again, server=corpus_server, http_proxy=proxy.url)
    assert outcomes(corpus_server)[f"bbc:{FIRST + 1}"] == "new"


def test_a_crawl_waits_for_a_mongod_that_was_killed(tmp_path: Path) -> None:
    data = tmp_path / "d"
    env = {"NEWSCRAWL_DATA": str(data)}
    with Proxy(tree()) as proxy, start(proxy, None, "-a", f"seed={address(FIRST)}", **env) as crawl:
        for pages in (20, 80):
            wait_for(proxy, pages)
            with suppress(ProcessLookupError):
                os.kill(status(data).pid or 0, signal.SIGKILL)
        _, stderr = crawl.communicate(timeout=60)
    assert crawl.returncode == Exit.OK, stderr
    assert "Traceback" not in stderr
    counted = scrapy("corpus", "stats", "--json", **env)
    assert f'"stories":{len(STORIES)}' in counted.stdout.replace(" ", ""), counted.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resume=nothing"], "there is no crawl 'nothing' in database"),
        (["resume=last"], "there is no crawl in database"),
        (["resume=last", "depth=3"], "depth cannot be given with resume"),
        (["retry_failed=1"], "retry_failed goes with resume=CRAWL_ID"),
    ],
)
def test_what_cannot_be_resumed_is_refused(corpus_server: Server, arguments: list[str], message: str) -> None:
    given = [part for argument in arguments for part in ("-a", argument)]
    done = scrapy("crawl", "bbc_story", *given, server=corpus_server)
    assert done.returncode == Exit.BAD_INPUT
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
