"""Whether a page is worth a browser, decided from its markup alone."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from newscrawl.extraction import read
from newscrawl.items import Kind, Target
from newscrawl.page import SILENT, Element, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.extraction import Extraction
    from newscrawl.sites import Site


class Need(StrEnum):
    """Why a page is shown in a browser."""

    NO_BODY = "no-body"
    CONSENT = "consent-wall"


BODILESS = frozenset({Kind.VIDEO, Kind.AUDIO, Kind.GALLERY})
"""Kinds of story that may have no text at all."""

BUTTONS = "button, input, [role=button]"
"""Selects, in the page as in the browser, what can be clicked and much that cannot; a button's number counts these."""

_WALLS = ("form", "dialog", "div", "section", "aside")
_ABOUT_CONSENT = frozenset({"consent", "gdpr"})
_CHOICES = ("reject", "decline", "refuse", "necessary", "accept", "agree", "allow", "continue", "yes", "ok")
"""Words of the buttons that lead past a wall, the better ones first: a crawler has no use for what it would agree to."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SCRIPT_TYPES = frozenset({"", "module", "text/javascript", "application/javascript"})


class Wall(NamedTuple):
    """The part of a page that asks for consent."""

    element: Element
    button: int
    """Number of the button to click, among all that ``BUTTONS`` selects."""


def need(page: Page, site: Site, found: Extraction) -> Need | None:
    """Return why a page that gave this should be shown in a browser, None if that would bring nothing more."""
    story = found.story
    if (found.index and found.index.links) or (story and (story.kind in BODILESS or story.posts)):
        return None
    body = [block.text for block in story.body] if story else []
    if (not body or found.era == "generic") and (asks := wall(page)) and _all_within(page, asks, body):
        return Need.CONSENT
    if not body and site.target(page.url) is Target.STORY and runs_scripts(page):
        return Need.NO_BODY
    return None


def needed(page: Page, site: Site) -> Need | None:
    """Return the same for a page that was not read yet."""
    return need(page, site, read(page, site))


def runs_scripts(page: Page) -> bool:
    """Whether a page holds any program; data in a script element is none."""
    scripts = page.tree.iter("script")
    return any((one.get("type") or "").lower() in _SCRIPT_TYPES and (one.get("src") or one.text) for one in scripts)


def wall(page: Page) -> Wall | None:
    """Return the innermost element that is named after consent and has a button past it, None if there is none."""
    buttons = {element: number for number, element in enumerate(_clickable(page))}
    for element in reversed([one for one in page.tree.iter(*_WALLS) if _named_after_consent(one)]):
        within = [one for one in element.iter() if one in buttons and _preference(page, one) < len(_CHOICES)]
        if within:
            return Wall(element, buttons[min(within, key=lambda one: _preference(page, one))])
    return None


def _clickable(page: Page) -> Iterator[Element]:
    """Yield what ``BUTTONS`` selects in a browser, for which templates and the like have no elements in them."""
    for element in page.select(BUTTONS):
        if not any(above.tag in SILENT for above in element.iterancestors()):
            yield element


def _named_after_consent(element: Element) -> bool:
    names = (element.get(name) or "" for name in ("id", "class", "action"))
    return not _ABOUT_CONSENT.isdisjoint(_words(" ".join(names)))


def _preference(page: Page, button: Element) -> int:
    """Return how far down among ``_CHOICES`` a button stands, by its names and its text; their number if it is none."""
    names = (button.get(name) or "" for name in ("id", "class", "name", "value"))
    words = _words(" ".join([*names, page.text(button)]))
    return next((rank for rank, choice in enumerate(_CHOICES) if choice in words), len(_CHOICES))


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _all_within(page: Page, asks: Wall, body: list[str]) -> bool:
    text = page.text(asks.element)
    return all(block in text for block in body)
