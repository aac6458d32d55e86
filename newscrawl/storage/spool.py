"""Files that keep what the corpus could not take: the spool after an outage, dead letters of pages that were refused.

A file holds one JSON object a line. The first says what the file is and to which corpus and crawl it belongs, each of the
others what is to be written: ``page`` (a page record), ``found`` (visits to be born) or ``end`` (why the crawl ended), with
the time ``at`` which it was set aside. Each append is synced, so that a crash leaves at worst its last line cut off.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from newscrawl.embedded.locks import FileLock, Mode
from newscrawl.storage.connection import StoreUnavailableError, hosts
from newscrawl.storage.serializing import to_document, to_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

    from newscrawl.items import Visit
    from newscrawl.storage.connection import Server
    from newscrawl.storage.records import PageRecord

Document = dict[str, Any]

SPOOL = "spool"
DEAD_LETTERS = "dead-letters"

VERSION = 1
"""Of the form of the files; a reader takes its own and older ones."""

LOCK_SECONDS = 5
"""How long to wait for a file that another process reads or writes."""

FULL = {errno.ENOSPC, errno.EDQUOT}


class SpoolError(StoreUnavailableError):
    """A file cannot be written or read; ``str()`` is one line that says which one and why."""


def folder_of(server: Server, kind: str) -> Path | None:
    """Return the folder of the spool or of the dead letters; None where there is no data folder, or on Windows no locks."""
    return server.data / kind if server.data and sys.platform != "win32" else None


def corpus_of(server: Server) -> str:
    """Return the name by which a file knows its corpus again: host and database, never a password."""
    where = "embedded" if server.lease else ",".join(sorted(hosts(server.uri).lower().split(",")))
    return f"{where}/{server.database}"


class Spool:
    """What one crawl sets aside. The file is made when there is something, and locked as long as more may come."""

    def __init__(self, folder: Path, kind: str, corpus: str, crawl_id: str) -> None:
        self.folder = folder
        self.path: Path | None = None
        """The file, once there is one."""
        self._header = {"newscrawl": kind, "version": VERSION, "corpus": corpus, "crawl_id": crawl_id}
        self._lock: FileLock | None = None
        self._stream: BinaryIO | None = None

    @classmethod
    def of(cls, server: Server, kind: str, crawl_id: str) -> Self | None:
        """Return the spool of a crawl, None where there is no folder for it."""
        folder = folder_of(server, kind)
        return cls(folder, kind, corpus_of(server), crawl_id) if folder else None

    def add_pages(self, records: Iterable[PageRecord], at: datetime, **more: str) -> None:
        """Append page records. Raises SpoolError, and then has appended none of them."""
        self._append([{"at": at, "page": to_document(record), **more} for record in records])

    def add_found(self, visits: Iterable[Visit], at: datetime) -> None:
        """Append visits to be born. Raises SpoolError."""
        self._append([{"at": at, "found": [to_document(visit) for visit in visits]}])

    def add_end(self, reason: str, at: datetime) -> None:
        """Append the end of the crawl. Raises SpoolError."""
        self._append([{"at": at, "end": reason}])

    def close(self) -> None:
        """Let others have the file."""
        for part in (self._stream, self._lock):
            if part:
                part.close()
        self._stream = self._lock = None

    def _append(self, entries: Iterable[Document]) -> None:
        try:
            stream = self._stream or self._begin()
            _write_all(stream, b"".join(map(to_line, entries)))
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def _begin(self) -> BinaryIO:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        crawl = re.sub(r"[^\w.-]+", "_", str(self._header["crawl_id"]))[:100]
        path = self.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{crawl}.jsonl"
        self._stream = path.open("xb", buffering=0)
        try:
            self._lock = FileLock(path)
            self._lock.wait(Mode.EXCLUSIVE, time.monotonic() + LOCK_SECONDS)
            _write_all(self._stream, to_line(self._header))
            _sync_folder(self.folder)
        except OSError:
            self.close()
            path.unlink(missing_ok=True)
            raise
        self.path = path
        return self._stream


def _write_all(stream: BinaryIO, data: bytes) -> None:
    """Append all of the data and wait for the disk, or leave the file as it was."""
    size = os.fstat(stream.fileno()).st_size
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[stream.write(rest) :]
        os.fsync(stream.fileno())
    except OSError:
        os.ftruncate(stream.fileno(), size)
        stream.seek(size)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unwritable(folder: Path, error: OSError) -> SpoolError:
    """Return what to say of a folder that takes nothing more."""
    if error.errno in FULL:
        return SpoolError(f"no space left for {folder}: free some, or set NEWSCRAWL_DATA to a folder on another disk")
    return SpoolError(f"cannot write to {folder} ({error.strerror or 'in use'}): allow it, or set NEWSCRAWL_DATA")
