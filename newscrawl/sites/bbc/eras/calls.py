"""Calls on readers to write in ("Are you there? Send us …"), which stand in the text like any paragraph; no era itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from newscrawl.page import Element, Page

_BEGINS = (
    "haveyoursay@",
    "yourpics@",
    "yourquestions@",
    "talkingpoint@",
    "@bbc_haveyoursay",
    " the form below",
    "speak to a bbc journalist",
    "contacted by a bbc journalist",
)
"""Mailboxes for readers' letters, and forms."""

_ASKS = re.compile(
    r"(?:are|is|were|was|have|has|do|did|can|could|will|would|what|how|where) (?:you|your)\b[^.]*\?.*\b(?:e-?mail|tell|send|contact) us\b"
)
"""A question to the reader that ends in an invitation."""

_INVITES = ("mail us", "tell us", "send us", "contact us")

_LONGEST = 500
"""Characters of a paragraph in which a question and its invitation stand."""

_GOES_ON = (
    "contact number",
    "following ways",
    "whatsapp",
    "sms",
    "terms of use",
    "terms and conditions",
    "terms & conditions",
    "privacy policy",
    "privacy notice",
    "contact details",
    "mobile version of the bbc",
    "this form",
    "your pictures",
    "your video",
    "your question",
)
"""What follows such a call: ways to reach the BBC, and the small print."""

_HEADINGS = frozenset({"h2", "h3", "h4"})


def calls(container: str) -> Callable[[Page], Iterator[Element]]:
    """Make a search for calls among the children of these elements; a heading right above a call belongs to it."""

    def find(page: Page) -> Iterator[Element]:
        for element in page.select(container):
            yield from calls_among(page, (child for child in element if not page.is_silent(child)))

    return find


def may_call(text: str) -> bool:
    """Whether a whole text, in lower case and without line ends in it, may hold a call: asked first, it saves the search."""
    return _has(_BEGINS, text) or _has(_INVITES, text)


def calls_among(page: Page, elements: Iterable[Element]) -> Iterator[Element]:
    """Yield those of the elements, in reading order, that are calls or go on with one."""
    calling, before = False, None
    for element in elements:
        text = page.text(element).lower()
        if not text:
            continue
        calling = _has(_BEGINS, text) or bool(_ASKS.match(text[:_LONGEST])) or (calling and _has(_GOES_ON, text))
        if calling and before is not None and before.tag in _HEADINGS:
            yield before
        if calling:
            yield element
        before = element


def _has(words: Iterable[str], text: str) -> bool:
    return any(word in text for word in words)
