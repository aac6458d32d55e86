"""One response as the rules see it: parsed once, looked up by class, id or data attribute."""

from __future__ import annotations

import json
import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urljoin

from cssselect import HTMLTranslator
from lxml import etree

from newscrawl.parsing import BLOCKS, Element, parse, parse_xml
from newscrawl.processors import can_decode, charset, collapse, whole_escapes

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BLOCKS", "INDEXED", "SILENT", "Element", "Page"]

INDEXED = ("data-component", "data-testid", "data-block", "data-e2e", "data-entityid")
"""Attributes whose values can be looked up without a search, like classes and ids."""

SILENT = frozenset({"script", "style", "noscript", "template", "iframe", "object", "head"})
"""Elements whose text no reader sees."""

_FEED_ROOTS = (b"<rss", b"<rdf:rdf", b"<feed", b"<urlset", b"<sitemapindex")

_NEW_LINE = "\u2028"
"""Stands where a line ends on the screen, which it need not do in the source."""


class Page:
    """One response. Nothing here raises for bad bytes: what cannot be read gives an empty tree."""

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        self.body = body
        self.url = url
        self.content_type = content_type
        self.problems: list[str] = []
        """What of the page itself was malformed, as "part: reason"."""
        self.memo: dict[object, Any] = {}
        """What rules have already worked out for this page."""
        self._hidden: set[Element] = set()

    @cached_property
    def charset(self) -> str:
        """The encoding that really decodes the bytes, whatever is declared (see ``processors.charset``)."""
        return charset(self.body, self.content_type)

    @cached_property
    def markup(self) -> str:
        """The whole response as text."""
        return self.body.decode(self.charset, "replace").replace("\0", "")

    @cached_property
    def tree(self) -> Element:
        """The root element; an empty ``<html>`` if there is nothing to parse."""
        clean = self.charset == "utf-8" and can_decode(self.body, "utf-8")
        body = self.body.replace(b"\0", b"") if clean else self.markup.encode("utf-8", "replace")
        root = parse(body)
        title = next(root.iter("title"), None)
        if title is not None and "<" in (title.text or ""):  # a title that is never closed has swallowed the page
            start = body.lower().find(b"<title")
            return parse(body[:start] + b"<span" + body[start + len(b"<title") :])
        return root

    @cached_property
    def xml(self) -> Element:
        """The root element of a feed or sitemap; an empty one of another name where the response is none."""
        head = self.body[:2000].lower()
        if not any(name in head for name in _FEED_ROOTS):
            return etree.Element("none")
        # bytes that decode nowhere would stand in names and texts; what decodes is read as the document declares it
        clean = can_decode(self.body, "utf-8")
        body = self.body if clean else self.markup.encode("utf-8", "replace")
        return parse_xml(body.lstrip(), None if clean else "utf-8")

    @cached_property
    def index(self) -> dict[str, list[Element]]:
        """``.class``, ``#id`` and ``[attribute=value]`` (those of ``INDEXED``) to the elements that have it, in document order."""
        found: dict[str, list[Element]] = {}
        for element in self.tree.iter("*"):
            for name, value in cast("list[tuple[str, str]]", element.items()):
                if name == "class":
                    for part in value.split():
                        found.setdefault("." + part, []).append(element)
                elif name == "id":
                    found.setdefault("#" + value, []).append(element)
                elif name in INDEXED:
                    found.setdefault(f"[{name}={value}]", []).append(element)
        return found

    def select(self, selector: str, within: Element | None = None) -> list[Element]:
        """Return what a CSS selector finds, in document order.

        A selector that starts with classes, ids or ``INDEXED`` attributes (``.story-related li > a``) is looked up and only
        what follows is searched for in there; any other searches the whole page, which takes 0.3 ms. With ``within`` it
        searches below that element and may begin with ``>``.
        """
        if within is not None:
            return _run(_xpath(selector), within)
        plan = _plan(selector)
        if plan is None:
            return _run(_xpath(selector), self.tree)
        heads = [element for element in self._having(plan) if not plan.tag or element.tag == plan.tag]
        if not plan.rest:
            return heads
        found = [element for head in heads for element in _run(_xpath(plan.rest), head)]
        return found if len(heads) == 1 else list(dict.fromkeys(found))

    def first(self, selector: str, within: Element | None = None) -> Element | None:
        """Return the first element that ``select`` finds, None if there is none."""
        return next(iter(self.select(selector, within)), None)

    def _having(self, plan: _Plan) -> list[Element]:
        if not plan.tokens:
            return list(self.tree.iter(plan.tag))
        found = self.index.get(plan.tokens[0], [])
        for token in plan.tokens[1:]:
            others = set(self.index.get(token, ()))
            found = [element for element in found if element in others]
        return found

    def hide(self, *selectors: str) -> None:
        """Leave these elements out of every ``text`` from now on: icons, labels for screen readers."""
        self._hidden.update(element for selector in selectors for element in self.select(selector))

    def is_silent(self, node: Element) -> bool:
        """Whether a node shows no text: comments, scripts, hidden elements."""
        return not isinstance(node.tag, str) or node.tag in SILENT or node in self._hidden

    def text(self, element: Element) -> str:
        """Return the text a reader sees in an element, white space collapsed."""
        return collapse("".join(self._pieces(element)) if len(element) else element.text or "")

    def lines(self, element: Element) -> list[str]:
        """Return the text a reader sees in an element line by line, white space collapsed, no empty ones."""
        return list(filter(None, map(collapse, "".join(self._pieces(element)).split(_NEW_LINE))))

    def _pieces(self, element: Element) -> list[str]:
        """Return the texts in reading order; with a stack of its own, for pages nest deeper than Python calls may."""
        pieces = [element.text or ""]
        add = pieces.append
        outer: list[tuple[Iterator[Element], str, str | None]] = []
        children: Iterator[Element] = iter(element)
        while True:
            for child in children:
                if self.is_silent(child):
                    add(child.tail or "")
                    continue
                apart = _NEW_LINE if child.tag in BLOCKS or child.tag == "br" else ""
                add(apart + (child.text or ""))
                if len(child):
                    outer.append((children, apart, child.tail))
                    children = iter(child)
                    break
                add(apart + (child.tail or ""))
            else:
                if not outer:
                    return pieces
                children, apart, tail = outer.pop()
                add(apart + (tail or ""))

    def absolute(self, href: str) -> str:
        """Return an address as the page means it; one that cannot be joined comes back as it is."""
        href = href.strip()
        if href.startswith(("http://", "https://")):
            return href
        if href.startswith("/") and not href.startswith("//") and "/." not in href:
            return self._origin + href
        try:
            return urljoin(self._base, href)
        except ValueError:
            return href

    @cached_property
    def _base(self) -> str:
        element = next(self.tree.iter("base"), None)
        try:
            return urljoin(self.url, (element.get("href") or "").strip()) if element is not None else self.url
        except ValueError:
            return self.url

    @cached_property
    def _origin(self) -> str:
        """What an address that begins with ``/`` is put after: most of a page's links do, and a join takes 20 µs."""
        return urljoin(self._base, "/").removesuffix("/")

    @cached_property
    def metas(self) -> dict[str, str]:
        """``<meta>`` name or property in lower case to its content; the first that says anything."""
        found: dict[str, str] = {}
        for element in self.tree.iter("meta"):
            name = element.get("name") or element.get("property") or ""
            content = element.get("content") or element.get("value") or ""
            if name and content.strip():
                found.setdefault(name.lower(), content)
        return found

    @cached_property
    def open_graph(self) -> dict[str, str]:
        """The OpenGraph metas without their prefix: ``title``, ``url``, ``image``."""
        return {name[3:]: content for name, content in self.metas.items() if name.startswith("og:")}

    @cached_property
    def rels(self) -> dict[str, list[str]]:
        """``<link>`` relation (``canonical``, ``amphtml``, ``alternate``) to the addresses it gives, absolute."""
        found: dict[str, list[str]] = {}
        for element in self.tree.iter("link"):
            for rel in (element.get("rel") or "").lower().split():
                found.setdefault(rel, []).append(self.absolute(element.get("href") or ""))
        return found

    @cached_property
    def json_ld(self) -> list[dict[str, Any]]:
        """Every JSON-LD object of the page, ``@graph`` and lists flattened; malformed ones are among ``problems``."""
        scripts = (e for e in self.tree.iter("script") if "ld+json" in (e.get("type") or ""))
        return [found for script in scripts for found in _objects(self._json("json-ld", script.text or ""))]

    def embedded_state(self, name: str) -> Any:
        """Return the JSON of ``<script id=name>``, or what a script assigns to ``window.name``; None if there is neither.

        The value may be an object literal or a quoted JSON string; it is parsed once.
        """
        if name not in self.memo:
            self.memo[name] = self._state(name)
        return self.memo[name]

    def _state(self, name: str) -> Any:
        assigned = re.compile(rf"\b{re.escape(name)}\s*=\s*(?=[{{\[\"])")
        for script in self.tree.iter("script"):
            text = script.text or ""
            if script.get("id") == name:
                return self._json(name, text)
            if name in text and (found := assigned.search(text)):
                return self._json(name, text[found.end() :])
        return None

    def _json(self, part: str, text: str) -> Any:
        try:
            value = _DECODER.raw_decode(whole_escapes(text.strip()))[0]
            return _DECODER.raw_decode(value)[0] if isinstance(value, str) else value
        except (ValueError, RecursionError) as error:
            self.problems.append(f"{part}: {error}")
            return None


_DECODER = json.JSONDecoder(strict=False)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for part in value:
            yield from _objects(part)
    elif isinstance(value, dict):
        yield value
        yield from _objects(value.get("@graph"))


class _Plan(NamedTuple):
    """A selector split into what the index answers and what is searched for below that."""

    tag: str | None
    tokens: tuple[str, ...]
    rest: str


_TOKEN = r"""[.#][\w-]+|\[[\w-]+=(?:"[^"]*"|'[^']*'|[^\]"']*)\]"""  # noqa: S105
_HEAD = re.compile(rf"([a-z][a-z0-9]*)?((?:{_TOKEN})*)(?=\s|>|$)\s*(.*)", re.DOTALL)


@lru_cache(maxsize=2048)
def _plan(selector: str) -> _Plan | None:
    found = _HEAD.fullmatch(selector)
    if found is None or "," in selector:
        return None
    tokens = tuple(token.replace('"', "").replace("'", "") for token in re.findall(_TOKEN, found[2]))
    known = all(token[0] != "[" or token[1:].partition("=")[0] in INDEXED for token in tokens)
    return _Plan(found[1], tokens, found[3]) if known and (found[1] or tokens) else None


@lru_cache(maxsize=2048)
def _xpath(selector: str) -> etree.XPath:
    child = selector.startswith(">")
    prefix = "child::" if child else "descendant::"
    return etree.XPath(HTMLTranslator().css_to_xpath(selector.removeprefix(">").strip(), prefix=prefix))


def _run(xpath: etree.XPath, element: Element) -> list[Element]:
    return cast("list[Element]", xpath(element))
