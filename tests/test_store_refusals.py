"""What MongoDB cannot take: the page has failed and says why, the others of its batch are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.items import Outcome
from tests.miniature import documents
from tests.test_store import link, record, story, write

if TYPE_CHECKING:
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
