"""Versions of the corpus: an older one is brought up to date whoever dies meanwhile, a newer one is refused by name."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from newscrawl import __version__
from newscrawl.cli import Exit
from newscrawl.items import Kind, Outcome, Relation, Target
from newscrawl.storage import Server, lock, migrations
from newscrawl.storage.schema import INDEXES, SCHEMA_VERSION, STATE, VALIDATORS
from tests.miniature import ROOT, documents, environment, scrapy
from tests.schema_1 import TWINS, make_version_1
from tests.test_store import record, story, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database


@pytest.fixture
def database(corpus_server: Server) -> Iterator[Database[dict[str, Any]]]:
    """The test's database, without newscrawl's own look at its version."""
    with MongoClient[dict[str, Any]](corpus_server.uri, tz_aware=True) as client:
        yield client[corpus_server.database]
        client[corpus_server.database].schema.drop()


def prepare(server: Server, crawls: int = 1) -> None:
    """Begin so many crawls at once."""

    async def run() -> None:
        clients = [await server.connect_async() for _ in range(crawls)]
        try:
            await asyncio.gather(*(migrations.prepare(client[server.database]) for client in clients))
        finally:
            for client in clients:
                await client.close()

    asyncio.run(run())


def indexes(database: Database[dict[str, Any]]) -> dict[str, set[str]]:
    return {name: set(database[name].index_information()) - {"_id_"} for name in VALIDATORS}


EXPECTED = {name: {index.document["name"] for index in INDEXES.get(name, [])} for name in VALIDATORS}


def complete(database: Database[dict[str, Any]]) -> bool:
    """Return whether all collections have their indexes and validators, and no others."""
    validators = {
        row["name"]: row["options"].get("validator", {}).get("$jsonSchema", {}).get("properties")
        for row in database.list_collections()
    }
    told = {name: validator["properties"] for name, validator in VALIDATORS.items()}
    return indexes(database) == EXPECTED and {name: validators.get(name) for name in VALIDATORS} == told


def versions(database: Database[dict[str, Any]]) -> list[tuple[int | None, int]]:
    """Return the steps that the corpus says it took."""
    state = database.schema.find_one(STATE)
    assert state
    assert state["version"] == SCHEMA_VERSION
    assert (state["newscrawl"], state["since"]) == (__version__, state["history"][-1]["at"])
    return [(step["from"], step["to"]) for step in state["history"]]


TWIN_EDGES = [f"{one}|{other}|twin" for one, other in (TWINS, TWINS[::-1])]


def twins(server: Server) -> list[object]:
    return [row["_id"] for row in documents(server, "links", relation="twin")]


@pytest.mark.parametrize("crawls", [1, 5])
def test_an_empty_database_gets_the_current_version(
    corpus_server: Server, database: Database[dict[str, Any]], crawls: int
) -> None:
    prepare(corpus_server, crawls)
    assert complete(database)
    assert database.schema.count_documents({}) == 1, "no lock is left"
    assert versions(database) == [(None, SCHEMA_VERSION)]


@pytest.mark.parametrize("crawls", [1, 5])
def test_a_corpus_from_before_versions_is_brought_up_to_date(
    corpus_server: Server, database: Database[dict[str, Any]], crawls: int
) -> None:
    make_version_1(database)
    before = {name: documents(corpus_server, name) for name in ("links", "revisions", "visits", "crawls")}
    prepare(corpus_server, crawls)
    assert complete(database)
    assert database.schema.count_documents({}) == 1, "no lock is left"
    assert versions(database) == [(1, 2)]
    assert twins(corpus_server) == TWIN_EDGES
    database.links.delete_many({"relation": "twin"})
    assert {name: documents(corpus_server, name) for name in before} == before
    assert write(corpus_server, [record(story(crawl="c2"))], crawl="c2") == [Outcome.UNCHANGED]


def test_preparing_again_writes_nothing(corpus_server: Server, database: Database[dict[str, Any]]) -> None:
    prepare(corpus_server)
    before = documents(corpus_server, "schema")
    database.command("profile", 2)
    prepare(corpus_server)
    database.command("profile", 0)
    asked = {
        row["op"] if row["op"] != "command" else next(iter(row["command"])) for row in database.system.profile.find()
    }
    assert asked <= {"query", "listCollections", "listIndexes", "profile"}
    assert documents(corpus_server, "schema") == before


def test_what_somebody_dropped_is_made_again(corpus_server: Server, database: Database[dict[str, Any]]) -> None:
    prepare(corpus_server)
    database.drop_collection("revisions")
    database.stories.drop_index("words")
    database.command("collMod", "links", validator={})
    database.visits.create_index("url", name="their own")
    prepare(corpus_server)
    database.visits.drop_index("their own")
    assert complete(database)
    assert versions(database) == [(None, SCHEMA_VERSION)]


# --- migrators that die

KILLED = """
import asyncio, os, signal, sys
from pymongo import AsyncMongoClient, monitoring
from newscrawl.storage import lock, migrations

class Killer(monitoring.CommandListener):
    left = int(sys.argv[3])
    def started(self, event):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
    def succeeded(self, event): pass
    def failed(self, event): pass

async def run():
    async with AsyncMongoClient(sys.argv[1], event_listeners=[Killer()]) as client:
        await migrations.prepare(client[sys.argv[2]])
        os.kill(os.getpid(), signal.SIGKILL)

lock.LEASE_SECONDS = 0.5
asyncio.run(run())
"""
"""A crawl's start that kills itself (-9) before a command it was about to send, at the latest when it is ready."""


def killed(server: Server, command: int) -> int:
    """Prepare in a process that dies before that command; return its exit code."""
    program = [sys.executable, "-W", "error", "-c", KILLED, server.uri, server.database, str(command)]
    return subprocess.run(program, cwd=ROOT, env=environment(server), check=False, timeout=30).returncode


@pytest.mark.parametrize("old", [False, True], ids=["empty", "version 1"])
@pytest.mark.parametrize("command", [3, 4, 5, 6, 8, 11, 15, 20])
def test_a_start_that_was_killed_is_made_good_by_the_next(
    corpus_server: Server, database: Database[dict[str, Any]], command: int, old: bool
) -> None:
    if old:
        make_version_1(database)
    assert killed(corpus_server, command) == -signal.SIGKILL
    prepare(corpus_server)
    assert complete(database)
    assert versions(database)[-1][1] == SCHEMA_VERSION
    assert twins(corpus_server) == (TWIN_EDGES if old else [])
    stories = documents(corpus_server, "stories")
    prepare(corpus_server)
    assert documents(corpus_server, "stories") == stories


def test_a_living_migrator_is_waited_for_and_told_of(
    corpus_server: Server,
    database: Database[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_version_1(database)
    running: list[int] = []
    step = migrations.MIGRATIONS[1]

    async def slow(corpus: AsyncDatabase[dict[str, Any]]) -> None:
        running.append(1)
        await asyncio.sleep(3 * lock.LEASE_SECONDS)
        await step(corpus)

    monkeypatch.setattr(lock, "LEASE_SECONDS", 0.3)
    monkeypatch.setattr(lock, "LOOK_SECONDS", 0.01)
    monkeypatch.setitem(migrations.MIGRATIONS, 1, slow)
    with caplog.at_level(logging.INFO, "newscrawl"):
        prepare(corpus_server, crawls=3)
    assert len(running) == 1, "the lease was renewed"
    waiting = [row.getMessage() for row in caplog.records if row.name == lock.__name__]
    assert len(waiting) == 2
    assert f"bringing corpus {corpus_server.database} to version {SCHEMA_VERSION}" in waiting[0]
    assert versions(database) == [(1, 2)]


# --- versions that do not fit


@pytest.mark.parametrize("words", [("crawl", "bbc_story"), ("corpus", "stats"), ("corpus", "forget", "bbc:21000001")])
def test_a_newer_corpus_is_refused_by_name(
    corpus_server: Server, database: Database[dict[str, Any]], words: tuple[str, ...]
) -> None:
    newer = STATE | {"version": SCHEMA_VERSION + 1, "newscrawl": "9.8.7"}
    database.schema.insert_one(dict(newer))
    done = scrapy(*words, server=corpus_server)
    assert done.returncode == Exit.STORE_UNAVAILABLE
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for part in (
        f"version {SCHEMA_VERSION + 1}, made by newscrawl 9.8.7",
        __version__,
        f"up to {SCHEMA_VERSION}",
        "update",
    ):
        assert part in done.stderr
    assert list(database.schema.find()) == [newer]
    assert database.list_collection_names() == ["schema"]


def test_an_older_corpus_answers_as_it_is(corpus_server: Server, database: Database[dict[str, Any]]) -> None:
    make_version_1(database)
    for words in (("stats",), ("find", "held"), ("show", "bbc:21000001"), ("timeline", "bbc:21000001"), ("crawls",)):
        done = scrapy("corpus", *words, "--json", server=corpus_server)
        assert (done.returncode, done.stderr) == (Exit.OK, ""), words
    assert "schema" not in database.list_collection_names()


def test_the_closed_lists_of_version_1_are_still_known() -> None:
    from tests.schema_1 import VALIDATORS as OLD

    for collection, field, words in (
        ("stories", "kind", Kind),
        ("links", "relation", Relation),
        ("links", "target", Target),
        ("visits", "outcome", Outcome),
    ):
        assert set(OLD[collection]["properties"][field]["enum"]) <= {word.value for word in words}
