"""What becomes of the edges of a page that is read again, by other rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.storage import documents
from newscrawl.storage.histories import as_stored

if TYPE_CHECKING:
    from datetime import datetime

    from newscrawl.items import Link, Story
    from newscrawl.storage.histories import History

Document = dict[str, Any]

SHOWN = frozenset({"url", "target", "text", "position", "group_title", "target_updated_at"})
Moved = tuple[list[Document], list[Document], list[tuple[Document, Document]]]


def move_edges(history: History, story: Story, at: datetime) -> Moved:
    """Give a story the edges that were read from the page fetched at this time; return those gained, lost, shown otherwise.

    An edge that only the old rules found on the page is marked as gone since the very fetch that it was seen on last:
    ``gone_at`` equal to ``fetched_at`` says that it was not even there then.
    """
    gained, lost, otherwise = [], [], []
    found = documents.first_edges(story)
    for key, link in found.items():
        old = history.edges.get(key)
        if old and old["fetched_at"] > at:
            continue  # a later page shows it too, and says how
        new = _edge(history, key, link, old, at)
        if old is None or old["fetched_at"] < at or (old.get("gone_at") == at != new.get("gone_at")):
            gained.append(new)
        elif old != new:
            otherwise.append((old, new))
        history.edges[key] = new
    for key, old in list(history.edges.items()):
        if key not in found and old["fetched_at"] == at and old.get("gone_at") != at:
            history.edges[key] = old | {"gone_at": at}
            lost.append(old)
    return gained, lost, otherwise


def _edge(history: History, key: str, link: Link, old: Document | None, at: datetime) -> Document:
    """Return an edge as it is to be; itself where nothing of it changes."""
    shown = as_stored(documents.shown_of(link))
    if old and not link.text and "text" not in old:
        del shown["text"]  # a story that was forgotten: links to it say nothing
    ends = {"_id": key, "from": history.story["_id"], "to": link.key, "relation": link.relation.value}
    rest = {name: value for name, value in (old or ends).items() if name not in SHOWN | {"gone_at"}}
    gone_at = _gone_at(history, old, at)
    return rest | shown | _times(history, old, at) | ({"gone_at": gone_at} if gone_at else {})


def _gone_at(history: History, old: Document | None, at: datetime) -> datetime | None:
    """Return since when an edge seen at this time is gone: the next fetch that is known, or what is known of the edge."""
    if at == history.fetched_at:
        return None
    known: datetime | None = old.get("gone_at") if old and old["fetched_at"] == at else None
    return known if known and known != at else history.next_fetch(at)


def _times(history: History, old: Document | None, at: datetime) -> Document:
    """Return when an edge was seen: one that is new to the corpus when a crawl saw its page, never earlier."""
    if old and old["fetched_at"] == at:
        return {}
    story = history.story
    first = max(at, story["first_seen_at"])
    last = max(first, story["last_seen_at"]) if at == history.fetched_at else first
    if old:
        first, last = old["first_seen_at"], max(last, old["last_seen_at"])
    return {"fetched_at": at, "first_seen_at": first, "last_seen_at": last}
