"""The embedded server's data folder: any path will do, other users stay out, and it does not grow by itself."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawl import embedded
from newscrawl.embedded.folder import Folder
from newscrawl.embedded.locks import FileLock, Mode
from tests.embedded_processes import answers, eventually, is_gone, server

NOBODY = 65534


def test_other_users_stay_out(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 40)  # its socket lies in /tmp, where everybody may look
    with embedded.acquire(data):
        folder = Folder.of(data)
        closed = (data, folder.run, folder.database, folder.socket.parent, folder.socket)
        assert [stat.S_IMODE(path.stat().st_mode) for path in closed] == [0o700] * len(closed)
        assert listening_ports(server(data)) == set()
        if os.geteuid() == 0:  # nobody else can become somebody else
            assert "PermissionError" in connect_as(NOBODY, folder.socket)
    assert is_gone(data)
    assert not folder.socket.parent.exists()


def connect_as(user: int, address: Path) -> str:
    """What Python says when another user connects."""
    code = f"import os, socket; os.setuid({user}); socket.socket(socket.AF_UNIX).connect({str(address)!r})"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr


def listening_ports(pid: int) -> set[str]:
    """Addresses at which a process listens for TCP."""
    links = {str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()
    ]
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in links}


@pytest.mark.parametrize("name", ["space & ünï", "comma,comma"])
def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    with embedded.acquire(tmp_path / name) as lease:
        assert answers(lease.uri)
    assert is_gone(tmp_path / name)


def test_the_log_is_limited(tmp_path: Path) -> None:
    with embedded.acquire(tmp_path):
        log = embedded.status(tmp_path).log
        os.truncate(log, 17_000_000)
        assert eventually(lambda: log.exists() and log.stat().st_size < 1_000_000)
        assert sorted(path.name for path in tmp_path.glob("mongod.log*")) == ["mongod.log", "mongod.log.1"]
    assert is_gone(tmp_path)


def test_waiting_ends_in_time(tmp_path: Path) -> None:
    folder = Folder.of(tmp_path)
    folder.prepare()
    with FileLock(folder.start) as lock:
        lock.wait(Mode.EXCLUSIVE, 0)
        with pytest.raises(embedded.EmbeddedError, match="was not ready in time"):
            embedded.acquire(tmp_path, timeout=0.7)
    assert embedded.status(tmp_path).clients == 0


def test_status_creates_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    state = embedded.status(data)
    assert (state.running, state.clients, state.data_bytes) == (False, 0, 0)
    assert not data.exists()
