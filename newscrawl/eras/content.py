"""What a region's text, pictures and boxes become, taken in document order: blocks of the body, images, insets, links."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from newscrawl.items import Block, BlockType, Image, Inset
from newscrawl.processors import collapse

if TYPE_CHECKING:
    from newscrawl.eras import FoundLink
    from newscrawl.page import Element

_LONGEST_HEADING = 100
"""Characters; a bold paragraph that is longer, or ends as a sentence does, is an emphasis and no heading."""
_SENTENCE_ENDS = (".", ":", ",", ";", '."', '?"', '!"', "\u3002")


@dataclass(slots=True)
class Content:
    """What a region holds, or an inset while it is being read; each in reading order."""

    blocks: list[Block] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    insets: list[Inset] = field(default_factory=list)
    links: list[FoundLink] = field(default_factory=list)
    only_links: set[int] = field(default_factory=set)
    """Places among an inset's blocks of those that are nothing but a link: text there, but none in a body."""


@dataclass(slots=True)
class _Figure:
    images: list[Image] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    credit: str | None = None


class Style(NamedTuple):
    """What is so of all text inside an element."""

    type: BlockType | None = None
    """Of the block it belongs to; None: it stands in no paragraph, item, heading or quote."""
    link: Element | None = None
    """The link it stands in."""
    bold: bool = False
    in_link_list: bool = False


class _Piece(NamedTuple):
    text: str
    style: Style


class Sheet:
    """Takes what comes, in order; ``finished`` gives what came of it."""

    def __init__(self, *, captions_marked: bool, loose_text: bool) -> None:
        self._captions_marked = captions_marked
        """Whether captions are told by ``add_caption``; if not, all of a figure's text is its caption."""
        self._loose_text = loose_text
        """Whether text of no type is body."""
        self._found = Content()
        self._open = [self._found]
        """The region's content and the insets being read, the innermost last."""
        self._figure: _Figure | None = None
        self._pieces: list[_Piece] = []
        self._line_box: Content | None = None
        self._fresh_line = False
        self.style = Style()
        """Of what comes next."""

    @property
    def in_inset(self) -> bool:
        """Whether what comes belongs to an inset."""
        return len(self._open) > 1

    def finished(self) -> Content:
        """Return the region's content; what a last, single line seemed to set apart is text again."""
        self.end_block()
        for box in self._open[1:]:
            self._found.blocks += [block for place, block in enumerate(box.blocks) if place not in box.only_links]
            self._found.images += box.images
            self._found.links += box.links
        return self._found

    def add_text(self, text: str) -> None:
        """Continue the current block, or the figure being read."""
        if self._figure is not None:
            self._figure.text.append(text)
        else:
            self._pieces.append(_Piece(text, self.style))

    def add_link(self, link: FoundLink) -> None:
        """Note a link."""
        self._open[-1].links.append(link)

    def end_block(self) -> None:
        """End the current block, if there is one. A paragraph or list that is nothing but links is no body."""
        pieces = self._pieces
        if not pieces:
            return
        self._pieces = []
        text = collapse("".join(piece.text for piece in pieces))
        if not text or (self.style.type is None and not self._loose_text and not self.in_inset):
            return
        self._fresh_line = False
        told = [piece for piece in pieces if piece.text.strip()]
        kind = self._kind(told, text)
        here = self._open[-1]
        if (self.style.in_link_list and kind is BlockType.LIST_ITEM) or (
            kind is BlockType.PARAGRAPH and _is_link(told)
        ):
            if not self.in_inset:
                return
            here.only_links.add(len(here.blocks))
        here.blocks.append(Block(kind, text))

    def _kind(self, pieces: list[_Piece], text: str) -> BlockType:
        """Return the block's type: a short bold paragraph, unless a text or a box begins with it, is a heading."""
        kind = self.style.type or BlockType.PARAGRAPH
        bold = kind is BlockType.PARAGRAPH and all(piece.style.bold for piece in pieces)
        short = len(text) <= _LONGEST_HEADING and not text.endswith(_SENTENCE_ENDS)
        begins = not self._open[-1].blocks and self._open[-1] is not self._line_box
        return BlockType.HEADING if bold and short and not begins else kind

    def begin_inset(self) -> None:
        """Take what comes as an inset's."""
        self.end_block()
        self._open.append(Content())

    def end_inset(self) -> None:
        """End the innermost inset. The heading it begins with is its title, and that of its links' group."""
        self.end_block()
        if not self.in_inset:
            return
        box = self._open.pop()
        title = box.blocks.pop(0).text if box.blocks and box.blocks[0].type is BlockType.HEADING else None
        text = "\n".join(block.text for block in box.blocks)
        if text or title:
            self._found.insets.append(Inset(title, text))
        self._open[-1].links += [replace(link, group_title=link.group_title or title) for link in box.links]

    def add_line(self) -> None:
        """Begin an inset at a line across the text, or end the one that a line began. Two lines on end are one."""
        self.end_block()
        if self._fresh_line:
            return
        self._fresh_line = True
        if self._line_box is None and not self.in_inset:
            self.begin_inset()
            self._line_box = self._open[-1]
        elif self._line_box is self._open[-1]:
            self.end_inset()
            self._line_box = None

    def begin_figure(self) -> None:
        """Take what comes as a picture's."""
        self.end_block()
        self._figure = _Figure()

    def end_figure(self) -> None:
        """End the picture; one that also stands in its own ``<noscript>`` counts once."""
        figure, self._figure = self._figure, None
        if figure is None:
            return
        caption = collapse(" ".join(figure.captions) if self._captions_marked else "".join(figure.text))
        shown = list({image.url: image for image in figure.images}.values())
        for image in shown:
            image.caption, image.credit = caption or None, figure.credit
        self._open[-1].images += shown

    def add_image(self, image: Image) -> None:
        """Note a picture, in a figure or by itself."""
        (self._open[-1] if self._figure is None else self._figure).images.append(image)

    def add_caption(self, text: str) -> None:
        """Take a caption; outside of figures it is a video's, say, and left out."""
        self.end_block()
        if self._figure is not None:
            self._figure.captions.append(text)

    def add_credit(self, text: str) -> None:
        """Take a picture's credit."""
        if self._figure is not None:
            self._figure.credit = text or None


def _is_link(pieces: list[_Piece]) -> bool:
    """Whether all the text stands in one link."""
    link = pieces[0].style.link
    return link is not None and all(piece.style.link is link for piece in pieces)
