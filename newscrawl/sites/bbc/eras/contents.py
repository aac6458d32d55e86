"""A story's contents as the state in a page's scripts has them, written as the markup that pages make of them.

Contents are nested blocks ``{"type": …, "model": {"blocks": […], "text": …}}``. As markup the rules for the page read them too:
what is text, inset or picture is decided in one place.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from newscrawl.eras.rules import values_at

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def child(model: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the first part of a block's model that is of this type, an empty one if there is none."""
    return next((block for block in values_at(model, "blocks") if block.get("type") == kind), {})


def text_of(block: Any) -> str:
    """Return a block's text: its own, which headings of 2020 have outside of the model, else that of its parts."""
    if not isinstance(block, dict):
        return block if isinstance(block, str) else ""
    model = block.get("model") or {}
    own = model.get("text") or block.get("text")
    return own if isinstance(own, str) else "".join(map(text_of, values_at(model, "blocks")))


def markup(blocks: Iterable[dict[str, Any]]) -> str:
    """Return the page that the blocks of a story make."""
    return f"<main><article>{''.join(map(_markup, blocks))}</article></main>"


def _markup(block: dict[str, Any]) -> str:
    kind, model = str(block.get("type")), block.get("model") or {}
    if kind in _NO_TEXT:
        return ""
    if kind in _HEADINGS:
        return f"<h2>{escape(text_of(block))}</h2>"
    if kind in _MAKERS:
        return _MAKERS[kind](model)
    inner = "".join(map(_markup, values_at(model, "blocks"))) or escape(model.get("text") or "")
    return f"<{_TAGS[kind]}>{inner}</{_TAGS[kind]}>" if kind in _TAGS else inner


def _fragment(model: dict[str, Any]) -> str:
    text = escape(model.get("text") or "")
    return f"<b>{text}</b>" if "bold" in (model.get("attributes") or ()) else text


def _link(model: dict[str, Any]) -> str:
    return f'<a href="{escape(str(model.get("locator")))}">{escape(text_of({"model": model}))}</a>'


def _image(model: dict[str, Any]) -> str:
    shown = model.get("image") or model.get("media") or {}
    raw = child(model, "rawImage").get("model") or {}
    address = shown.get("src") or _address(raw)
    alt = shown.get("alt") or text_of(child(model, "altText"))
    credit = model.get("copyright") or shown.get("copyright") or raw.get("copyrightHolder") or ""
    caption = text_of(model.get("caption")) or text_of(child(model, "caption"))
    return (
        f'<figure><div data-component="image-block"><img src="{escape(address)}" alt="{escape(alt)}"/>'
        f"<span>{escape(credit)}</span></div><figcaption>{escape(caption)}</figcaption></figure>"
    )


def _address(raw: dict[str, Any]) -> str:
    """Return where a picture is; what has no host is on the BBC's server of pictures."""
    locator = str(raw.get("locator") or "")
    if locator.startswith("http"):
        return locator
    if locator.startswith("ichef."):
        return "https://" + locator.replace("$width", "1024")
    return f"{_PICTURES}/{raw.get('originCode')}/{locator}" if locator else ""


def _links(model: dict[str, Any]) -> str:
    links = "".join(_markup(block) for block in values_at(model, "blocks") if block.get("type") == "link")
    title = escape(text_of(child(model, "title")))
    return f'<div data-component="links-block"><span data-testid="links-title">{title}</span>{links}</div>'


def _card(model: dict[str, Any]) -> str:
    return _markup(child(model, "text"))


def _box(model: dict[str, Any]) -> str:
    title = f"<h2>{escape(model['title'])}</h2>" if isinstance(model.get("title"), str) else ""
    text = "".join(map(_markup, values_at(model, "blocks"))) or f"<p>{escape(model.get('text') or '')}</p>"
    source = model.get("quoteSource")
    return f'<div data-component="callout-block">{title}{text}<p>{escape(source) if source else ""}</p></div>'


def _include(model: dict[str, Any]) -> str:
    return f'<div data-component="include-block"><div>{model.get("html") or ""}</div></div>'


_MAKERS = {
    "fragment": _fragment,
    "urlLink": _link,
    "image": _image,
    "links": _links,
    "link": _card,
    "callout": _box,
    "quote": _box,
    "include": _include,
}
"""Blocks that become something of their own."""
