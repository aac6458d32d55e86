"""The client's side: a lease on the server, and the start of a keeper where none is alive."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from newscrawl.embedded.binary import find_mongod
from newscrawl.embedded.errors import EmbeddedError, worded
from newscrawl.embedded.folder import Folder
from newscrawl.embedded.locks import FileLock, Mode

if TYPE_CHECKING:
    from types import TracebackType

logger = logging.getLogger(__name__)

START_SECONDS = 20.0
"""How long to wait for a server by default: after a crash it first replays its journal."""
_ROUND = 0.01
"""Seconds between two looks at a server that is on its way."""
_WATCH = 0.25
"""Seconds between two looks whether the keeper is alive."""
_ATTEMPTS = 3
"""Keepers to start before giving up: one can be killed while it starts."""


class Lease:
    """One client's claim on the server; it lives until :meth:`release` or the end of the process.

    A keeper that is killed takes its server along: as long as the lease lives, a thread then starts another one.
    """

    def __init__(self, folder: Folder, lock: FileLock) -> None:
        self.uri = folder.uri
        """``mongodb://`` URI of the server; the same for one data folder, also after a restart."""
        self.failure: EmbeddedError | None = None
        """Why the server ended and could not be started again; None while all is well."""
        self._lock = lock
        self._released = threading.Event()
        threading.Thread(target=self._watch, args=(folder,), name="newscrawl-lease", daemon=True).start()

    def release(self) -> None:
        """Give up the claim; a second call does nothing."""
        self._released.set()
        self._lock.close()

    def _watch(self, folder: Folder) -> None:
        try:
            while not self._released.wait(_WATCH):
                with worded(folder):
                    if folder.keeper_pid() is None:
                        ensure_running(folder, time.monotonic() + START_SECONDS)
        except EmbeddedError as error:
            self.failure = error
            _warn(str(error))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


@cache
def _warn(reason: str) -> None:
    """Say it once, however many leases of this process notice."""
    logger.warning("The embedded MongoDB ended and did not come back: %s", reason)


def acquire(data: Path, timeout: float = START_SECONDS) -> Lease:
    """Attach to the server of the folder ``data``, starting it where none runs.

    Raises :class:`EmbeddedError` if there is no server within ``timeout`` seconds.
    """
    folder = Folder.of(data)
    deadline = time.monotonic() + timeout
    with worded(folder):
        folder.prepare()
        lock = FileLock(folder.lease)
        try:
            lock.wait(Mode.SHARED, deadline)
            ensure_running(folder, deadline)
        except BaseException:
            lock.close()
            raise
    return Lease(folder, lock)


def ensure_running(folder: Folder, deadline: float) -> None:
    """Return when the server answers, started by this client or by another; the caller holds a lease."""
    with FileLock(folder.start) as start_lock:
        start_lock.wait(Mode.EXCLUSIVE, deadline)
        attempts = 0
        while not folder.serving():
            if time.monotonic() > deadline:
                raise TimeoutError
            if folder.keeper_pid() is not None:  # its server is starting, or coming back
                time.sleep(_ROUND)
            elif attempts < _ATTEMPTS:
                attempts += 1
                _start_keeper(folder, find_mongod(), deadline)
            else:
                raise EmbeddedError(f"the keeper of the embedded MongoDB ended unexpectedly: see {folder.keeper_log}")


def _start_keeper(folder: Folder, mongod: Path, deadline: float) -> None:
    """Start a keeper and wait until its server is ready, or another keeper turns out to be there already."""
    package_root = Path(__file__).parents[2]  # may be a zipped egg: -m imports from it, a path to a script would not
    try:
        reason = subprocess.run(  # noqa: S603
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
    if reason:
        raise EmbeddedError(reason)
