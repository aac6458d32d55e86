"""The walk through a ``Region`` in document order: tells a ``Sheet`` what stands there."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from lxml import etree

from newscrawl.eras import FoundLink
from newscrawl.eras.content import Content, Sheet
from newscrawl.items import BlockType, Image, Relation
from newscrawl.page import BLOCKS, Element
from newscrawl.processors import collapse

if TYPE_CHECKING:
    from collections.abc import Callable

    from newscrawl.eras.regions import Region
    from newscrawl.page import Page

_LABEL = re.compile(r"(?:(?=.*[A-Z])[^a-z:]+: ?)?")
"""What may stand before the link in a list of links: words in capitals ("FACE MASKS: When do I need one?")."""


class Walk:
    """One walk through one region of one page."""

    def __init__(self, page: Page, region: Region) -> None:
        self.page = page
        self.region = region
        self.sheet = Sheet(captions_marked=bool(region.captions), loose_text=region.loose_text)
        self.until = region.between[0] if region.between else None
        """The comment up to which everything is left out."""
        self.starts = {element for selector in region.begins for element in page.select(selector)}
        """While there are any, what comes stands before the text."""
        self.ends = {element for selector in region.ends for element in page.select(selector)}
        self.fallbacks = {element for selector in region.fallbacks for element in page.select(selector)}
        self.ended = False
        self.open_includes = 0
        self.handlers: dict[Element, Callable[[Element], None]] = {}
        """What to do at the elements that the region has marked."""
        self.comments: dict[str, Callable[[], None]] = {}
        self._mark()

    def content(self) -> Content:
        """Walk, and return what was found; what stands within another found element is read once."""
        read: set[Element] = set()
        for element in next(filter(None, map(self.page.select, self.region.where)), []):
            if read.isdisjoint(element.iterancestors()):
                read.add(element)
                self._node(element)
                self.sheet.end_block()
        self.handlers.clear()  # they hold this walk and with it the page, which else only the collector would free
        self.comments.clear()
        return self.sheet.finished()

    def _mark(self) -> None:
        region, sheet = self.region, self.sheet
        if region.no_text:
            self.handlers |= dict.fromkeys(region.no_text(self.page), self._cut)
        for marks, handle, begin, end in (
            (region.cut, self._cut, None, None),
            (region.bylines, self._byline, None, None),
            (region.insets, self._inset, sheet.begin_inset, sheet.end_inset),
            (region.includes, self._include, None, None),
            (region.resumes, self._resume, None, None),
            (region.dividers, self._line, None, None),
            (region.figures, self._figure, sheet.begin_figure, sheet.end_figure),
            (region.pictures, self._picture, None, None),
            (region.captions, self._caption, None, None),
            (region.credits, self._credit, None, None),
            (region.headings, partial(self._block, kind=BlockType.HEADING), None, None),
            (region.items, self._item, None, None),
            (region.quotes, partial(self._block, kind=BlockType.QUOTE), None, None),
        ):
            for mark in marks:
                if isinstance(mark, str):
                    for element in self.page.select(mark):
                        self.handlers.setdefault(element, handle)
                elif begin and end:
                    self.comments |= {mark[0]: begin, mark[1]: end}
                else:
                    self.comments[mark[0]] = partial(self._skip, mark[1])
        if region.between:
            self.comments[region.between[1]] = self._stop

    def _inside(self, element: Element) -> None:
        self._text(element.text)
        for node in element:
            if self.ended:
                return
            self._node(node)
            self._text(node.tail)

    def _text(self, text: str | None) -> None:
        if text and not self.until and not self.ended:
            self.sheet.add_text(text)

    def _node(self, node: Element) -> None:
        if isinstance(node, etree._Comment):
            self._comment(collapse(node.text or ""))
        elif node in self.ends:
            self._stop()
        elif self.until:
            if node in self.starts:
                self.starts.clear()
            self._inside(node)
        elif node in self.fallbacks:
            self._inside(node)
        elif not self.page.is_silent(node):
            self.handlers.get(node, self._unmarked)(node)

    def _unmarked(self, node: Element) -> None:
        if node.tag in _TAGS:
            _TAGS[node.tag](self, node)
        elif node.tag in BLOCKS:
            self._block(node)
        else:
            self._inside(node)

    def _comment(self, text: str) -> None:
        if text == self.until and not self.starts:
            self.until = None
        elif self.until is None and text in self.comments:
            self.comments[text]()

    def _block(self, node: Element, kind: BlockType | None = None) -> None:
        self.sheet.end_block()
        outer = self.sheet.type
        self.sheet.type = kind or outer
        self._inside(node)
        self.sheet.end_block()
        self.sheet.type = outer

    def _paragraph(self, node: Element) -> None:
        self._block(node, self.sheet.type or BlockType.PARAGRAPH)

    def _item(self, node: Element) -> None:
        self._block(node, BlockType.LIST_ITEM)

    def _list(self, node: Element) -> None:
        outer = self.sheet.in_link_list
        items = list(node.iterchildren("li"))
        self.sheet.in_link_list = bool(items) and all(map(self._is_link, items))
        self._block(node)
        self.sheet.in_link_list = outer

    def _is_link(self, item: Element) -> bool:
        anchors = list(item.iter("a"))
        if len(anchors) != 1:
            return False
        text, link = self.page.text(item), self.page.text(anchors[0])
        return text.endswith(link) and _LABEL.fullmatch(text.removesuffix(link)) is not None

    def _anchor(self, node: Element) -> None:
        href = node.get("href")
        outer, self.sheet.link = self.sheet.link, node if href else self.sheet.link
        self._inside(node)
        self.sheet.link = outer
        if href:
            self.sheet.add_link(FoundLink(href, Relation.INLINE, self.page.text(node), anchor=node))

    def _bold(self, node: Element) -> None:
        outer, self.sheet.bold = self.sheet.bold, True
        self._inside(node)
        self.sheet.bold = outer

    def _break(self, _: Element) -> None:
        self._text("\n")

    def _cut(self, node: Element) -> None:
        if node.tag in BLOCKS:
            self.sheet.end_block()

    def _byline(self, node: Element) -> None:
        if self.sheet.in_inset:
            self._block(node)
        else:
            self._cut(node)

    def _stop(self) -> None:
        self.sheet.end_block()
        self.ended = True

    def _skip(self, end: str) -> None:
        self.sheet.end_block()
        self.until = end

    def _inset(self, node: Element) -> None:
        self.sheet.begin_inset()
        self._block(node)
        self.sheet.end_inset()

    def _include(self, node: Element) -> None:
        self.sheet.begin_inset()
        self.open_includes += 1
        self._block(node)
        if self.open_includes:
            self._end_include()

    def _end_include(self) -> None:
        self.open_includes -= 1
        self.sheet.end_inset()

    def _resume(self, node: Element) -> None:
        while self.open_includes:
            self._end_include()
        self._unmarked(node)

    def _line(self, _: Element) -> None:
        self.sheet.add_line()

    def _figure(self, node: Element) -> None:
        self.sheet.begin_figure()
        self._inside(node)
        self.sheet.end_figure()

    def _caption(self, node: Element) -> None:
        self.sheet.add_caption(self.page.text(node))

    def _credit(self, node: Element) -> None:
        self.sheet.add_credit(self.page.text(node))

    def _picture(self, node: Element) -> None:
        address = node.get("src") or node.get("data-src") or ""
        if self.region.line_images and self.region.line_images.search(address):
            self.sheet.add_line()
        elif not (self.region.no_pictures and self.region.no_pictures.search(address)):
            url = self.page.absolute(address) if address else None
            self.sheet.add_image(Image(url, node.get("alt") or node.get("data-alt")))


_TAGS: dict[object, Callable[[Walk, Element], None]] = {
    **dict.fromkeys(("li", "dt", "dd"), Walk._item),
    **dict.fromkeys(("ul", "ol"), Walk._list),
    **dict.fromkeys(("b", "strong"), Walk._bold),
    **dict.fromkeys(("h1", "form", "nav", "select", "textarea", "button"), Walk._cut),
    "p": Walk._paragraph,
    "a": Walk._anchor,
    "br": Walk._break,
    "img": Walk._picture,
}
"""What is done at elements in every region, unless it has marked them."""
