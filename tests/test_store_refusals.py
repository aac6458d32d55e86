"""What MongoDB cannot take: the page has failed and says why, the others of its batch are stored."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.items import Outcome, Story
from newscrawl.storage import StoryStore
from newscrawl.storage.serializing import to_document, to_line
from newscrawl.storage.spool import DEAD_LETTERS, Spool
from newscrawl.storage.store import REFUSED
from tests.miniature import documents
from tests.test_store import link, record, story, visit, write

if TYPE_CHECKING:
    from pathlib import Path

    from newscrawl.storage import Server

BEFORE, BAD, AFTER = "bbc:21000001", "bbc:21000002", "bbc:21000003"


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("summary", "half a character: \ud83d", "cannot be stored: 'utf-8' codec can't encode character"),
        ("duration", 2**70, "cannot be stored: MongoDB can only handle up to 8-byte ints"),
        ("topics", [object()], "cannot be stored: "),
        ("summary", "x" * 17_000_000, "cannot be stored: "),
        ("headline", None, "cannot be stored: "),
        ("links", [link(AFTER, position=-1)], "cannot be stored: "),
    ],
)
def test_a_page_that_cannot_be_stored(corpus_server: Server, field: str, value: Any, reason: str) -> None:
    bad = story("Never told.", key=BAD)
    setattr(bad, field, value)
    pages = [record(story("The dam held.", key=BEFORE)), record(bad), record(story("It rained.", key=AFTER))]
    assert write(corpus_server, pages) == [Outcome.NEW, Outcome.FAILED, Outcome.NEW]
    assert [row["_id"] for row in documents(corpus_server, "stories")] == [BEFORE, AFTER]
    visits = {row["request_key"]: row for row in documents(corpus_server, "visits")}
    assert {key: row["outcome"] for key, row in visits.items()} == {BEFORE: "new", BAD: "failed", AFTER: "new"}
    assert str(visits[BAD]["reason"]).startswith(reason)


def test_a_refused_story_goes_to_the_dead_letters_and_leaves_its_edges(corpus_server: Server, tmp_path: Path) -> None:
    server = replace(corpus_server, data=tmp_path)
    bad = record(story("Never told.", key=BAD, links=[link(AFTER), link(BEFORE, position=1)]), [visit(AFTER)])
    assert isinstance(bad.page, Story)
    bad.page.duration = 2**70

    async def run() -> dict[str, int]:
        letters = Spool.of(server, DEAD_LETTERS, "c1")
        client = await server.connect_async()
        store = StoryStore(client, server.database, "c1", on_settled=lambda done: None, letters=letters)
        await store.prepare()
        await store.add(bad)
        await store.add(record(story("The dam held.", key=BEFORE)))
        await store.close()
        return store.stats()

    whole = to_document(bad)
    assert asyncio.run(run()) == {REFUSED: 1}
    assert bad.page, "its links were not to blame"
    assert [row["to"] for row in documents(server, "links", **{"from": BAD})] == [BEFORE, AFTER]
    assert [row["_id"] for row in documents(server, "stories")] == [BEFORE]
    outcomes = {row["request_key"]: row["outcome"] for row in documents(server, "visits")}
    assert outcomes == {BAD: "failed", BEFORE: "new", AFTER: "pending"}
    (file,) = (tmp_path / DEAD_LETTERS).iterdir()
    header, letter = map(json.loads, file.read_text().splitlines())
    assert header["crawl_id"] == "c1"
    assert letter["reason"] == "cannot be stored: MongoDB can only handle up to 8-byte ints"
    assert letter["page"] == json.loads(to_line(whole))
