"""What becomes of a story's history when a page it was read from is read again, by other rules.

The BBC changed nothing, so nothing may look as if it had: the state that the old rules made of the page gives its
sightings to the one that today's rules make of it, and is no state of the story any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newscrawl.fingerprints import bands
from newscrawl.items import UNDATED
from newscrawl.storage import documents
from newscrawl.storage.edges_reread import move_edges
from newscrawl.storage.histories import as_stored, covers
from newscrawl.storage.settling import settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newscrawl.items import Story
    from newscrawl.storage.histories import History, Reading

Document = dict[str, Any]

OF_CONTENT = frozenset({*documents.CONTENT, "text", "word_count", "text_language"})
COMPARED = tuple(name for name in documents.CONTENT if name not in {"content_hash", "extractor_version"})
"""Fields whose difference is told; that other rules read the same is none."""
INHERITED = ("crawl_id", "extraction_change")
"""What a state keeps of the one whose sightings it takes over."""


@dataclass(slots=True)
class Rereading:
    """How one archived page differs from what the corpus made of it."""

    story_id: str
    position: str
    fetched_at: datetime
    before: Document
    """The content as the corpus has it …"""
    after: Document
    """… and as it is to be."""
    gained: list[Document] = field(default_factory=list)
    lost: list[Document] = field(default_factory=list)
    shown_otherwise: list[tuple[Document, Document]] = field(default_factory=list)
    """Edges as they were and as they are to be."""

    @property
    def fields(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield name, old value and new value of each field that differs; None where there is none."""
        for name in COMPARED:
            if (old := self.before.get(name)) != (new := self.after.get(name)):
                yield name, old, new

    @property
    def changed(self) -> bool:
        """Whether anything differs."""
        return bool(self.gained or self.lost or self.shown_otherwise or next(self.fields, None))


class Rereader:
    """Applies readings of one story, the oldest first, to its history."""

    def __init__(self, history: History, earlier: Rereader | None = None) -> None:
        """``earlier``: who read the story's older pages, if somebody did."""
        self.history = history
        history.spans += earlier.history.spans if earlier else []
        self._story_id: str = history.story["_id"]
        self._read: set[str] = set(earlier._read) if earlier else set()
        """Hashes of the states that pages showed so far."""
        self._last: datetime | None = earlier._last if earlier else None
        """When the page read last was fetched."""

    def before(self, at: datetime, *, current: bool) -> Document:
        """Return what the corpus made of the page fetched then: the document whose content it is, else the state at that time."""
        history = self.history
        if current:
            return history.story
        states = [history.states[one] for one in history.holding(at)]
        exact = next((state for state in states if state["fetched_at"] == at), None)
        return exact or next(iter(states), None) or history.last_before(at)

    def apply(self, reading: Reading, story: Story, at: datetime, *, current: bool) -> Rereading:
        """Put what was read from the page fetched at this time in place of what the corpus made of it.

        ``current``: it is the page of the story's current state.
        """
        before = self.before(at, current=current)
        content = self._kept(as_stored(documents.content(story)), reading, before)
        told = Rereading(self._story_id, reading.position, at, before, content)
        if before["content_hash"] == content["content_hash"] and before["fetched_at"] != at and not current:
            told.before = content  # nothing but the hash is known of this fetch
        self._move_sightings(content, at, current)
        if current:
            self.history.story = _with_bands(with_content(self.history.story, content), before)
        self._read.add(content["content_hash"])
        self._last = at
        told.gained, told.lost, told.shown_otherwise = move_edges(
            self.history, story, self.history.fetched_at if current else at
        )
        return told

    def settle(self) -> None:
        """Bring states and story into agreement after the last reading."""
        settle(self.history)

    def _kept(self, content: Document, reading: Reading, before: Document) -> Document:
        """Return the content with what is not the page's alone to say: ids that were merged, what a crawl noted."""
        also = dict.fromkeys([*before.get("also_ids", ()), *content["also_ids"]])
        notes = [note for note in before.get("problems", ()) if note == UNDATED and "date_published" not in content]
        kept = {"also_ids": [one for one in also if one != self._story_id]}
        kept["problems"] = [*content["problems"], *(note for note in notes if note not in content["problems"])]
        return content | kept | ({} if reading.story_id == self._story_id else {"url": before["url"]})

    def _move_sightings(self, content: Document, at: datetime, current: bool) -> None:
        """Give the state that was read the sightings of those that the corpus took the page for."""
        states, new = self.history.states, content["content_hash"]
        others = [states[one] for one in self.history.holding(at) if one != new]
        moved = [times for state in others for times in self._taken(state, at, content, current)]
        known = states.get(new)
        if known is None:
            known = content | {
                "_id": f"{self._story_id}|{new}",
                "story_id": self._story_id,
                "seen": [],
                "fetched_at": at,
            }
            known |= self._inherited(others, current)
        elif at == known["fetched_at"]:
            known = with_content(known, content)
        elif at < known["fetched_at"]:  # a state tells of the first page that showed it
            kept = {name: value for name, value in known.items() if name != "extraction_change" or not others}
            known = with_content(kept, content) | {"fetched_at": at} | self._inherited(others, current)
        if not moved and not any(covers(times, at) for times in known["seen"]):
            moved = [{"first": at, "last": at}]
        states[new] = known | {"seen": [*known["seen"], *moved]} if moved else known

    def _inherited(self, others: list[Document], current: bool) -> Document:
        """Return what the state takes over; one that the old rules did not tell from another was found by an unknown crawl."""
        origin = next((state for state in others if state["content_hash"] not in self._read), {})
        if not origin and current:
            origin = {"crawl_id": self.history.story["crawl_id"]}
        return {name: origin[name] for name in INHERITED if name in origin}

    def _taken(self, state: Document, at: datetime, content: Document, current: bool) -> list[Document]:
        """Take from a state the sightings that are another state's by the page fetched at this time; return them.

        All of them are, as long as no page read so far showed this state: what the old rules took for equal is still
        taken for equal. But the page fetched last keeps its own reading until it is read again itself.
        """
        story, kept, taken = self.history.story, [], []
        for times in state["seen"]:
            first, last = times["first"], times["last"]
            if state["content_hash"] in self._read:
                if not covers(times, at):
                    kept.append(times)
                    continue
                if first < at:
                    until = self._last if self._last and first < self._last < at else first
                    kept.append({"first": first, "last": until})
                    first = at
            now = self.history.fetched_at
            if (
                state["content_hash"] == story["content_hash"]
                and not current
                and covers({"first": first, "last": last}, now)
            ):
                kept.append({"first": now, "last": last})
                if first == now:
                    continue
                last = at if covers(times, at) else first
            taken.append({"first": first, "last": last})
        rest = state | {"seen": kept}
        if (
            kept
            and state["content_hash"] not in self._read
            and state["extractor_version"] != content["extractor_version"]
        ):
            rest["extraction_change"] = True  # it differs from the state before it by the rules that read it
        self.history.states[state["content_hash"]] = rest
        return taken


def with_content(document: Document, content: Document) -> Document:
    """Return a story or a revision with other content; itself where it has that."""
    changed = {name: value for name, value in document.items() if name not in OF_CONTENT} | content
    return document if changed == document else changed


def _with_bands(story: Document, before: Document) -> Document:
    """Return a story with the keys by which its twins are found, where its text is another."""
    if story["text"] == before["text"]:
        return story
    without = {name: value for name, value in story.items() if name != "bands"}
    keys = bands(story["text"])
    return without | ({"bands": keys} if keys else {})
