"""The walk through a ``Region``: what text is which block, and what is none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from newscrawl.eras import FoundLink
from newscrawl.items import Block, BlockType, Image, Inset, Relation
from newscrawl.page import BLOCKS, Element
from newscrawl.processors import collapse

if TYPE_CHECKING:
    from collections.abc import Callable

    from newscrawl.eras.regions import Region
    from newscrawl.page import Page

    Handler = Callable[[Element], None]

_LONGEST_HEADING = 100
"""Characters; a bold paragraph that is longer, or ends as a sentence does, is an emphasis and no heading."""


@dataclass(slots=True)
class Content:
    """What a region (or an inset while it is being read) holds, each in reading order."""

    blocks: list[Block] = field(default_factory=list)
    link_lists: list[Block] = field(default_factory=list)
    """Those of an inset's blocks that would be no text outside of it."""
    images: list[Image] = field(default_factory=list)
    insets: list[Inset] = field(default_factory=list)
    links: list[FoundLink] = field(default_factory=list)


@dataclass(slots=True)
class _Figure:
    """A picture being read."""

    images: list[Image] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    credit: str | None = None


class _Piece(NamedTuple):
    """A run of text, the link it stands in, and whether it is bold."""

    text: str
    link: Element | None
    bold: bool


class Walk:
    """One walk through one region of one page."""

    def __init__(self, page: Page, region: Region) -> None:
        self.page = page
        self.region = region
        self.found = Content()
        self.open = [self.found]
        """The region's content and the insets being read, the innermost last."""
        self.figure: _Figure | None = None
        self.line_box: Content | None = None
        """The inset that a divider opened."""
        self.pieces: list[_Piece] = []
        self.type = BlockType.PARAGRAPH
        self.link: Element | None = None
        self.bold = False
        self.in_link_list = False
        self.fresh_line = False
        """Nothing has come since the last divider."""
        self.until: str | None = region.between[0] if region.between else None
        """The comment up to which everything is left out."""
        self.ended = False
        self.handlers: dict[Element, Handler] = {}
        self.comments: dict[str, Callable[[], None]] = {}
        self._mark()

    def content(self) -> Content:
        """Walk and return what was found."""
        for selector in self.region.where:
            if elements := self.page.select(selector):
                for element in elements:
                    self._inside(element)
                    self._flush()
                break
        self._unbox()
        return self.found

    def _mark(self) -> None:
        region = self.region
        marks = (
            (region.ends, self._end, None, None),
            (region.cut, self._cut, None, None),
            (region.bylines, self._byline, None, None),
            (region.insets, self._inset, self._open_inset, self._close_inset),
            (region.dividers, self._divider, None, None),
            (region.figures, self._figure, self._open_figure, self._close_figure),
            (region.captions, self._caption, None, None),
            (region.credits, self._credit, None, None),
            (region.headings, self._heading, None, None),
            (region.quotes, self._quote, None, None),
        )
        for found, handle, begin, finish in marks:
            for mark in found:
                if isinstance(mark, str):
                    for element in self.page.select(mark):
                        self.handlers.setdefault(element, handle)
                elif begin and finish:
                    self.comments |= {mark[0]: begin, mark[1]: finish}
                else:
                    self.comments[mark[0]] = partial(self._skip, mark[1])
        if region.between:
            self.comments[region.between[1]] = self._stop

    # -- nodes -------------------------------------------------------------------------------------------------------

    def _inside(self, element: Element) -> None:
        self._feed(element.text)
        for node in element:
            if self.ended:
                return
            self._node(node)
            self._feed(node.tail)

    def _node(self, node: Element) -> None:
        if isinstance(node, etree._Comment):
            self._comment(collapse(node.text or ""))
        elif self.until:
            self._inside(node)
        elif not self.page.is_silent(node):
            if handle := self.handlers.get(node):
                handle(node)
            elif node.tag in _TAGS:
                _TAGS[node.tag](self, node)
            elif node.tag in BLOCKS:
                self._block(node, self.type)
            else:
                self._inside(node)

    def _comment(self, text: str) -> None:
        if self.until is None:
            if text in self.comments:
                self.comments[text]()
        elif text == self.until:
            self.until = None

    def _feed(self, text: str | None) -> None:
        if not text or self.until or self.ended:
            return
        if self.figure is not None:
            self.figure.text.append(text)
        else:
            self.pieces.append(_Piece(text, self.link, self.bold))

    # -- blocks ------------------------------------------------------------------------------------------------------

    def _block(self, node: Element, kind: BlockType) -> None:
        self._flush()
        outer, self.type = self.type, kind
        self._inside(node)
        self._flush()
        self.type = outer

    def _flush(self) -> None:
        pieces = [piece for piece in self.pieces if piece.text.strip()]
        text = collapse("".join(piece.text for piece in self.pieces))
        self.pieces = []
        if not text:
            return
        self.fresh_line = False
        block = Block(self._kind(pieces, text), text)
        only_link = pieces[0].link is not None and all(piece.link is pieces[0].link for piece in pieces)
        if only_link and (self.in_link_list or block.type is BlockType.PARAGRAPH):
            self.open[-1].link_lists.append(block)
            if len(self.open) == 1:
                return
        self.open[-1].blocks.append(block)

    def _kind(self, pieces: list[_Piece], text: str) -> BlockType:
        bold = self.type is BlockType.PARAGRAPH and all(piece.bold for piece in pieces)
        short = len(text) <= _LONGEST_HEADING and not text.endswith((".", ":", ",", '?"', '."'))
        return BlockType.HEADING if bold and short and self.open[-1].blocks else self.type

    def _heading(self, node: Element) -> None:
        self._block(node, BlockType.HEADING)

    def _quote(self, node: Element) -> None:
        self._block(node, BlockType.QUOTE)

    def _li(self, node: Element) -> None:
        self._block(node, BlockType.LIST_ITEM)

    def _ul(self, node: Element) -> None:
        outer = self.in_link_list
        self.in_link_list = all(self._is_link(item) for item in node.iterchildren("li"))
        self._block(node, self.type)
        self.in_link_list = outer

    def _is_link(self, item: Element) -> bool:
        anchors = list(item.iter("a"))
        return len(anchors) == 1 and self.page.text(item) == self.page.text(anchors[0])

    # -- in the run of text ------------------------------------------------------------------------------------------

    def _a(self, node: Element) -> None:
        outer, self.link = self.link, node if node.get("href") else self.link
        self._inside(node)
        self.link = outer
        if node.get("href"):
            self.open[-1].links.append(
                FoundLink(node.get("href", ""), Relation.INLINE, self.page.text(node), anchor=node)
            )

    def _b(self, node: Element) -> None:
        outer, self.bold = self.bold, True
        self._inside(node)
        self.bold = outer

    def _br(self, _: Element) -> None:
        self._feed("\n")

    # -- what is left out --------------------------------------------------------------------------------------------

    def _cut(self, node: Element) -> None:
        if node.tag in BLOCKS:
            self._flush()

    def _byline(self, node: Element) -> None:
        if len(self.open) == 1:
            self._cut(node)
        else:
            self._block(node, self.type)

    def _end(self, _: Element) -> None:
        self._stop()

    def _stop(self) -> None:
        self._flush()
        self.ended = True

    def _skip(self, end: str) -> None:
        self._flush()
        self.until = end

    # -- insets ------------------------------------------------------------------------------------------------------

    def _inset(self, node: Element) -> None:
        self._open_inset()
        self._block(node, BlockType.PARAGRAPH)
        self._close_inset()

    def _open_inset(self) -> None:
        self._flush()
        self.open.append(Content())

    def _close_inset(self) -> None:
        if len(self.open) == 1:
            return
        self._flush()
        box = self.open.pop()
        title = box.blocks.pop(0).text if box.blocks and box.blocks[0].type is BlockType.HEADING else None
        text = "\n".join(block.text for block in box.blocks)
        if text or title:
            self.found.insets.append(Inset(title, text))
        self.open[-1].links += [replace(link, group_title=link.group_title or title) for link in box.links]

    def _divider(self, _: Element | None = None) -> None:
        self._flush()
        if self.fresh_line:
            return
        self.fresh_line = True
        if self.line_box is None and len(self.open) == 1:
            self._open_inset()
            self.line_box = self.open[-1]
        elif self.line_box is self.open[-1]:
            self._close_inset()
            self.line_box = None

    def _unbox(self) -> None:
        """Give back what a last, single divider seemed to set apart."""
        for box in self.open[1:]:
            kept = [block for block in box.blocks if not any(block is other for other in box.link_lists)]
            self.found.blocks += kept
            self.found.images += box.images
            self.found.links += box.links

    # -- pictures ----------------------------------------------------------------------------------------------------

    def _figure(self, node: Element) -> None:
        self._open_figure()
        self._inside(node)
        self._close_figure()

    def _open_figure(self) -> None:
        self._flush()
        self.figure = _Figure()

    def _close_figure(self) -> None:
        figure, self.figure = self.figure, None
        if figure is None:
            return
        words = figure.captions if self.region.captions else ["".join(figure.text)]
        for image in figure.images:
            image.caption = collapse(" ".join(words)) or None
            image.credit = figure.credit
            self.open[-1].images.append(image)

    def _caption(self, node: Element) -> None:
        self._flush()
        if self.figure is not None:
            self.figure.captions.append(self.page.text(node))

    def _credit(self, node: Element) -> None:
        if self.figure is not None:
            self.figure.credit = self.page.text(node) or None

    def _img(self, node: Element) -> None:
        address = node.get("src") or node.get("data-src") or ""
        if self.region.line_images and self.region.line_images.search(address):
            self._divider()
        elif not (self.region.no_pictures and self.region.no_pictures.search(address)):
            image = Image(self.page.absolute(address) if address else None, node.get("alt"))
            (self.figure.images if self.figure else self.open[-1].images).append(image)


_TAGS: dict[object, Callable[[Walk, Element], None]] = {
    **dict.fromkeys(("li", "dt", "dd"), Walk._li),
    **dict.fromkeys(("ul", "ol"), Walk._ul),
    **dict.fromkeys(("b", "strong"), Walk._b),
    **dict.fromkeys(("h1", "form", "nav", "select", "textarea", "button"), Walk._cut),
    "a": Walk._a,
    "br": Walk._br,
    "img": Walk._img,
}
"""What elements do in every region, unless its own marks say otherwise."""
