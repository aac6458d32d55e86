"""Damaged pages: what bad servers, archives and editors make of good ones. The same number always gives the same damage."""

from __future__ import annotations

import json
import re
import time
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from newscrawl import extract
from tests.golden import FIXTURES, told

if TYPE_CHECKING:
    from newscrawl.extraction import Extraction

TAG = re.compile(rb"(<[^<>]*>)")
CLOSING = re.compile(rb"</[a-z0-9]+>")
CHARSETS = ("utf-8", "utf-16", "windows-1252", "windows-1256", "iso-8859-1", "gb18030", "shift_jis", "koi8-r")
OPENERS = (
    b"<div>",
    b"<p>",
    b"<table><tr><td>",
    b"<ul><li>",
    b"<blockquote>",
    b"<a href=x>",
    b"<b>",
    b"<figure>",
    b"<font>",
)
TRAPS = (
    b"<!--", b"-->", b"<script>", b"</script>", b"<title>", b"<![CDATA[", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"&#0;",
    b"&#xd800;", b"\\ud83d", b'"', b"'", b"{", b"]", b"<svg>", b"<noscript>", b"<base href='http://['>",
    b"<a href='http://[bad'>x</a>", b"<a href='//'>x</a>", b"<html lang=''>", b"</body>", b"<frameset>", b"<!DOCTYPE x [",
    b"99999999999999999999", b"-1", b"0001-01-01T00:00:00+23:59", b"null", b"[[[[", b"NaN",
)  # fmt: skip
"""Pieces that parsers of HTML, JSON, dates or addresses trip over."""


def _slice(body: bytes, random: Random, longest: int = 2000) -> slice:
    start = random.randrange(len(body) + 1)
    return slice(start, start + random.randrange(1, longest))


def cut(body: bytes, random: Random) -> bytes:
    """Break off, as a lost connection does."""
    return body[: random.randrange(len(body) + 1)]


def excise(body: bytes, random: Random) -> bytes:
    part = _slice(body, random)
    return body[: part.start] + body[part.stop :]


def duplicate(body: bytes, random: Random) -> bytes:
    part = _slice(body, random)
    return body[: part.start] + body[part] * random.randrange(2, 6) + body[part.stop :]


def shuffle(body: bytes, random: Random) -> bytes:
    """Change the order of tags and texts somewhere."""
    pieces = TAG.split(body)
    part = _slice(b" " * len(pieces), random, 60)
    moved = pieces[part]
    random.shuffle(moved)
    return b"".join([*pieces[: part.start], *moved, *pieces[part.stop :]])


def move(body: bytes, random: Random) -> bytes:
    """Put a part of the page elsewhere, into the middle of whatever stands there."""
    part = _slice(body, random)
    rest = body[: part.start] + body[part.stop :]
    place = random.randrange(len(rest) + 1)
    return rest[:place] + body[part] + rest[place:]


def nest(body: bytes, random: Random) -> bytes:
    """Open elements that are never closed, up to far deeper than any browser goes."""
    place = random.randrange(len(body) + 1)
    depth = random.choice((1, 3, 20, 300, 3000))
    return body[:place] + random.choice(OPENERS) * depth + body[place:]


def unclose(body: bytes, random: Random) -> bytes:
    """Drop closing tags."""
    kept = random.random()
    return CLOSING.sub(lambda found: found[0] if random.random() < kept else b"", body)


def untag(body: bytes, random: Random) -> bytes:
    """Drop tags of any kind."""
    lost = random.random() / 4
    return TAG.sub(lambda found: b"" if random.random() < lost else found[0], body)


def recode(body: bytes, random: Random) -> bytes:
    """Write the page in another charset than it declares, or declare another."""
    if random.random() < 0.5:
        declared = random.choice((*CHARSETS, "x-none", "")).encode()
        return re.sub(rb"charset=[\"']?[\w-]+", b"charset=" + declared, body)
    return body.decode("utf-8", "replace").encode(random.choice(CHARSETS), "replace")


def noise(body: bytes, random: Random) -> bytes:
    """Put random bytes somewhere."""
    place = random.randrange(len(body) + 1)
    return body[:place] + random.randbytes(random.randrange(1, 50)) + body[place:]


def trap(body: bytes, random: Random) -> bytes:
    """Put something that parsers trip over somewhere, most often where a value stands."""
    places = [found.end() for found in re.finditer(rb"[\"'>:=]", body)] or [0]
    place = random.choice(places)
    return body[:place] + random.choice(TRAPS) + body[place:]


MUTATIONS = (cut, excise, duplicate, shuffle, move, nest, unclose, untag, recode, noise, trap)


class Mutant(NamedTuple):
    """One damaged page and what was done to it."""

    name: str
    body: bytes
    url: str

    def read(self) -> tuple[Extraction, float]:
        """Return what was read and the seconds of CPU that it took. Raises where something unusable was read."""
        start = time.thread_time()
        found = extract(self.body, self.url)
        seconds = time.thread_time() - start
        json.dumps(told(found), ensure_ascii=False).encode()  # half a surrogate pair can be neither stored nor shown
        return found, seconds


PAGES = [(fixture.name, fixture.page.read_bytes(), str(fixture.expected["url"])) for fixture in FIXTURES]


def mutant(number: int) -> Mutant:
    """Return the mutant of this number: one of the pages in turn, damaged in one to four ways."""
    random = Random(number)
    name, body, url = PAGES[number % len(PAGES)]
    mutations = random.choices(MUTATIONS, k=random.randint(1, 4))
    for mutation in mutations:
        body = mutation(body, random)
    return Mutant(f"{number}: {name}: {', '.join(mutation.__name__ for mutation in mutations)}", body, url)
