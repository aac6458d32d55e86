"""A story's contents as the state in a page's scripts has them, written as the markup that pages make of them.

Contents are nested blocks ``{"type": …, "model": {"blocks": […], "text": …}}``. As markup the rules for the page read them too:
what is text, inset or picture is decided in one place.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from newscrawl.eras.rules import values_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TAGS = {"paragraph": "p", "unorderedList": "ul", "orderedList": "ol", "listItem": "li"}
_HEADINGS = frozenset({"subheadline", "crosshead", "heading"})
_NO_TEXT = frozenset(
    {
        "headline",
        "byline",
        "subByline",
        "timestamp",
        "metadata",
        "topicList",
        "advertisement",
        "video",
        "media",
        "social",
    }
)
_PICTURES = "https://ichef.bbci.co.uk/news/1024"


def dicts_at(value: Any, *path: str) -> Iterator[dict[str, Any]]:
    """Yield the objects that stand at a path, nothing else that does."""
    return (found for found in values_at(value, *path) if isinstance(found, dict))


def text_at(value: Any, *path: str) -> str:
    """Return the first text that stands at a path, an empty one if none does."""
    return next((found for found in values_at(value, *path) if isinstance(found, str)), "")


def child(block: Any, kind: str) -> dict[str, Any]:
    """Return the first part of a block that is of this type, an empty one if there is none."""
    return next((part for part in dicts_at(block, "model", "blocks") if part.get("type") == kind), {})


def text_of(block: Any) -> str:
    """Return a block's text: its own, which headings of 2020 have outside of the model, else that of its parts."""
    own = text_at(block, "model", "text") or text_at(block, "text")
    return own or "".join(map(text_of, dicts_at(block, "model", "blocks")))


def markup(blocks: Iterable[dict[str, Any]]) -> str:
    """Return the page that the blocks of a story make."""
    return f"<main><article>{''.join(map(_markup, blocks))}</article></main>"


def _markup(block: dict[str, Any]) -> str:
    kind = text_at(block, "type")
    if kind in _NO_TEXT:
        return ""
    if kind in _HEADINGS:
        return f"<h2>{escape(text_of(block))}</h2>"
    if kind in _MAKERS:
        return _MAKERS[kind](block)
    inner = _parts(block) or escape(text_at(block, "model", "text"))
    return f"<{_TAGS[kind]}>{inner}</{_TAGS[kind]}>" if kind in _TAGS else inner


def _parts(block: dict[str, Any]) -> str:
    return "".join(map(_markup, dicts_at(block, "model", "blocks")))


def _fragment(block: dict[str, Any]) -> str:
    text = escape(text_of(block))
    return f"<b>{text}</b>" if "bold" in values_at(block, "model", "attributes") else text


def _link(block: dict[str, Any]) -> str:
    return f'<a href="{escape(text_at(block, "model", "locator"))}">{escape(text_of(block))}</a>'


def _image(block: dict[str, Any]) -> str:
    """Write a picture: one of WebCore (in ``image``, in 2020 in ``media``) has its address whole, one of bbc.com in parts."""
    shown = list(dicts_at(block, "model", "image")) or list(dicts_at(block, "model", "media"))
    raw = child(block, "rawImage")
    address = text_at(shown, "src") or _address(raw)
    alt = text_at(shown, "alt") or text_of(child(block, "altText"))
    credit = (
        text_at(block, "model", "copyright") or text_at(shown, "copyright") or text_at(raw, "model", "copyrightHolder")
    )
    caption = text_at(block, "model", "caption") or text_of(list(values_at(block, "model", "caption")))
    return (
        f'<figure><div data-component="image-block"><img src="{escape(address)}" alt="{escape(alt)}"/>'
        f"<span>{escape(credit)}</span></div>"
        f"<figcaption>{escape(caption or text_of(child(block, 'caption')))}</figcaption></figure>"
    )


def _address(raw: dict[str, Any]) -> str:
    """Return where a picture is; what has no host is on the BBC's server of pictures."""
    locator = text_at(raw, "model", "locator")
    if locator.startswith("http"):
        return locator
    if locator.startswith("ichef."):
        return "https://" + locator.replace("$width", "1024")
    return f"{_PICTURES}/{text_at(raw, 'model', 'originCode')}/{locator}" if locator else ""


def _links(block: dict[str, Any]) -> str:
    links = (_markup(child(part, "text")) for part in dicts_at(block, "model", "blocks") if part.get("type") == "link")
    title = escape(text_of(child(block, "title")))
    return f'<div data-component="links-block"><span data-testid="links-title">{title}</span>{"".join(links)}</div>'


def _box(block: dict[str, Any]) -> str:
    title, source = (escape(text_at(block, "model", name)) for name in ("title", "quoteSource"))
    text = _parts(block) or f"<p>{escape(text_at(block, 'model', 'text'))}</p>"
    return f'<div data-component="callout-block"><h2>{title}</h2>{text}<p>{source}</p></div>'


def _include(block: dict[str, Any]) -> str:
    return f'<div data-component="include-block"><div>{text_at(block, "model", "html")}</div></div>'


_MAKERS = {
    "fragment": _fragment,
    "urlLink": _link,
    "image": _image,
    "links": _links,
    "callout": _box,
    "quote": _box,
    "include": _include,
}
"""Blocks that become something of their own."""
