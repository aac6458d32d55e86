"""Walks over the edges, and a story over time."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl.corpus import Corpus, Entry, NotFoundError, walks
from newscrawl.corpus.timelines import BURST_PAUSE, GAP, mark
from newscrawl.items import Relation
from tests.corpus.storyline import (
    DAM,
    FETCHED,
    FLOOD,
    INQUIRY,
    MINISTER,
    OPENED,
    RESCUE,
    TEN_YEARS,
    UNDATED,
    VALLEY,
)

if TYPE_CHECKING:
    from newscrawl.corpus import Timeline

BURST = [DAM, FLOOD, RESCUE, MINISTER]


def test_a_timeline_is_the_story_by_date_with_gaps_and_bursts(corpus: Corpus) -> None:
    told = corpus.timeline(DAM)
    assert [entry.story_id for entry in told] == [VALLEY, OPENED, *BURST, INQUIRY, TEN_YEARS, UNDATED]
    assert [entry.story_id for entry in told if entry.gap] == [OPENED, DAM, INQUIRY, TEN_YEARS]
    assert [entry.story_id for entry in told if entry.burst] == BURST
    assert (told.missing, told.cut) == (1, False)
    by_id = {entry.story_id: entry for entry in told}
    assert (by_id[TEN_YEARS].direction, by_id[TEN_YEARS].steps, by_id[TEN_YEARS].via) == ("in", 2, INQUIRY)
    assert (by_id[VALLEY].direction, by_id[VALLEY].steps, by_id[VALLEY].relation) == ("out", 1, "related")
    assert by_id[DAM].direction == "start"


def test_a_timeline_keeps_to_relations_and_depth(corpus: Corpus) -> None:
    def reached(told: Timeline) -> set[str]:
        return {entry.story_id for entry in told}

    assert TEN_YEARS not in reached(corpus.timeline(DAM, depth=1))
    assert reached(corpus.timeline(DAM, relations=[Relation.INLINE])) == {DAM, FLOOD}
    assert reached(corpus.timeline(MINISTER, relations=[Relation.INLINE, Relation.TOPIC_ASIDE])) == {MINISTER, INQUIRY}


def test_a_timeline_begins_at_the_best_match_of_a_text(corpus: Corpus) -> None:
    assert corpus.timeline("sirens sewing machine").start["story_id"] == DAM
    with pytest.raises(NotFoundError, match="no story matches 'zebra'"):
        corpus.timeline("zebra")
    with pytest.raises(NotFoundError, match="bbc:1"):
        corpus.timeline("bbc:1")


NODES = st.integers(0, 8).map(lambda number: f"bbc:{number}")
EDGES = st.lists(st.tuples(NODES, NODES, st.sampled_from(["related", "inline", "section"])), max_size=25, unique=True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edges=EDGES, depth=st.integers(1, 4), incoming=st.booleans())
def test_walks_equal_a_search_by_breadth(
    corpus: Corpus, edges: list[tuple[str, str, str]], depth: int, incoming: bool
) -> None:
    relations = [Relation.RELATED, Relation.INLINE]
    links = corpus.database.random_links
    links.delete_many({})
    if edges:
        links.insert_many({"from": start, "to": end, "relation": one, "target": "story"} for start, end, one in edges)
    made = walks.walk(links, ["bbc:0"], relations=relations, depth=depth, incoming=incoming)
    expected = breadth_first([(end, start, one) if incoming else (start, end, one) for start, end, one in edges], depth)
    assert {(one.key, one.steps, one.relation, one.via) for one in made.reached} == expected


def breadth_first(edges: list[tuple[str, str, str]], depth: int) -> set[tuple[str, int, str, str]]:
    reached = {"bbc:0": (0, "", "")}
    for steps in range(1, depth + 1):
        ways = [
            (end, (steps, one, start))
            for start, end, one in edges
            if one != "section" and reached.get(start, (-1,))[0] == steps - 1
        ]
        for end, way in sorted(ways, reverse=True):
            if reached.get(end, (steps,))[0] == steps:
                reached[end] = way
    return {(key, *way) for key, way in reached.items() if key != "bbc:0"}


def test_a_walk_stops_at_so_many_stories_and_says_so(own: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "WALK_STORIES", 10)
    links = own.database.links
    links.insert_many(
        {"from": f"bbc:{number}", "to": "bbc:hub", "relation": "related", "target": "story"} for number in range(11)
    )
    made = walks.walk(links, ["bbc:hub"], relations=[Relation.RELATED], depth=3, incoming=True)
    assert (len(made.reached), made.cut) == (10, True)
    links.delete_one({"from": "bbc:0"})
    made = walks.walk(links, ["bbc:hub"], relations=[Relation.RELATED], depth=3, incoming=True)
    assert (len(made.reached), made.cut) == (10, False)


def test_a_walk_over_edges_of_more_than_100_mb_is_no_harder(own: Corpus) -> None:
    links = own.database.links
    edge = {"to": "bbc:hub", "relation": "related", "target": "story", "text": "x" * 1_000_000}
    links.insert_many(edge | {"_id": number, "from": f"bbc:{number}"} for number in range(110))
    made = walks.walk(links, ["bbc:hub"], relations=[Relation.RELATED], depth=2, incoming=True)
    assert (len(made.reached), made.cut) == (110, False)


MOMENTS = st.none() | st.datetimes(datetime(1997, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(st.lists(MOMENTS, max_size=30))
def test_every_entry_is_marked_by_its_distance_to_the_one_before(moments: list[datetime | None]) -> None:
    entries = mark(Entry(story_id=f"bbc:{index}", date_published=at) for index, at in enumerate(moments))
    dated = [entry for entry in entries if entry.date_published]
    assert [entry.date_published for entry in dated] == sorted(at for at in moments if at)
    assert entries[: len(dated)] == dated
    for before, after in itertools.pairwise(dated):
        pause = after.date_published - before.date_published
        assert after.gap == (pause > GAP)
        assert not (before.burst == after.burst is not None and pause > BURST_PAUSE)
    for number in {entry.burst for entry in entries if entry.burst}:
        assert len([entry for entry in entries if entry.burst == number]) >= 3


@pytest.mark.parametrize(
    ("hours", "bursts"), [([0, 48, 96], [1, 1, 1]), ([0, 48, 97], [None] * 3), ([0, 48], [None] * 2)]
)
def test_three_stories_at_most_two_days_apart_are_a_burst(hours: list[int], bursts: list[int | None]) -> None:
    entries = [Entry(story_id=f"bbc:{hour:03}", date_published=FETCHED + timedelta(hours=hour)) for hour in hours]
    assert [entry.burst for entry in mark(entries)] == bursts
