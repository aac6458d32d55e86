"""The embedded MongoDB: a real mongod that processes share, started on demand and stopped when the last one ends.

Each client holds a shared lock on a lease file. A detached keeper process (``keeper.py``) owns mongod and stops it as soon
as it gets that lock exclusively. Locks are the kernel's (``flock``): a process that dies, however it dies, drops its own.
mongod listens on one unix socket in a folder of mode 0700 and on no TCP port, so other local users stay out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.embedded.client import START_SECONDS, Lease, acquire
from newscrawl.embedded.errors import EmbeddedError, worded
from newscrawl.embedded.folder import Folder
from newscrawl.embedded.locks import holders

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["EmbeddedError", "Lease", "Status", "acquire", "start", "status", "stop"]

_ROUND = 0.01
"""Seconds between two looks at a server that is about to stop."""


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


def start(data: Path, timeout: float = START_SECONDS) -> Status:
    """Start the server and keep it running without clients until :func:`stop`, or until its keeper ends."""
    folder = Folder.of(data)
    with acquire(data, timeout), worded(folder):
        folder.background.touch(mode=0o600)
        return status(data)


def stop(data: Path, timeout: float = START_SECONDS) -> Status:
    """Let the server stop; while processes still use it, it goes on until the last of them ends.

    Returns the state after the server stopped, or at once if it is still in use.
    """
    folder = Folder.of(data)
    with worded(folder):
        folder.background.unlink(missing_ok=True)
    deadline = time.monotonic() + timeout
    while (state := status(data)).keeper_pid is not None and not state.clients and time.monotonic() < deadline:
        time.sleep(_ROUND)
    return state


def status(data: Path) -> Status:
    """Tell the state of the server without starting anything."""
    folder = Folder.of(data)
    with worded(folder):
        keeper_pid = folder.keeper_pid()
        return Status(
            running=folder.serving(),
            uri=folder.uri,
            pid=folder.mongod_pid(),
            keeper_pid=keeper_pid,
            clients=holders(folder.lease),
            background=keeper_pid is not None and folder.background.exists(),
            data_bytes=folder.data_bytes(),
            log=folder.log,
        )
