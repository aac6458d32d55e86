"""The rules eras are made of: each function makes one rule that reads one kind of place.

Selectors are those of ``Page.select``: begin them with a class, an id or an indexed attribute, that costs a look-up only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from newscrawl.eras import FoundLink, LinkRule, Rule
from newscrawl.items import Author

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from newscrawl.items import Relation
    from newscrawl.page import Element, Page


def has(*selectors: str) -> Rule:
    """Tell whether all of these stand on the page."""
    return Rule(
        f"has {' and '.join(selectors)}", lambda page: all(page.first(selector) is not None for selector in selectors)
    )


def any_of(*rules: Rule) -> Rule:
    """Read what the first of these that has anything has."""
    name = " or ".join(rule.name for rule in rules)
    return Rule(name, lambda page: next(filter(None, (rule.read(page) for rule in rules)), None), rules)


def always(value: Any = True) -> Rule:
    """Say the same of every page."""
    return Rule(f"always {value}", lambda _: value)


def when(condition: Rule, value: Any) -> Rule:
    """Say this value where the condition gives anything."""
    return Rule(f"{value} when {condition.name}", lambda page: value if condition.read(page) else None)


def text(selector: str) -> Rule:
    """Read the text of the first element that has any."""
    return Rule(selector, lambda page: next(filter(None, map(page.text, page.select(selector))), None))


def texts(selector: str) -> Rule:
    """Read the texts of all these elements."""
    return Rule(selector, lambda page: list(filter(None, map(page.text, page.select(selector)))))


def attribute(selector: str, name: str) -> Rule:
    """Read an attribute of the first element that has it."""
    return Rule(
        f"{selector} @{name}", lambda page: next(filter(None, (e.get(name) for e in page.select(selector))), None)
    )


def meta(name: str, form: str = "{}") -> Rule:
    """Read a ``<meta>`` by name or property, in any case; ``form`` puts it into a wider text (``/news/{}``)."""

    def read(page: Page) -> str | None:
        content = page.metas.get(name.lower())
        return form.format(content) if content else None

    return Rule(f"meta {name}", read)


def description() -> Rule:
    """Read the summary: the description, or OpenGraph's where quotation marks in the page's source have cut the former short."""

    def read(page: Page) -> str | None:
        short, whole = page.metas.get("description", ""), page.open_graph.get("description", "")
        return whole if whole.startswith(short.strip()) else short

    return Rule("meta Description", read)


def meta_is(name: str, values: Mapping[str, Any]) -> Rule:
    """Say what the table has for a ``<meta>``'s value; nothing for values that are not in it."""
    return Rule(f"meta {name}", lambda page: values.get(page.metas.get(name.lower(), "").strip()))


def json_ld(*path: str, types: frozenset[str] = frozenset()) -> Rule:
    """Read the values at a path of keys in the page's JSON-LD, in every part of a list; ``types`` limits the objects to begin at."""

    def read(page: Page) -> list[Any]:
        found = [part for part in page.json_ld if not types or types & _types(part)]
        return list(values_at(found, *path))

    return Rule(f"json-ld {'.'.join(path)}", read)


def state(variable: str, *path: str | int) -> Rule:
    """Read the values at a path in the state that a script holds (``__NEXT_DATA__``, ``window.X``), as ``json_ld`` does.

    A number in the path takes that part of a list only, ``name*`` every key that begins so.
    """

    def read(page: Page) -> list[Any]:
        return list(values_at(page.embedded_state(variable), *path))

    return Rule(f"{variable} {'.'.join(map(str, path))}", read)


def _types(part: Mapping[str, Any]) -> set[str]:
    stated = part.get("@type") or ()
    return {stated} if isinstance(stated, str) else set(stated)


def values_at(value: Any, *path: str | int) -> Iterator[Any]:
    """Yield what stands at a path in parsed JSON, whatever that is made of; see ``state``."""
    if isinstance(value, list) and not (path and isinstance(path[0], int)):
        for part in value:
            yield from values_at(part, *path)
    elif not path:
        yield from () if value is None else (value,)
    elif isinstance(value, list):
        yield from values_at(value[int(path[0]) :][:1], *path[1:])
    elif isinstance(value, dict):
        key = str(path[0])
        keys = [name for name in value if name.startswith(key[:-1])] if key.endswith("*") else [key]
        for name in keys:
            yield from values_at(value.get(name), *path[1:])


def after(mark: str, end: str = "&") -> Rule:
    """Read what stands in the page's source between two strings: for values in addresses (escaped or not) and scripts."""

    def read(page: Page) -> str | None:
        start = page.body.find(mark.encode())
        stop = page.body.find(end.encode(), start + len(mark)) if start >= 0 else -1
        return unquote(page.body[start + len(mark) : stop].decode("ascii", "replace")) if stop >= 0 else None

    return Rule(f"after {mark}", read)


def bylines(where: str, name: str, role: str, *, outside: tuple[str, ...] = ()) -> Rule:
    """Read the authors: in each element ``where`` (not inside an element ``outside``) the names and the role below them."""

    def read(page: Page) -> list[Author]:
        barred = {element for selector in outside for element in page.select(selector)}
        return [
            Author(page.text(named), _first_text(page, element, role))
            for element in page.select(where)
            if barred.isdisjoint(element.iterancestors())
            for named in page.select(name, element)
        ]

    return Rule(where, read)


def _first_text(page: Page, element: Element, selector: str) -> str | None:
    return next(filter(None, map(page.text, page.select(selector, element))), None)


def block(
    relation: Relation,
    where: str,
    *,
    items: str = "li a",
    title: str | None = None,
    outer: str | None = None,
    inner: str | None = None,
    by_heading: Mapping[str, Relation] | None = None,
    updated: Callable[[Element], str | None] | None = None,
) -> LinkRule:
    """Read a block of links, wherever ``where`` finds one.

    ``items`` finds the anchors in it, ``title`` the link's own title inside an anchor (without it: all the anchor's text).
    ``outer`` finds the block's heading, ``inner`` the headings inside it, each of them for the links after it; what comes after
    a heading that is itself one of the items has none. ``by_heading`` names headings (lower case) whose links have another relation. ``updated``
    tells from an anchor when its target was last changed.
    """

    def read(page: Page) -> Iterator[FoundLink]:
        for element in page.select(where):
            name = outer and _first_text(page, element, outer)
            for anchor, heading in _under_headings(page, element, items, inner):
                yield FoundLink(
                    href=anchor.get("href", ""),
                    relation=(by_heading or {}).get((heading or name or "").lower(), relation),
                    text=(title and _first_text(page, anchor, title)) or page.text(anchor),
                    group_title=" / ".join(filter(None, (name, heading))) or None,
                    anchor=anchor,
                    updated=updated and updated(anchor),
                )

    return LinkRule(f"{relation} {where}", read)


def _under_headings(page: Page, block: Element, items: str, inner: str | None) -> Iterator[tuple[Element, str | None]]:
    anchors = page.select(items, block)
    if inner is None:
        yield from ((anchor, None) for anchor in anchors)
        return
    heading: str | None = None
    wanted = set(anchors)
    for element in page.select(f"{items}, {inner}", block):
        if element in wanted:
            yield element, heading
        else:
            heading = (page.text(element) or None) if wanted.isdisjoint(element.iter("a")) else None
