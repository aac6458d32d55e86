"""How WARC and ARC files are read: warcio parses, with damage raised and noticed instead of printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader
from warcio.timeutils import iso_date_to_datetime

if TYPE_CHECKING:
    from datetime import datetime

GZIP_MAGIC = b"\x1f\x8b"
STATUS_LINE = re.compile(rb"HTTP\S*\s+([1-5]\d\d)(?!\d)", re.IGNORECASE)


class _Reader(BufferedReader):  # type: ignore[misc]
    """warcio's reader, but damaged gzip raises ``zlib.error`` where that prints it."""

    cut = False
    """Known after the last read: the file ends inside a gzip member."""

    def __init__(self, stream: BinaryIO) -> None:
        start = stream.tell()
        is_gzip = stream.read(2) == GZIP_MAGIC
        stream.seek(start)
        super().__init__(stream, decomp_type="gzip" if is_gzip else None)

    def _decompress(self, data: bytes) -> bytes:
        return self.decompressor.decompress(data) if self.decompressor else data

    def close_decompressor(self) -> None:
        self.cut = self.decompressor is not None and not self.decompressor.eof
        super().close_decompressor()

    def read_whole(self, record: Any) -> bool:
        """Whether a record that was read to its end had all the bytes it promised, and its gzip member all of its own."""
        return record.raw_stream.limit == 0 and (self.decompressor is None or self.decompressor.eof)

    def at_end(self) -> bool:
        """Whether nothing is left, neither here nor in the file."""
        return not self.rem_length() and not self.stream.read(1)


def records(stream: BinaryIO) -> Any:
    """Return warcio's iterator over the records from here on, ARC headers as WARC's; its ``reader`` is the one above."""
    iterator = ArchiveIterator(stream, no_record_parse=True, arc2warc=True)
    iterator.reader = _Reader(stream)
    return iterator


def is_shown(record: Any) -> bool:
    """Whether a record is what a browser made of a page: text taken from pages (WET files) is a conversion too."""
    return record.rec_type == "conversion" and field(record, "Content-Type").startswith("text/html")


def has_length(record: Any) -> bool:
    """Whether a record says how long it is; warcio takes a missing length for endless, a strange one for 0."""
    return field(record, "Content-Length").isdecimal()


def http_head(record: Any) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Read the status line and the headers of a response off the record's stream, as bytes: warcio would decode them."""
    stream = record.raw_stream
    status_line = stream.readline().strip()
    headers: list[tuple[bytes, bytes]] = []
    while line := stream.readline().rstrip(b"\r\n"):
        name, colon, value = line.partition(b":")
        if line[:1].isspace() and headers:
            headers[-1] = (headers[-1][0], headers[-1][1] + b" " + line.strip())
        elif colon and name:
            headers.append((name.strip(), value.strip()))
    return status_line, headers


def status(line: bytes) -> int | None:
    """Return the HTTP status that a status line states, reason or not (``HTTP/1.1 200``); None if it states none."""
    found = STATUS_LINE.match(line)
    return int(found[1]) if found else None


def date(record: Any) -> datetime | None:
    """Return WARC-Date in UTC, None if it is absent or no date."""
    try:
        moment: datetime = iso_date_to_datetime(field(record, "WARC-Date"), tz_aware=True)
    except (TypeError, ValueError):
        return None
    return moment


def field(record: Any, name: str) -> str:
    """Return a field of the record's own header, without the <> some tools put round addresses; empty if absent."""
    value: str = record.rec_headers.get_header(name) or ""
    return value.strip().removeprefix("<").removesuffix(">")
