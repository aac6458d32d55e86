"""Crawls and questions at once on the embedded server, with any part of it killed: all goes on, and nothing stays behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.cli import Exit
from newscrawl.embedded import acquire
from newscrawl.storage import Server, migrations
from tests.embedded_processes import eventually, is_gone, keeper, processes, server
from tests.miniature import ROOT, SCRAPY, Proxy, Reply, address, article, documents, environment, lines, moved, scrapy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST = 21000000
HUBS, LEAVES = 6, 5
STORIES = range(FIRST, FIRST + 1 + HUBS + HUBS * LEAVES)
SEED = ("-a", f"seed={address(FIRST)}", "-a", "follow=related")
SLOW = ("-s", "DOWNLOAD_DELAY=0.05", "-s", "AUTOTHROTTLE_ENABLED=0")
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
STATS = ("corpus", "stats", "--json")


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder, with no process of it alive at the end."""
    folder = Path(tempfile.mkdtemp(prefix="nt-"))
    yield folder
    gone = is_gone(folder)
    for pid in processes(folder):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
    assert gone, "processes were left behind"


def site() -> dict[str, Reply]:
    """Return a story with six related ones, each of which has five more."""
    hubs, rest = STORIES[1 : 1 + HUBS], STORIES[1 + HUBS :]
    leaves = {hub: rest[at * LEAVES : (at + 1) * LEAVES] for at, hub in enumerate(hubs)}
    pages = {address(FIRST): article(FIRST, related=[address(hub) for hub in hubs])}
    pages |= {address(hub): article(hub, related=[address(leaf) for leaf in leaves[hub]]) for hub in hubs}
    return pages | {address(leaf): article(leaf, related=[address(FIRST)]) for hub in hubs for leaf in leaves[hub]}


class Held(dict[str, Reply]):
    """A site that keeps its last story back until it is told to go on: so long every crawl of it goes on too."""

    def __init__(self, pages: dict[str, Reply]) -> None:
        super().__init__(pages)
        self.go_on = threading.Event()

    def get(self, url: str, default: Reply) -> Reply:  # type: ignore[override]
        if url == address(STORIES[-1]):
            self.go_on.wait(60)
        return super().get(url, default)


def start(*arguments: str, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, SCRAPY, *arguments],
        cwd=ROOT, env=environment(None, **env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> str:
    """Return what a process that has to succeed printed."""
    try:
        stdout, stderr = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == Exit.OK, stderr
    assert "Traceback" not in stderr
    return stdout


def corpus(data: Path) -> dict[str, list[dict[str, Any]]]:
    with acquire(data) as lease:
        store = Server(lease.uri, "newscrawl")
        return {name: documents(store, name) for name in ("stories", "links", "revisions", "visits", "crawls")}


def test_two_crawls_and_ten_questions_at_once(data: Path) -> None:
    env = {"NEWSCRAWL_DATA": str(data)}
    held = Held(site())
    with Proxy(held) as proxy, ExitStack() as stack:
        crawls = [
            stack.enter_context(start("crawl", "bbc_story", *SLOW, *SEED, "-a", f"_job={name}", **env, http_proxy=proxy.url))
            for name in ("one", "two")
        ]  # fmt: skip
        assert eventually(lambda: len(proxy.asked) > 10)
        questions = [stack.enter_context(start(*STATS, **env)) for _ in range(10)]
        answers = [next(lines(ended(question))) for question in questions]
        held.go_on.set()
        for crawl in crawls:
            ended(crawl)
    assert {answer["crawls"] for answer in answers} == {2}
    kept = corpus(data)
    assert [row["_id"] for row in kept["stories"]] == [f"bbc:{one}" for one in STORIES]
    assert [row["_id"].split("|")[0] for row in kept["revisions"]] == [f"bbc:{one}" for one in STORIES]
    assert len([row for row in kept["links"] if row["relation"] == "related"]) == HUBS + 2 * HUBS * LEAVES
    assert len(kept["visits"]) == 2 * len(STORIES)
    new = [row["request_key"] for row in kept["visits"] if row["outcome"] == "new"]
    assert {row["outcome"] for row in kept["visits"]} <= {"new", "unchanged"}
    assert set(new) == {f"bbc:{one}" for one in STORIES}
    assert {row["finish_reason"] for row in kept["crawls"]} == {"finished"}


def test_crawls_that_begin_at_once_make_one_schema(corpus_server: Server) -> None:
    async def prepare_at_once() -> None:
        clients = [await corpus_server.connect_async() for _ in range(5)]
        await asyncio.gather(*(migrations.prepare(client[corpus_server.database]) for client in clients))
        for client in clients:
            await client.close()

    asyncio.run(prepare_at_once())


@pytest.mark.parametrize("victim", [server, keeper])
def test_a_crawl_survives_the_end_of_its_server(data: Path, victim: Callable[[Path], int]) -> None:
    env = {"NEWSCRAWL_DATA": str(data)}
    with (
        Proxy(site()) as proxy,
        start("crawl", "bbc_story", *SLOW, *SEED, **env, http_proxy=proxy.url) as crawl,
    ):
        assert eventually(lambda: len(proxy.asked) > 10)
        os.kill(victim(data), signal.SIGKILL)
        ended(crawl)
    asked = scrapy(*STATS, **env)
    assert asked.returncode == Exit.OK, asked.stderr
    kept = corpus(data)
    assert [row["_id"] for row in kept["stories"]] == [f"bbc:{one}" for one in STORIES]
    assert {row["outcome"] for row in kept["visits"]} == {"new"}


@pytest.mark.parametrize("victims", ["starter", "starter, keeper and mongod"])
def test_the_corpus_survives_the_end_of_who_started_its_server(data: Path, victims: str) -> None:
    env = {"NEWSCRAWL_DATA": str(data)}
    with Proxy(site()) as proxy:
        with start("crawl", "bbc_story", *SLOW, *SEED, **env, http_proxy=proxy.url) as crawl:
            assert eventually(lambda: len(proxy.asked) > 10)
            for pid in [crawl.pid] + [keeper(data), server(data)] * ("mongod" in victims):
                os.kill(pid, signal.SIGKILL)
        asked = scrapy(*STATS, **env)
        assert asked.returncode == Exit.OK, asked.stderr
        assert is_gone(data), "nothing waits for who was killed"
        done = scrapy("crawl", "bbc_story", *FAST, "-a", "resume=last", **env, http_proxy=proxy.url)
    assert done.returncode == Exit.OK, done.stderr
    kept = corpus(data)
    assert [row["_id"] for row in kept["stories"]] == [f"bbc:{one}" for one in STORIES]
    assert {row["outcome"] for row in kept["visits"]} == {"new"}


# --- record and replay

SIGHTINGS = {"first_seen_at", "last_seen_at", "found_at", "settled_at", "milliseconds"}
CRAWLS = {"crawl_id", "first_crawl_id", "content_crawl_id"}


def comparable(row: dict[str, Any], crawl_id: str) -> dict[str, Any]:
    """Return a document without what differs from crawl to crawl."""
    kept = {name: value for name, value in row.items() if name not in SIGHTINGS | CRAWLS}
    return kept | {"_id": str(row["_id"]).replace(f"{crawl_id}|", "")}


def test_a_recorded_crawl_replays_to_the_same_corpus(mongo: Server, tmp_path: Path) -> None:
    pages = site() | {
        "http://www.bbc.com/robots.txt": Reply("User-agent: *\nDisallow: /news/uk-\n"),
        address(FIRST): article(FIRST, related=[
            *(address(one) for one in STORIES[1 : 1 + HUBS]), "http://www.bbc.com/news/uk-21000990", address(21000991),
            address(21000992), address(21000993), address(21000994), "/news/world/",
        ]),
        address(21000991): Reply("gone", 404),
        address(21000992): moved(address(21000995)),
        address(21000995): article(21000995),
        address(21000993): moved("http://elsewhere.example/"),
        address(21000994): Reply("<html></html>"),
    }  # fmt: skip
    recorded, replayed = (Server(mongo.uri, f"{tmp_path.name[-20:]}-{name}") for name in ("recorded", "replayed"))
    with Proxy(pages) as proxy:
        crawl = ("crawl", "bbc_story", *FAST, *SEED)
        done = scrapy(*crawl, "-a", "_job=one", server=recorded, http_proxy=proxy.url, NEWSCRAWL_ARCHIVE=str(tmp_path))
        assert done.returncode == Exit.OK, done.stderr
    done = scrapy(*crawl, "-a", "_job=two", server=replayed, NEWSCRAWL_REPLAY=str(tmp_path))
    assert done.returncode == Exit.OK, done.stderr
    for name in ("stories", "links", "revisions", "visits"):
        one = [comparable(row, "one") for row in documents(recorded, name)]
        two = [comparable(row, "two") for row in documents(replayed, name)]
        assert len(one) >= len(STORIES)
        assert two == one
    assert {row["outcome"] for row in documents(replayed, "visits")} == {
        "new", "robots", "http-error", "redirected", "off-site", "not-a-story",
    }  # fmt: skip
    for used in (recorded, replayed):
        with used.connect() as client:
            client.drop_database(used.database)
