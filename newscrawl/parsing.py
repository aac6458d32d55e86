"""From bytes to a tree, of pages that nest elements without end too."""

from __future__ import annotations

from collections import Counter
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
"""Elements that the next of their kind ends; they are never left out, for they do not nest by themselves."""

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


class _Flat:
    """Writes down what a parser tells, and does so in a page of bounded depth.

    A tag that is opened again and again and never closed tells nothing new: the text it seems to hold stands where it would
    stand without it.
    """

    def __init__(self) -> None:
        self._written: list[str] = []
        self._open: list[str | None] = []
        """The start tags of what is open; None for an element that was left out."""
        self._kept: Counter[str] = Counter()
        self._depth = 0
        self._verbatim = False

    def start(self, tag: str, attrib: dict[str, str]) -> None:
        own = " ".join((f"<{tag}", *(f'{name}="{escape(value)}"' for name, value in attrib.items()))) + ">"
        keep = tag in _BRIEF or self._depth < (DEEP if self._kept[own] else DEEPEST)
        self._open.append(own if keep else None)
        if keep:
            self._kept[own] += 1
            self._depth += tag not in _BRIEF
        self._written.append(own if keep else _gap(tag))
        self._verbatim = tag in _VERBATIM

    def end(self, tag: str) -> None:
        own = self._open.pop()
        if own is None:
            self._written.append(_gap(tag))
        else:
            self._kept[own] -= 1
            self._depth -= tag not in _BRIEF
            self._written.append("" if tag in _EMPTY else f"</{tag}>")
        self._verbatim = False

    def data(self, data: str) -> None:
        self._written.append(data if self._verbatim else escape(data, quote=False))

    def comment(self, text: str) -> None:
        self._written.append(f"<!--{text}-->")

    def close(self) -> bytes:
        return "".join(self._written).encode("utf-8", "replace")


def _gap(tag: str) -> str:
    """Return what keeps the texts before and after a block apart."""
    return "<br>" if tag in BLOCKS else ""
