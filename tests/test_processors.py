"""Values of what a page says: white space, names, moments, languages, hashes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl import processors


@pytest.mark.parametrize(
    ("text", "collapsed"),
    [("  a \n\t b ", "a b"), ("a\u00a0\u2009b", "a b"), ("", ""), (" \n ", ""), ("日本 語", "日本 語")],
)
def test_collapse(text: str, collapsed: str) -> None:
    assert processors.collapse(text) == collapsed


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Fish &amp; chips", "Fish & chips"), ("&#039;Yes&#039;", "'Yes'"), ("A & B", "A & B"), ("1 &lt; 2", "1 < 2")],
)
def test_plain_undoes_entities_that_were_escaped_twice(text: str, plain: str) -> None:
    assert processors.plain(text) == plain


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("Image caption A tower", "A tower"),
        ("Media caption: A tower", "A tower"),
        ("Image source, Getty Images", "Getty Images"),
        ("Images captioned here", "Images captioned here"),
        ("A tower", "A tower"),
    ],
)
def test_caption_loses_its_hidden_label(text: str, caption: str) -> None:
    assert processors.caption(text) == caption


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Lee", ["Ann Lee"]),
        ("BY ANN LEE", ["ANN LEE"]),
        ("by  Ann\n Lee", ["Ann Lee"]),
        ("By Ann Lee and Bo Oz", ["Ann Lee", "Bo Oz"]),
        ("By Ann Lee, Bo Oz & Cy Fry", ["Ann Lee", "Bo Oz", "Cy Fry"]),
        ("By Ann Lee, BBC News", ["Ann Lee"]),
        ("Analysis by Ann Lee", ["Ann Lee"]),
        ("By the BBC's Ann Lee", ["Ann Lee"]),
        ("Byron Anderson", ["Byron Anderson"]),
        ("By BBC Trending", ["BBC Trending"]),
        ("By Ann Lee, BBC Trending", ["Ann Lee"]),
        ("BBC News", []),
        ("By BBC News Online", []),
        ("By", []),
        ("", []),
    ],
)
def test_names(byline: str, names: list[str]) -> None:
    assert processors.names(byline) == names


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2013-01-28T05:24:04+00:00", (2013, 1, 28, 5, 24, 4)),
        ("2013-06-28T05:24:04+01:00", (2013, 6, 28, 4, 24, 4)),
        ("2013-06-28T05:24:04+0100", (2013, 6, 28, 4, 24, 4)),
        ("2031-05-04T06:00:00.000Z", (2031, 5, 4, 6, 0, 0)),
        ("2012/07/24T14:41:54+00:00", (2012, 7, 24, 14, 41, 54)),
        ("2010/06/06 13:48:45", (2010, 6, 6, 13, 48, 45)),
        ("2010-6-6 3:48", (2010, 6, 6, 3, 48, 0)),
        ("2010-06-06", (2010, 6, 6, 0, 0, 0)),
        (" 2010-06-06T13:48:45 GMT ", (2010, 6, 6, 13, 48, 45)),
        ("1363684333", (2013, 3, 19, 9, 12, 13)),
        ("1363684333000", (2013, 3, 19, 9, 12, 13)),
    ],
)
def test_instant_is_utc(text: str, moment: tuple[int, int, int, int, int, int]) -> None:
    assert processors.instant(text) == datetime(*moment, tzinfo=UTC)
    assert processors.instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "yesterday", "28 January 2013", "2013-13-01", "2013-02-30T00:00:00Z", "2013", "12:45 GMT"]
)
def test_instant_never_guesses(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date|must be in|out of range"):
        processors.instant(text)


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_instant_reads_what_isoformat_writes(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert processors.instant(moment.isoformat()) == moment
    assert processors.instant(moment.strftime("%Y/%m/%d %H:%M:%S")) == moment
    assert processors.instant(str(int(moment.timestamp() * 1000))) == moment


@settings(deadline=None)
@given(st.text())
def test_instant_fails_in_one_way_only(text: str) -> None:
    with suppress(ValueError):
        assert processors.instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT1M30S", 90), ("PT2H", 7200), ("P1DT1S", 86401), ("PT2.6S", 3), ("95", 95)]
)
def test_seconds(text: str, seconds: int) -> None:
    assert processors.seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "1:30", "PT1M30"])
def test_seconds_of_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        processors.seconds(text)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en-gb", "en-GB"),
        ("EN", "en"),
        ("zh-hans", "zh-Hans"),
        ("sr_Latn_RS", "sr-Latn-RS"),
        ("es-419", "es-419"),
        ("english", None),
        ("", None),
        ("en-", None),
        ("{lang}", None),
    ],
)
def test_language(tag: str, language: str | None) -> None:
    assert processors.language(tag) == language


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("“It\u2019s done”", '"It\'s done"'),
        ("1939\u201345 — a war", "1939-45 - a war"),
        ("co\u00adop\u200b", "coop"),
        ("wait…", "wait..."),
        ("cafe\u0301", "café"),
        ("a\u00a0 b\n", "a b"),
    ],
)
def test_what_readers_call_the_same_has_one_hash(before: str, after: str) -> None:
    assert processors.content_hash([before]) == processors.content_hash([after])


@pytest.mark.parametrize(
    ("one", "other"),
    [(["a", "b"], ["ab"]), (["a", None], ["a"]), (["a"], ["A"]), (["Died"], ["Died?"]), (["a", "b"], ["b", "a"])],
)
def test_what_differs_has_another_hash(one: list[str | None], other: list[str | None]) -> None:
    assert processors.content_hash(one) != processors.content_hash(other)


@settings(deadline=None)
@given(st.lists(st.text()))
def test_hash_is_stable_under_folding(parts: list[str]) -> None:
    assert processors.content_hash(parts) == processors.content_hash(map(processors.folded, parts))
    assert len(processors.content_hash(parts)) == 64


def test_hash_is_kept() -> None:
    """A corpus compares hashes over years: whoever changes how they are made makes every story a revision."""
    known = "c0844e4840c965d83eada06bc611603fe539e07cea742cd0582183806c630f69"
    assert processors.content_hash(["A headline", None, "A paragraph."]) == known
