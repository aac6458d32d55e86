"""Index pages of any make: the links to stories in the main content with the heading they stand under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.eras import FoundLink
from newscrawl.items import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newscrawl.page import Element, Page

_MAIN = ("main", "#main-content", "#blq-content", "#blq-main", "#content", "body")
_ASIDE = ("noscript", "nav", "header", "footer", "[role=navigation]", "[role=contentinfo]")
_HEADINGS = ("h2", "h3")


def stories(page: Page, is_story: Callable[[str], bool]) -> list[FoundLink]:
    """Return the links to stories in the main content, in document order, navigation left out.

    ``is_story`` tells from an absolute address. Where it is true of a heading's link, the heading is that story's title;
    every other heading is the name of a part of the page.
    """
    main = next((element for selector in _MAIN for element in page.select(selector)), None)
    return [] if main is None else list(_links(page, main, is_story))


def _links(page: Page, main: Element, is_story: Callable[[str], bool]) -> Iterator[FoundLink]:
    aside = {element for selector in _ASIDE for element in page.select(selector, main)}
    wanted = {anchor for anchor in main.iter("a") if is_story(page.absolute(anchor.get("href", "")))}
    heading: str | None = None
    for element in main.iter("a", *_HEADINGS):
        if not aside.isdisjoint(element.iterancestors()):
            continue
        if element in wanted:
            yield FoundLink(element.get("href", ""), Relation.LISTED, _title(page, element), heading, element)
        elif element.tag != "a" and wanted.isdisjoint([*element.iter("a"), *element.iterancestors("a")]):
            heading = page.text(element) or heading


def _title(page: Page, anchor: Element) -> str:
    headings = (page.text(element) for element in anchor.iter("h1", "h2", "h3", "h4", "h5", "h6"))
    return next(filter(None, headings), "") or page.text(anchor)
