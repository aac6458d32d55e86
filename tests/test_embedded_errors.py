"""What keeps the embedded server from starting, each told in one line; by the real mongod where it can be made to fail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from newscrawl import embedded
from newscrawl.embedded import keeper
from newscrawl.embedded.binary import find_mongod, lacks_avx
from newscrawl.embedded.errors import EmbeddedError, from_mongod, from_os_error
from newscrawl.embedded.folder import Folder
from newscrawl.embedded.locks import FileLock, Mode

ROOT = Path(__file__).parent.parent

TRY = """
import sys
from pathlib import Path
from newscrawl import embedded
try:
    with embedded.acquire(Path(sys.argv[1])) as lease:
        print(lease.uri)
except embedded.EmbeddedError as error:
    print(error)
"""


def attempt(data: Path, *, options: tuple[str, ...] = (), **variables: str) -> str:
    """What a process says that asks for the server: its URI or the error."""
    ended = subprocess.run(
        [sys.executable, *options, "-c", TRY, str(data)],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr == ""
    return ended.stdout.strip()


def wait_until_stopped(data: Path) -> None:
    deadline = time.monotonic() + 10
    while embedded.status(data).keeper_pid is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A data folder that a server has used and left."""
    folder = tmp_path / "data"
    embedded.acquire(folder).release()
    wait_until_stopped(folder)
    return folder


def refusal(data: Path) -> str:
    with pytest.raises(EmbeddedError) as caught:
        embedded.acquire(data)
    wait_until_stopped(data)
    return str(caught.value)


def test_damaged_data(used: Path) -> None:
    with (used / "mongo" / "WiredTiger.wt").open("r+b") as file:
        file.write(b"damaged!" * 2048)
    assert refusal(used).startswith(f"the data folder {used} is damaged (see {used / 'mongod.log'}): ")


def test_data_of_another_mongod(used: Path) -> None:
    turtle = used / "mongo" / "WiredTiger.turtle"
    turtle.write_text(turtle.read_text().replace("major=", "major=9"))
    assert refusal(used).startswith(f"the data folder {used} was made by another version of mongod: ")


def test_a_server_of_the_users_own_on_the_same_data(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "_STOP_PATIENCE", 0.01)
    folder = Folder.of(used)
    with FileLock(folder.mongod_lock) as lock:
        lock.wait(Mode.EXCLUSIVE, 0)
        with pytest.raises(EmbeddedError, match="another mongod uses the data folder"):
            keeper._end_leftover(folder)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.touch()
    assert refusal(file).startswith(f"the data folder {file} is not a folder: ")
    assert refusal(file / "below").startswith(f"the data folder {file / 'below'} lies in what is no folder: ")


def test_a_mongod_that_cannot_be_run(tmp_path: Path) -> None:
    (tmp_path / "mongod").write_text("no program")
    (tmp_path / "mongod").chmod(0o755)
    said = attempt(tmp_path / "data", options=("-S",), PATH=str(tmp_path))
    assert said == f"cannot run {tmp_path / 'mongod'} (Exec format error): set MONGO_URI, or install mongod"


def test_no_mongod_at_all(tmp_path: Path) -> None:
    said = attempt(tmp_path / "data", options=("-S",), PATH=str(tmp_path))  # -S: no installed packages
    assert said.startswith("no mongod for Linux ")
    assert said.endswith(" is installed: set MONGO_URI to a MongoDB server, or put mongod on PATH")


def test_from_a_zipped_egg_with_mongod_on_path(tmp_path: Path) -> None:
    egg = tmp_path / "newscrawl.egg"
    with zipfile.ZipFile(egg, "w") as archive:
        for path in [ROOT / "newscrawl" / "__init__.py", *(ROOT / "newscrawl" / "embedded").glob("*.py")]:
            archive.write(path, path.relative_to(ROOT))
    data = tmp_path / "data"
    said = attempt(data, options=("-S", "-P"), PYTHONPATH=str(egg), PATH=str(find_mongod().parent))
    assert said == Folder.of(data).uri
    wait_until_stopped(data)


def test_not_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(EmbeddedError, match="no embedded MongoDB on Windows: set MONGO_URI"):
        embedded.acquire(tmp_path / "data")


@pytest.mark.parametrize(
    ("machine", "flags", "lacking"),
    [
        ("x86_64", "flags\t\t: fpu sse4_2 avx avx2", False),
        ("x86_64", "flags\t\t: fpu sse4_2 avx512f_lookalike", True),
        ("x86_64", "flags\t\t:", True),
        ("x86_64", "processor\t: 0", False),
        ("aarch64", "flags\t\t: fpu", False),
    ],
)
def test_avx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, flags: str, *, lacking: bool) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\n{flags}\n")
    assert lacks_avx(tmp_path / "cpuinfo") is lacking


@pytest.mark.parametrize(
    ("code", "output", "told"),
    [
        (
            127,
            "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file: No such file",
            "mongod needs libcurl: apt-get install libcurl4, or set MONGO_URI",
        ),
        (
            127,
            "mongod: error while loading shared libraries: libcrypto.so.3: cannot open shared object file",
            "mongod needs libcrypto.so.3, which is missing: install it, or set MONGO_URI",
        ),
        (
            1,
            "mongod: /lib/libc.so.6: version `GLIBC_2.34' not found (required by mongod)",
            "mongod needs GLIBC_2.34 and this system is older: set MONGO_URI, or install mongod",
        ),
        (
            -signal.SIGILL,
            "",
            "the embedded MongoDB needs a processor with AVX: set MONGO_URI to a MongoDB server elsewhere",
        ),
        (14, '"error_str":"No space left on device"', "no space left for the data folder "),
        (62, "UPGRADE PROBLEM: Found an invalid featureCompatibilityVersion document", "was made by another version"),
        (100, "DBPathInUse: Unable to lock the lock file", "another mongod uses the data folder "),
        (48, '"msg":"Error setting up listener"', "cannot create a socket in "),
        (14, '"error_str":"Operation not permitted"', "cannot write to the data folder "),
        (55, "nothing known", "mongod ended with code 55 while it started: see "),
    ],
)
def test_why_mongod_ended(tmp_path: Path, code: int, output: str, told: str) -> None:
    line = str(from_mongod(code, f"first line\n{output}\nlast line", Folder.of(tmp_path)))
    assert told in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("errno", "told"),
    [
        (28, "no space left for the data folder {data}: "),
        (13, "cannot write to the data folder {data}: "),
        (30, "cannot write to the data folder {data}: "),
        (5, "cannot use the data folder {data}: Input/output error"),
    ],
)
def test_what_the_file_system_says(tmp_path: Path, errno: int, told: str) -> None:
    assert str(from_os_error(OSError(errno, os.strerror(errno)), Folder.of(tmp_path))).startswith(
        told.format(data=tmp_path)
    )


def test_a_folder_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    Folder.of(data).prepare()
    monkeypatch.setattr("os.geteuid", lambda: 4711)
    with pytest.raises(EmbeddedError, match="belongs to another user: "):
        Folder.of(data).prepare()


def test_a_keeper_that_does_not_live_is_not_tried_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true")
    assert refusal(tmp_path / "data").startswith("the keeper of the embedded MongoDB ended unexpectedly: see ")


def test_a_disk_too_full_for_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newscrawl.embedded.errors._ROOM", sys.maxsize)
    assert str(from_mongod(1, "", Folder.of(tmp_path))).startswith("no space left for the data folder ")
