"""MongoDB goes away while a crawl runs: it waits, then sets aside what it has, and the next run writes it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.cli import Exit
from newscrawl.items import Outcome, Visit
from newscrawl.storage import Server, StoryStore
from newscrawl.storage.store import LOST, UNWRITTEN
from tests.embedded_processes import is_gone
from tests.embedded_processes import server as mongod
from tests.miniature import Proxy, Reply, address, documents, scrapy
from tests.own_server import OwnServer
from tests.test_resume import FIRST, STORIES, start, tree, wait_for
from tests.test_store import record, story
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
    return {
        name: [timeless(row) for row in documents(server, name)] for name in ("stories", "links", "revisions", "visits")
    }


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
        assert stderr.count("The crawl ends.") == 1
        (spool,) = (tmp_path / "spool").iterdir()
        assert f"pages wait in {spool}" in stderr
        before = list(proxy.asked)
        own.start()
        resumed = scrapy(
            "crawl", "bbc_story", *FAST, "-a", "resume=one", server=own.server, http_proxy=proxy.url, **env
        )
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


def test_ctrl_c_during_an_outage_does_not_wait_for_its_end(own: OwnServer, tmp_path: Path) -> None:
    gate = Gate(site(), 20)
    with Proxy(gate) as proxy, start(proxy, own.server, *SEED, NEWSCRAWL_DATA=str(tmp_path)) as crawl:
        wait_for(proxy, 21)
        own.kill()
        gate.go_on.set()
        assert crawl.stderr
        assert any("MongoDB is away: the crawl waits for it" in line for line in crawl.stderr)
        crawl.send_signal(signal.SIGINT)
        _, stderr = crawl.communicate(timeout=30)  # the limit is 300 seconds
    assert crawl.returncode == Exit.INTERRUPTED, stderr
    assert "Traceback" not in stderr
    assert "pages that wait in the spool" in stderr
    own.start()
    done = scrapy("corpus", "replay-spool", server=own.server, NEWSCRAWL_DATA=str(tmp_path))
    assert re.fullmatch(r"wrote \d+ pages that an outage had kept from the corpus\n", done.stdout), done.stderr
    (crawl_row,) = documents(own.server, "crawls")
    assert crawl_row["finish_reason"] == "shutdown"


def test_an_embedded_server_that_does_not_come_back_costs_nothing(tmp_path: Path) -> None:
    data, away = tmp_path / "d", tmp_path / "away"
    env = {"NEWSCRAWL_DATA": str(data)}
    gate = Gate(site(), 20)
    with Proxy(gate) as proxy:
        with start(proxy, None, *SEED, **env) as crawl:
            wait_for(proxy, 21)
            os.kill(mongod(data), signal.SIGKILL)
            (data / "mongo").rename(away)
            (data / "mongo").write_text("no folder")
            gate.go_on.set()
            _, stderr = crawl.communicate(timeout=60)
        assert crawl.returncode == Exit.STORE_UNAVAILABLE, stderr
        assert "Traceback" not in stderr
        assert is_gone(data)
        (data / "mongo").unlink()
        away.rename(data / "mongo")
        before = len(proxy.asked)
        resumed = scrapy("crawl", "bbc_story", *FAST, "-a", "resume=one", http_proxy=proxy.url, **env)
        assert resumed.returncode == Exit.OK, resumed.stderr
        assert len({*proxy.asked}) == len(FEW) + 1
        assert len(proxy.asked) == len(FEW) + 2, "robots.txt again, no page"
        assert before < len(proxy.asked)
    counted = scrapy("corpus", "stats", "--json", **env)
    assert f'"stories":{len(FEW)}' in counted.stdout.replace(" ", ""), counted.stdout


def test_without_a_data_folder_pages_stay_pending(own: OwnServer) -> None:
    async def lose() -> StoryStore:
        store = StoryStore(
            await own.server.connect_async(), "newscrawl", "c1", on_settled=lambda done: None, patience=0
        )
        await store.prepare()
        own.kill()
        await store.add_pending([Visit(crawl_id="c1", request_key="bbc:1")])
        await store.add(record(story()))
        await store.end("store_lost")
        await store.close()
        return store

    assert asyncio.run(lose()).stats() == {LOST: 1, UNWRITTEN: 1}


def test_what_a_resumed_crawl_asks_for_waits_for_the_server(own: OwnServer) -> None:
    async def ask() -> list[object]:
        store = StoryStore(await own.server.connect_async(), "newscrawl", "c1", on_settled=lambda done: None)
        await store.prepare()
        await store.add_pending([Visit(crawl_id="c1", request_key="bbc:1")])
        own.kill()
        keys: list[str] = []
        asked = [store.counts(), store.take_keys(keys.append), store.reopen(Outcome.FAILED)]
        waiting = [asyncio.create_task(one) for one in asked]
        await asyncio.sleep(1)
        await asyncio.to_thread(own.start)
        counts, *_ = await asyncio.gather(*waiting)
        await store.close()
        return [counts, set(keys)]

    assert asyncio.run(ask()) == [{"pending": 1}, {"bbc:1"}]
