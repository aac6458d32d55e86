"""A corpus as the first newscrawl made it, before corpora told their version: indexes, validators and some documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, TEXT, IndexModel

from newscrawl.processors import content_hash

if TYPE_CHECKING:
    from pymongo.database import Database

INDEXES: dict[str, list[IndexModel]] = {
    "stories": [
        IndexModel(
            [("headline", TEXT), ("summary", TEXT), ("text", TEXT)],
            name="text",
            weights={"headline": 10, "summary": 4, "text": 1},
            default_language="none",
            language_override="text_language",
        ),
        IndexModel([("date_published", DESCENDING)]),
        IndexModel([("section", ASCENDING), ("date_published", DESCENDING)]),
        IndexModel([("topics.name", ASCENDING), ("date_published", DESCENDING)]),
        IndexModel([("authors.name", ASCENDING), ("date_published", DESCENDING)]),
        IndexModel([("page_era", ASCENDING), ("date_published", DESCENDING)]),
        IndexModel([("language", ASCENDING), ("date_published", DESCENDING)]),
        IndexModel([("crawl_id", ASCENDING)]),
        IndexModel([("aliases", ASCENDING)]),
        IndexModel([("also_ids", ASCENDING)]),
        IndexModel([("url", ASCENDING)]),
    ],
    "links": [
        IndexModel([("from", ASCENDING), ("relation", ASCENDING)]),
        IndexModel([("to", ASCENDING), ("relation", ASCENDING)]),
    ],
    "revisions": [IndexModel([("story_id", ASCENDING), ("fetched_at", ASCENDING)])],
    "visits": [
        IndexModel(
            [("crawl_id", ASCENDING), ("outcome", ASCENDING), ("priority", DESCENDING), ("found_at", ASCENDING)]
        ),
    ],
    "crawls": [IndexModel([("started_at", DESCENDING)])],
}

STRING, DATE, COUNT = {"bsonType": "string"}, {"bsonType": "date"}, {"bsonType": ["int", "long"], "minimum": 0}
HASH = {"bsonType": "string", "pattern": "^[0-9a-f]{64}$"}
BLOCK = {"bsonType": "object", "required": ["type", "text"], "properties": {"type": STRING, "text": STRING}}
BODY = {"bsonType": "array", "items": BLOCK}
KINDS = {"enum": ["article", "live", "video", "audio", "gallery"]}
RELATIONS = {
    "enum": [
        "related", "topic-aside", "topic", "section", "inline", "features", "elsewhere", "top-stories", "most-read",
        "external", "listed", "alternate", "twin",
    ]
}  # fmt: skip
TARGETS = {"enum": ["story", "index", "feed", "programme", "external", "other"]}
OUTCOMES = {
    "enum": [
        "pending", "new", "revised", "unchanged", "duplicate", "index", "redirected", "off-site", "robots",
        "not-in-archive", "http-error", "failed", "out-of-range", "not-a-story", "rejected",
    ]
}  # fmt: skip

VALIDATORS: dict[str, dict[str, Any]] = {
    "stories": {
        "required": ["url", "kind", "headline", "body", "content_hash", "fetched_at", "first_seen_at", "last_seen_at"],
        "properties": {
            "_id": STRING, "url": STRING, "kind": KINDS, "headline": STRING, "body": BODY, "content_hash": HASH,
            "date_published": DATE, "date_modified": DATE, "fetched_at": DATE, "first_seen_at": DATE, "last_seen_at": DATE,
            "word_count": COUNT, "depth": COUNT,
        },
    },
    "links": {
        "required": ["from", "to", "relation", "target", "url", "position", "first_seen_at", "last_seen_at"],
        "properties": {
            "_id": STRING, "from": STRING, "to": STRING, "url": STRING, "relation": RELATIONS,
            "target": TARGETS, "position": COUNT, "first_seen_at": DATE, "last_seen_at": DATE,
        },
    },
    "revisions": {
        "required": ["story_id", "content_hash", "headline", "body", "seen", "extractor_version"],
        "properties": {"_id": STRING, "story_id": STRING, "content_hash": HASH, "body": BODY, "seen": {"bsonType": "array"}},
    },
    "visits": {
        "required": ["crawl_id", "request_key", "url", "outcome", "depth", "priority"],
        "properties": {"_id": STRING, "crawl_id": STRING, "outcome": OUTCOMES, "depth": COUNT, "found_at": DATE},
    },
    "crawls": {"required": ["seeds", "started_at"], "properties": {"_id": STRING, "started_at": DATE}},
}  # fmt: skip

AT = datetime(2013, 3, 17, 10, 15, tzinfo=UTC)
LONG = " ".join(
    f"On day {day} the keeper wrote {day * 7} words about wind {day * 13 % 11} and water." for day in range(20)
)
STORIES = ("The dam held.", f"{LONG} The bridge closed.", f"{LONG} The mill burned all night.")
TWINS = ("bbc:21000002", "bbc:21000003")
"""The last two stories, which have nearly the same text."""


def make_version_1(database: Database[dict[str, Any]]) -> None:
    """Make the collections of version 1, with a crawl of three stories that each link to the next."""
    for name, validator in VALIDATORS.items():
        database.create_collection(name, validator={"$jsonSchema": {"bsonType": "object", **validator}})
        database[name].create_indexes(INDEXES[name])
    database.crawls.insert_one({
        "_id": "c1", "spider": "bbc_story", "seeds": [_address(0)], "arguments": {"depth": 2}, "started_at": AT,
        "heartbeat_at": AT, "ended_at": AT, "finish_reason": "finished", "counts": {"new": len(STORIES)},
    })  # fmt: skip
    for number, text in enumerate(STORIES):
        _insert(database, number, text)


def _insert(database: Database[dict[str, Any]], number: int, text: str) -> None:
    key, digest = _key(number), content_hash(["Dam holds", text])
    state: dict[str, Any] = {
        "url": _address(number), "also_ids": [], "kind": "article", "headline": "Dam holds",
        "body": [{"type": "paragraph", "text": text}], "text": text, "word_count": len(text.split()), "authors": [],
        "topics": [], "images": [], "insets": [], "posts": [], "language": "en-GB", "text_language": "english",
        "page_era": "gel-2010", "sources": {}, "problems": [], "extractor_version": 1, "content_hash": digest,
        "crawl_id": "c1", "fetched_at": AT,
    }  # fmt: skip
    database.stories.insert_one(state | {
        "_id": key, "aliases": [], "content_hashes": [digest], "state_since": AT, "content_crawl_id": "c1", "depth": number,
        "first_crawl_id": "c1", "first_seen_at": AT, "last_seen_at": AT, "request_key": key,
    })  # fmt: skip
    database.revisions.insert_one(
        state | {"_id": f"{key}|{digest}", "story_id": key, "seen": [{"first": AT, "last": AT}]}
    )
    database.links.insert_one({
        "_id": f"{key}|{_key(number + 1)}|related", "from": key, "to": _key(number + 1), "relation": "related",
        "url": _address(number + 1), "target": "story", "text": "A title", "position": 0, "fetched_at": AT,
        "first_seen_at": AT, "last_seen_at": AT,
    })  # fmt: skip
    database.visits.insert_one({
        "_id": f"c1|{key}", "url": _address(number), "target": "story", "crawl_id": "c1", "request_key": key,
        "depth": number, "priority": 0, "outcome": "new", "http_status": 200, "found_at": AT, "settled_at": AT,
    })  # fmt: skip


def _key(number: int) -> str:
    return f"bbc:{21000001 + number}"


def _address(number: int) -> str:
    return f"http://www.bbc.com/news/world-{21000001 + number}"
