"""The part of a page where a story's text stands, walked once: blocks, pictures, insets and the links in the text.

What is body, inset and picture is decided here for all eras; an era's ``Region`` only says by which elements or comments they
are known. The walk keeps to document order, so unclosed tags and ranges between comments do not disturb it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.eras import LinkRule, Rule
from newscrawl.eras.walk import Walk

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable

    from newscrawl.eras.content import Content
    from newscrawl.page import Element, Page

Mark = str | tuple[str, str]
"""A page selector, or a pair of comments that stands for all between them: ``("S IBOX", "E IBOX")``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Region:
    """Where the text stands and what in there is not text."""

    where: tuple[str, ...]
    """The first of these selectors that finds anything; all elements it finds are read."""
    between: tuple[str, str] | None = None
    """Comments: before the first the text has not begun, at the second it ends."""
    begins: tuple[str, ...] = ()
    """Elements before the first of which the comments ``between`` do not count."""
    ends: tuple[str, ...] = ()
    """Elements at which the text ends, whether it has begun or not."""
    cut: tuple[Mark, ...] = ()
    """Left out with their links: tools, forms, videos, blocks of links that have rules of their own."""
    no_text: Callable[[Page], Iterable[Element]] | None = None
    """Finds more to cut, where what an element says tells it and no selector can."""
    bylines: tuple[Mark, ...] = ()
    """Left out of the text, but part of an inset's."""
    insets: tuple[Mark, ...] = ()
    """Boxes beside the text; their title is the heading they begin with."""
    includes: tuple[str, ...] = ()
    """Insets of foreign markup, which may be left unclosed."""
    resumes: tuple[str, ...] = ()
    """Blocks that stand in no include: one that seems to hold them was never closed, and ends there."""
    dividers: tuple[str, ...] = ()
    """Lines (``hr.story-body__line``): between one and the next stands an inset, after that text again."""
    line_images: re.Pattern[str] | None = None
    """Addresses of images that are such lines."""
    figures: tuple[Mark, ...] = ("figure",)
    """Pictures with all that belongs to them."""
    captions: tuple[str, ...] = ("figcaption",)
    """Where the caption stands in a figure; none: all the figure's text is its caption. Never body, in figures or not."""
    pictures: tuple[str, ...] = ()
    """Elements that stand for an ``<img>``, with ``data-src`` and ``data-alt``."""
    fallbacks: tuple[str, ...] = ()
    """``<noscript>`` elements that hold what scripts show later, and are read."""
    credits: tuple[str, ...] = ()
    """Where a figure's credit stands."""
    no_pictures: re.Pattern[str] | None = None
    """Addresses of images that are no pictures of the story: banners, spacers, placeholders."""
    headings: tuple[str, ...] = ("h2", "h3", "h4", "h5", "h6")
    items: tuple[str, ...] = ()
    """List items that are no ``<li>``."""
    quotes: tuple[str, ...] = ("blockquote",)

    loose_text: bool = True
    """Whether text that stands in no ``<p>``, list, heading or quote is body; in eras that always have those it is an include's."""

    @property
    def name(self) -> str:
        """What rules that read it are called by."""
        return self.between[0] if self.between else self.where[0]

    def read(self, page: Page) -> Content:
        """Walk the region, once a page."""
        if self not in page.memo:
            page.memo[self] = Walk(page, self).content()
        found: Content = page.memo[self]
        return found


def body(region: Region) -> Rule:
    """Read the text of the region."""
    return Rule(f"body {region.name}", lambda page: region.read(page).blocks)


def images(region: Region) -> Rule:
    """Read the pictures of the region."""
    return Rule(f"images {region.name}", lambda page: region.read(page).images)


def insets(region: Region) -> Rule:
    """Read the boxes of the region."""
    return Rule(f"insets {region.name}", lambda page: region.read(page).insets)


def inline(region: Region) -> LinkRule:
    """Read the links in the region's text and boxes; those of a box have its title as their group's."""
    return LinkRule(f"inline {region.name}", lambda page: region.read(page).links)
