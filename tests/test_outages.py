"""MongoDB goes away while a crawl runs: it waits, then sets aside what it has, and the next run writes it."""

from __future__ import annotations

import re
import signal
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.cli import Exit
from newscrawl.storage import Server
from tests.embedded_processes import eventually
from tests.miniature import Proxy, Reply, address, article, documents, scrapy
from tests.own_server import OwnServer
from tests.test_resume import FIRST, STORIES, start, tree, wait_for
from tests.test_together import STORIES as FEW
from tests.test_together import site

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

SEED = ("-a", f"seed={address(FIRST)}", "-a", "follow=related", "-a", "_job=one")
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
BUDGET_KB = 250_000
"""Of memory: RSS at its highest."""

PAGE_DATES = {"date_published", "date_modified"}


@pytest.fixture
def own() -> Iterator[OwnServer]:
    with OwnServer() as own:
        yield own


class Gate(dict[str, Reply]):
    """A site that, once so many pages are out, answers nothing more until it is told to go on."""

    def __init__(self, pages: dict[str, Reply], free: int) -> None:
        super().__init__(pages)
        self.free = free
        self.go_on = threading.Event()

    def get(self, url: str, default: Reply) -> Reply:  # type: ignore[override]
        self.free -= 1
        if self.free < 0:
            self.go_on.wait(30)
        return super().get(url, default)


def dump(server: Server) -> dict[str, list[dict[str, Any]]]:
    """Return the corpus without the times at which things happened."""
    return {name: [timeless(row) for row in documents(server, name)] for name in ("stories", "links", "revisions", "visits")}


def timeless(row: dict[str, Any]) -> dict[str, Any]:
    own = {name for name, value in row.items() if isinstance(value, datetime)} - PAGE_DATES
    return {name: row[name] for name in row.keys() - own - {"seen", "milliseconds"}}


def rss_kb(crawl: subprocess.Popen[str]) -> int:
    found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{crawl.pid}/status").read_text())
    return int(found[1]) if found else 0


def test_a_mongod_killed_five_times_costs_nothing(own: OwnServer, tmp_path: Path) -> None:
    highest = 0
    with Proxy(tree()) as proxy:
        with start(proxy, own.server, *SEED, NEWSCRAWL_DATA=str(tmp_path)) as crawl:
            for pages in (10, 40, 70, 100, 130):
                wait_for(proxy, pages)
                own.kill()
                highest = max(highest, rss_kb(crawl))
                own.start()
            _, stderr = crawl.communicate(timeout=60)
        assert crawl.returncode == Exit.OK, stderr
        assert "Traceback" not in stderr
        assert sorted(proxy.asked[1:]) == sorted(address(one) for one in STORIES)
    assert 0 < highest < BUDGET_KB
    assert [row["_id"] for row in documents(own.server, "stories")] == [f"bbc:{one}" for one in STORIES]
    assert {row["outcome"] for row in documents(own.server, "visits")} == {"new"}
    assert not (tmp_path / "spool").exists()


def test_what_a_lost_mongod_cannot_take_waits_in_the_spool(own: OwnServer, tmp_path: Path) -> None:
    env = {"NEWSCRAWL_DATA": str(tmp_path), "NEWSCRAWL_OUTAGE_LIMIT": "1"}
    gate = Gate(site(), 20)
    with Proxy(gate) as proxy:
        with start(proxy, own.server, *SEED, **env) as crawl:
            wait_for(proxy, 21)
            own.kill()
            gate.go_on.set()
            _, stderr = crawl.communicate(timeout=60)
        assert crawl.returncode == Exit.STORE_UNAVAILABLE, stderr
        assert "Traceback" not in stderr
        (spool,) = (tmp_path / "spool").iterdir()
        assert f"pages wait in {spool}" in stderr
        before = list(proxy.asked)
        own.start()
        resumed = scrapy("crawl", "bbc_story", *FAST, "-a", "resume=one", server=own.server, http_proxy=proxy.url, **env)
        assert resumed.returncode == Exit.OK, resumed.stderr
        assert "that an outage had kept from the corpus" in resumed.stderr
        assert not spool.exists()
        again = proxy.asked[len(before) :]
        assert set(again) & set(before) <= {"http://www.bbc.com/robots.txt"}, "no page is fetched twice"
    undisturbed = Server(own.server.uri, "undisturbed")
    with Proxy(site()) as proxy:
        scrapy("crawl", "bbc_story", *FAST, *SEED, server=undisturbed, http_proxy=proxy.url, **env)
    assert dump(own.server) == dump(undisturbed)
    assert len(documents(own.server, "stories")) == len(FEW)
