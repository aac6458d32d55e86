"""What waits beside the corpus: read back as it was set aside, written once, and never into another corpus."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.errors import BulkWriteError, OperationFailure

from newscrawl.cli import Exit
from newscrawl.items import Outcome
from newscrawl.storage import PageRecord, Server, StoryStore
from newscrawl.storage.connection import describe
from newscrawl.storage.patience import is_outage, is_refusal
from newscrawl.storage.replay import Replayed, replay, replay_spool
from newscrawl.storage.serializing import from_document, to_document, to_line
from newscrawl.storage.spool import DEAD_LETTERS, SPOOL, Spool, SpoolError
from newscrawl.storage.spool_files import SpoolFile
from newscrawl.storage.store import LOST, SPOOLED
from tests.embedded_processes import eventually
from tests.miniature import ROOT, documents, scrapy
from tests.small_disk import python_on
from tests.test_outages import dump
from tests.test_store import T0, link, record, story, visit, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEYS = [f"bbc:2100000{number}" for number in range(1, 4)]
AT = T0 + timedelta(minutes=1)

PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    datetime: st.datetimes(timezones=st.just(UTC)),
    str: st.text(st.characters(exclude_categories=()), max_size=5),
    type(None): st.none(),
}


def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation, dataclasses with all their fields among them."""
    made: dict[Any, Callable[..., st.SearchStrategy[Any]]] = {
        UnionType: st.one_of,
        list: lambda items: st.lists(items, max_size=2),
        dict: lambda keys, values: st.dictionaries(keys, values, max_size=2),
    }
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: anything(hints[field.name]) for field in fields(kind)})
    if make := made.get(get_origin(kind)):
        return make(*map(anything, get_args(kind)))
    if kind in PLAIN:
        return PLAIN[kind]
    return st.sampled_from(kind) if issubclass(kind, Enum) else st.from_type(kind)


@settings(max_examples=60, deadline=None)
@given(anything(PageRecord))
def test_a_record_is_read_back_as_it_was(record: PageRecord) -> None:
    line = to_line(to_document(record))
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert from_document(json.loads(line)) == record


def test_a_field_that_this_version_does_not_know_is_left_out() -> None:
    page = record(story())
    document = json.loads(to_line(to_document(page)))
    document["mood"] = document["page"]["mood"] = document["page"]["body"][0]["mood"] = "sad"
    assert from_document(document) == page


@pytest.fixture
def server(corpus_server: Server, tmp_path: Path) -> Server:
    """A corpus in which crawl c1 has begun, with a data folder."""

    async def begin() -> None:
        client = await corpus_server.connect_async()
        store = StoryStore(client, corpus_server.database, "c1", on_settled=lambda done: None)
        await store.prepare()
        await store.begin({"seeds": [], "arguments": {}, "spider": "bbc_story"})
        await store.close()

    asyncio.run(begin())
    return replace(corpus_server, data=tmp_path)


def pages() -> list[PageRecord]:
    links = [link(KEYS[1]), link(KEYS[2], position=1)]
    return [
        record(story(key=KEYS[0], links=links), [visit(key) for key in KEYS[1:]]),
        record(story("It rained.", key=KEYS[1])),
        PageRecord(visit(KEYS[2], outcome=Outcome.HTTP_ERROR)),
    ]


def set_aside(server: Server, kind: str = SPOOL) -> Path:
    spool = Spool.of(server, kind, "c1")
    assert spool
    spool.add_found([visit(KEYS[0])], AT)
    spool.add_pages(pages(), AT)
    spool.add_end("store_lost", datetime.now(UTC))
    spool.close()
    assert spool.path
    return spool.path


def test_what_was_set_aside_is_written_and_removed(server: Server) -> None:
    path = set_aside(server)
    assert replay_spool(server) == Replayed(pages=3)
    assert not path.exists()
    (crawl,) = documents(server, "crawls")
    assert (crawl["finish_reason"], crawl["counts"]) == ("store_lost", {"new": 2, "http-error": 1})
    first = documents(server, "stories")[0]
    assert first["last_seen_at"] == AT, "seen when it was fetched, not when it was written"
    assert replay_spool(server) == Replayed()


def test_it_is_written_as_if_there_had_been_no_outage(server: Server) -> None:
    set_aside(server)
    replay_spool(server)
    undisturbed = Server(server.uri, f"{server.database}-2")
    try:
        write(undisturbed, pages())
        assert dump(server) == dump(undisturbed)
    finally:
        with server.connect() as client:
            client.drop_database(undisturbed.database)


def test_writing_it_again_changes_nothing(server: Server, tmp_path: Path) -> None:
    path = set_aside(server)
    copy = path.read_bytes()
    replay_spool(server)
    before = [documents(server, name) for name in ("stories", "links", "revisions", "visits")]
    path.write_bytes(copy)
    assert replay_spool(server).pages == 3
    assert [documents(server, name) for name in ("stories", "links", "revisions", "visits")] == before


def test_a_crawl_that_has_gone_on_is_not_ended_by_an_older_word(server: Server) -> None:
    set_aside(server)
    with server.connect() as client:
        client[server.database].crawls.update_one({}, {"$set": {"heartbeat_at": datetime.now(UTC)}})
    replay_spool(server)
    assert "ended_at" not in documents(server, "crawls")[0]


def test_a_last_line_that_was_cut_off_is_told_and_the_others_are_written(server: Server) -> None:
    path = set_aside(server)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:4]) + lines[4][:100])
    replayed = replay_spool(server)
    assert replayed.pages == 2
    assert replayed.told()[1:] == [f"the last line of {path} was cut off: what it held stays pending"]
    assert not path.exists()


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda text: text.replace('"version":1', '"version":2'), "was written by a newer newscrawl"),
        (lambda text: text.replace('"c1"', '"c9"', 1), "the corpus knows no crawl c9"),
        (lambda text: text.replace('"outcome":"pending"', '"outcome":"sad"'), "line 2, cannot be read"),
        (lambda text: text.replace('{"at"', "{at", 3), "line 2, cannot be read"),
        (lambda text: "[]\n" + text, "or by something else"),
        (lambda text: "1\n" + text, "line 1, cannot be read"),
    ],
)
def test_a_file_that_cannot_be_written_stays_and_is_named(server: Server, edit: Any, problem: str) -> None:
    path = set_aside(server)
    path.write_text(edit(path.read_text()))
    (told,) = replay_spool(server).problems
    assert str(path) in told
    assert problem in told
    assert path.exists()


def test_the_command_names_a_file_that_stays(server: Server) -> None:
    path = set_aside(server)
    path.write_text(path.read_text() + "{}\n")
    done = scrapy("corpus", "replay-spool", server=server, NEWSCRAWL_DATA=str(server.data))
    assert done.returncode == Exit.STORE_UNAVAILABLE
    wrote = "wrote 3 pages that an outage had kept from the corpus"
    assert done.stderr == f"scrapy corpus replay-spool: {wrote}; {path}, line 7, cannot be read: KeyError('at')\n"


def test_only_its_own_corpus_gets_it(server: Server) -> None:
    path = set_aside(server)
    assert replay_spool(replace(server, database=f"{server.database}-2")) == Replayed()
    assert path.exists()
    with server.connect() as client:
        client.drop_database(f"{server.database}-2")


def test_a_password_is_not_written(tmp_path: Path) -> None:
    server = Server("mongodb://me:s3cret@DB1.example.org:27018,db2.example.org/?tls=true", "news", data=tmp_path)
    path = set_aside(server)
    header = json.loads(path.read_text().splitlines()[0])
    assert header["corpus"] == "db1.example.org:27018,db2.example.org:27017/news"
    assert "s3cret" not in path.read_text()


HOLD = """
import sys
from pathlib import Path
from newscrawl.storage.spool_files import SpoolFile
with SpoolFile(Path(sys.argv[1])) as file:
    file.claim()
    print(flush=True)
    sys.stdin.read()
"""


def test_a_file_that_another_process_has_is_left_to_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newscrawl.storage.spool_files.LOCK_SECONDS", 0.1)
    path = set_aside(server)
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        (told,) = replay_spool(server).problems
        assert "in use by a running crawl" in told
        other.communicate()
    assert replay_spool(server).pages == 3


def test_two_processes_at_once_write_it_once(server: Server) -> None:
    for _ in range(5):
        set_aside(server)

    async def both() -> list[Replayed]:
        clients = [await server.connect_async() for _ in range(2)]
        done = await asyncio.gather(*(replay(server, client[server.database]) for client in clients))
        for client in clients:
            await client.close()
        return list(done)

    done = asyncio.run(both())
    assert sum(one.pages for one in done) == 15
    assert [one.problems for one in done] == [[], []]
    assert len(documents(server, "stories")) == 2


REPLAY = """
import sys
from pathlib import Path
from newscrawl.storage import Server
from newscrawl.storage.replay import replay_spool
replay_spool(Server(sys.argv[1], sys.argv[2], data=Path(sys.argv[3])))
"""


def test_a_run_that_was_killed_half_way_is_repeated(server: Server) -> None:
    spool = Spool.of(server, SPOOL, "c1")
    assert spool
    keys = [f"bbc:{number}" for number in range(21000000, 21000600)]
    for start in range(0, len(keys), 20):
        batch = [record(story(key=key, links=[link(KEYS[0])])) for key in keys[start : start + 20]]
        spool.add_pages(batch, AT + timedelta(seconds=start))
    spool.close()
    command = [sys.executable, "-c", REPLAY, server.uri, server.database, str(server.data)]
    with subprocess.Popen(command, cwd=ROOT) as half:
        assert eventually(lambda: len(documents(server, "stories")) > 40)
        half.kill()
    assert spool.path
    assert spool.path.exists()
    assert len(documents(server, "stories")) < len(keys)
    assert replay_spool(server) == Replayed(pages=len(keys))
    assert [row["_id"] for row in documents(server, "stories")] == keys
    assert {str(row["outcome"]) for row in documents(server, "visits")} == {"new"}
    assert len(documents(server, "revisions")) == len(documents(server, "links")) == len(keys)


def test_a_file_removed_meanwhile_is_nobodys(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SpoolFile(tmp_path / "gone.jsonl")
    assert list(tmp_path.iterdir()) == []
    path = set_aside(Server("mongodb://h", "news", data=tmp_path))
    with SpoolFile(path) as file:
        path.unlink()
        assert not file.claim()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / SPOOL).write_text("a file")
    spool = Spool.of(Server("mongodb://h", "news", data=tmp_path), SPOOL, "c1")
    assert spool
    with pytest.raises(SpoolError, match=f"cannot write to {tmp_path / SPOOL}"):
        spool.add_end("finished", AT)


FILL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from newscrawl.storage import Server
from newscrawl.storage.spool import Spool, SpoolError
from newscrawl.storage.spool_files import SpoolFile
spool = Spool.of(Server("mongodb://h", "news", data=Path(sys.argv[1])), "spool", "c1")
spool.add_end("one", datetime.now(UTC))
try:
    spool.add_end("x" * 1_000_000, datetime.now(UTC))
except SpoolError as error:
    print(error)
spool.add_end("two", datetime.now(UTC))
spool.close()
with SpoolFile(spool.path) as file:
    file.header()
    print([entry["end"] for entry in file.entries()], file.cut_off)
"""


def test_a_full_disk_is_told_and_costs_nothing_that_was_written(tmp_path: Path) -> None:
    done = python_on(tmp_path, "size=64k", "-c", FILL, str(tmp_path))
    assert done.stdout.splitlines() == [
        f"no space left for {tmp_path / SPOOL}: free some, or set NEWSCRAWL_DATA to a folder on another disk",
        "['one', 'two'] False",
    ], done.stderr


@pytest.mark.parametrize(
    "error",
    [
        OperationFailure("no room", 14031),
        BulkWriteError({"writeErrors": [{"code": 14031, "index": 0, "errmsg": "no room"}]}),
    ],
)
def test_a_server_whose_disk_is_full_is_named(error: Exception) -> None:
    assert describe("mongodb://me:s3cret@db1", error) == "the disk of MongoDB at db1:27017 is full: free some"
    assert not is_outage(error)
    assert not is_refusal(error)


def test_dead_letters_that_cannot_be_written_end_the_crawl(server: Server) -> None:
    assert server.data
    (server.data / DEAD_LETTERS).write_text("a file")
    bad = record(story(key=KEYS[0]))
    bad.page.duration = 2**70  # type: ignore[union-attr]
    lost: list[Exception] = []

    async def run() -> dict[str, int]:
        client = await server.connect_async()
        files = {"spool": Spool.of(server, SPOOL, "c1"), "letters": Spool.of(server, DEAD_LETTERS, "c1")}
        store = StoryStore(client, server.database, "c1", on_settled=lambda done: None, on_lost=lost.append, **files)
        await store.add(bad)
        await store.close()
        return store.stats()

    assert asyncio.run(run()) == {LOST: 1, SPOOLED: 1}
    assert describe(server.uri, lost[0]).startswith(f"cannot write to {server.data / DEAD_LETTERS}")


def test_without_a_data_folder_there_is_no_spool() -> None:
    assert Spool.of(Server("mongodb://h", "news"), SPOOL, "c1") is None


def test_dead_letters_are_tried_again_when_asked(server: Server) -> None:
    write(server, [PageRecord(visit(KEYS[1], outcome=Outcome.FAILED))])
    letters = Spool.of(server, DEAD_LETTERS, "c1")
    assert letters
    letters.add_pages([record(story(key=KEYS[1]))], AT, reason="cannot be stored: for now")
    still_bad = record(story(key=KEYS[2], links=[link(KEYS[0])]))
    still_bad.page.duration = 2**70  # type: ignore[union-attr]
    letters.add_pages([still_bad], AT, reason="cannot be stored: ever")
    letters.close()
    assert replay_spool(server) == Replayed()
    done = scrapy("corpus", "replay-spool", "--dead-letters", server=server, NEWSCRAWL_DATA=str(server.data))
    assert done.stdout.splitlines() == [
        "wrote 1 page that MongoDB had refused",
        "MongoDB refuses 1 page, kept among the dead letters",
    ]
    assert {row["request_key"]: row["outcome"] for row in documents(server, "visits")} == {
        KEYS[1]: "new",
        KEYS[2]: "failed",
    }
    assert server.data
    (left,) = (server.data / DEAD_LETTERS).iterdir()
    assert json.loads(left.read_text().splitlines()[1])["page"]["page"]["duration"] == 2**70


def test_nothing_to_write_is_said(server: Server) -> None:
    done = scrapy("corpus", "replay-spool", server=server, NEWSCRAWL_DATA=str(server.data))
    assert (done.returncode, done.stdout) == (0, "nothing waits to be written\n")
