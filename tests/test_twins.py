"""Twins: edges between stories whose texts are nearly the same, whoever writes them in whatever order."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl.corpus import Corpus, NotFoundError
from newscrawl.fingerprints import ALIKE, BANDS, Passages, similarity
from newscrawl.items import Block, Relation, Story
from newscrawl.processors import content_hash
from newscrawl.storage import Server, StoryStore
from newscrawl.storage.forget import forget
from newscrawl.storage.neighbours import AT_ONCE, CROWD, Neighbours
from newscrawl.storage.twins import Look, Twins
from tests.test_store import T0, record, rows, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ONE, TWO, THREE = "bbc:21000001", "bbc:21000002", "bbc:21000003"
Edges = dict[str, tuple[float, bool]]


def said(seed: int, changes: int = 0, length: int = 120) -> str:
    """Return an invented text; ``changes``: how many of its words are others."""
    chance = random.Random(seed)
    words = [f"w{chance.randrange(3000)}" for _ in range(length)]
    for place in random.Random(seed + changes).sample(range(length), changes):
        words[place] = f"new{place}"
    return " ".join(words)


def story(key: str, text: str, *, hours: int = 0, crawl: str = "c1", also_ids: Sequence[str] = ()) -> Story:
    return Story(
        story_id=key,
        url=f"http://www.bbc.com/news/world-{key[4:]}",
        also_ids=list(also_ids),
        headline="Dam holds",
        body=[Block(text=line) for line in text.split("\n")],
        content_hash=content_hash([text]),
        page_era="gel-2010",
        extractor_version=1,
        crawl_id=crawl,
        request_key=key,
        fetched_at=T0 + timedelta(hours=hours),
    )


def put(server: Server, *stories: Story, crawl: str = "c1") -> None:
    """Write each story as a batch of its own."""
    write(server, *([record(one)] for one in stories), crawl=crawl)


def edges(server: Server) -> Edges:
    """Return the twin edges: similarity, and whether they stand."""
    found = [row for row in rows(server, "links") if row["relation"] == "twin"]
    return {f"{row['from']} {row['to']}": (row["similarity"], "gone_at" not in row) for row in found}


def both_ways(one: str, other: str, similarity: float, *, stands: bool = True) -> Edges:
    return {f"{one} {other}": (similarity, stands), f"{other} {one}": (similarity, stands)}


def test_twins_point_at_each_other_and_both_stay(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1, 6)), story(THREE, said(2)))
    share = round(similarity(Passages(said(1)), Passages(said(1, 6))), 3)
    assert 0.9 < share < 1
    assert edges(corpus_server) == both_ways(ONE, TWO, share)
    assert len(rows(corpus_server, "stories")) == 3
    edge = next(row for row in rows(corpus_server, "links") if row["from"] == ONE)
    assert (edge["url"], edge["target"], edge["position"]) == ("http://www.bbc.com/news/world-21000002", "story", 0)


def test_twins_of_one_batch_are_found(corpus_server: Server) -> None:
    write(corpus_server, [record(story(ONE, said(1))), record(story(TWO, said(1)))])
    assert edges(corpus_server) == both_ways(ONE, TWO, 1.0)


def test_a_repeated_write_changes_nothing_but_when_they_were_seen(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1)))
    before = rows(corpus_server, "links")
    put(corpus_server, story(TWO, said(1)))
    after = rows(corpus_server, "links")
    assert [row | {"last_seen_at": None} for row in after] == [row | {"last_seen_at": None} for row in before]
    assert all(row["last_seen_at"] > row["first_seen_at"] for row in after)


@pytest.mark.parametrize("text", ["", "The page has ended.", said(1, length=39)])
def test_short_texts_are_no_twins(corpus_server: Server, text: str) -> None:
    put(corpus_server, story(ONE, text), story(TWO, text))
    assert edges(corpus_server) == {}
    assert not any("bands" in row for row in rows(corpus_server, "stories"))


def test_a_revision_unmakes_and_makes_a_twin(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1)))
    put(corpus_server, story(TWO, said(2), hours=1, crawl="c2"), crawl="c2")
    assert edges(corpus_server) == both_ways(ONE, TWO, 1.0, stands=False)
    put(corpus_server, story(TWO, said(1, 6), hours=2, crawl="c3"), crawl="c3")
    share = round(similarity(Passages(said(1)), Passages(said(1, 6))), 3)
    assert edges(corpus_server) == both_ways(ONE, TWO, share)


def test_a_text_that_becomes_short_loses_its_twins(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1)), story(TWO, "Gone.", hours=1))
    assert edges(corpus_server) == both_ways(ONE, TWO, 1.0, stands=False)
    assert [("bands" in row) for row in rows(corpus_server, "stories")] == [True, False]


def test_an_older_state_that_comes_late_changes_no_twins(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(2), hours=5), story(TWO, said(1), hours=1, crawl="c2"))
    assert edges(corpus_server) == {}


@pytest.mark.parametrize("also_ids", [([TWO], []), ([], [ONE]), (["bbc:c0new"], ["bbc:c0new"])])
def test_one_article_under_two_ids_is_no_twin_of_itself(corpus_server: Server, also_ids: tuple[list[str], ...]) -> None:
    put(corpus_server, story(ONE, said(1), also_ids=also_ids[0]), story(TWO, said(1), also_ids=also_ids[1]))
    assert edges(corpus_server) == {}


def test_a_story_takes_its_twins_along_when_it_is_merged(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(2)), story(TWO, said(1), hours=1), story(THREE, said(1)))
    put(corpus_server, story(TWO, said(1), hours=2, crawl="c2", also_ids=[ONE]), crawl="c2")
    assert [row["_id"] for row in rows(corpus_server, "stories")] == [ONE, THREE]
    assert edges(corpus_server) == both_ways(ONE, THREE, 1.0)


def test_the_page_of_a_twin_does_not_mark_the_edge_as_lost(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1)))
    put(corpus_server, story(ONE, said(1), hours=3, crawl="c2"), crawl="c2")
    assert edges(corpus_server) == both_ways(ONE, TWO, 1.0)


def test_a_batch_that_died_before_its_edges_is_healed_by_the_next(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1)))
    with corpus_server.connect() as client:
        client[corpus_server.database].links.delete_one({"from": ONE})
        client[corpus_server.database].visits.update_many({}, {"$set": {"outcome": "pending"}})
    put(corpus_server, story(TWO, said(1)))
    assert edges(corpus_server) == both_ways(ONE, TWO, 1.0)


def test_a_forgotten_story_is_nobodys_twin(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1)))
    with corpus_server.connect() as client:
        done = forget(client[corpus_server.database], ONE)
    assert (done.links, done.references) == (2, 0)
    assert edges(corpus_server) == {}


STATES = st.lists(st.tuples(st.sampled_from([ONE, TWO, THREE, "bbc:c0new"]), st.integers(1, 3)), min_size=1, max_size=7)


def expected(last: dict[str, str]) -> Edges:
    """Return the edges that stand, from nothing but what each story says last."""
    alike = {pair: similarity(*(Passages(last[key]) for key in pair)) for pair in combinations(sorted(last), 2)}
    pairs = [both_ways(*pair, round(share, 3)) for pair, share in alike.items() if share >= ALIKE]
    return {ends: edge for pair in pairs for ends, edge in pair.items()}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=STATES, cut=st.integers(1, 7), order=st.randoms(use_true_random=False))
def test_edges_follow_from_the_last_states_alone(
    corpus_server: Server, states: list[tuple[str, int]], cut: int, order: random.Random
) -> None:
    """In whatever order states are written and however they are put into batches."""
    with corpus_server.connect() as client:
        client.drop_database(corpus_server.database)
    pages = [story(key, said(seed, hour), hours=hour, crawl=f"c{hour}") for hour, (key, seed) in enumerate(states)]
    last = {page.story_id: page.text for page in pages}
    order.shuffle(pages)
    write(
        corpus_server, *([record(page) for page in pages[start : start + cut]] for start in range(0, len(pages), cut))
    )
    standing = {ends: edge for ends, edge in edges(corpus_server).items() if edge[1]}
    assert standing == expected(last)


async def _side_by_side(server: Server, crawls: dict[str, list[Story]]) -> None:
    async def run(crawl: str, pages: list[Story]) -> None:
        client = await server.connect_async()
        store = StoryStore(client, server.database, crawl, on_settled=lambda done: None)
        await store.prepare()
        for page in pages:
            await store.add(record(page))
            await store.flush()
        await store.close()

    await asyncio.gather(*(run(crawl, pages) for crawl, pages in crawls.items()))


@pytest.mark.parametrize("seed", range(4))
def test_two_crawls_at_once_leave_the_edges_of_what_is_stored(corpus_server: Server, seed: int) -> None:
    """Each writes one half of the stories, again and again: now one text, now another."""
    chance = random.Random(seed)
    ids = [f"bbc:{number}" for number in range(21000001, 21000007)]
    crawls: dict[str, list[Story]] = defaultdict(list)
    last: dict[str, str] = {}
    for hour in range(30):
        key = chance.choice(ids)
        crawl = f"c{int(key[4:]) % 2}"
        last[key] = said(chance.randrange(1, 3), chance.randrange(3))
        crawls[crawl].append(story(key, last[key], hours=hour, crawl=crawl))
    asyncio.run(_side_by_side(corpus_server, crawls))
    assert {ends: edge for ends, edge in edges(corpus_server).items() if edge[1]} == expected(last)


class Interrupted(Twins):
    """Something else happens between its first look and what it writes."""

    meanwhile: Callable[[], object] | None = None

    async def _look(self, ids: list[str]) -> Look:
        look = await super()._look(ids)
        if self.meanwhile:
            await asyncio.to_thread(self.meanwhile)
        self.meanwhile = None
        return look


async def _update(server: Server, meanwhile: Callable[[], object]) -> None:
    client = await server.connect_async()
    twins = Interrupted(client[server.database])
    twins.meanwhile = meanwhile
    await twins.update([ONE], T0)
    await client.close()


def test_a_twin_that_ends_while_its_edge_is_written_has_ended(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1)))
    asyncio.run(
        _update(corpus_server, lambda: put(corpus_server, story(TWO, said(2), hours=1, crawl="c2"), crawl="c2"))
    )
    assert edges(corpus_server) == both_ways(ONE, TWO, 1.0, stands=False)


def test_a_twin_that_is_one_again_while_its_edge_is_ended_stays(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1)))
    with corpus_server.connect() as client:
        stories = client[corpus_server.database].stories
        before = stories.find_one_and_update({"_id": TWO}, {"$set": {"bands": []}})
        assert before
        again = {"$set": {"bands": before["bands"], "content_hash": "0" * 64}}
        asyncio.run(_update(corpus_server, lambda: stories.update_one({"_id": TWO}, again)))
    assert edges(corpus_server) == both_ways(ONE, TWO, 1.0)


def test_a_story_that_is_forgotten_while_its_edge_is_written_has_none(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1)))
    with corpus_server.connect() as client:
        asyncio.run(_update(corpus_server, lambda: forget(client[corpus_server.database], TWO)))
    assert edges(corpus_server) == {}


def template(number: int) -> str:
    """Return a text of which three quarters are the same for all."""
    return said(1, length=90) + "\n" + said(1000 + number, length=30)


def test_what_a_crowd_of_stories_shares_is_not_compared(corpus_server: Server) -> None:
    crowd = [story(f"bbc:3{number:07}", template(number)) for number in range(CROWD + 30)]
    write(corpus_server, [record(one) for one in crowd[: CROWD + 20]])
    write(corpus_server, [record(one) for one in crowd[CROWD + 20 :]] + [record(story(ONE, template(3) + " again"))])
    assert edges(corpus_server) == both_ways(ONE, "bbc:30000003", round(120 / 121, 3))


async def _of(server: Server) -> tuple[int, int]:
    client = await server.connect_async()
    neighbours = Neighbours(client[server.database])
    stories = await neighbours.stories.find({"_id": {"$lt": "bbc:30000010"}}).to_list()
    own = {story["_id"]: story["bands"] for story in stories}
    pairs, known = len(await neighbours.of(own)), len(neighbours.crowded)
    assert await neighbours.of(own) == set()
    assert len(neighbours.crowded) == known
    await client.close()
    return pairs, known


def test_a_crowd_costs_a_bounded_look_up(corpus_server: Server) -> None:
    """More stories with the same keys than are asked for at once."""
    put(corpus_server, *(story(f"bbc:3{number:07}", said(1)) for number in range(3)))
    with corpus_server.connect() as client:
        stories = client[corpus_server.database].stories
        one = stories.find_one({"_id": "bbc:30000001"})
        assert one
        stories.insert_many([one | {"_id": f"bbc:4{number:07}"} for number in range(AT_ONCE + 1)])
    assert asyncio.run(_of(corpus_server)) == (0, BANDS)


def plan_stages(plan: dict[str, Any]) -> set[str]:
    inner = [plan["inputStage"]] if "inputStage" in plan else plan.get("inputStages", [])
    return {plan["stage"]}.union(*(plan_stages(stage) for stage in inner))


def test_look_ups_use_indexes(corpus_server: Server) -> None:
    put(corpus_server, story(ONE, said(1)), story(TWO, said(1)))
    with corpus_server.connect() as client:
        database = client[corpus_server.database]
        near = database.stories.find({"bands": {"$in": [b"1", b"2"]}})
        standing = {"$or": [{end: {"$in": [ONE]}, "relation": "twin"} for end in ("from", "to")], "gone_at": None}
        alike = database.links.find({"relation": "twin", "similarity": {"$gte": 0.9}}).sort({"similarity": -1})
        for query in (near, database.links.find(standing), alike):
            assert not {"COLLSCAN", "SORT"} & plan_stages(query.explain()["queryPlanner"]["winningPlan"])


def test_the_corpus_tells_of_twins(corpus_server: Server) -> None:
    put(
        corpus_server,
        story(ONE, said(1)),
        story(TWO, said(1, 6)),
        story(THREE, said(1)),
        story("bbc:21000009", said(2)),
    )
    with Corpus(corpus_server) as corpus:
        told = [(pair["from"], pair["to"]) for pair in corpus.twins()]
        assert told == [(ONE, THREE), (ONE, TWO), (TWO, THREE)]
        assert [pair["to"] for pair in corpus.twins(TWO)] == [ONE, THREE]
        assert [pair["to"] for pair in corpus.twins(ONE, similarity=0.99)] == [THREE]
        assert [pair["to"] for pair in corpus.twins(ONE, limit=1)] == [THREE]
        assert list(corpus.twins("bbc:21000009")) == []
        assert "bands" not in corpus.story(ONE)
        assert [edge["to"] for edge in corpus.links(TWO, relations=[Relation.TWIN])] == [ONE, THREE]
        with pytest.raises(NotFoundError):
            corpus.twins("bbc:5")
