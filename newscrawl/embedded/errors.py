"""What can go wrong with the embedded MongoDB, each in one line that says what happened and what to do."""

from __future__ import annotations

import errno
import re
import shutil
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.embedded.folder import Folder

_ROOM = 1_000_000
"""Bytes of free disk below which a failure without words is taken for a full disk."""

NO_AVX = "the embedded MongoDB needs a processor with AVX: set MONGO_URI to a MongoDB server elsewhere"

_FULL = "no space left for the data folder {data}: free some, or set NEWSCRAWL_DATA to a folder on another disk"
_UNWRITABLE = "cannot write to the data folder {data}: allow it, or set NEWSCRAWL_DATA to a folder of your own"
_NEWER = "the data folder {data} was made by another version of mongod: set NEWSCRAWL_DATA to a new folder, or use that mongod"
_IN_USE = "another mongod uses the data folder {data}: stop it, or set NEWSCRAWL_DATA to another folder"
_DAMAGED = (
    "the data folder {data} is damaged (see {log}): restore it from a copy, or set NEWSCRAWL_DATA to a new folder"
)
_LATE = "the embedded MongoDB was not ready in time: see {log}, and try again"
_NO_SOCKET = "cannot create a socket in {run}: set NEWSCRAWL_DATA to a folder on a local disk"

_OS_ERRORS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _UNWRITABLE,
    errno.EPERM: _UNWRITABLE,
    errno.EROFS: _UNWRITABLE,
    errno.EEXIST: "the data folder {data} is not a folder: move that file away, or set NEWSCRAWL_DATA to a folder",
    errno.ENOTDIR: "the data folder {data} lies in what is no folder: set NEWSCRAWL_DATA to another one",
}

# What mongod or the system's loader wrote before mongod ended; the first that matches tells the cause.
_MONGOD_WORDS = (
    (r"loading shared libraries: .*libcurl\.so\.4", "mongod needs libcurl: apt-get install libcurl4, or set MONGO_URI"),
    (
        r"loading shared libraries: (?P<detail>\S+):",
        "mongod needs {detail}, which is missing: install it, or set MONGO_URI",
    ),
    (
        r"version `(?P<detail>\S+)' not found",
        "mongod needs {detail} and this system is older: set MONGO_URI, or install mongod",
    ),
    (r"No space left on device|Disk quota exceeded", _FULL),
    (r"UPGRADE PROBLEM|unsupported WiredTiger (?:source )?file version", _NEWER),
    (r"DBPathInUse", _IN_USE),
    (r"Error setting up listener", _NO_SOCKET),
    (r"Permission denied|Operation not permitted|Read-only file system|READ_ONLY", _UNWRITABLE),
    (r"WT_TRY_SALVAGE|WT_PANIC|data corruption", _DAMAGED),
)


class EmbeddedError(Exception):
    """There is no embedded server; the text is one line for the user: what happened and what to do."""


@contextmanager
def worded(folder: Folder) -> Iterator[None]:
    """Turn errors of the data folder's file system, and waiting in vain, into :class:`EmbeddedError`."""
    try:
        yield
    except TimeoutError as error:
        raise EmbeddedError(_fill(_LATE, folder)) from error
    except OSError as error:
        raise from_os_error(error, folder) from error


def from_os_error(error: OSError, folder: Folder) -> EmbeddedError:
    """Word an error of the data folder's file system."""
    pattern = _OS_ERRORS.get(error.errno or 0, "cannot use the data folder {data}: {detail}")
    return EmbeddedError(_fill(pattern, folder, detail=str(error.strerror)))


def from_mongod(exit_code: int, output: str, folder: Folder) -> EmbeddedError:
    """Word the early end of mongod by its exit code (negative: a signal's number) and by what it wrote."""
    if exit_code == -signal.SIGILL:
        return EmbeddedError(NO_AVX)
    for pattern, message in _MONGOD_WORDS:
        if found := re.search(pattern, output):
            return EmbeddedError(_fill(message, folder, **found.groupdict()))
    if shutil.disk_usage(folder.data).free < _ROOM:  # not even a line in the log could be written
        return EmbeddedError(_fill(_FULL, folder))
    return EmbeddedError(f"mongod ended with code {exit_code} while it started: see {folder.log}")


def in_use(folder: Folder) -> EmbeddedError:
    """Word that a mongod which is none of ours has the data folder."""
    return EmbeddedError(_fill(_IN_USE, folder))


def _fill(pattern: str, folder: Folder, **details: str) -> str:
    return pattern.format(data=folder.data, log=folder.log, run=folder.socket.parent, **details)
