"""Differences between states of a story: word by word, with links, and as the command shows them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.corpus import Change, Corpus, NotFoundError, QuestionError
from newscrawl.corpus.differences import runs
from newscrawl.corpus_cli import differences, output
from newscrawl.items import Block, Post, Story
from newscrawl.processors import content_hash
from tests.corpus.storyline import DAM, FETCHED, FLOOD, MISSING, OPENED, VALLEY, collect, link, record, story

if TYPE_CHECKING:
    from newscrawl.storage import Server
    from tests.corpus.conftest import Ask

EQUAL, DELETE, INSERT = Change.EQUAL, Change.DELETE, Change.INSERT


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(run.change, run.text) for run in runs(before, after)]


# --- runs

WORDS = st.sampled_from(
    [
        "dam",
        "held",
        "4,000",
        "3.5",
        "-",
        "\u201c",
        "\u2019",
        ".",
        " ",
        "  ",
        "\n",
        "水",
        "坝",
        "हिन्दी",
        "กำ",
        "\u2028",
        "é",
        "\x1f",
    ]
)
TEXTS = st.lists(WORDS, max_size=30).map("".join) | st.text(max_size=40)


@given(TEXTS, TEXTS)
def test_the_runs_give_back_both_texts(before: str, after: str) -> None:
    found = runs(before, after)
    assert "".join(run.text for run in found if run.change is not INSERT) == before
    assert "".join(run.text for run in found if run.change is not DELETE) == after
    assert all(run.text for run in found)
    assert all(one.change is not other.change for one, other in pairwise(found))


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert told(text, text) == ([(EQUAL, text)] if text else [])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("The dam held.", "The dam broke.", [(EQUAL, "The dam "), (DELETE, "held"), (INSERT, "broke"), (EQUAL, ".")]),
        ("It holds 4,000 carp", "It holds 4,500 carp", [(EQUAL, "It holds "), (DELETE, "4,000"), (INSERT, "4,500"), (EQUAL, " carp")]),
        ("a red old boat", "a new green boat", [(EQUAL, "a "), (DELETE, "red old"), (INSERT, "new green"), (EQUAL, " boat")]),
        ("One.\nThree.", "One.\nTwo.\nThree.", [(EQUAL, "One.\n"), (INSERT, "Two.\n"), (EQUAL, "Three.")]),
        ("大坝昨天垮塌", "大坝今天垮塌", [(EQUAL, "大坝"), (DELETE, "昨"), (INSERT, "今"), (EQUAL, "天垮塌")]),
        ("बांध टूट गया", "बांध बच गया", [(EQUAL, "बांध "), (DELETE, "टूट"), (INSERT, "बच"), (EQUAL, " गया")]),
        ("", "New.", [(INSERT, "New.")]),
        ("", "", []),
    ],
)  # fmt: skip
def test_words_are_compared(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    assert told(before, after) == expected


def test_a_long_story_is_compared_at_once() -> None:
    before = "\n".join(f"Line {at} of the log of the lighthouse, kept by hand." for at in range(20_000))
    assert told(before, before.replace("Line 777 ", "Row 777 "))[1:3] == [(DELETE, "Line"), (INSERT, "Row")]


# --- states


def state(
    day: int, *texts: str, links: tuple[str, ...] = (OPENED, VALLEY), headline: str = "Dam", **fields: object
) -> Story:
    made = story(DAM, headline, "2013-03-17", *texts, links=[link(to, text=f"To {to}") for to in links])
    made.fetched_at, made.crawl_id = FETCHED + timedelta(days=day), f"crawl-{day}"
    return replace(made, content_hash=content_hash([headline, *texts]), **fields)


@pytest.fixture
def changed(own: Corpus, corpus_server: Server) -> Corpus:
    """A story that went from A to B, back to A, and on to C."""
    states = [
        state(0, "It held.", "Sirens sounded."),
        state(1, "It broke.", "Sirens sounded.", links=(OPENED, MISSING)),
        state(2, "It held.", "Sirens sounded.", links=(OPENED, MISSING)),
        state(
            3, "It held.", "Sirens sounded twice.", links=(OPENED, MISSING), headline="Dam holds", extractor_version=2
        ),
    ]
    collect(corpus_server, *([record(one)] for one in states))
    return own


def test_the_last_two_states_are_compared_unless_others_are_named(changed: Corpus) -> None:
    row = changed.diff(DAM)
    assert (row["from"]["number"], row["to"]["number"], row["states"]) == (1, 3, 3)
    assert [(run.change, run.text) for run in row["headline"]] == [(EQUAL, "Dam"), (INSERT, " holds")]
    assert [(run.change, run.text) for run in row["body"]] == [
        (EQUAL, "It held.\nSirens sounded"), (INSERT, " twice"), (EQUAL, "."),
    ]  # fmt: skip
    assert row["summary"] == row["posts"] == []


def test_a_state_tells_who_saw_it_when(changed: Corpus) -> None:
    told = changed.diff(DAM)["from"]
    day = timedelta(days=1)
    assert told["seen"] == [{"first": at, "last": at} for at in (FETCHED, FETCHED + 2 * day)]
    assert told["crawl_id"] == "crawl-0"


def test_a_change_of_the_rules_is_told_from_one_of_the_story(changed: Corpus) -> None:
    assert changed.diff(DAM)["extraction_change"]
    assert not changed.diff(DAM, "1", "2")["extraction_change"]


def test_links_gained_and_lost(changed: Corpus) -> None:
    row = changed.diff(DAM, "1", "2")
    assert [edge["to"] for edge in row["links_gained"]] == [MISSING]
    assert [edge["to"] for edge in row["links_lost"]] == [VALLEY]


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        ([], (1, 3)),
        (["2"], (2, 3)),
        (["3", "2"], (3, 2)),
        (["2024-01-02", "2024-01-03"], (1, 2)),
        (["2024-01-03T03:04", "2024-01-04T03:04:05Z"], (2, 1)),
        (["2024-01-03T03:03", "2099-01-01"], (1, 3)),
        (["HASH", "1"], (2, 1)),
    ],
)
def test_states_are_named_by_number_date_or_hash(changed: Corpus, names: list[str], numbers: tuple[int, int]) -> None:
    second = content_hash(["Dam", "It broke.", "Sirens sounded."])
    row = changed.diff(DAM, *(name.replace("HASH", second[:8]) for name in names))
    assert (row["from"]["number"], row["to"]["number"]) == numbers


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("9", NotFoundError, "no state '9': the story was seen in 3 states, first on 2024-01-02"),
        ("2001-01-01", NotFoundError, "no state '2001-01-01'"),
        ("ffffffff", NotFoundError, "no state 'ffffffff'"),
        ("2024-02-31", QuestionError, "there is no such day"),
        ("yesterday", QuestionError, "'yesterday' names no state: give its number"),
    ],
)
def test_what_names_no_state_is_refused(changed: Corpus, name: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        changed.diff(DAM, name)


def test_posts_of_a_live_page_are_compared(own: Corpus, corpus_server: Server) -> None:
    states = [state(0), state(1)]
    for one, texts in zip(states, (["Rain."], ["Flood.", "Rain."]), strict=True):
        one.body, one.posts = [Block(text="Live.")], [Post(text=text) for text in texts]
        one.content_hash = content_hash(texts)
    collect(corpus_server, *([record(one)] for one in states))
    assert [(run.change, run.text) for run in own.diff(DAM)["posts"]] == [(INSERT, "Flood.\n"), (EQUAL, "Rain.")]


# --- the command


def test_the_command_marks_what_changed(ask: Ask, changed: Corpus, corpus_server: Server) -> None:
    told = ask("diff", DAM, on=corpus_server)
    assert told.code == 0
    assert "Dam{+ holds+}" in told.out
    assert "Sirens sounded{+ twice+}." in told.out
    assert "1 paragraph unchanged" in told.out
    assert re.search(
        r"from state 1 of 3, seen 2024-01-02 03:04 UTC, 2024-01-04 03:04 UTC, found by crawl\s+crawl-0", told.out
    )
    assert "read by different rules (versions 1 and 2)" in told.out
    told = ask("diff", DAM, "1", "2", on=corpus_server)
    assert "It [-held-]{+broke+}." in told.out
    assert f"links gained\nrelated: To {MISSING} ({MISSING})" in told.out
    assert f"links lost\nrelated: To {VALLEY} ({VALLEY})" in told.out


def test_a_terminal_has_colours_instead_of_marks(changed: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    console = output.PlainConsole(force_terminal=True, width=100, markup=False, highlight=False)
    with console.capture() as shown:
        differences.differences(console, [changed.diff(DAM, "1", "2")], None)  # type: ignore[arg-type]
    assert "It \x1b[9;31mheld\x1b[0m\x1b[4;32mbroke\x1b[0m." in shown.get()


def test_as_json(ask: Ask, changed: Corpus, corpus_server: Server) -> None:
    (row,) = ask("diff", DAM, "--json", on=corpus_server).rows
    assert row["headline"] == [{"change": "equal", "text": "Dam"}, {"change": "insert", "text": " holds"}]
    assert row["to"]["seen"] == [{"first": "2024-01-05T03:04:05Z", "last": "2024-01-05T03:04:05Z"}]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([FLOOD], 1, f"the story {FLOOD} was seen in one state only since 2024-01-02: nothing to compare"),
        ([DAM, "soon"], 2, "'soon' names no state: give its number from 1, a date"),
        ([DAM, "1", "2", "3"], 2, "unrecognized arguments: 3"),
        (["bbc:1"], 1, "no story 'bbc:1' in the corpus"),
    ],
)
def test_what_cannot_be_compared_is_one_line(ask: Ask, words: list[str], code: int, message: str) -> None:
    told = ask("diff", *words)
    assert (told.code, told.out) == (code, "")
    assert message in told.err
    assert len(told.err.splitlines()) == 1


def test_a_page_cannot_steer_the_terminal(ask: Ask, own: Corpus, corpus_server: Server) -> None:
    states = [state(0, "It held."), state(1, "It \x1b[31mheld\x07.")]
    collect(corpus_server, *([record(one)] for one in states))
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", ask("diff", DAM, on=corpus_server).out)
