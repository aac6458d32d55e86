"""Brings the states of a story into agreement with each other and with the story, after sightings went from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.storage.histories import covers
from newscrawl.storage.intervals import in_order

if TYPE_CHECKING:
    from newscrawl.storage.histories import History

Document = dict[str, Any]


def settle(history: History) -> None:
    """Join sightings with none of another state between them, drop states that were never seen, align the story."""
    for content_hash, seen in in_order({one: state["seen"] for one, state in history.states.items()}).items():
        if seen and seen != history.states[content_hash]["seen"]:
            history.states[content_hash] = history.states[content_hash] | {"seen": seen}
        elif not seen:
            del history.states[content_hash]
    _unmark(history)
    _align(history)


def _unmark(history: History) -> None:
    """Take the mark of an extraction change from states whose predecessor was read by the same rules."""
    order = sorted(history.states.values(), key=lambda state: (state["seen"][0]["first"], state["content_hash"]))
    earlier: Document = {}
    for state in order:
        same_rules = earlier.get("extractor_version", state["extractor_version"]) == state["extractor_version"]
        if same_rules and "extraction_change" in state:
            unmarked = {name: value for name, value in state.items() if name != "extraction_change"}
            history.states[state["content_hash"]] = unmarked
        earlier = state


def _align(history: History) -> None:
    """Let the story name the states it has, and since when it is in the current one."""
    story = history.story
    hashes = [one for one in story["content_hashes"] if one in history.states or one == story["content_hash"]]
    hashes += [one for one in history.states if one not in hashes]
    changes: Document = {"content_hashes": hashes} if hashes != story["content_hashes"] else {}
    state = history.states.get(story["content_hash"], {"seen": ()})
    since = next((times["first"] for times in state["seen"] if covers(times, history.fetched_at)), None)
    if since and since != story.get("state_since"):
        crawl_id = story["crawl_id"] if since == history.fetched_at else state.get("crawl_id", story["crawl_id"])
        changes |= {"state_since": since, "content_crawl_id": crawl_id}
    if changes:
        history.story = story | changes
