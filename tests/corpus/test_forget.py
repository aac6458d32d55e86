"""Forgetting a story."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from newscrawl.corpus import Corpus, NotFoundError
from newscrawl.storage.forget import forget, tombstoned
from tests.corpus.storyline import (
    DAM,
    FLOOD,
    TEN_YEARS,
    collect,
    collect_storyline,
    record,
    story,
)

if TYPE_CHECKING:
    from newscrawl.storage import Server

    pass


def test_forgetting_removes_a_story_and_what_others_say_of_it(own: Corpus, corpus_server: Server) -> None:
    collect_storyline(corpus_server)
    done = forget(own.database, DAM)
    assert (done.story_ids, done.stories, done.revisions, done.links) == ([DAM], 1, 2, 6)
    with pytest.raises(NotFoundError, match=f"{DAM} was forgotten on 20"):
        own.story(DAM)
    assert own.database.revisions.count_documents({"story_id": DAM}) == 0
    assert own.database.links.count_documents({"from": DAM}) == 0
    bare = list(own.database.links.find({"to": DAM}))
    assert len(bare) == done.references == 7
    assert not any({"text", "group_title", "target_updated_at"} & set(edge) for edge in bare)
    assert own.database.tombstones.find_one({"_id": DAM}) == {
        "_id": DAM,
        "forgotten_at": own.database.tombstones.find_one()["forgotten_at"],
    }


def test_forgetting_holds_for_every_id_of_the_article(own: Corpus, corpus_server: Server) -> None:
    collect(
        corpus_server,
        [
            record(page)
            for page in [story("bbc:65000010", "Old form"), story(TEN_YEARS, "New form", also_ids=["bbc:65000010"])]
        ],
    )
    assert forget(own.database, "bbc:65000010").story_ids == ["bbc:65000010", TEN_YEARS]
    assert own.empty


def test_forgetting_that_died_half_way_is_finished_by_the_next(own: Corpus, corpus_server: Server) -> None:
    collect_storyline(corpus_server)
    first = datetime(2024, 5, 6, tzinfo=UTC)
    own.database.tombstones.insert_one({"_id": DAM, "forgotten_at": first})
    own.database.revisions.delete_many({"story_id": DAM})
    done = forget(own.database, own.story(DAM)["story_id"])
    assert (done.stories, done.revisions, done.links) == (1, 0, 6)
    assert own.database.tombstones.find_one({"_id": DAM})["forgotten_at"] == first


async def _tombstoned(server: Server, ids: list[str]) -> set[str]:
    client = await server.connect_async()
    try:
        return await tombstoned(client[server.database], ids)
    finally:
        await client.close()


def test_the_store_can_ask_which_stories_are_not_to_come_back(own: Corpus, corpus_server: Server) -> None:
    import asyncio

    collect_storyline(corpus_server)
    forget(own.database, DAM)
    assert asyncio.run(_tombstoned(corpus_server, [DAM, FLOOD, "bbc:1"])) == {DAM}
