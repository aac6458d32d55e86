"""A mongod of a test's own: not kept by anybody, so it is away when it was killed, and back when the test starts it again."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from newscrawl.embedded.binary import find_mongod
from newscrawl.storage import Server
from tests.embedded_processes import answers

if TYPE_CHECKING:
    from types import TracebackType

FLAGS = (
    "--nounixsocket", "--wiredTigerCacheSizeGB", "0.25", "--quiet",
    "--wiredTigerEngineConfigString", "log=(file_max=32MB,prealloc=false)",
    "--setParameter", "diagnosticDataCollectionEnabled=false",
)  # fmt: skip


class OwnServer:
    """A mongod on a unix socket; its folder's path is short because a socket's has to be."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="no-"))
        self.socket = self.folder / "s.sock"
        self.server = Server(f"mongodb://{quote(str(self.socket), safe='')}", "newscrawl")
        self.start()

    def start(self) -> None:
        """Start it, on what the one before it left, and wait until it answers."""
        self.socket.unlink(missing_ok=True)
        database, log = self.folder / "mongo", self.folder / "log"
        database.mkdir(exist_ok=True)
        command = [str(find_mongod()), "--dbpath", str(database), "--bind_ip", str(self.socket), "--logpath", str(log)]
        self.process = subprocess.Popen([*command, *FLAGS], stdout=subprocess.DEVNULL)
        assert answers(self.server.uri)

    def kill(self) -> None:
        """Kill it (-9)."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self.folder)
