"""docs/data-model.md and docs/querying.md: what they show is what the corpus holds and answers."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bson import json_util

from newscrawl.corpus.json_lines import json_line
from newscrawl.corpus_cli.verbs import VERBS
from newscrawl.items import Outcome, Relation
from newscrawl.storage.forget import forget
from tests.corpus.storyline import (
    CRAWL,
    DAM,
    FLOOD,
    OPENED,
    TEN_YEARS,
    collect,
    collect_storyline,
    record,
    story,
)

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.corpus import Corpus
    from newscrawl.storage import Server
    from tests.corpus.conftest import Ask

DOCS = Path(__file__).parents[2] / "docs"
JSON_OPTIONS = json_util.JSONOptions(tz_aware=True)
CLOCK = {"first_seen_at", "last_seen_at", "settled_at", "started_at", "heartbeat_at", "ended_at", "forgotten_at",
         "begun_at", "merged_at"}  # fmt: skip
"""Times that the store takes from the clock."""


def sections(name: str) -> dict[str, str]:
    """Return heading -> text of a page's second-level sections."""
    parts = re.split(r"^## (.+)\n", (DOCS / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def mongosh(database: Database[dict[str, Any]], query: str) -> list[Any]:
    """Run a query of chained calls with JSON arguments, as mongosh would; ``ISODate`` is known."""
    found: Any = database
    rest = re.sub(r'ISODate\(("[^"]*")\)', r'{"$date": \1}', query.strip()).removeprefix("db.")
    found, rest = database[rest.split(".", 1)[0]], "." + rest.split(".", 1)[1]
    while rest:
        name, rest = re.fullmatch(r"\s*\.(\w+)\((.*)", rest, flags=re.DOTALL).groups()
        arguments, rest = _arguments(rest)
        method = {"findOne": "find_one"}.get(name, name)
        found = getattr(found, method)(*[list(one.items()) if method == "sort" else one for one in arguments])
    return [found] if isinstance(found, dict) else list(found)


def _arguments(text: str) -> tuple[list[Any], str]:
    arguments: list[Any] = []
    while not text.lstrip().startswith(")"):
        text = text.lstrip(", \n")
        _, end = json.JSONDecoder().raw_decode(text)
        arguments.append(json_util.loads(text[:end], json_options=JSON_OPTIONS))
        text = text[end:]
    return arguments, text.lstrip()[1:]


# --- data-model.md


@pytest.fixture
def documents(own: Corpus, corpus_server: Server) -> dict[str, Any]:
    """One document of each collection, as the store writes it."""
    collect_storyline(corpus_server)
    forgotten = forget(own.database, FLOOD).story_ids[0]
    collect_storyline(corpus_server)
    moved = replace(story("bbc:65000010", "Ten years after the flood"), crawl_id="20240103T000000-0002")
    collect(corpus_server, [record(moved)])
    asked = {
        "stories": {"_id": DAM},
        "links": {"_id": f"{DAM}|{OPENED}|related"},
        "revisions": {"story_id": DAM, "headline": "Selva dam may not hold"},
        "visits": {"_id": f"{CRAWL}|{FLOOD}"},
        "crawls": {"_id": CRAWL},
        "merges": {"_id": TEN_YEARS},
        "tombstones": {"_id": forgotten},
    }
    return {
        name: json.loads(json_line(own.database[name].find_one(query, {"bands": 0}))) for name, query in asked.items()
    }


def without_clock(document: dict[str, Any]) -> dict[str, Any]:
    return {name: None if name in CLOCK else value for name, value in document.items()}


@pytest.mark.parametrize("collection", ["stories", "links", "revisions", "visits", "crawls", "merges", "tombstones"])
def test_a_document_is_what_the_store_writes(documents: dict[str, Any], collection: str) -> None:
    (shown,) = blocks(sections("data-model.md")[collection], "json")
    assert without_clock(json.loads(shown)) == without_clock(documents[collection])


def test_every_collection_is_described(own: Corpus, corpus_server: Server) -> None:
    collect_storyline(corpus_server)
    forget(own.database, FLOOD)
    assert set(own.database.list_collection_names()) <= set(sections("data-model.md"))


def test_every_outcome_is_named() -> None:
    text = sections("data-model.md")["visits"]
    assert [outcome for outcome in Outcome if f"`{outcome}`" not in text] == []


@pytest.mark.parametrize("query", blocks(sections("data-model.md")["Five questions in mongosh"], "js"))
def test_a_query_of_the_data_model_has_an_answer(corpus: Corpus, query: str) -> None:
    assert any(mongosh(corpus.database, query))


def test_there_are_five() -> None:
    assert len(blocks(sections("data-model.md")["Five questions in mongosh"], "js")) == 5


# --- querying.md

QUESTIONS = {heading: text for heading, text in sections("querying.md").items() if blocks(text, "js")}
NAMES = {"corpus": None, "datetime": datetime, "UTC": UTC, "Relation": Relation}


def identity(row: Any) -> str:
    """Return what tells a row from others, however it was asked for."""
    row = row if isinstance(row, dict) else {"story_id": row.story_id}
    if "content_hash" in row and "seen" in row:
        return str(row["content_hash"])
    if "from" in row:
        return f"{row['from']}|{row['to']}|{row['relation']}"
    if "request_key" in row and "outcome" in row:
        return f"{row['crawl_id']}|{row['request_key']}"
    return str(row.get("story_id") or row.get("_id") or row["crawl_id"])


def as_python(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of JSON with its times as Python has them."""
    dates = {name: datetime.fromisoformat(row[name]) for name in ("first", "last") if row.get(name)}
    return row | dates


@pytest.mark.parametrize("question", QUESTIONS)
def test_three_ways_have_one_answer(corpus: Corpus, ask: Ask, question: str) -> None:
    (query,), (command,), (expression,) = (blocks(QUESTIONS[question], language) for language in ("js", "sh", "python"))
    rows = mongosh(corpus.database, query)
    python = eval(expression, NAMES | {"corpus": corpus})  # noqa: S307
    words, _, note = command.partition("  # its field ")
    told = ask(*shlex.split(words)[2:], *([] if "--json" in words else ["--json"])).rows
    if note:
        (told,) = (row[json.loads(note)] for row in told)
    if question == "How much is there?":
        assert {row["_id"]: row["n"] for row in rows} == python == told
        return
    if question == "How does one story lead to another?":
        assert rows[0]["links"] == len(python) - 1 == len(told) - 1
        return
    python = [python] if isinstance(python, dict) else list(python)
    if isinstance(python[0], dict) and "stories" in python[0]:
        counted = [(row.get("name", row.get("year")), row["stories"]) for row in python]
        assert sorted((row["_id"], row["stories"]) for row in rows if row["_id"]) == sorted(
            one for one in counted if one[0]
        )
        assert python == [as_python(row) for row in told]
        return
    assert rows
    assert sorted(map(identity, rows)) == sorted(map(identity, python)) == sorted(map(identity, told))
    if "sort" in query and "$unionWith" not in query and "$text" not in query:
        assert [identity(row) for row in rows] == [identity(row) for row in python]


def test_every_verb_has_a_question() -> None:
    text = (DOCS / "querying.md").read_text(encoding="utf-8")
    assert set(re.findall(r"scrapy corpus ([a-z-]+)", text)) == set(VERBS)
