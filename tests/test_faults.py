"""A site of a thousand stories, and a crawl of it that is killed again and again: nothing is lost and nothing is doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newscrawl.cli import Exit
from newscrawl.storage.store import BATCH_PAGES, FLUSH_SECONDS
from tests.big_site import BigSite
from tests.faults import KILLED, LOST_BY_A_KILL, RESUME, STEPS, WHOLE, Kept, crawl, finish, kill_at_bulk, wait_for
from tests.miniature import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newscrawl.storage import Server

MOMENTS = [0.05 + 0.1 * at for at in range(10)]
"""Shares of the site after which the crawler is killed."""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Where crawls write what they say, which must not be a traceback."""
    path = tmp_path / "crawl.log"
    yield path
    assert "Traceback" not in path.read_text(encoding="utf-8")


def test_a_crawl_killed_at_ten_moments_is_as_one_that_was_not(corpus_server: Server, log: Path) -> None:
    site = BigSite(1000)
    arguments = ("-a", f"seed={site.seed}", *WHOLE)
    with Proxy(site) as proxy:
        for moment in MOMENTS:
            with crawl(proxy, corpus_server, log, *arguments) as process:
                assert wait_for(site, moment, process), log.read_text(encoding="utf-8")[-3000:]
            arguments = RESUME
        assert finish(proxy, corpus_server, log, *RESUME) == Exit.OK
        asked = len(proxy.asked)
        assert finish(proxy, corpus_server, log, *RESUME) == Exit.OK
        site.close()
    assert len(proxy.asked) == asked, "nothing is pending any more"
    assert Kept.read(site, corpus_server).wrong() == {}
    assert BATCH_PAGES <= 100
    assert FLUSH_SECONDS <= 0.5
    assert site.refetched() <= LOST_BY_A_KILL * len(MOMENTS)
