"""A page era as data: how its pages are recognised, where each field stands, which blocks hold which links.

To add an era:

1. Write one constant ``Era(name=…, marker=…, fields={…}, links=(…))`` in ``newscrawl/sites/<site>/eras/<era>.py``; the rules it
   is made of come from ``newscrawl.eras.rules`` (fields, blocks of links) and ``newscrawl.eras.regions`` (body, images, insets).
2. Add it to ``ERAS`` in ``newscrawl/sites/<site>/eras/__init__.py``, before eras whose marker it also bears.
3. Put a hand-built page with invented text and what is expected of it under ``tests/pages/<site>/<era>/``.

An era never normalises: rules hand over the page's own words (or built items), ``newscrawl.loaders`` makes values of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newscrawl.items import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from newscrawl.items import Relation
    from newscrawl.page import Element, Page

EXTRACTOR_VERSION = 2
"""Raised with every change of the rules that changes what is read: tells an extraction change from an edit by the BBC."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One place to read something from."""

    name: str
    """What ``Story.sources`` calls it."""
    read: Callable[[Page], Any]
    """What the page has there; None or something empty if nothing. May raise: the field then has its next source."""
    parts: tuple[Rule, ...] = ()
    """The rules it is made of, where it gives what the first of several gives."""


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link as it stands on the page, before anything is normalised."""

    href: str
    relation: Relation
    text: str
    group_title: str | None = None
    anchor: Element | None = None
    """Where it stands; None if it comes from the page's state. No two rules get the same anchor: the first one has it."""
    updated: str | int | None = None
    """The page's words (or number) for when the target was last changed."""


@dataclass(frozen=True, slots=True)
class LinkRule:
    """One block of links."""

    name: str
    read: Callable[[Page], Iterable[FoundLink]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """One generation of a site's markup."""

    name: str
    """As ``page_era`` has it (``gel-2010``)."""
    marker: Rule
    """Gives something on this era's pages only: a trait of the markup, never a date or an address."""
    fields: Mapping[str, tuple[Rule, ...]]
    """Field of ``Story`` to its sources in order; the first that gives anything wins."""
    links: tuple[LinkRule, ...] = ()
    """The blocks of a story page. What one block has taken the later ones leave alone, so catch-alls go last."""
    listed: tuple[LinkRule, ...] = ()
    """The parts of an index page in which its stories stand; empty: all links to stories in the main content."""
    lists: frozenset[Target] = frozenset({Target.STORY})
    """What an index page's links have to point at to be listed."""
    title: Rule | None = None
    """What an index page calls itself; nothing: its ``<title>``."""
    target: Rule | None = None
    """The ``Target`` that the page says it is (story, index, other); nothing: its address decides."""
    hidden: tuple[str, ...] = ()
    """Selectors of elements that are never read as text: icons, labels for screen readers."""
    addresses: tuple[Rule, ...] = field(default=())
    """Other addresses of the same story (twins, old and new id); its canonical link and ``og:url`` are always looked at."""


def detect(page: Page, eras: Iterable[Era]) -> Era | None:
    """Return the first era whose marker the page bears, None if it bears none."""
    return next((era for era in eras if era.marker.read(page)), None)
