"""The walk through a ``Region`` in document order: tells a ``Sheet`` what stands there."""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from newscrawl.eras import FoundLink
from newscrawl.eras.content import Content, Sheet
from newscrawl.items import BlockType, Image, Relation
from newscrawl.page import BLOCKS, Element
from newscrawl.processors import collapse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newscrawl.eras.content import Style
    from newscrawl.eras.regions import Region
    from newscrawl.page import Page

    _Leave = Callable[["Walk", Element], None]
    """Ends what an element began."""
    _Enter = Callable[["Walk", Element], _Leave | None]
    """Begins it; None: nothing in the element is to be read."""

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
        self.handlers: dict[Element, _Enter] = {}
        """What to do at the elements that the region has marked."""
        self.tags: dict[object, _Enter] = {}
        """The same where it has marked all of a name: to find those would take a search each."""
        self.comments: dict[str, Callable[[], None]] = {}
        self._mark()

    def content(self) -> Content:
        """Walk, and return what was found; what stands within another found element is read once."""
        read: set[Element] = set()
        for element in next(filter(None, map(self.page.select, self.region.where)), []):
            if read.isdisjoint(element.iterancestors()):
                read.add(element)
                self._go_through(element)
                self.sheet.end_block()
        self.comments.clear()  # they hold this walk and with it the page, which else only the collector would free
        return self.sheet.finished()

    def _mark(self) -> None:
        region, sheet = self.region, self.sheet
        if region.no_text:
            self.handlers |= dict.fromkeys(region.no_text(self.page), Walk._cut)
        for marks, enter, begin, end in (
            (region.cut, Walk._cut, None, None),
            (region.bylines, Walk._byline, None, None),
            (region.insets, Walk._inset, sheet.begin_inset, sheet.end_inset),
            (region.includes, Walk._include, None, None),
            (region.resumes, Walk._resume, None, None),
            (region.dividers, Walk._line, None, None),
            (region.figures, Walk._figure, sheet.begin_figure, sheet.end_figure),
            (region.pictures, Walk._picture, None, None),
            (region.captions, Walk._caption, None, None),
            (region.credits, Walk._credit, None, None),
            (region.headings, Walk._heading, None, None),
            (region.items, Walk._item, None, None),
            (region.quotes, Walk._quote, None, None),
        ):
            for mark in marks:
                if isinstance(mark, str) and mark.isalnum():
                    self.tags.setdefault(mark, enter)
                elif isinstance(mark, str):
                    for element in self.page.select(mark):
                        if element.tag not in self.tags:
                            self.handlers.setdefault(element, enter)
                elif begin and end:
                    self.comments |= {mark[0]: begin, mark[1]: end}
                else:
                    self.comments[mark[0]] = partial(self._skip, mark[1])
        if region.between:
            self.comments[region.between[1]] = self._stop

    def _go_through(self, top: Element) -> None:
        """Enter an element and all in it, in reading order; with a stack of its own, for pages nest deeper than Python calls may."""
        sheet = self.sheet
        outer: list[tuple[Iterator[Element], Element, _Leave, Style]] = []
        nodes = iter((top,))
        while True:
            node = None if self.ended else next(nodes, None)
            if node is not None:
                style = sheet.style
                leave = self._enter(node)
                if leave is not None:
                    outer.append((nodes, node, leave, style))
                    nodes = iter(node)
                    self._text(node.text)
                    continue
            elif outer:
                nodes, node, leave, style = outer.pop()
                leave(self, node)
                sheet.style = style
            else:
                return
            if outer:
                self._text(node.tail)

    def _text(self, text: str | None) -> None:
        if text and not self.until and not self.ended:
            self.sheet.add_text(text)

    def _enter(self, node: Element) -> _Leave | None:
        """Begin a node; return what ends it, None if nothing in it is to be read."""
        if isinstance(node, etree._Comment):
            self._comment(collapse(node.text or ""))
        elif node in self.ends:
            self._stop()
        elif self.until:
            if node in self.starts:
                self.starts.clear()
            return Walk._pass
        elif node in self.fallbacks:
            return Walk._pass
        elif not self.page.is_silent(node):
            return (self.handlers.get(node) or self.tags.get(node.tag, Walk._unmarked))(self, node)
        return None

    def _pass(self, _: Element) -> None:
        """Leave an element that means nothing."""

    def _unmarked(self, node: Element) -> _Leave | None:
        if node.tag in _TAGS:
            return _TAGS[node.tag](self, node)
        return self._block() if node.tag in BLOCKS else Walk._pass

    def _comment(self, text: str) -> None:
        if text == self.until and not self.starts:
            self.until = None
        elif self.until is None and text in self.comments:
            self.comments[text]()

    def _block(self, kind: BlockType | None = None) -> _Leave:
        self.sheet.end_block()
        if kind:
            self.sheet.style = self.sheet.style._replace(type=kind)
        return Walk._end_block

    def _end_block(self, _: Element) -> None:
        self.sheet.end_block()

    def _paragraph(self, _: Element) -> _Leave:
        return self._block(self.sheet.style.type or BlockType.PARAGRAPH)

    def _heading(self, _: Element) -> _Leave:
        return self._block(BlockType.HEADING)

    def _quote(self, _: Element) -> _Leave:
        return self._block(BlockType.QUOTE)

    def _item(self, _: Element) -> _Leave:
        return self._block(BlockType.LIST_ITEM)

    def _list(self, node: Element) -> _Leave:
        items = list(node.iterchildren("li"))
        of_links = bool(items) and all(map(self._is_link, items))
        leave = self._block()
        self.sheet.style = self.sheet.style._replace(in_link_list=of_links)
        return leave

    def _is_link(self, item: Element) -> bool:
        anchors = list(islice(item.iter("a"), 2))
        if len(anchors) != 1 or next(item.iter("ul", "ol"), None) is not None:
            return False
        text, link = self.page.text(item), self.page.text(anchors[0])
        return text.endswith(link) and _LABEL.fullmatch(text.removesuffix(link)) is not None

    def _anchor(self, node: Element) -> _Leave:
        if not node.get("href"):
            return Walk._pass
        self.sheet.style = self.sheet.style._replace(link=node)
        return Walk._end_anchor

    def _end_anchor(self, node: Element) -> None:
        self.sheet.add_link(FoundLink(node.get("href", ""), Relation.INLINE, self.page.text(node), anchor=node))

    def _bold(self, _: Element) -> _Leave:
        self.sheet.style = self.sheet.style._replace(bold=True)
        return Walk._pass

    def _break(self, _: Element) -> None:
        self._text("\n")

    def _cut(self, node: Element) -> None:
        if node.tag in BLOCKS:
            self.sheet.end_block()

    def _byline(self, node: Element) -> _Leave | None:
        if self.sheet.in_inset:
            return self._block()
        self._cut(node)
        return None

    def _stop(self) -> None:
        self.sheet.end_block()
        self.ended = True

    def _skip(self, end: str) -> None:
        self.sheet.end_block()
        self.until = end

    def _inset(self, _: Element) -> _Leave:
        self.sheet.begin_inset()
        return Walk._end_inset

    def _end_inset(self, _: Element) -> None:
        self.sheet.end_inset()

    def _include(self, _: Element) -> _Leave:
        self.sheet.begin_inset()
        self.open_includes += 1
        return Walk._end_include

    def _end_include(self, _: Element) -> None:
        if self.open_includes:
            self.open_includes -= 1
            self.sheet.end_inset()

    def _resume(self, node: Element) -> _Leave | None:
        while self.open_includes:
            self._end_include(node)
        return self._unmarked(node)

    def _line(self, _: Element) -> None:
        self.sheet.add_line()

    def _figure(self, _: Element) -> _Leave:
        self.sheet.begin_figure()
        return Walk._end_figure

    def _end_figure(self, _: Element) -> None:
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


_TAGS: dict[object, _Enter] = {
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
