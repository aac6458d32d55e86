"""Reading what a spool or dead letters hold, one process at a time."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from newscrawl.embedded.locks import FileLock, Mode
from newscrawl.items import Visit
from newscrawl.storage.serializing import from_document
from newscrawl.storage.spool import LOCK_SECONDS, VERSION, SpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Document = dict[str, Any]


class SpoolFile:
    """A file that some crawl left, held by this process alone; use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open a file. Raises FileNotFoundError where somebody has removed it meanwhile."""
        self.path = path
        self.cut_off = False
        """Whether the last line was found to be incomplete."""
        self._lock = FileLock(path, create=False)
        self._stream = path.open("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._lock.close()

    def claim(self) -> bool:
        """Wait until nobody else has the file; False if it is gone by then. Raises SpoolError where that takes too long."""
        try:
            self._lock.wait(Mode.EXCLUSIVE, time.monotonic() + LOCK_SECONDS)
        except TimeoutError:
            raise SpoolError(f"{self.path} is in use by a running crawl: try again when it has ended") from None
        return self._lock.in_place()

    def header(self) -> Document | None:
        """Return what the file says of itself, None if not even that was written. Raises SpoolError for a newer version."""
        line = self._stream.readline()
        if not line.endswith(b"\n"):
            return None
        header = self._made(dict, line, 1)
        if header.get("version", VERSION + 1) > VERSION:
            raise SpoolError(f"{self.path} was written by a newer newscrawl, or by something else: update newscrawl")
        return header

    def entries(self) -> Iterator[Document]:
        """Yield the lines after the header, ``page`` and ``found`` as items. Raises SpoolError for one that makes no sense."""
        for number, line in enumerate(self._stream, 2):
            if not line.endswith(b"\n"):
                self.cut_off = True
                return
            yield self._made(_entry, line, number)

    def remove(self) -> None:
        """Delete the file, all of which is in the corpus now."""
        self.path.unlink(missing_ok=True)

    def _made(self, make: Callable[[Any], Document], line: bytes, number: int) -> Document:
        try:
            return make(json.loads(line))
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise SpoolError(f"{self.path}, line {number}, cannot be read: {error!r}") from error


def _entry(document: Document) -> Document:
    """Return a line with its time, page record and visits as such."""
    made = document | {"at": datetime.fromisoformat(document["at"])}
    if "page" in document:
        made["page"] = from_document(document["page"])
    if "found" in document:
        made["found"] = [from_document(visit, Visit) for visit in document["found"]]
    return made
