"""Locks between processes that the kernel drops when their holder dies."""

from __future__ import annotations

import os
import sys
import time
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Self

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from types import TracebackType

_ROUND = 0.005
"""Seconds between two tries for a lock."""
_PROC_LOCKS = Path("/proc/locks")


class Mode(IntEnum):
    """How a file is locked: by many at once, or by one alone (``LOCK_SH`` and ``LOCK_EX`` of ``flock``)."""

    SHARED = 1
    EXCLUSIVE = 2


class FileLock:
    """An advisory lock (``flock``) on a whole file, which is created if missing, unless ``create`` is false."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self._path = path
        self._fd = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)

    def attempt(self, mode: Mode) -> bool:
        """Take the lock if that needs no waiting; False otherwise."""
        try:
            fcntl.flock(self._fd, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait(self, mode: Mode, deadline: float) -> None:
        """Take the lock; raises TimeoutError once ``time.monotonic()`` has passed ``deadline``."""
        while not self.attempt(mode):
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(_ROUND)

    def in_place(self) -> bool:
        """Tell whether the file is still the one at its path, neither deleted nor made anew."""
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._fd))
        except FileNotFoundError:
            return False

    def write(self, text: str) -> None:
        """Replace the file's content."""
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, text.encode(), 0)

    def close(self) -> None:
        """Drop the lock; a second call does nothing."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def locked(path: Path) -> bool:
    """Tell whether somebody holds the file exclusively; a missing file is held by nobody."""
    if not path.exists():
        return False
    with FileLock(path) as lock:
        return not lock.attempt(Mode.SHARED)


def holders(path: Path) -> int | None:
    """Count the processes that share the lock on a file, by the kernel's own list; None where there is no such list."""
    if not _PROC_LOCKS.exists():
        return None
    if not path.exists():
        return 0
    # "1: FLOCK ADVISORY READ 4711 fe:00:262146 0 EOF"; the device (fe:00) is not always the one that stat() tells
    inode = f":{path.stat().st_ino}"
    rows = (line.split() for line in _PROC_LOCKS.read_text().splitlines())
    return len({row[4] for row in rows if row[1:4] == ["FLOCK", "ADVISORY", "READ"] and row[5].endswith(inode)})
