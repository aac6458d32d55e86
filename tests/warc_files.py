"""WARC files written by hand, byte for byte, in the shapes that other tools give them."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OLD = "https://www.bbc.com/news/world-21000001"
PAGE = b"<html><h1>Dam holds after a night of rain</h1></html>"
T0 = datetime(2013, 3, 17, 10, 15, tzinfo=UTC)


def http(body: bytes = PAGE, status: str = "HTTP/1.1 200 OK", **headers: str) -> bytes:
    """Return an HTTP response as it is sent; header names with underscores for hyphens."""
    lines = [status, *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def record(
    url: str = OLD,
    block: bytes | None = None,
    *,
    kind: str = "response",
    date: str = "2013-03-17T10:15:00Z",
    **fields: str,
) -> bytes:
    """Return a WARC record; ``fields`` are its header, names with underscores for hyphens."""
    block = http() if block is None else block
    given = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": date, "Content-Length": str(len(block))}
    given |= {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def write(path: Path, records: Iterable[bytes]) -> str:
    """Write records into a file, each as a gzip member if the name ends so; return its name."""
    packed = path.suffix == ".gz"
    path.write_bytes(b"".join(gzip.compress(one) if packed else one for one in records))
    return str(path)


def chunked(body: bytes, size: int = 10) -> bytes:
    """Return a body in HTTP chunks of this size."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])
