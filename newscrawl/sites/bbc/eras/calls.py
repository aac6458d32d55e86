"""Calls on readers to write in ("Are you there? Send us …"), which stand in the text like any paragraph; no era itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from newscrawl.page import Element, Page

_BEGINS = re.compile(
    r"\b(?:haveyoursay|yourpics|yourquestions|talkingpoint)@|@BBC_?HaveYourSay|\bthe form below\b"
    r"|\bwilling to speak to a BBC journalist|\bhappy to be contacted by a BBC journalist"
    r"|^(?:are|is|were|was|have|has|do|did|can|could|will|would|what|how|where) (?:you|your)\b[^.]*\?.*"
    r"\b(?:e-?mail|tell|send|contact) us\b",
    re.IGNORECASE,
)
"""A mailbox for readers' letters, a form, or a question to the reader that ends in an invitation."""

_GOES_ON = re.compile(
    r"\bcontact number\b|\bfollowing ways\b|\bWhatsApp\b|\bSMS\b|\bterms (?:of use|(?:and|&) conditions)\b|\bprivacy (?:policy|notice)\b"
    r"|\bcontact details\b|\bmobile version of the BBC\b|\bthis form\b|\byour (?:pictures|videos?|questions?)\b",
    re.IGNORECASE,
)
"""What follows such a call: ways to reach the BBC, and the small print."""

_HEADINGS = frozenset({"h2", "h3", "h4"})


def calls(container: str) -> Callable[[Page], Iterator[Element]]:
    """Make a search for calls among the children of these elements; a heading right above a call belongs to it."""

    def find(page: Page) -> Iterator[Element]:
        for element in page.select(container):
            yield from _calls(page, (child for child in element if not page.is_silent(child)))

    return find


def _calls(page: Page, elements: Iterable[Element]) -> Iterator[Element]:
    calling, before = False, None
    for element in elements:
        text = page.text(element)
        if not text:
            continue
        calling = bool(_BEGINS.search(text)) or (calling and bool(_GOES_ON.search(text)))
        if calling and before is not None and before.tag in _HEADINGS:
            yield before
        if calling:
            yield element
        before = element
