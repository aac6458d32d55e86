"""The keeper: a detached process that owns mongod as long as clients hold leases.

Run as ``python -m newscrawl.embedded.keeper DATA MONGOD``. It imports all it needs at its start (the egg it came from may be
gone later) and nothing beyond the standard library. The client that started it reads its standard output, which ends when
the server is ready, or when there will be none; what stands there is the reason.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from newscrawl.embedded.errors import EmbeddedError, from_mongod, from_os_error, in_use
from newscrawl.embedded.folder import Folder
from newscrawl.embedded.locks import FileLock, Mode, locked

if TYPE_CHECKING:
    from collections.abc import Callable

_ROUND = 0.01
"""Seconds between two looks while mongod starts."""
_WATCH = 0.1
"""Seconds between two looks at mongod and the leases."""
_LOCK_PATIENCE = 0.5
"""Seconds to wait for the keeper's lock: somebody who only looks may hold it for a moment."""
_STOP_PATIENCE = 15.0
"""Seconds that mongod gets to stop before it is killed."""
_LOG_BYTES = 16_000_000
"""mongod's log is set aside when it grows beyond this."""
_PR_SET_PDEATHSIG = 1
_CACHE_GIGABYTES = "0.5"
"""At most; a small corpus takes 130 MB of memory in all."""
_ENGINE = ",".join(
    (
        # the default, three files of 100 MB made in advance, doubles the time of a start
        "log=(file_max=32MB,prealloc=false)",
        # By default pages are written out as soon as a twentieth of the cache has changed. In a cache as small as this the
        # pages of the text index, where each story changes hundreds, are then written again and again: that takes mongod
        # two and a half times as long. The journal keeps what is not written out yet.
        "eviction_dirty_target=40,eviction_dirty_trigger=60",
        "eviction_updates_target=20,eviction_updates_trigger=30",
    )
)
"""WiredTiger's configuration (https://source.wiredtiger.com/develop/group__wt.html, wiredtiger_open)."""


def main(data: str, mongod: str) -> None:
    """Detach, become the keeper of the folder if there is none, and stay until nobody needs the server."""
    if os.fork():
        os._exit(0)  # the starter has no child to reap
    os.chdir("/")
    os.umask(0o077)
    folder = Folder(Path(data))
    try:
        lock = _become_keeper(folder)
        _end_leftover(folder)
        _keep(folder, mongod, lock)
    except OSError as error:
        _fail(from_os_error(error, folder))
    except EmbeddedError as error:
        _fail(error)


def _become_keeper(folder: Folder) -> FileLock:
    folder.prepare()
    lock = FileLock(folder.keeper)  # never closed: it ends with the process
    try:
        lock.wait(Mode.EXCLUSIVE, time.monotonic() + _LOCK_PATIENCE)
    except TimeoutError:
        sys.exit(0)  # another keeper is there
    lock.write(str(os.getpid()))
    folder.background.unlink(missing_ok=True)
    os.dup2(os.open(folder.keeper_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600), sys.stderr.fileno())
    signal.signal(signal.SIGTERM, _leave)
    return lock


def _leave(_signal: int, _frame: object) -> NoReturn:
    sys.exit(0)


def _keep(folder: Folder, mongod: str, lock: FileLock) -> None:
    """Watch mongod until no lease is left, or the folder is deleted; restart it when it dies under its clients."""
    lease = FileLock(folder.lease)
    server = _start(folder, mongod)
    ready = False
    try:
        while lock.in_place() and (folder.background.exists() or not lease.attempt(Mode.EXCLUSIVE)):
            if (code := server.poll()) is not None:
                if not ready:
                    raise from_mongod(code, _output(folder), folder)
                server, ready = _start(folder, mongod), False
            elif ready and not folder.socket.exists():  # deleted: nobody can come in
                server.terminate()
            elif not ready and folder.listening():
                ready = True
                _answer("")
            _limit_log(folder, server)
            time.sleep(_WATCH if ready else _ROUND)
    finally:
        _stop(server, clean=lock.in_place())
        if lock.in_place():
            _clear(folder)


def _start(folder: Folder, mongod: str) -> subprocess.Popen[bytes]:
    folder.socket.unlink(missing_ok=True)
    _set_log_aside(folder)
    try:
        return subprocess.Popen(  # noqa: S603
            [mongod, *_flags(folder)],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            preexec_fn=_tie_to_keeper(),  # noqa: PLW1509
        )
    except OSError as error:
        raise EmbeddedError(f"cannot run {mongod} ({error.strerror}): set MONGO_URI, or install mongod") from error


def _flags(folder: Folder) -> list[str]:
    return [
        *("--dbpath", str(folder.database)),
        *("--bind_ip", str(folder.socket), "--nounixsocket"),  # this socket, no TCP port, none in /tmp
        *("--wiredTigerCacheSizeGB", _CACHE_GIGABYTES),
        *("--wiredTigerEngineConfigString", _ENGINE),
        *("--logpath", str(folder.log), "--logappend", "--logRotate", "reopen", "--quiet"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    ]


def _tie_to_keeper() -> Callable[[], None] | None:
    """Return what mongod's process runs first: let the kernel stop it when the keeper dies, where the kernel can."""
    if sys.platform != "linux":
        return None
    keeper = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != keeper:  # died before the call
            os._exit(1)

    return tie


def _stop(server: subprocess.Popen[bytes], *, clean: bool) -> None:
    """End mongod; not cleanly if its folder was deleted: it would take the socket of a server in a new one along."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if clean:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(_STOP_PATIENCE)
    server.kill()
    server.wait()


def _clear(folder: Folder) -> None:
    if folder.socket.parent != folder.run:
        shutil.rmtree(folder.socket.parent, ignore_errors=True)


def _end_leftover(folder: Folder) -> None:
    """Wait for the mongod of a killed keeper to end; make it end where the kernel did not tell it."""
    pid = folder.mongod_pid()
    ours = folder.listening()
    for order in (signal.SIGTERM, signal.SIGKILL):
        if not locked(folder.mongod_lock):
            return
        if ours and pid is not None:
            with suppress(ProcessLookupError):  # ended just now
                os.kill(pid, order)
        _wait_until_free(folder)
    if locked(folder.mongod_lock):
        raise in_use(folder)


def _wait_until_free(folder: Folder) -> None:
    deadline = time.monotonic() + _STOP_PATIENCE / 2
    while locked(folder.mongod_lock) and time.monotonic() < deadline:
        time.sleep(_ROUND)


def _limit_log(folder: Folder, server: subprocess.Popen[bytes]) -> None:
    if folder.log.exists() and folder.log.stat().st_size > _LOG_BYTES:
        _set_log_aside(folder)
        server.send_signal(signal.SIGUSR1)  # mongod opens the log anew


def _set_log_aside(folder: Folder) -> None:
    if folder.log.exists():
        folder.log.replace(folder.log.with_suffix(".log.1"))


def _output(folder: Folder) -> str:
    """Return what mongod and the loader wrote since mongod was started."""
    return "\n".join(path.read_text(errors="replace") for path in (folder.keeper_log, folder.log) if path.exists())


def _fail(error: EmbeddedError) -> None:
    _answer(str(error))
    print(error, file=sys.stderr)  # for a server that could not be restarted: no client listens any more


def _answer(reason: str) -> None:
    """Let go the client that started this keeper."""
    with suppress(BrokenPipeError):  # it was killed: its lease is gone too
        os.write(sys.stdout.fileno(), reason.encode(errors="replace"))
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
