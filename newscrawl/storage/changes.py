"""The writes that make of a story's history as it was loaded the one that it is to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pymongo import DeleteOne, UpdateOne

from newscrawl.storage.histories import covers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newscrawl.storage.histories import History

Document = dict[str, Any]


class Write(NamedTuple):
    """One write, and what it is to find."""

    collection: str
    finds: str
    """``nothing``, a document ``as read``, or one to ``remove``."""
    operation: UpdateOne | DeleteOne


STORY_AS_READ = ("fetched_at", "content_hash", "content_hashes")
EDGE_AS_READ = ("fetched_at", "gone_at")
"""What has to be as it was read for a document to be written: a crawl that runs meanwhile has the last word."""


@dataclass(slots=True)
class Changes:
    """Writes in the order of their steps."""

    added: list[Write] = field(default_factory=list)
    """States and edges that are new or more than they were …"""
    stories: list[Write] = field(default_factory=list)
    """… then stories, which point at states …"""
    taken: list[Write] = field(default_factory=list)
    """… and last states that lost sightings, or all of them. So at no time is there a story without its state."""
    texts: set[str] = field(default_factory=set)
    """Ids of the stories whose text is another: their twins may be too."""

    def __len__(self) -> int:
        return len(self.added) + len(self.stories) + len(self.taken)

    def add(self, before: History, after: History) -> None:
        """Add the writes of one story."""
        for key, edge in after.edges.items():
            if edge != before.edges.get(key):
                self.added.append(_write("links", before.edges.get(key), edge, EDGE_AS_READ))
        for content_hash, state in after.states.items():
            old = before.states.get(content_hash)
            if state != old:
                step = self.taken if old and not _holds(state, old) else self.added
                step.append(_write("revisions", old, state, ("seen",)))
        for content_hash in before.states.keys() - after.states.keys():
            emptied = _as_read(before.states[content_hash], ("seen",))
            self.taken.append(Write("revisions", "remove", DeleteOne(emptied)))
        if after.story != before.story:
            if after.story["text"] != before.story["text"]:
                self.texts.add(after.story["_id"])
            self.stories.append(_write("stories", before.story, after.story, STORY_AS_READ))


def _holds(state: Document, old: Document) -> bool:
    """Return whether a state has all the sightings that it had."""
    ends = (times[end] for times in old["seen"] for end in ("first", "last"))
    return all(any(covers(times, at) for times in state["seen"]) for at in ends)


def _write(collection: str, old: Document | None, new: Document, as_read: Iterable[str]) -> Write:
    if old is None:
        told = {name: value for name, value in new.items() if name != "_id"}
        return Write(collection, "nothing", UpdateOne({"_id": new["_id"]}, {"$setOnInsert": told}, upsert=True))
    update: Document = {
        "$set": {name: value for name, value in new.items() if name not in old or old[name] != value},
        "$unset": dict.fromkeys(old.keys() - new.keys(), ""),
    }
    changes = {operator: change for operator, change in update.items() if change}
    return Write(collection, "as read", UpdateOne(_as_read(old, as_read), changes))


def _as_read(document: Document, names: Iterable[str]) -> Document:
    return {"_id": document["_id"]} | {name: document.get(name, {"$exists": False}) for name in names}
