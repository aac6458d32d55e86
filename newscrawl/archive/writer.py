"""Writing WARC files: whole records, one gzip member each, appended and flushed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from http.client import responses as REASONS  # noqa: N812
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.timeutils import datetime_to_iso_date
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scrapy import Request
    from scrapy.http import Headers, Response

WARC = "1.1"
SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization"})
"""Request headers that are never written."""


class ArchiveWriter:
    """Appends exchanges to ``newscrawl-<crawl_id>-<timestamp>-<n>.warc.gz`` files in a folder; one writer a process.

    A file belongs to the writer that created it: names are taken exclusively, so processes may share a folder. The next
    file is begun when one has reached ``max_bytes``. A crash leaves at most one cut-off record, the last of its file.
    Every method may raise OSError.
    """

    def __init__(self, folder: Path, crawl_id: str, *, max_bytes: int, info: Mapping[str, str]) -> None:
        """``info`` goes into the ``warcinfo`` record at the head of every file."""
        self._folder = folder
        safe_id = re.sub(r"[^\w.-]+", "_", crawl_id)
        self._prefix = f"newscrawl-{safe_id}-{datetime.now(UTC):%Y%m%d%H%M%S}"
        self._max_bytes = max_bytes
        self._info = {"format": f"WARC File Format {WARC}", "isPartOf": crawl_id, **info}
        self._count = 0
        self._stream: BinaryIO | None = None

    def write(self, request: Request, response: Response, date: datetime, record_id: str | None = None) -> str:
        """Append what was asked and what was answered; return where the answer stands, once it is flushed.

        ``date`` is when the response was captured, in UTC; ``record_id`` the answer's WARC-Record-ID, if it is to be a
        certain one. The position is ``file.warc.gz@offset``.
        """
        stream = self._stream or self._begin()
        position = f"{self._name}@{stream.tell()}"
        writer = WARCWriter(stream, gzip=True, warc_version=WARC)
        answer = _record("response", response.url, date, _answer_head(response), response.body, record_id=record_id)
        if response.ip_address and not request.meta.get("proxy"):
            answer.rec_headers.add_header("WARC-IP-Address", str(response.ip_address))
        writer.write_request_response_pair(
            _record("request", response.url, date, _question_head(request, response.url), request.body), answer
        )
        self._rotate(stream)
        return position

    def write_shown(self, url: str, html: bytes, encoding: str, date: datetime, made_of: str) -> str:
        """Append what a browser made of a page, as a ``conversion`` record: it did not come over the wire.

        ``made_of`` is the WARC-Record-ID of the page as sent. Returns the position, as ``write`` does.
        """
        stream = self._stream or self._begin()
        position = f"{self._name}@{stream.tell()}"
        record = _record("conversion", url, date, b"", html, content_type=f"text/html; charset={encoding}")
        record.rec_headers.add_header("WARC-Refers-To", made_of)
        WARCWriter(stream, gzip=True, warc_version=WARC).write_record(record)
        self._rotate(stream)
        return position

    def _rotate(self, stream: BinaryIO) -> None:
        if stream.tell() >= self._max_bytes:
            self.close()

    def close(self) -> None:
        """Close the file; a later write begins the next one."""
        stream, self._stream = self._stream, None
        if stream:
            stream.close()

    def _begin(self) -> BinaryIO:
        self._stream = self._create()
        writer = WARCWriter(self._stream, gzip=True, warc_version=WARC)
        writer.write_record(writer.create_warcinfo_record(self._name, self._info))
        return self._stream

    def _create(self) -> BinaryIO:
        while True:
            self._count += 1
            self._name = f"{self._prefix}-{self._count:05}.warc.gz"
            try:
                return (self._folder / self._name).open("xb")
            except FileExistsError:
                continue


def new_record_id() -> str:
    """Return a WARC-Record-ID."""
    return str(WARCWriter._make_warc_id())


def _record(
    kind: str,
    url: str,
    date: datetime,
    head: bytes,
    body: bytes,
    *,
    record_id: str | None = None,
    content_type: str | None = None,
) -> ArcWarcRecord:
    """Build a record around exactly these bytes; given headers apart, warcio would re-encode those that are not ASCII."""
    digest = Digester("sha1")
    digest.update(body)
    fields = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", record_id or new_record_id()),
        ("WARC-Target-URI", url),
        ("WARC-Date", datetime_to_iso_date(date.replace(tzinfo=None), use_micros=True)),
        ("WARC-Payload-Digest", str(digest)),
    ]
    block = head + body
    content_type = content_type or f"application/http; msgtype={kind}"
    warc_head = StatusAndHeaders("", fields, protocol=f"WARC/{WARC}")
    return ArcWarcRecord("warc", kind, warc_head, BytesIO(block), None, content_type, len(block))


def _answer_head(response: Response) -> bytes:
    """Status line and headers as received; Scrapy has undone the chunking, so the length is that of the body."""
    headers = response.headers.copy()
    headers.pop("Transfer-Encoding", None)
    headers["Content-Length"] = str(len(response.body))
    reason = REASONS.get(response.status, "")
    return _head(f"{response.protocol or 'HTTP/1.1'} {response.status} {reason}", headers)


def _question_head(request: Request, url: str) -> bytes:
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers = request.headers.copy()
    headers["Host"] = parts.netloc.rpartition("@")[2]
    return _head(f"{request.method} {target} HTTP/1.1", headers, leave_out=SECRET)


def _head(first_line: str, headers: Headers, leave_out: Iterable[bytes] = ()) -> bytes:
    lines = [first_line.encode("ascii")]
    lines += [
        b"%s: %s" % (name, value)
        for name, values in headers.items()
        if name.lower() not in leave_out
        for value in values
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n"
