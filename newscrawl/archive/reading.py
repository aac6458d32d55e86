"""How WARC and ARC files are read: warcio parses, with damage raised and noticed instead of printed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader
from warcio.limitreader import LimitReader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser
from warcio.timeutils import iso_date_to_datetime

GZIP_MAGIC = b"\x1f\x8b"


class _Reader(BufferedReader):  # type: ignore[misc]
    """warcio's reader; damaged gzip raises ``zlib.error`` where warcio prints it."""

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

    def at_end(self) -> bool:
        """Whether nothing is left, neither here nor in the file."""
        return not self.rem_length() and not self.stream.read(1)


def records(stream: BinaryIO) -> Any:
    """Return warcio's iterator over the records from here on, ARC headers as WARC's; its ``reader`` is the one above."""
    iterator = ArchiveIterator(stream, no_record_parse=True, arc2warc=True)
    iterator.reader = _Reader(stream)
    return iterator


def is_cut(record: Any) -> bool:
    """Whether the file ended before a record that was read to its end was complete."""
    body = record.raw_stream
    return not isinstance(body, LimitReader) or body.limit > 0


def http_head(record: Any) -> StatusAndHeaders:
    """Read status line and headers of a response off the record's stream; empty if it has none."""
    try:
        return StatusAndHeadersParser([], verify=False).parse(record.raw_stream)
    except EOFError:
        return StatusAndHeaders("", [])


def status(head: StatusAndHeaders) -> int | None:
    """Return the HTTP status, None where the first line states none (``HTTP/1.1 200``, ``HTTP/2 200 OK`` do)."""
    code = head.statusline[:3]
    return int(code) if head.protocol.upper().startswith("HTTP") and code.isascii() and code.isdigit() else None


def date(record: Any) -> datetime | None:
    """Return WARC-Date in UTC, None if it is absent or no date."""
    try:
        moment: datetime = iso_date_to_datetime(field(record, "WARC-Date"), tz_aware=True)
    except (TypeError, ValueError):
        return None
    return moment.astimezone(UTC)


def field(record: Any, name: str) -> str:
    """Return a field of the record's own header, without the <> some tools put round addresses; empty if absent."""
    value: str = record.rec_headers.get_header(name) or ""
    return value.strip().removeprefix("<").removesuffix(">")
