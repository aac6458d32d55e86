"""The data folder of the embedded server: what lies where, and who is at it."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from newscrawl.embedded.errors import EmbeddedError
from newscrawl.embedded.locks import locked

_SOCKET_PATH_BYTES = 100
"""Longest address of a unix socket, with room to spare: 103 bytes on macOS, 107 on Linux."""


@dataclass(frozen=True)
class Folder:
    """Paths below one data folder."""

    data: Path

    @classmethod
    def of(cls, data: Path) -> Self:
        """Return the one Folder of a path, however the path is written; raises :class:`EmbeddedError` on Windows."""
        if sys.platform == "win32":  # no flock, and loopback TCP without passwords would be open to every local user
            raise EmbeddedError(
                "there is no embedded MongoDB on Windows: set MONGO_URI to a MongoDB server, or use WSL"
            )
        return cls(data.expanduser().resolve())

    @property
    def database(self) -> Path:
        """The files that mongod owns."""
        return self.data / "mongo"

    @property
    def mongod_lock(self) -> Path:
        """Held by mongod itself (``flock`` too) all its life; its content is mongod's process id, empty after a clean stop."""
        return self.database / "mongod.lock"

    @property
    def run(self) -> Path:
        """Locks, socket and the keeper's output."""
        return self.data / "run"

    @property
    def lease(self) -> Path:
        """Shared by every client; the keeper stops the server when it gets it exclusively."""
        return self.run / "lease"

    @property
    def start(self) -> Path:
        """Held by the one client that is starting the server."""
        return self.run / "start"

    @property
    def keeper(self) -> Path:
        """Held by the keeper all its life; its content is the keeper's process id."""
        return self.run / "keeper"

    @property
    def background(self) -> Path:
        """While it exists, the keeper goes on without clients; a new keeper removes it."""
        return self.run / "background"

    @property
    def keeper_log(self) -> Path:
        """What the keeper and a failing mongod wrote to stdout and stderr since the last start."""
        return self.run / "keeper.log"

    @property
    def log(self) -> Path:
        """The log of mongod; the one before it has the suffix ``.1``."""
        return self.data / "mongod.log"

    @property
    def socket(self) -> Path:
        """The address of the server: the same for everyone who asks, so it never depends on TMPDIR and the like."""
        inside = self.run / "mongod.sock"
        # mongod takes a comma for the end of an address
        if len(os.fsencode(inside)) <= _SOCKET_PATH_BYTES and "," not in str(inside):
            return inside
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(f"/tmp/newscrawl-{os.geteuid()}-{name}/mongod.sock")  # noqa: S108

    @property
    def uri(self) -> str:
        """The server's address for pymongo and mongosh."""
        return "mongodb://" + quote(str(self.socket), safe="")

    def prepare(self) -> None:
        """Create the folders, closed to other users; raises OSError or :class:`EmbeddedError`."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.database, self.run, self.socket.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.lstat().st_uid != os.geteuid():
                raise EmbeddedError(
                    f"{folder} belongs to another user: remove it, or set NEWSCRAWL_DATA to a folder of your own"
                )
            folder.chmod(0o700)

    def listening(self) -> bool:
        """Tell whether a server accepts connections."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
            except OSError:
                return False
            return True

    def serving(self) -> bool:
        """Tell whether a server accepts connections that somebody keeps."""
        return self.keeper_pid() is not None and self.listening()

    def keeper_pid(self) -> int | None:
        """Process id of the living keeper; 0 while it is about to write it."""
        return int(self.keeper.read_text() or 0) if locked(self.keeper) else None

    def mongod_pid(self) -> int | None:
        """Process id of the living mongod."""
        return int(self.mongod_lock.read_text() or 0) if locked(self.mongod_lock) else None

    def data_bytes(self) -> int:
        """Size of all of mongod's files."""
        return sum(_size(path) for path in self.database.rglob("*"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # mongod removes files while we look
        return 0
