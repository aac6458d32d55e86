"""From bytes to a tree, of pages that nest elements without end too."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import Any, cast

from lxml import etree

Element = etree._Element

DEEP = 80
"""Levels below which an element that repeats an open one is left out of a page that nests too deep; whole pages have up to 40."""

DEEPEST = 600
"""Levels below which every other one is too: at 2,048 libxml2 gives up for good, and what follows is lost, text and all."""

_BLOCKS = """
address article aside blockquote caption center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li
main nav ol p pre section table tbody td tfoot th thead tr ul
"""
BLOCKS = frozenset(_BLOCKS.split())
"""Elements that stand on lines of their own."""

_EMPTY = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
"""Elements without an end tag."""

_BRIEF = frozenset({"p", "li", "dt", "dd", "tr", "td", "th"})
"""Elements that the next of their kind ends: they do not nest by themselves, and are left out only where they hold nothing."""

_VERBATIM = frozenset({"script", "style", "iframe", "noembed", "noframes", "xmp"})
"""Elements in which no character is escaped."""


def parse(body: bytes) -> Element:
    """Return the root of a page in UTF-8, whatever it is made of; an empty ``<html>`` if there is nothing to parse."""
    parser = etree.HTMLParser(encoding="utf-8", remove_pis=True)
    root = _parsed(body, parser)
    if any(
        error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log
    ):  # 256 levels are its own limit
        root = _parsed(_flattened(body), etree.HTMLParser(encoding="utf-8", huge_tree=True))
    return etree.Element("html") if root is None else root


def parse_xml(body: bytes, encoding: str | None) -> Element:
    """Return the root of an XML document, however damaged; an empty element ``none`` where there is no element in it.

    ``encoding`` None: the one that the document declares.
    """
    # recovers from bare ampersands; never fetches nor expands what a document names
    parser = etree.XMLParser(encoding=encoding, recover=True, resolve_entities=False, no_network=True, remove_pis=True)
    try:
        root = etree.fromstring(_REFERENCE.sub(_whole_character, body), parser)
    except etree.XMLSyntaxError:  # even recovering, the parser found no element
        root = None
    return etree.Element("none") if root is None else root


_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]{1,9})|([0-9]{1,9}));", re.IGNORECASE)
HALF_CHARACTERS = range(0xD800, 0xE000)


def _whole_character(reference: re.Match[bytes]) -> bytes:
    """Return a character reference, without that to half a character: a recovering parser lets it into names, unreadable."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return b"" if code in HALF_CHARACTERS else reference[0]


def _parsed(body: bytes, parser: etree.HTMLParser) -> Element | None:
    try:
        return etree.fromstring(body, parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _flattened(body: bytes) -> bytes:
    """Return the page without the elements that stand too deep, but with all that they hold."""
    target: Any = _Flat()  # declared as for text that may be bytes too; lxml hands over none
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    return cast("bytes", etree.fromstring(body, parser))


@dataclass(slots=True)
class _Tag:
    """An open element, and what came of it."""

    source: str
    written: bool = False
    counted: bool = False
    """Whether it makes the tree deeper."""


class _Flat:
    """Writes down what a parser tells, and does so in a page of bounded depth.

    A tag that is opened again and again and never closed tells nothing new: the text it seems to hold stands where it would
    stand without it.
    """

    def __init__(self) -> None:
        self._written: list[str] = []
        self._open: list[_Tag] = []
        self._kept: Counter[str] = Counter()
        self._depth = 0
        self._waiting: list[_Tag] = []
        """Brief elements that hold nothing yet."""
        self._apart = False
        self._verbatim = False

    def start(self, tag: str, attrib: dict[str, str]) -> None:
        source = " ".join((f"<{tag}", *(f'{name}="{escape(value)}"' for name, value in attrib.items()))) + ">"
        self._open.append(own := _Tag(source))
        if tag in _BRIEF:
            self._wait(own)
        elif self._depth < (DEEP if self._kept[source] else DEEPEST):
            self._write(own)
            own.counted = True
            self._kept[source] += 1
            self._depth += 1
        else:
            self._part(tag)
        self._verbatim = tag in _VERBATIM

    def end(self, tag: str) -> None:
        own = self._open.pop()
        self._waiting = [waiting for waiting in self._waiting if waiting is not own]
        if not own.written:
            self._part(tag)
        elif tag not in _EMPTY:
            self._written.append(f"</{tag}>")
        if own.counted:
            self._kept[own.source] -= 1
            self._depth -= 1
        self._verbatim = False

    def data(self, data: str) -> None:
        if not data.isspace():
            self._come()
        self._written.append(data if self._verbatim else escape(data, quote=False))

    def comment(self, text: str) -> None:
        self._come()
        self._written.append(f"<!--{text}-->")

    def close(self) -> bytes:
        return "".join(self._written).encode("utf-8", "replace")

    def _wait(self, own: _Tag) -> None:
        """Write a brief element only when it holds something; the next of its kind ends it."""
        like = (place for place, waiting in enumerate(self._waiting) if waiting.source == own.source)
        self._waiting = [*self._waiting[: next(like, len(self._waiting))], own]

    def _come(self) -> None:
        """Write what has waited for something to come."""
        waiting, self._waiting = self._waiting, []
        if self._apart and not waiting:
            self._written.append("<br>")
        self._apart = False
        for own in waiting:
            self._write(own)

    def _write(self, own: _Tag) -> None:
        self._come()
        self._written.append(own.source)
        own.written = True

    def _part(self, tag: str) -> None:
        """Keep the texts before and after a block apart, once there is one after it."""
        self._apart = self._apart or tag in BLOCKS
