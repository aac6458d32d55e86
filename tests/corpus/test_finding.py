"""Full-text search, filters and snippets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.corpus import Corpus, QuestionError, matcher
from newscrawl.corpus.snippets import snippet
from newscrawl.items import Kind
from tests.corpus.storyline import (
    CHINESE,
    CRAWL,
    DAM,
    FLOOD,
    FRENCH,
    INQUIRY,
    MINISTER,
    MIXED,
    OPENED,
    PERSIAN,
    RESCUE,
    TEN_YEARS,
    UNDATED,
    UNSAID,
    VALLEY,
)


def ids(rows: Any) -> list[str]:
    return [row["story_id"] for row in rows]


# --- full text and filters


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sirens", {DAM}),
        ("siren", {DAM}),
        ("SELVA dams", {DAM, VALLEY, OPENED, MINISTER, INQUIRY, TEN_YEARS, UNDATED, UNSAID}),
        ('"lower town"', {DAM, FLOOD}),
        ('"lower town" -sirens', {FLOOD}),
        ("élections", {FRENCH, MIXED, UNSAID}),
        ("élection", {FRENCH}),
        ("elections", {FRENCH, MIXED, UNSAID}),
        ("مردم", {PERSIAN}),
        ("洪水", {CHINESE}),
        ("-sirens", set()),
        ("$where {$gt: ''}", set()),
        ("zebra", set()),
    ],
)
def test_a_text_is_found_by_the_rules_of_its_own_language(corpus: Corpus, text: str, found: set[str]) -> None:
    assert set(ids(corpus.find(text))) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"section": "Politics"}, [MINISTER]),
        ({"section": "politics"}, []),
        (
            {"since": datetime(2013, 3, 18, tzinfo=UTC), "until": datetime(2013, 12, 1, tzinfo=UTC)},
            [MINISTER, RESCUE, FLOOD],
        ),
        ({"until": datetime(2010, 6, 2, tzinfo=UTC)}, [VALLEY]),
        ({"era": "hi-2003"}, [VALLEY]),
        ({"kind": Kind.GALLERY}, [TEN_YEARS]),
        ({"language": "fr"}, [FRENCH]),
        ({"language": "en", "since": datetime(2013, 12, 1, tzinfo=UTC)}, [TEN_YEARS, INQUIRY]),
        ({"language": "e"}, []),
        ({"crawl": CRAWL, "era": "hi-2003"}, [VALLEY]),
        ({"section": {"$gt": ""}}, []),
        ({"era": {"$ne": None}}, []),
        ({"language": {"$ne": None}}, []),
    ],
)
def test_filters_compare_and_never_operate(corpus: Corpus, filters: dict[str, Any], found: list[str]) -> None:
    assert ids(corpus.find(**filters)) == found


def test_text_and_filters_go_together(corpus: Corpus) -> None:
    assert ids(corpus.find("elections", language="mul")) == [MIXED]
    assert ids(corpus.find("dam", section="Politics")) == [MINISTER]


def test_the_best_match_comes_first_and_has_the_highest_score(corpus: Corpus) -> None:
    rows = list(corpus.find("dam elections"))
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert len({row["language"] for row in rows if "language" in row}) > 2


@pytest.mark.parametrize(("sort", "first", "last"), [("newest", TEN_YEARS, UNDATED), ("oldest", UNDATED, TEN_YEARS)])
def test_a_search_is_sorted_by_date_also_over_languages(corpus: Corpus, sort: str, first: str, last: str) -> None:
    for text in ("dam selva flood barrage", None):
        rows = list(corpus.find(text, sort=sort))
        assert (rows[0]["story_id"], rows[-1]["story_id"]) == (first, last)
        dates = [row["date_published"] for row in rows if "date_published" in row]
        assert dates == sorted(dates, reverse=sort == "newest")


@pytest.mark.parametrize("text", ["dam", None])
def test_a_limit_cuts_the_same_order(corpus: Corpus, text: str | None) -> None:
    assert ids(corpus.find(text, limit=3)) == ids(corpus.find(text))[:3]


@pytest.mark.parametrize("wrong", [{"sort": "relevance"}, {"kind": "opinion"}])
def test_a_search_that_makes_no_sense_is_refused(corpus: Corpus, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"relevance|opinion"):
        corpus.find(**wrong)
    assert issubclass(QuestionError, ValueError)


def test_a_snippet_shows_where_the_words_stand(corpus: Corpus) -> None:
    (row,) = corpus.find("sewing machines")
    assert "sewing machine, said Mira" in row["snippet"]
    assert "text" not in row


# --- snippets


@pytest.mark.parametrize(
    ("search", "text", "matched"),
    [
        ("elections", "Before the election day", "election"),
        ("dam", "A damaged bridge", "damaged"),
        ("dam", "Amsterdam", None),
        ('"lower town"', "the lower part", "lower"),
        ("-lower town", "the lower town", "town"),
        ('-"lower town"', "the lower town", None),
        ("(a+)+$ [x", "x marks", "x"),
        ("سد", "یک سد بزرگ", "سد"),
        ('- "', "text", None),
    ],
)
def test_matches_are_words_with_any_ending(search: str, text: str, matched: str | None) -> None:
    words = matcher(search)
    found = words.search(text) if words else None
    assert (found and found[0]) == matched


@given(st.text(max_size=600), st.text(max_size=12), st.integers(20, 300))
def test_a_snippet_is_a_short_piece_of_its_text(text: str, search: str, length: int) -> None:
    words = matcher(search)
    piece = snippet(text, words, length)
    assert piece.removeprefix("… ").removesuffix(" …") in " ".join(text.split())
    longest = max((len(found[0]) for found in words.finditer(text)), default=0) if words else 0
    assert len(piece) <= length + 4 + longest + max(map(len, text.split()), default=0)
