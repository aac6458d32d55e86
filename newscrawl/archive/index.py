"""Which archived response answers for an address."""

from __future__ import annotations

import logging
import math
from array import array
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from w3lib.url import safe_url_string

from newscrawl.archive.warc import ArchiveError, Capture, Entry, Scan, read, revisited
from newscrawl.sites import site_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

logger = logging.getLogger(__name__)

PAGE = range(200, 300)
NOT_MODIFIED = 304
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
LEFT_OUT = {
    "truncated": "the last record of a file, cut off by the file's end",
    "unresolved": "a revisit of a capture that none of the files holds",
    "unreadable": "a response without an HTTP status",
}
"""Why a record is left out. Each is counted under its name and logged once."""


class Archive:
    """The responses in some files, found by address. In memory stands where each is; the bodies stay in the files.

    An address is answered by the latest capture (by WARC-Date; of equal dates the last in file order) of exactly that
    address, else by the latest page (status 2xx) of the same story: a redirect or an error is its address's own, and an
    archived redirect found by story could lead back to itself. "304 Not Modified" answers nothing and is passed over.

    Raises ArchiveError if a file is missing, empty, damaged or no archive, or if there is no response in any of them.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self.left_out: Counter[str] = Counter()
        self._files = files
        self._file = array("H")
        self._offset = array("Q")
        self._date = array("d")
        self._status = array("H")
        self._digest = array("q")
        self._key = array("q")
        self._original: dict[int, int | None] = {}
        self._by_url: dict[str, int] = {}
        self._by_key: dict[str, int] = {}
        self._index()
        if not self._by_url:
            raise ArchiveError(f"{', '.join(map(str, files))} holds no response to replay: name another file")
        for reason, count in self.left_out.items():
            logger.warning("Archive: left out %d: %s.", count, LEFT_OUT[reason])

    def __len__(self) -> int:
        return len(self._offset)

    def __iter__(self) -> Iterator[Capture]:
        """Every response in file order, but for those left out."""
        return (self[number] for number in range(len(self)) if self._original.get(number, number) is not None)

    def __getitem__(self, number: int) -> Capture:
        """Return the response at this place in file order, a revisit with the body it repeats."""
        capture = read(self._files[self._file[number]], self._offset[number])
        original = self._original.get(number)
        return capture if original is None else revisited(capture, self[original])

    def by_story(self) -> Iterator[Capture]:
        """Every response but those left out, those of one story together and in order of time; stories in file order."""
        first: dict[int, int] = {}
        home = array("Q", (first.setdefault(key, number) for number, key in enumerate(self._key)))
        numbers = sorted(range(len(self)), key=self._date.__getitem__)  # sorting is stable: equal dates in file order
        numbers.sort(key=home.__getitem__)
        return (self[number] for number in numbers if self._original.get(number, number) is not None)

    def find(self, url: str) -> Capture | None:
        """Return what the archive answers for an address, None if it does not hold it."""
        number = self._by_url.get(_exact(url), self._by_key.get(_request_key(url)))
        return None if number is None else self[number]

    def _index(self) -> None:
        revisits = []
        for file, path in enumerate(self._files):
            scan = Scan(path)
            for entry in scan:
                if entry.is_revisit:
                    revisits.append((self._add(file, entry), entry))
                elif entry.status is None:
                    self.left_out["unreadable"] += 1
                elif entry.status != NOT_MODIFIED:
                    self._name(self._add(file, entry), entry.url)
            if scan.truncated:
                self.left_out["truncated"] += 1
        self._resolve(revisits)

    def _add(self, file: int, entry: Entry) -> int:
        self._file.append(file)
        self._offset.append(entry.offset)
        self._date.append(entry.date.timestamp() if entry.date else -math.inf)
        self._status.append(entry.status or 0)
        self._digest.append(hash(entry.digest))
        self._key.append(hash(_request_key(entry.url) or entry.url))
        return len(self) - 1

    def _name(self, number: int, url: str) -> None:
        self._latest(self._by_url, _exact(url), number)
        if self._status[number] in PAGE and (key := _request_key(url)):
            self._latest(self._by_key, key, number)

    def _latest(self, names: dict[str, int], name: str, number: int) -> None:
        held = names.setdefault(name, number)
        if (self._date[number], number) > (self._date[held], held):
            names[name] = number

    def _resolve(self, revisits: list[tuple[int, Entry]]) -> None:
        """Give each revisit the capture whose body it repeats; it may stand in a later file."""
        if not revisits:
            return
        numbers = {number for number, _ in revisits}
        by_digest = {digest: number for number, digest in enumerate(self._digest) if digest and number not in numbers}
        self._original = {
            number: by_digest.get(self._digest[number], self._undigested(entry)) for number, entry in revisits
        }
        for number, entry in revisits:
            original = self._original[number]
            if original is None:
                self.left_out["unresolved"] += 1
            else:
                self._status[number] = self._status[number] or self._status[original]
                self._name(number, entry.url)

    def _undigested(self, revisit: Entry) -> int | None:
        """Return the capture that a revisit names by address, if its tool wrote no digests to tell captures apart by."""
        number = self._by_url.get(_exact(revisit.refers_to))
        return None if number is None or self._digest[number] else number


def _exact(url: str) -> str:
    """Return the address as two tools that fetched the same one would both write it; what is no address, as it is."""
    try:
        parts = urlsplit(url if url.isascii() else safe_url_string(url))
    except ValueError:
        return url
    host = parts.netloc.lower().removesuffix(DEFAULT_PORTS.get(parts.scheme, "\n"))
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}{parts.path or '/'}{query}"


def _request_key(url: str) -> str:
    """Return what the address's forms have in common; empty if it has no other form, as robots.txt, each host's own."""
    site = site_for(url, allow_private=True)
    return site.request_key(url) if site and urlsplit(url).path != "/robots.txt" else ""


def open_archive(files: Iterable[str]) -> Archive:
    """Return the archive over these files, a folder standing for the WARC files in it; raises ArchiveError as it does.

    The last one is kept: http, https and the check before a crawl share it while the files stay as they are.
    """
    return _open(tuple(_version(path) for file in files for path in _expand(Path(file.strip()))))


@lru_cache(maxsize=1)
def _open(versions: tuple[tuple[Path, int, int], ...]) -> Archive:
    return Archive([path for path, *_ in versions])


def _expand(path: Path) -> list[Path]:
    files = sorted(path.glob("*.warc*")) if path.is_dir() else [path]
    if not files:
        raise ArchiveError(f"{path} holds no WARC file: name a folder that does, or a file")
    return files


def _version(path: Path) -> tuple[Path, int, int]:
    try:
        state = path.stat()
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read ({error.strerror}): name a WARC file") from error
    return path, state.st_size, state.st_mtime_ns
