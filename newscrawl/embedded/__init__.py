"""The embedded MongoDB: a real mongod that processes share, started on demand and stopped when the last one ends.

Each client holds a shared lock on a lease file. A detached keeper process (``keeper.py``) owns mongod and stops it as soon
as it gets that lock exclusively. Locks are the kernel's (``flock``): a process that dies, however it dies, drops its own.
mongod listens on one unix socket in a folder of mode 0700 and on no TCP port, so other local users stay out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from newscrawl.embedded.binary import find_mongod
from newscrawl.embedded.errors import EmbeddedError, worded
from newscrawl.embedded.folder import Folder
from newscrawl.embedded.locks import FileLock, Mode, holders

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["EmbeddedError", "Lease", "Status", "acquire", "start", "status", "stop"]

_ROUND = 0.01
"""Seconds between two looks at a server that is on its way."""
_ATTEMPTS = 3
"""Keepers started by one ``acquire`` before it gives up: one can be killed while it starts."""


class Lease:
    """One client's claim on the server; it lives until :meth:`release` or the end of the process."""

    def __init__(self, uri: str, lock: FileLock) -> None:
        self.uri = uri
        """``mongodb://`` URI of the server; the same for one data folder, also after a restart."""
        self._lock = lock

    def release(self) -> None:
        """Give up the claim; a second call does nothing."""
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


@dataclass(frozen=True)
class Status:
    """What is known of the embedded server of one data folder."""

    running: bool
    uri: str
    pid: int | None
    """mongod's process id."""
    keeper_pid: int | None
    clients: int | None
    """Processes that hold a lease; None where the system does not tell."""
    background: bool
    """Kept running without clients, by :func:`start`."""
    data_bytes: int
    log: Path


def acquire(data: Path, timeout: float = 20.0) -> Lease:
    """Attach to the server of the folder ``data``, starting it where none runs.

    Call it again after the server was lost (its keeper killed): it starts anew under the same URI.
    Raises :class:`EmbeddedError` if there is no server within ``timeout`` seconds.
    """
    folder = Folder.of(data)
    deadline = time.monotonic() + timeout
    with worded(folder):
        folder.prepare()
        lock = FileLock(folder.lease)
        try:
            lock.wait(Mode.SHARED, deadline)
            with FileLock(folder.start) as start_lock:
                start_lock.wait(Mode.EXCLUSIVE, deadline)
                _ensure_running(folder, deadline)
        except BaseException:
            lock.close()
            raise
    return Lease(folder.uri, lock)


def start(data: Path, timeout: float = 20.0) -> Status:
    """Start the server and keep it running without clients until :func:`stop`, or until its keeper ends."""
    folder = Folder.of(data)
    with acquire(data, timeout), worded(folder):
        folder.background.touch(mode=0o600)
        return status(data)


def stop(data: Path, timeout: float = 20.0) -> Status:
    """Let the server stop; while processes still use it, it goes on until the last of them ends.

    Returns the state after the server stopped, or at once if it is still in use.
    """
    folder = Folder.of(data)
    with worded(folder):
        folder.background.unlink(missing_ok=True)
    deadline = time.monotonic() + timeout
    while (state := status(data)).running and not state.clients and time.monotonic() < deadline:
        time.sleep(_ROUND)
    return state


def status(data: Path) -> Status:
    """Tell the state of the server without starting anything."""
    folder = Folder.of(data)
    with worded(folder):
        keeper_pid = folder.keeper_pid()
        return Status(
            running=keeper_pid is not None and folder.listening(),
            uri=folder.uri,
            pid=folder.mongod_pid(),
            keeper_pid=keeper_pid,
            clients=holders(folder.lease),
            background=keeper_pid is not None and folder.background.exists(),
            data_bytes=folder.data_bytes(),
            log=folder.log,
        )


def _ensure_running(folder: Folder, deadline: float) -> None:
    """Wait for the living keeper's server, or start a keeper; the caller holds the start lock."""
    attempts = 0
    while True:
        alive = folder.keeper_pid() is not None
        if alive and folder.listening():
            return
        if time.monotonic() > deadline:
            raise TimeoutError
        if alive:
            time.sleep(_ROUND)
        elif attempts < _ATTEMPTS:
            attempts += 1
            _start_keeper(folder, find_mongod(), deadline)
        else:
            raise EmbeddedError(f"the keeper of the embedded MongoDB ended unexpectedly: see {folder.keeper_log}")


def _start_keeper(folder: Folder, mongod: Path, deadline: float) -> None:
    """Start a keeper and wait until its server is ready or another keeper turns out to be there already."""
    package_root = Path(__file__).parents[2]  # may be a zipped egg: -m imports from it, a path to a script would not
    try:
        answer = subprocess.run(  # noqa: S603
            [sys.executable, "-S", "-P", "-m", "newscrawl.embedded.keeper", str(folder.data), str(mongod)],
            env=os.environ | {"PYTHONPATH": str(package_root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,  # ends when the keeper has given its answer, not when the keeper ends
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # out of reach of the terminal's Ctrl-C and hang-up
            timeout=max(0.0, deadline - time.monotonic()),
            check=False,
            encoding="utf-8",
        ).stdout
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error
    word, _, reason = answer.partition(" ")
    if word == "failed":
        raise EmbeddedError(reason)
