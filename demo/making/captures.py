"""What the archive holds: every response of the miniature BBC, with the headers it came with."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .pages import Renderer

if TYPE_CHECKING:
    from datetime import datetime

    from .content import Archive, Story

DAY = "%a, %d %b %Y %H:%M:%S GMT"


@dataclass(frozen=True)
class Capture:
    """One response: what was asked for, when, and what came back."""

    url: str
    at: datetime
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    unchanged_since: datetime | None = None
    """Of a revisit: when the same bytes were captured first."""


def captures(archive: Archive) -> list[Capture]:
    """Every capture, in the order they were made."""
    renderer = Renderer(archive)
    made = [capture for story in archive.stories.values() for capture in _of_story(story, renderer)]
    made += [_of_index(index, renderer) for index in archive.indexes]
    made += [_redirect(table) for table in archive.redirects]
    made += [_missing(table, renderer) for table in archive.missing]
    made += [_robots(host, table) for table in archive.robots for host in table["hosts"]]
    return sorted(made, key=lambda capture: (capture.at, capture.url))


def _of_story(story: Story, renderer: Renderer) -> list[Capture]:
    made = [_page(story, renderer.story(story))]
    for state in story.captures:
        if state.unchanged:
            made.append(replace(made[0], at=state.captured_at, unchanged_since=made[0].at))
        else:
            made.append(_page(state, renderer.story(state)))
    return made


def _page(story: Story, html: str) -> Capture:
    body, headers = _over_the_wire(html.encode(story.encoding, errors="xmlcharrefreplace"), story.wire)
    modified = ("Last-Modified", story.updated.strftime(DAY))
    return _capture(story.url, story.captured_at, body, ("Content-Type", story.content_type), modified, *headers)


def _over_the_wire(body: bytes, wire: str) -> tuple[bytes, list[tuple[str, str]]]:
    """Return the body as the connection carried it, and the headers that say so."""
    if wire == "gzip":
        return gzip.compress(body, mtime=0), [("Content-Encoding", "gzip")]
    if wire == "chunked":
        pieces = [body[start : start + 4096] for start in range(0, len(body), 4096)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
        return chunks + b"0\r\n\r\n", [("Transfer-Encoding", "chunked")]
    return body, []


def _of_index(index: dict[str, Any], renderer: Renderer) -> Capture:
    body = renderer.index(index).encode()
    content_type = index.get("content_type", "text/html; charset=utf-8")
    return _capture(index["url"], index["captured"], body, ("Content-Type", content_type))


def _redirect(table: dict[str, Any]) -> Capture:
    headers = ("Content-Type", "text/html"), ("Location", table["to"])
    return _capture(table["from"], table["captured"], b"", *headers, status="301 Moved Permanently")


def _missing(table: dict[str, Any], renderer: Renderer) -> Capture:
    body = renderer.missing(table["url"], table["era"]).encode()
    return _capture(table["url"], table["captured"], body, ("Content-Type", "text/html"), status="404 Not Found")


def _robots(host: str, table: dict[str, Any]) -> Capture:
    return _capture(f"{host}/robots.txt", table["captured"], table["text"].encode(), ("Content-Type", "text/plain"))


def _capture(url: str, at: datetime, body: bytes, *headers: tuple[str, str], status: str = "200 OK") -> Capture:
    date = ("Date", at.strftime(DAY))
    length = () if ("Transfer-Encoding", "chunked") in headers else (("Content-Length", str(len(body))),)
    return Capture(url, at, status, (("Server", "Apache"), date, *headers, *length), body)
