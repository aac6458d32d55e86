"""Content encodings undone: those that Scrapy asks servers for, so that every recording can be read."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]
from backports import zstd
from scrapy.utils.gz import gunzip

if TYPE_CHECKING:
    from collections.abc import Callable


def decoded(body: bytes, encoding: str) -> bytes:
    """Return a body with its Content-Encoding (``gzip``, ``gzip, br``) undone, up to the first unknown one.

    Raises ValueError if the body is not so encoded.
    """
    for name in reversed([part.strip() for part in encoding.split(",")]):
        if name not in DECODERS:
            break
        try:
            body = DECODERS[name](body)
        except (OSError, EOFError, zlib.error, brotli.error, zstd.ZstdError) as error:
            raise ValueError(f"the body is no {name}: {error}") from error
    return body


def _inflate(body: bytes) -> bytes:
    try:
        return zlib.decompress(body)
    except zlib.error:
        return zlib.decompress(body, wbits=-zlib.MAX_WBITS)  # without zlib's frame, as some servers understood RFC 2616


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gunzip,
    "x-gzip": gunzip,
    "deflate": _inflate,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
}
