"""Stories that are gone: an answer of 404 or 410 marks them, unless they were fetched after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.cli import Exit
from newscrawl.items import Outcome, Visit
from newscrawl.storage import PageRecord
from tests.articles import MIDDLE, NEW, OLD, T0, Fetch, rows, write, write_records
from tests.miniature import Proxy, Reply, address, article, documents, moved, scrapy

if TYPE_CHECKING:
    from newscrawl.storage import Server


def miss(story_id: str = OLD, hour: int = 0, status: int = 404, outcome: Outcome = Outcome.HTTP_ERROR) -> PageRecord:
    """Return what a visit brings that found nothing."""
    return PageRecord(
        Visit(
            crawl_id=f"miss{hour}", request_key=story_id, url="https://www.bbc.co.uk/news/1", outcome=outcome,
            http_status=status, answered_at=T0 + timedelta(hours=hour), found_at=T0,
        )
    )  # fmt: skip


def gone_at(server: Server) -> dict[str, datetime | None]:
    return {row["_id"]: row.get("gone_at") for row in rows(server, "stories")}


@pytest.mark.parametrize("status", [404, 410])
def test_a_story_is_gone_since_the_first_answer_that_says_so(corpus_server: Server, status: int) -> None:
    write_records(corpus_server, [Fetch(OLD).record()], [miss(hour=2, status=status)], [miss(hour=3, status=status)])
    assert gone_at(corpus_server) == {OLD: T0 + timedelta(hours=2)}


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_other_errors_say_nothing_of_the_story(corpus_server: Server, status: int) -> None:
    write_records(corpus_server, [Fetch(OLD).record()], [miss(hour=2, status=status)])
    assert gone_at(corpus_server) == {OLD: None}


def test_a_redirect_to_another_article_is_not_the_end_of_one(corpus_server: Server) -> None:
    write_records(corpus_server, [Fetch(OLD).record()], [miss(hour=2, outcome=Outcome.REDIRECTED)])
    assert gone_at(corpus_server) == {OLD: None}


HOURS = {"fetched": 0, "missed": 2, "missed again": 4, "fetched again": 6}


@pytest.mark.parametrize("order", list(permutations(list(HOURS)[:3])))
def test_the_order_of_writing_makes_no_difference(corpus_server: Server, order: tuple[str, ...]) -> None:
    """But for a miss before the story is stored: of that the crawl log alone tells."""
    write_records(corpus_server, *([_happened(what)] for what in order))
    misses = [what for what in order[order.index("fetched") :] if what.startswith("missed")]
    expected = min((T0 + timedelta(hours=HOURS[what]) for what in misses), default=None)
    assert gone_at(corpus_server) == {OLD: expected}


def _happened(what: str) -> PageRecord:
    if what.startswith("fetched"):
        return Fetch(OLD, hour=HOURS[what], crawl=what).record()
    return miss(hour=HOURS[what])


def test_a_story_that_came_back_is_not_gone_whatever_older_answers_say(corpus_server: Server) -> None:
    write_records(
        corpus_server, *([_happened(what)] for what in ("fetched", "missed", "fetched again", "missed again"))
    )
    assert gone_at(corpus_server) == {OLD: None}


def test_an_older_state_does_not_bring_a_story_back(corpus_server: Server) -> None:
    between = Fetch(OLD, text="Broke.", hour=1, crawl="c2")
    write_records(corpus_server, [Fetch(OLD).record()], [miss(hour=2)], [between.record()])
    assert gone_at(corpus_server) == {OLD: T0 + timedelta(hours=2)}


def test_an_article_of_two_ids_is_gone_if_the_last_answer_says_so(corpus_server: Server) -> None:
    write(corpus_server, [Fetch(MIDDLE)], [Fetch(NEW, (MIDDLE,), hour=1)])
    write_records(corpus_server, [miss(NEW, hour=2)])
    assert gone_at(corpus_server) == {MIDDLE: T0 + timedelta(hours=2)}
    write(corpus_server, [replace(Fetch(OLD, (NEW,)), hour=1, crawl="c2")])
    assert gone_at(corpus_server) == {OLD: T0 + timedelta(hours=2)}


def test_a_crawl_finds_a_story_gone_and_show_says_so(corpus_server: Server) -> None:
    first, second, third = 21000001, 21000002, 21000003
    related = [address(second), address(third)]
    site: dict[str, Reply] = {address(one): article(one) for one in (second, third)}
    site[address(first)] = article(first, related=related)
    quick = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-a", "refresh=0")
    crawl: Any = ("crawl", "bbc_story", "-a", f"seed={address(first)}", *quick)
    with Proxy(site) as proxy:
        for _ in range(2):
            done = scrapy(*crawl, server=corpus_server, http_proxy=proxy.url)
            assert done.returncode == Exit.OK, done.stderr
            site[address(second)], site[address(third)] = Reply("gone", 410), moved(address(first))
    (gone,) = (row for row in documents(corpus_server, "stories") if "gone_at" in row)
    assert gone["_id"] == f"bbc:{second}"
    shown = scrapy("corpus", "show", str(second), server=corpus_server).stdout
    assert "gone" in shown
    assert "since" in shown
