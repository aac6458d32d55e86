"""A site of a thousand stories, and a crawl of it that is killed again and again: nothing is lost and nothing is doubled."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from newscrawl.cli import Exit
from newscrawl.embedded import acquire
from newscrawl.storage import Server
from newscrawl.storage.outbox import FLUSH_SECONDS, PAGES_IN_HAND
from tests import embedded_processes
from tests.big_site import BigSite
from tests.faults import KILLED, LOST_BY_A_KILL, RESUME, STEPS, WHOLE, Kept, crawl, finish, kill_at_bulk, wait_for
from tests.miniature import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOMENTS: dict[float, str | None] = {
    0.05: None, 0.15: "visits and edges", 0.25: None, 0.35: "revisions", 0.45: None, 0.55: "stories", 0.65: None, 0.75: "settle",
    0.85: None, 0.95: None,
}  # fmt: skip
"""Shares of the site after which the crawler is killed, and after which bulk it is killed when it goes on from there."""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Where crawls write what they say, which must not be a traceback."""
    path = tmp_path / "crawl.log"
    yield path
    assert "Traceback" not in path.read_text(encoding="utf-8")


def test_what_the_store_holds_back_is_little() -> None:
    assert PAGES_IN_HAND <= 100
    assert FLUSH_SECONDS <= 0.5


def test_a_crawl_killed_again_and_again_is_as_one_that_was_not(corpus_server: Server, log: Path) -> None:
    site = BigSite(1000)
    arguments = ("-a", f"seed={site.seed}", *WHOLE)
    with Proxy(site) as proxy:
        for moment, step in MOMENTS.items():
            with crawl(proxy, corpus_server, log, *arguments) as process:
                assert wait_for(site, moment, process), "it ended before it could be killed"
            arguments = RESUME
            if step:
                assert kill_at_bulk(proxy, corpus_server, log, step, 1, *RESUME) == KILLED
        assert finish(proxy, corpus_server, log, *RESUME) == Exit.OK
        asked = len(proxy.asked)
        assert finish(proxy, corpus_server, log, *RESUME) == Exit.OK
        assert len(proxy.asked) == asked, "nothing is pending any more"
        site.close()
    assert Kept.read(site, corpus_server).wrong() == {}
    assert site.refetched() <= LOST_BY_A_KILL * (len(MOMENTS) + len(STEPS))


def test_a_story_that_goes_from_a_to_b_and_back_is_seen_so_whatever_is_killed(corpus_server: Server, log: Path) -> None:
    site = BigSite(60, silent=0)
    first = ("-a", f"seed={site.seed}", *WHOLE)
    with Proxy(site) as proxy:
        assert finish(proxy, corpus_server, log, *first) == Exit.OK
        for step in ("revisions", "stories"):
            site.turn_over()
            assert kill_at_bulk(proxy, corpus_server, log, step, 1, *first) == KILLED
            assert finish(proxy, corpus_server, log, *RESUME) == Exit.OK
    kept = Kept.read(site, corpus_server)
    assert kept.wrong() == {}
    assert [1, 2] in [sorted(states) for states in kept.states.values()]


def test_a_crawl_and_its_server_killed_at_once(tmp_path: Path, log: Path) -> None:
    site, data = BigSite(100, silent=0), tmp_path / "d"
    arguments = ("-a", f"seed={site.seed}", *WHOLE)
    with Proxy(site) as proxy:
        for moment in (0.3, 0.7):
            with crawl(proxy, None, log, *arguments, NEWSCRAWL_DATA=str(data)) as process:
                assert wait_for(site, moment, process)
                os.kill(embedded_processes.server(data), signal.SIGKILL)
            assert embedded_processes.is_gone(data)
            arguments = RESUME
        assert finish(proxy, None, log, *RESUME, NEWSCRAWL_DATA=str(data)) == Exit.OK
    with acquire(data) as lease:
        assert Kept.read(site, Server(lease.uri, "newscrawl")).wrong() == {}
    assert site.refetched() <= LOST_BY_A_KILL * 2
