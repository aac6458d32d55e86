"""Page records as JSON and back, for files that outlive the process and the version that wrote them."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from newscrawl.items import Index, Story
from newscrawl.storage.documents import plain
from newscrawl.storage.records import PageRecord

if TYPE_CHECKING:
    from cattrs import Converter

    from newscrawl.items import Visit

Document = dict[str, Any]

PAGES: dict[str, type[Story | Index]] = {"story": Story, "index": Index}


def to_document(value: PageRecord | Visit) -> Document:
    """Return a record as a document for :func:`to_line`: what is None is left out, ``page`` says in ``type`` what it is."""
    document: Document = plain(value)
    if isinstance(value, PageRecord) and value.page is not None:
        document["page"]["type"] = type(value.page).__name__.lower()
    return document


def to_line(document: Document) -> bytes:
    """Return a document as one line of ASCII; so half a character, which UTF-8 cannot express, is kept too."""
    return json.dumps(document, default=_other, separators=(",", ":")).encode("ascii") + b"\n"


def _other(value: object) -> str:
    """Return a time in ISO 8601. What no field is meant to hold is only shown: that is why its page was refused."""
    return value.isoformat() if isinstance(value, datetime) else repr(value)


def from_document(document: Document, kind: type[Any] = PageRecord) -> Any:
    """Return the record, or another dataclass of ``items``, that a document describes; fields it does not know are left out.

    Raises ValueError, TypeError or LookupError where it does not describe one.
    """
    return _converter().structure(document, kind)


@cache
def _converter() -> Converter:
    from cattrs import Converter  # a twentieth of a second, and hardly ever needed

    converter = Converter(detailed_validation=False)
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_structure_hook(
        Story | Index | None, lambda page, _: converter.structure(page, PAGES[page["type"]]) if page else None
    )
    return converter
