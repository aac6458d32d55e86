"""Index pages of any make: the links in the main content with the heading they stand under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.eras import FoundLink
from newscrawl.items import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Element, Page

_MAIN = ("main", "#main-content", "#blq-content", "#blq-main", "#content", "body")
_ASIDE = ("nav", "header", "footer", "[role=navigation]", "[role=contentinfo]")
_HEADINGS = ("h2", "h3")


def stories(page: Page) -> list[FoundLink]:
    """Return the links of the main content in document order, navigation left out; the caller keeps those to stories."""
    main = next((element for selector in _MAIN for element in page.select(selector)), None)
    return [] if main is None else list(_links(page, main))


def _links(page: Page, main: Element) -> Iterator[FoundLink]:
    aside = {element for selector in _ASIDE for element in page.select(selector, main)}
    heading: str | None = None
    for element in main.iter("a", *_HEADINGS):
        if not aside.isdisjoint(element.iterancestors()):
            continue
        if element.tag != "a":
            heading = heading if _is_title(element) else page.text(element) or heading
        elif element.get("href"):
            yield FoundLink(element.get("href", ""), Relation.LISTED, _title(page, element), heading, element)


def _is_title(heading: Element) -> bool:
    """Whether a heading is a story's own: it holds the link or stands in it."""
    return next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None


def _title(page: Page, anchor: Element) -> str:
    headings = (page.text(element) for element in anchor.iter("h1", "h2", "h3", "h4", "h5", "h6"))
    return next(filter(None, headings), "") or page.text(anchor)
