"""When a story that the corpus holds need not be asked for: the rule alone, without a crawl."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.freshness import CARD_SERVES, LONGEST, SHORTEST, Held, Refresh, Saved, refresh_of, saved_in_words, spared
from newscrawl.items import Kind, Relation, Visit

NOW = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS = "http://www.bbc.com/news/world-21000001"
LINKED, SEED = Visit(relation=Relation.RELATED), Visit()


def held(*, fetched: timedelta = HOUR, age: timedelta = DAY, kind: Kind = Kind.ARTICLE, **more: object) -> Held:
    """Return a story fetched so long ago, which was so old then."""
    at = NOW - fetched
    values: dict[str, object] = {
        "story_id": "bbc:21000001", "urls": frozenset({ADDRESS}), "kind": kind, "content_hash": "0" * 64,
        "crawl_id": "before", "fetched_at": at, "changed_at": at - age,
    }  # fmt: skip
    return Held(**(values | more))  # type: ignore[arg-type]


def refresh(text: str = "auto") -> Refresh:
    found = refresh_of(text)
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("auto", None),
        ("0", timedelta(0)),
        ("90m", timedelta(minutes=90)),
        (" 12h ", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("30s", timedelta(seconds=30)),
        ("0d", timedelta(0)),
    ],
)
def test_an_age_is_read(text: str, age: timedelta | None) -> None:
    assert refresh(text).age == age
    assert refresh(text).in_full is (age == timedelta(0))


@pytest.mark.parametrize(
    "text", ["", "7", "d", "-1d", "1.5h", "7 d", "1w", "AUTO", "0x", "00", "1234567d", "७d", "1d2h"]
)
def test_what_is_no_age_is_none(text: str) -> None:
    assert refresh_of(text) is None


@given(st.text(alphabet="0123456789dhmsauto.- ", max_size=8))
def test_what_is_read_is_said_again_as_it_was(text: str) -> None:
    found = refresh_of(text)
    assert found is None or refresh_of(str(found)) == found


@given(
    st.timedeltas(min_value=timedelta(0), max_value=30 * 365 * DAY), st.timedeltas(timedelta(0), timedelta(days=9000))
)
def test_the_older_a_story_the_longer_it_is_fresh(age: timedelta, older: timedelta) -> None:
    assert SHORTEST <= held(age=age).lifetime <= held(age=age + older).lifetime <= LONGEST


@pytest.mark.parametrize(
    ("age", "lifetime"),
    [(HOUR, SHORTEST), (10 * HOUR, HOUR), (30 * DAY, 3 * DAY), (10 * 365 * DAY, LONGEST)],
)
def test_a_tenth_of_its_age(age: timedelta, lifetime: timedelta) -> None:
    assert held(age=age).lifetime == lifetime


def test_a_live_page_of_now_is_hardly_ever_fresh() -> None:
    live = held(fetched=timedelta(minutes=2), age=timedelta(minutes=10), kind=Kind.LIVE)
    assert spared(live, LINKED, refresh(), NOW) is None
    assert spared(held(fetched=timedelta(minutes=2), age=timedelta(minutes=10)), LINKED, refresh(), NOW)


@pytest.mark.parametrize(
    ("visit", "said", "age", "found"),
    [
        (LINKED, "auto", 2 * HOUR, "fresh: fetched 2 h ago"),
        (LINKED, "auto", 3 * HOUR, None),
        (LINKED, "3h", timedelta(minutes=95), "fresh: fetched 1 h ago"),
        (LINKED, "3h", 3 * HOUR, None),
        (LINKED, "7d", 3 * DAY, "fresh: fetched 3 d ago"),
        (LINKED, "auto", timedelta(seconds=2), "fresh: fetched 2 s ago"),
        (LINKED, "auto", timedelta(minutes=7), "fresh: fetched 7 min ago"),
        (LINKED, "auto", -HOUR, None),
        (SEED, "auto", HOUR, None),
        (SEED, "2h", HOUR, "fresh: fetched 1 h ago"),
    ],
)
def test_what_was_fetched_lately_is_fresh(visit: Visit, said: str, age: timedelta, found: str | None) -> None:
    verdict = spared(held(fetched=age, age=25 * HOUR), visit, refresh(said), NOW)
    assert verdict == (found and (Saved.FRESH, found))


def carded(at: datetime) -> Visit:
    return Visit(relation=Relation.LISTED, target_updated_at=at)


@pytest.mark.parametrize(
    ("changed", "spares"),
    [
        (NOW - 11 * HOUR, True),
        (NOW - 10 * HOUR - timedelta(minutes=6), True),
        (NOW - 10 * HOUR - timedelta(minutes=4), False),  # a cache may have answered with what stood before
        (NOW - 9 * HOUR, False),
        (NOW.replace(hour=0), False),  # a day is meant, and it was fetched on that day
        (NOW.replace(hour=0) - DAY, True),
    ],
)
def test_a_card_spares_what_was_fetched_after_the_change(changed: datetime, spares: bool) -> None:
    story = held(fetched=10 * HOUR, age=HOUR)
    verdict = spared(story, carded(changed), refresh(), NOW)
    assert (verdict is not None and verdict[0] is Saved.CARD) is spares


def test_a_card_that_tells_of_the_change_we_hold_spares_it() -> None:
    changed = NOW - 10 * HOUR - timedelta(minutes=1)
    story = held(fetched=10 * HOUR, age=HOUR, date_modified=changed)
    assert spared(story, carded(changed), refresh(), NOW) == (
        Saved.CARD,
        "the page that led here says unchanged since 2026-03-17 01:59",
    )


def test_no_card_spares_a_story_for_ever() -> None:
    assert spared(held(fetched=CARD_SERVES - DAY), carded(NOW - 9000 * DAY), refresh(), NOW)
    assert spared(held(fetched=CARD_SERVES), carded(NOW - 9000 * DAY), refresh(), NOW) is None


def test_validators_are_sent_to_the_address_they_came_from() -> None:
    story = held(etag='W/"1"', last_modified="Sun, 17 Mar 2013 11:00:00 GMT")
    assert story.validators(ADDRESS) == {
        "If-None-Match": 'W/"1"',
        "If-Modified-Since": "Sun, 17 Mar 2013 11:00:00 GMT",
    }
    assert story.validators("http://www.bbc.com/news/world-21000002") == {}
    assert held(etag='"1"').validators(ADDRESS) == {"If-None-Match": '"1"'}


def test_what_was_saved_is_told_in_words() -> None:
    saved = {"not-modified": 25, "fresh": 1312, "card": 40}
    assert saved_in_words(saved) == "1,312 fresh, 40 by card, 25 answered 304"
    assert saved_in_words({"card": 1}) == "1 by card"
    assert saved_in_words({}) == ""
