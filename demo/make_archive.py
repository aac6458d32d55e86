"""Make the demo archive: a miniature BBC of invented stories, as WARC records.

    python demo/make_archive.py [--out FILE]

The same stories and templates give the same bytes each time. Needs warcio and jinja2 (requirements-dev.txt).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from making.captures import Capture, captures
from making.content import load
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from datetime import datetime

    from warcio.recordloader import ArcWarcRecord

ARCHIVE = Path(__file__).parent / "archive.warc.gz"
INFO = b"software: newscrawl demo/make_archive.py\r\ndescription: invented stories in the markup of BBC pages\r\n"


def write(stream: BinaryIO) -> int:
    """Write the archive; the number of responses in it."""
    made = captures(load())
    writer = WARCWriter(stream, gzip=True)
    headers = _warc_headers("warcinfo", made[-1])
    writer.write_record(
        writer.create_warc_record("", "warcinfo", payload=io.BytesIO(INFO), length=len(INFO), warc_headers_dict=headers)
    )
    for capture in made:
        writer.write_record(_record(writer, capture))
    return len(made)


def _record(writer: WARCWriter, capture: Capture) -> ArcWarcRecord:
    if capture.unchanged_since:
        return _revisit(writer, capture, capture.unchanged_since)
    return writer.create_warc_record(
        capture.url,
        "response",
        payload=io.BytesIO(capture.body),
        length=len(capture.body),
        http_headers=_http_headers(capture),
        warc_headers_dict=_warc_headers(capture.url, capture),
    )


def _revisit(writer: WARCWriter, capture: Capture, since: datetime) -> ArcWarcRecord:
    """Return a record without a body: the server sent what it had sent before."""
    digest = base64.b32encode(hashlib.sha1(capture.body, usedforsecurity=False).digest()).decode()
    return writer.create_revisit_record(
        capture.url,
        f"sha1:{digest}",
        capture.url,
        _warc_date(since),
        http_headers=_http_headers(capture),
        warc_headers_dict=_warc_headers(capture.url, capture),
    )


def _http_headers(capture: Capture) -> StatusAndHeaders:
    return StatusAndHeaders(capture.status, list(capture.headers), protocol="HTTP/1.1")


def _warc_headers(name: str, capture: Capture) -> dict[str, str]:
    """Return a date and an id that are the same each time the archive is made."""
    date = _warc_date(capture.at)
    return {"WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{name} {date}')}>", "WARC-Date": date}


def _warc_date(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def main() -> None:
    """Write the archive beside this script, or where ``--out`` says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ARCHIVE)
    path: Path = parser.parse_args().out
    with path.open("wb") as stream:
        count = write(stream)
    print(f"{count} responses, {path.stat().st_size:,} bytes: {path}")


if __name__ == "__main__":
    main()
