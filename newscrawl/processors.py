"""Pure functions from what a page says to what an item holds. They import nothing of newscrawl and never look at a page."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

if TYPE_CHECKING:
    from collections.abc import Iterable

_HIDDEN_LABEL = re.compile(r"^(?:Image|Media) (?:caption|source|copyright)\b[,:]?\s*", re.IGNORECASE)
_BY = re.compile(r"^(?:(?:analysis|report|review|words|written|story)\s+)?by\b[:\s]*(?:the BBC's\s+)?", re.IGNORECASE)
_NAMES = re.compile(r"\s*(?:,|;|&|\band\b)\s*")
_BBC = re.compile(r"BBC(?: (?:News|Sport)(?: (?:online|website))?)?$", re.IGNORECASE)
_BBC_UNIT = re.compile(r"BBC\b")
_EPOCH = re.compile(r"\d{9,13}")
_DATE = re.compile(
    r"(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[T ]+(\d\d?:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?"
)
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")
_MILLISECONDS_FROM = 10**11  # in seconds the year 5138, in milliseconds 1973
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_HALF_ESCAPE = re.compile(f"{_HIGH}(?!{_LOW})|(?<!{_HIGH}){_LOW}")
_FOLDED = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u0060\u00b4\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None),
        **dict.fromkeys("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", None),
        "\u2026": "...",
    }
)
"""Kinds of quotation mark and dash, and characters that take no room, those that direct text included."""


def charset(body: bytes, content_type: str | None = None) -> str:
    """Return the name of the encoding that decodes the bytes: a BOM's, UTF-8 if they are that, the declared one, windows-1252.

    UTF-8 goes before what is declared: archived copies declare iso-8859-1 and are UTF-8, and text in a single-byte
    encoding is practically never valid UTF-8. A few broken bytes in UTF-8 do not make it something else.
    """
    for bom, name in ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16")):
        if body.startswith(bom):
            return name
    if _is_utf8(body):
        return "utf-8"
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    stated = resolve_encoding(declared) if declared else None
    return stated if stated and can_decode(body, stated) else "cp1252"


def _is_utf8(body: bytes) -> bool:
    if can_decode(body, "utf-8"):
        return True
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return 0 < broken <= beyond_ascii - broken


def can_decode(body: bytes, name: str) -> bool:
    """Whether the bytes are text in that encoding."""
    try:
        body.decode(name)
    except (UnicodeError, LookupError):
        return False
    return True


def whole_escapes(text: str) -> str:
    """Return JSON text with U+FFFD for every escaped half of a character whose other half is missing.

    JSON may hold such halves (RFC 8259, 8.2); no text that is to be stored as UTF-8 can.
    """
    return _HALF_ESCAPE.sub(r"\\ufffd", text) if "\\ud" in text or "\\uD" in text else text


def collapse(text: str) -> str:
    """Return the text with every run of white space (no-break spaces too) as one space, none at the ends."""
    return " ".join(text.split())


def plain(text: str) -> str:
    """Collapse what stands in metadata or JSON, where entities are often escaped twice."""
    return collapse(html.unescape(text) if "&" in text else text)


def caption(text: str) -> str:
    """Return a caption without the labels that only screen readers see ("Image caption")."""
    return _HIDDEN_LABEL.sub("", collapse(text))


def names(byline: str) -> list[str]:
    """Return the names of a byline: "By Ann Lee and Bo Oz, BBC News" gives two, "By BBC Trending" one, "BBC News" none."""
    first, *others = _NAMES.split(_BY.sub("", collapse(byline)))
    return [part for part in (first, *others) if part and not (_BBC if part == first else _BBC_UNIT).match(part)]


def instant(text: str) -> datetime:
    """Return the moment in UTC: ISO 8601, the same with slashes, or seconds or milliseconds since 1970.

    A time without a zone is GMT, as in all of the BBC's metadata; a date alone is its midnight.
    Raises ValueError where the text is no such moment: a date in words is never guessed at.
    """
    text = collapse(text)
    if _EPOCH.fullmatch(text):
        number = int(text)
        return datetime.fromtimestamp(number // 1000 if number > _MILLISECONDS_FROM else number, UTC)
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(f"no date: {text[:60]!r}")
    year, month, day, time, zone = found.groups()
    offset = "+00:00" if zone in {None, "Z", "UTC", "GMT"} else zone
    return datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}T{(time or '00:00'):0>5}{offset}").astimezone(UTC)


def seconds(text: str) -> int:
    """Return a duration in seconds, given as a number or as ISO 8601 has it (``PT1M30S``); raises ValueError for anything else."""
    text = text.strip()
    if text.isdigit():
        return int(text)
    found = _DURATION.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        raise ValueError(f"no duration: {text[:60]!r}")
    days, hours, minutes, rest = (float(part or 0) for part in found.groups())
    return round(((days * 24 + hours) * 60 + minutes) * 60 + rest)


def language(tag: str) -> str | None:
    """Return a language tag as BCP 47 writes it (``en-GB``, ``zh-Hans``), None if the text is none."""
    parts = tag.strip().replace("_", "-").split("-")
    if not re.fullmatch(r"[A-Za-z]{2,3}", parts[0]) or not all(
        re.fullmatch(r"[A-Za-z0-9]{1,8}", part) for part in parts
    ):
        return None
    return "-".join([parts[0].lower(), *map(_subtag, parts[1:])])


def _subtag(part: str) -> str:
    return {2: str.upper, 4: str.title}.get(len(part), str.lower)(part)


def folded(text: str) -> str:
    """Return the text without what a reader would not call a change: kinds of space, quotation mark and dash, soft hyphens."""
    return collapse(unicodedata.normalize("NFC", text).translate(_FOLDED))


def content_hash(parts: Iterable[str | None]) -> str:
    """Return the SHA-256 (hex) of the folded parts in order: two states of a story differ if and only if this does."""
    return hashlib.sha256("\x1f".join(folded(part or "") for part in parts).encode("utf-8", "replace")).hexdigest()
