"""What the tests of the embedded server share: a client in another process, and who is alive."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient

from newscrawl import embedded

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
PATIENCE = 10.0

HOLD = """
import sys
from pathlib import Path
from newscrawl import embedded
lease = embedded.acquire(Path(sys.argv[1]))
print(lease.uri, flush=True)
sys.stdin.read()
"""
"""A client: says the URI it got and keeps its lease until its standard input is closed, or it is killed."""


class Client:
    """Another process that holds a lease."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def uri(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


def processes(data: Path) -> set[int]:
    """Process ids of keepers and servers of a data folder."""
    found = set()
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = cmdline.read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if os.fsencode(data) in words or os.fsencode(data / "mongo") in words:
            found.add(int(cmdline.parent.name))
    return found


def eventually(condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
    deadline = time.monotonic() + patience
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return met


def is_gone(data: Path) -> bool:
    """Whether keeper and server end; a client's own process does not count."""
    return eventually(lambda: not processes(data))


def answers(uri: str) -> bool:
    with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=5000) as client:
        return bool(client.admin.command("ping")["ok"])


def server(data: Path) -> int:
    """Process id of the running server."""
    state = embedded.status(data)
    assert state.running
    assert state.pid
    return state.pid


def keeper(data: Path) -> int:
    pid = embedded.status(data).keeper_pid
    assert pid
    return pid
