"""When a story stood in which state, whatever order its fetches came in."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.items import Outcome
from newscrawl.storage.intervals import Interval, in_order
from tests.articles import OLD, OTHER, T0, Fetch, expected, kept, rows, write

if TYPE_CHECKING:
    from newscrawl.storage import Server

HOURS = st.integers(0, 9)


def interval(first: int, last: int) -> Interval:
    return {"first": T0 + timedelta(hours=first), "last": T0 + timedelta(hours=last)}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"a": [(1, 3)]}, {"a": [(1, 3)]}),
        ({"a": [(1, 1), (2, 2)]}, {"a": [(1, 2)]}),
        ({"a": [(1, 4), (2, 3)]}, {"a": [(1, 4)]}),
        ({"a": [(1, 3)], "b": [(2, 2)]}, {"a": [(1, 1), (3, 3)], "b": [(2, 2)]}),
        ({"a": [(1, 1), (3, 3)], "b": [(2, 2)]}, {"a": [(1, 1), (3, 3)], "b": [(2, 2)]}),
        ({"a": [(1, 1), (2, 2), (4, 4)], "b": [(3, 3)]}, {"a": [(1, 2), (4, 4)], "b": [(3, 3)]}),
        ({"b": [(1, 2)], "a": [(2, 3)]}, {"b": [(1, 2)], "a": [(2, 3)]}),
        ({"a": [], "b": [(1, 1)]}, {"a": [], "b": [(1, 1)]}),
    ],
)
def test_intervals_in_order(found: dict[str, list[tuple[int, int]]], told: dict[str, list[tuple[int, int]]]) -> None:
    given_intervals = {state: [interval(*one) for one in times] for state, times in found.items()}
    assert in_order(given_intervals) == {state: [interval(*one) for one in times] for state, times in told.items()}


@given(st.dictionaries(st.sampled_from("abc"), st.lists(st.tuples(HOURS, HOURS).map(sorted), max_size=4)))
def test_order_keeps_every_fetch_and_does_not_change_again(found: dict[str, list[list[int]]]) -> None:
    ordered = in_order({state: [interval(*one) for one in times] for state, times in found.items()})
    assert in_order(ordered) == ordered
    for state, times in found.items():
        held = [(one["first"], one["last"]) for one in ordered[state]]
        ends = {at for one in times for at in interval(*one).values()}
        assert all(any(first <= at <= last for first, last in held) for at in ends)
    line = sorted((one["first"], one["last"]) for times in ordered.values() for one in times)
    assert all(before[1] <= after[0] for before, after in pairwise(line))


STATES = [
    Fetch(OLD, text=text, hour=hour, crawl=f"c{hour}", links=(OTHER,) * (hour % 2)) for hour, text in enumerate("ABA")
]


@pytest.mark.parametrize("order", list(permutations(STATES)), ids=lambda order: "".join(str(one.hour) for one in order))
def test_a_state_that_came_back_is_seen_twice_in_whatever_order_it_is_learned(
    corpus_server: Server, order: tuple[Fetch, ...]
) -> None:
    write(corpus_server, *([one] for one in order))
    assert kept(corpus_server) == expected(STATES)
    assert {row["text"]: len(row["seen"]) for row in rows(corpus_server, "revisions")} == {"A": 2, "B": 1}
    story = rows(corpus_server, "stories")[0]
    assert (story["text"], story["state_since"]) == ("A", T0 + timedelta(hours=2))


def test_edges_gained_and_lost_by_each_state_can_be_told(corpus_server: Server) -> None:
    history = [("A", (OTHER,)), ("B", (OTHER, "bbc:3")), ("C", ("bbc:3",))]
    states = [Fetch(OLD, (), text, links, hour, f"c{hour}") for hour, (text, links) in enumerate(history)]
    write(corpus_server, [states[2]], [states[0]], [states[1]])
    edges = rows(corpus_server, "links")
    shown = {
        one.text: {
            row["to"]
            for row in edges
            if row["first_fetched_at"] <= one.at and ("gone_at" not in row or row["gone_at"] > one.at)
        }
        for one in states
    }
    assert shown == {text: set(links) for text, links in history}


def test_the_newest_state_alone_is_new_or_revised(corpus_server: Server) -> None:
    outcomes = write(corpus_server, [STATES[1]], [STATES[0]], [STATES[2]])
    assert outcomes == [Outcome.NEW, Outcome.UNCHANGED, Outcome.REVISED]
