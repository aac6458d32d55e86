"""Collections, indexes and validators of the corpus. The store makes them; ``docs/data-model.md`` explains them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, TEXT, IndexModel
from pymongo.errors import OperationFailure

from newscrawl.items import Kind, Outcome, Relation, Target

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

SCHEMA_VERSION = 2
"""Rises with every change that an existing corpus has to be brought to; ``migrations.py`` holds the steps."""

STATE = {"_id": "corpus"}
"""The document of the collection ``schema`` that says which version a corpus has."""

TEXT_LANGUAGES = {
    "da": "danish", "nl": "dutch", "en": "english", "fi": "finnish", "fr": "french", "de": "german", "hu": "hungarian",
    "it": "italian", "nb": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "es": "spanish", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
"""Primary language subtag -> the stemmer of MongoDB's text index. All others are indexed without one."""

NEWEST = [("date_published", DESCENDING), ("_id", ASCENDING)]
"""The order in which stories are listed; backwards it is the oldest first."""
FILTERED = [[(field, ASCENDING)] for field in ("section", "topics.name", "authors.name", "page_era", "language")]

INDEXES: dict[str, list[IndexModel]] = {
    "stories": [
        # with MongoDB's own language_override a story in en-GB, fa or with a null language would be refused (17262)
        IndexModel(
            # within each language: a search is stemmed by one, and reads the words of the others in vain
            [("text_language", ASCENDING), ("headline", TEXT), ("summary", TEXT), ("text", TEXT)],
            name="words",
            weights={"headline": 10, "summary": 4, "text": 1},
            default_language="none",
            language_override="text_language",
        ),
        *(IndexModel([*first, *NEWEST]) for first in ([], *FILTERED)),
        # stories of which more than one state is known
        IndexModel(NEWEST, name="revised", partialFilterExpression={"content_hashes.1": {"$exists": True}}),
        IndexModel([("crawl_id", ASCENDING)]),
        IndexModel([("aliases", ASCENDING)]),
        IndexModel([("also_ids", ASCENDING)]),
        IndexModel([("url", ASCENDING)]),
        # stories with nearly the same text have one of these in common
        IndexModel([("bands", ASCENDING)]),
    ],
    "links": [
        # they hold all that a walk asks of an edge: it reads no documents
        IndexModel([("from", ASCENDING), ("relation", ASCENDING), ("target", ASCENDING), ("to", ASCENDING)]),
        IndexModel([("to", ASCENDING), ("relation", ASCENDING), ("target", ASCENDING), ("from", ASCENDING)]),
        # twins, the most similar first; only their edges are in it
        IndexModel(
            [("similarity", DESCENDING), ("from", ASCENDING), ("to", ASCENDING)],
            partialFilterExpression={"relation": Relation.TWIN.value},
        ),
    ],
    "revisions": [IndexModel([("story_id", ASCENDING), ("fetched_at", ASCENDING)])],
    "visits": [
        # the frontier's question: the pending visits of a crawl, most urgent first
        IndexModel(
            [("crawl_id", ASCENDING), ("outcome", ASCENDING), ("priority", DESCENDING), ("found_at", ASCENDING)]
        ),
    ],
    "crawls": [IndexModel([("started_at", DESCENDING)]), IndexModel([("heartbeat_at", DESCENDING)])],
}

STRING, DATE, COUNT = {"bsonType": "string"}, {"bsonType": "date"}, {"bsonType": ["int", "long"], "minimum": 0}
HASH = {"bsonType": "string", "pattern": "^[0-9a-f]{64}$"}


def _words(vocabulary: type[Relation | Target | Kind | Outcome]) -> dict[str, list[str]]:
    return {"enum": [word.value for word in vocabulary]}


def _blocks() -> dict[str, Any]:
    block = {"bsonType": "object", "required": ["type", "text"], "properties": {"type": STRING, "text": STRING}}
    return {"bsonType": "array", "items": block}


VALIDATORS: dict[str, dict[str, Any]] = {
    "stories": {
        "required": ["url", "kind", "headline", "body", "content_hash", "fetched_at", "first_seen_at", "last_seen_at"],
        "properties": {
            "_id": STRING, "url": STRING, "kind": _words(Kind), "headline": STRING, "body": _blocks(), "content_hash": HASH,
            "date_published": DATE, "date_modified": DATE, "fetched_at": DATE, "first_seen_at": DATE, "last_seen_at": DATE,
            "word_count": COUNT, "depth": COUNT,
        },
    },
    "links": {
        "required": ["from", "to", "relation", "target", "url", "position", "first_seen_at", "last_seen_at"],
        "properties": {
            "_id": STRING, "from": STRING, "to": STRING, "url": STRING, "relation": _words(Relation),
            "target": _words(Target), "position": COUNT, "first_seen_at": DATE, "last_seen_at": DATE,
        },
    },
    "revisions": {
        "required": ["story_id", "content_hash", "headline", "body", "seen", "extractor_version"],
        "properties": {"_id": STRING, "story_id": STRING, "content_hash": HASH, "body": _blocks(), "seen": {"bsonType": "array"}},
    },
    "visits": {
        "required": ["crawl_id", "request_key", "url", "outcome", "depth", "priority"],
        "properties": {"_id": STRING, "crawl_id": STRING, "outcome": _words(Outcome), "depth": COUNT, "found_at": DATE},
    },
    "crawls": {"required": ["seeds", "started_at"], "properties": {"_id": STRING, "started_at": DATE}},
}  # fmt: skip


def text_language(language: str | None) -> str:
    """Return the stemmer MongoDB's text index is to use for a BCP 47 tag, ``none`` if it has none for it."""
    return TEXT_LANGUAGES.get((language or "").split("-", 1)[0].lower(), "none")


ALREADY_THERE = 48
"""Error code of MongoDB: there is a collection of this name."""


async def complete(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Create what is missing of collections, validators and indexes; where nothing is, only look.

    Safe to repeat and to run in several crawls at once. An index of the user's own stays.
    """
    found = await database.list_collections(filter={"name": {"$in": list(VALIDATORS)}})
    made = {row["name"]: row["options"] async for row in found}
    await asyncio.gather(*(_complete(database, name, made.get(name)) for name in VALIDATORS))


async def _complete(database: AsyncDatabase[dict[str, Any]], name: str, made: dict[str, Any] | None) -> None:
    """Complete one collection; ``made``: the options it has, None where there is none."""
    validator = {"$jsonSchema": {"bsonType": "object", **VALIDATORS[name]}}
    if made is None:
        try:
            await database.create_collection(name, check_exists=False, validator=validator)
        except OperationFailure as error:
            if error.code != ALREADY_THERE:
                raise
            made = {}  # another crawl made it meanwhile
    if made is not None and made.get("validator") != validator:
        await database.command("collMod", name, validator=validator)
    there = await database[name].index_information()
    missing = [index for index in INDEXES[name] if index.document["name"] not in there]
    if missing:
        await database[name].create_indexes(missing)
