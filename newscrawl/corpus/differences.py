"""What changed between two states of a story: word by word, links gained and lost, and when each state was seen.

Nothing of it is stored; it is found out when somebody asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from newscrawl.corpus.errors import NotFoundError, QuestionError
from newscrawl.corpus.stories import revisions, same_story

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pymongo.database import Database

Document = dict[str, Any]

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that put no space between words (Thai to Khmer, Japanese, Chinese): there a character is compared as a word is."""
_MARKS = r"!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u205e\u3001-\u303f\uff01-\uff0f"
_WORD = re.compile(rf"\s+|\d+(?:[.,:]\d+)+|[{_UNSPACED}]|[^\s{_MARKS}{_UNSPACED}]+|.", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?Z?)?")
_NUMBER, _HASH = re.compile(r"\d{1,3}"), re.compile(r"[0-9a-f]{4,64}")

NO_STATE = "{!r} names no state: give its number from 1, a date as in 2013-03-17 or 2013-03-17T10:15, or the beginning of its content hash"


class Change(StrEnum):
    """What became of a stretch of text."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with what became of it. The runs but the inserted ones are the text before, but the deleted ones after."""

    change: Change
    text: str


class _Piece(NamedTuple):
    same: bool
    before: str
    after: str


def runs(before: str, after: str) -> list[Run]:
    """Return how one text became the other: first line by line, then word by word where lines differ."""
    pieces = list(_pieces(before.splitlines(keepends=True), after.splitlines(keepends=True)))
    fine = [word for piece in pieces for word in ([piece] if piece.same else _by_words(piece))]
    return [
        run for same, group in groupby(_bridged(fine), lambda piece: piece.same) for run in _runs(list(group), same)
    ]


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[_Piece]:
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        yield _Piece(what == "equal", "".join(before[start:end]), "".join(after[new_start:new_end]))


def _by_words(piece: _Piece) -> Iterator[_Piece]:
    return _pieces(_WORD.findall(piece.before), _WORD.findall(piece.after))


def _bridged(pieces: list[_Piece]) -> list[_Piece]:
    """Take a space between two changes into them: several words in a row that are replaced are one change."""
    padded = [_Piece(True, "", ""), *pieces, _Piece(True, "", "")]
    return [
        piece._replace(same=False) if piece.before == " " and not (before.same or after.same) else piece
        for (before, piece), (_, after) in pairwise(pairwise(padded))
    ]


def _runs(pieces: list[_Piece], same: bool) -> Iterator[Run]:
    before, after = ("".join(piece.before for piece in pieces), "".join(piece.after for piece in pieces))
    told = ((Change.EQUAL, before),) if same else ((Change.DELETE, before), (Change.INSERT, after))
    return (Run(change, text) for change, text in told if text)


# --- states


class State(NamedTuple):
    """One stretch of time in which a story stood in one state."""

    first: datetime
    last: datetime
    number: int
    """Of the state: 1 is the one that was seen first."""
    revision: Document


def difference(database: Database[Document], story: Document, names: Sequence[str]) -> Document:
    """Return what changed from one state of a story to another; ``names`` as :meth:`Corpus.diff` takes them.

    Raises NotFoundError where the story was seen in one state only, or never in the one that is named, QuestionError where a
    name is none.
    """
    history = _history(list(revisions(database, story)))
    if len({state.number for state in history}) < 2:  # noqa: PLR2004  # it takes two
        since = f" since {history[0].first:%Y-%m-%d}" if history else ""
        raise NotFoundError(f"the story {story['story_id']} was seen in one state only{since}: nothing to compare")
    before, after = _two_states(history, names)
    links_before, links_after = (_links_at(database, story, state.last) for state in (before, after))
    return {
        "story_id": story["story_id"],
        "states": max(state.number for state in history),
        "from": _told(before),
        "to": _told(after),
        "extraction_change": before.revision["extractor_version"] != after.revision["extractor_version"],
        **{name: runs(_text(before.revision, name), _text(after.revision, name)) for name in FIELDS},
        "links_gained": [link for key, link in links_after.items() if key not in links_before],
        "links_lost": [link for key, link in links_before.items() if key not in links_after],
    }


FIELDS = ("headline", "summary", "body", "posts")
"""What a state consists of: the fields that the content hash is made of."""


def _history(states: list[Document]) -> list[State]:
    """Return the times a story stood in each of its states, in order: A, B, A are three."""
    numbered = [
        State(seen["first"], seen["last"], number, state)
        for number, state in enumerate(states, 1)
        for seen in state["seen"]
    ]
    return sorted(numbered, key=lambda state: state[:3])


def _two_states(history: list[State], names: Sequence[str]) -> tuple[State, State]:
    """Return the states that are named; the last and the one before it where none is, the last where only one is.

    Of the times a named state was seen the last one counts, for the first of the two the last one before the second.
    """
    after = _named(history, names[1])[-1] if len(names) > 1 else history[-1]
    before = _named(history, names[0]) if names else [state for state in history if state.number != after.number]
    return next((state for state in reversed(before) if state[:2] < after[:2]), before[-1]), after


def _named(history: list[State], name: str) -> list[State]:
    if _NUMBER.fullmatch(name):
        found = [state for state in history if state.number == int(name)]
    elif _DATE.fullmatch(name):
        found = [state for state in history if state.first < _end_of(name)][-1:]
    elif _HASH.fullmatch(name):
        found = [state for state in history if state.revision["content_hash"].startswith(name)]
    else:
        raise QuestionError(NO_STATE.format(name))
    numbers = {state.number for state in found}
    if len(numbers) > 1:
        raise QuestionError(f"{name!r} begins more than one content hash: give more of it")
    if not found:
        total = max(state.number for state in history)
        raise NotFoundError(
            f"no state {name!r}: the story was seen in {total} states, first on {history[0].first:%Y-%m-%d}"
        )
    return found


def _end_of(name: str) -> datetime:
    """Return the end of the day, minute or second that a date names. Raises QuestionError."""
    try:
        start = datetime.fromisoformat(name.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise QuestionError(f"{name!r} is no date: there is no such day or time") from None
    lengths = {10: timedelta(days=1), 16: timedelta(minutes=1)}
    return start + lengths.get(len(name.removesuffix("Z")), timedelta(seconds=1))


def _told(state: State) -> Document:
    shown = ("content_hash", "seen", "crawl_id", "fetched_at", "page_era", "extractor_version")
    revision = state.revision
    return {"number": state.number, **{name: revision[name] for name in shown if name in revision}}


def _text(state: Document, name: str) -> str:
    value = state.get(name) or ""
    return value if isinstance(value, str) else "\n".join(part["text"] for part in value)


def _links_at(database: Database[Document], story: Document, at: datetime) -> dict[tuple[str, str], Document]:
    """Return the links that a story's page showed at a time, by end and relation, in its order.

    Of a link that went and came back it is not known when it was away.
    """
    shown = {"from": {"$in": same_story(story)}, "first_fetched_at": {"$lte": at}}
    there = {"$or": [{"gone_at": None}, {"gone_at": {"$gt": at}}]}
    found = database.links.find(shown | there, {"_id": 0}).sort("position", 1)
    return {(link["to"], link["relation"]): link for link in found}
