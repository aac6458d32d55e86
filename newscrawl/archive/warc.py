"""The responses in a WARC or ARC file: found by scanning it once, read whenever one is wanted."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from scrapy.http import Headers
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from newscrawl.archive import reading
from newscrawl.archive.encodings import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


SHOWN = 200
"""Status of what a browser made of a page; the page's own was that."""


class ArchiveError(Exception):
    """An archive cannot be read or written; ``str`` is one line that names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One archived response as an index needs it."""

    offset: int
    url: str
    date: datetime | None
    status: int | None
    """None if the record has no HTTP status."""
    digest: str
    """WARC-Payload-Digest, empty if absent."""
    is_revisit: bool
    """It has no body of its own but that of an earlier capture, with the same digest."""
    refers_to: str
    """Address of that earlier capture, empty if not said."""


@dataclass(frozen=True)
class Capture:
    """One archived response in full."""

    url: str
    date: datetime | None
    """When it was captured (WARC-Date), UTC; None if the record does not say."""
    status: int
    headers: Headers
    """As received, but for Transfer-Encoding, which is undone."""
    raw: bytes
    """The body as received: still compressed where Content-Encoding says so."""
    position: str
    """``file.warc.gz@offset`` of the record."""

    @cached_property
    def body(self) -> bytes:
        """The body with its Content-Encoding undone; raises ArchiveError if it is not what that says."""
        try:
            return decoded(self.raw, _header(self.headers, "Content-Encoding"))
        except ValueError as error:
            raise ArchiveError(f"{self.position} ({self.url}): {error}") from error


class Scan:
    """Iterates once over the responses of one file, in file order.

    Only the last record may be cut off, as by a crash of the file's writer; any other damage raises ArchiveError.
    """

    truncated = False
    """Known when the iteration is over: the last record was cut off and is left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._records = 0

    def __iter__(self) -> Iterator[Entry]:
        try:
            with self._path.open("rb") as stream:
                yield from self._entries(stream)
        except OSError as error:
            raise ArchiveError(f"{self._path} cannot be read ({error.strerror}): name a WARC file") from error
        if not self._records:
            raise ArchiveError(f"{self._path} holds no complete WARC record: leave it out or record it again")

    def _entries(self, stream: BinaryIO) -> Iterator[Entry]:
        iterator = reading.records(stream)
        reader = iterator.reader
        try:
            for record in iterator:
                if not reading.has_length(record):
                    raise ArchiveLoadFailed("no Content-Length")
                entry = _entry(record, iterator.offset)
                iterator.read_to_end()
                if not reader.read_whole(record):
                    raise ArchiveLoadFailed("incomplete")
                self._records += 1
                if entry:
                    yield entry
            self.truncated = reader.cut
        except zlib.error as error:
            raise ArchiveError(self._damage(error, iterator.offset)) from error
        except ArchiveLoadFailed as error:
            if not reader.at_end():
                raise ArchiveError(self._damage(error, iterator.offset)) from error
            self.truncated = True

    def _damage(self, error: Exception, offset: int) -> str:
        if "non-chunked gzip" in str(error):
            return f"{self._path} is compressed as a whole: `warcio recompress` it into a new file and name that"
        if not self._records:
            return f"{self._path} is no WARC file: name a .warc or .warc.gz file"
        return f"{self._path} is damaged near byte {offset}: restore it, or use a copy that ends there"


def _entry(record: Any, offset: int) -> Entry | None:
    url = reading.field(record, "WARC-Target-URI")
    shown = reading.is_shown(record)
    if not (shown or record.rec_type in {"response", "revisit"}) or not url.lower().startswith(("http://", "https://")):
        return None
    return Entry(
        offset=offset,
        url=url,
        date=reading.date(record),
        status=SHOWN if shown else reading.status(record.raw_stream.readline()),
        digest=reading.field(record, "WARC-Payload-Digest"),
        is_revisit=record.rec_type == "revisit",
        refers_to=reading.field(record, "WARC-Refers-To-Target-URI"),
    )


def read(path: Path, offset: int) -> Capture:
    """Return the response of the record that starts at this byte of a file that was scanned without an error."""
    with path.open("rb") as stream:
        stream.seek(offset)
        record = next(reading.records(stream))
        if reading.is_shown(record):
            return _shown(record, f"{path.name}@{offset}")
        status_line, pairs = reading.http_head(record)
        headers = _headers(pairs)
        chunked = "chunked" in _header(headers, "Transfer-Encoding")
        raw = (ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream).read()
    headers.pop("Transfer-Encoding", None)
    if _header(headers, "Content-Encoding") == "gzip" and not raw.startswith(reading.GZIP_MAGIC):
        headers.pop("Content-Encoding")  # some tools store what they decoded under the headers they received
    return Capture(
        url=reading.field(record, "WARC-Target-URI"),
        date=reading.date(record),
        status=reading.status(status_line) or 0,
        headers=headers,
        raw=raw,
        position=f"{path.name}@{offset}",
    )


def _shown(record: Any, position: str) -> Capture:
    return Capture(
        url=reading.field(record, "WARC-Target-URI"),
        date=reading.date(record),
        status=SHOWN,
        headers=Headers({"Content-Type": reading.field(record, "Content-Type")}),
        raw=record.raw_stream.read(),
        position=position,
    )


def revisited(revisit: Capture, original: Capture) -> Capture:
    """Complete a revisit by the capture whose body it repeats; status and headers are its own, if it has any."""
    if not revisit.status:
        return replace(original, url=revisit.url, date=revisit.date, position=revisit.position)
    headers = revisit.headers.copy()
    for name in ("Content-Encoding", "Content-Length"):
        headers.pop(name, None)
        if name in original.headers:
            headers[name] = original.headers.getlist(name)
    return replace(revisit, headers=headers, raw=original.raw)


def _headers(pairs: list[tuple[bytes, bytes]]) -> Headers:
    headers = Headers()
    for name, value in pairs:
        headers.appendlist(name, value)
    return headers


def _header(headers: Headers, name: str) -> str:
    return (headers.get(name) or b"").decode("latin-1").strip().lower()
