"""The embedded server among processes that come, go and are killed; every test ends with no process left behind."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from newscrawl import embedded
from newscrawl.embedded.folder import Folder
from newscrawl.embedded.keeper import _end_leftover
from tests.embedded_processes import Client, answers, eventually, is_gone, keeper, processes, server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STORY: dict[str, Any] = {"_id": "bbc:1"}


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    gone = is_gone(folder)
    for pid in processes(folder):
        os.kill(pid, signal.SIGKILL)
    assert gone, "processes were left behind"


def test_ten_processes_that_start_at_once_share_one_server(data: Path) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(Client(data)) for _ in range(10)]
        assert {client.uri() for client in clients} == {embedded.status(data).uri}
        assert processes(data) - {client.process.pid for client in clients} == {server(data), keeper(data)}
        assert embedded.status(data).clients == 10


def test_the_last_lease_ends_the_server(data: Path) -> None:
    first, second = embedded.acquire(data), embedded.acquire(data)
    assert first.uri == second.uri
    assert embedded.status(data).clients == 1
    first.release()
    first.release()
    time.sleep(0.3)
    assert answers(second.uri)
    second.release()
    assert is_gone(data)
    assert not embedded.status(data).running


def test_the_server_survives_the_killed_starter_and_ctrl_c(data: Path) -> None:
    with Client(data) as starter, Client(data) as interrupted:
        assert starter.uri() == interrupted.uri()
        pid = server(data)
        with embedded.acquire(data) as lease:
            starter.kill()
            os.killpg(interrupted.process.pid, signal.SIGINT)
            interrupted.process.wait()
            time.sleep(0.3)
            assert answers(lease.uri)
            assert server(data) == pid
            assert embedded.status(data).clients == 1


def test_a_starter_killed_half_way_leaves_nothing(data: Path) -> None:
    with Client(data) as starter:
        assert eventually(lambda: bool(processes(data) - {starter.process.pid}))
        starter.kill()
    assert is_gone(data)
    with embedded.acquire(data) as lease:
        assert answers(lease.uri)


def test_a_killed_server_comes_back_with_what_was_acknowledged(data: Path) -> None:
    with embedded.acquire(data) as lease, MongoClient[dict[str, Any]](lease.uri, journal=True) as client:
        client["test"]["stories"].insert_one(STORY)
        killed = server(data)
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: embedded.status(data).pid not in {None, killed})
        with embedded.acquire(data) as again:
            assert again.uri == lease.uri
        assert client["test"]["stories"].find_one() == STORY


def test_a_killed_keeper_is_replaced_under_its_client(data: Path) -> None:
    with embedded.acquire(data) as lease:
        pids = {keeper(data), server(data)}
        os.kill(keeper(data), signal.SIGKILL)
        assert eventually(lambda: not pids & processes(data))
        assert eventually(lambda: embedded.status(data).running)
        assert answers(lease.uri)
        assert len(processes(data)) == 2


def test_a_killed_keeper_takes_the_server_along(data: Path) -> None:
    embedded.start(data)
    os.kill(keeper(data), signal.SIGKILL)
    assert is_gone(data)
    with embedded.acquire(data) as lease:
        assert answers(lease.uri)
        assert not embedded.status(data).background


def test_a_server_that_hangs_without_its_keeper_is_ended(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newscrawl.embedded.keeper._STOP_PATIENCE", 0.2)
    embedded.start(data)
    os.kill(server(data), signal.SIGSTOP)
    os.kill(keeper(data), signal.SIGKILL)
    _end_leftover(Folder.of(data))
    assert is_gone(data)


def test_all_killed_at_once_leaves_a_folder_that_works(data: Path) -> None:
    with Client(data) as client:
        client.uri()
        for pid in (keeper(data), server(data), client.process.pid):
            os.kill(pid, signal.SIGKILL)
    with embedded.acquire(data) as lease:
        assert answers(lease.uri)


def test_a_terminated_keeper_stops_the_server(data: Path) -> None:
    embedded.start(data)
    os.kill(keeper(data), signal.SIGTERM)
    assert is_gone(data)


def test_a_deleted_socket_is_made_anew(data: Path) -> None:
    with embedded.acquire(data) as lease:
        pid = server(data)
        Folder.of(data).socket.unlink()
        assert eventually(lambda: embedded.status(data).running)
        assert server(data) != pid
        assert answers(lease.uri)


def test_a_deleted_folder_ends_its_server(data: Path) -> None:
    old = embedded.start(data).pid
    with embedded.acquire(data):
        away = data.rename(data.with_name("deleted"))  # at once, as rmtree does not under a server that writes
        new = embedded.start(data)
        assert eventually(lambda: old not in processes(data))
        assert processes(data) == {new.pid, new.keeper_pid}
        assert answers(new.uri)
    embedded.stop(data)
    shutil.rmtree(away)


def test_in_the_background_until_stop(data: Path) -> None:
    pid = embedded.start(data).pid
    time.sleep(0.3)
    state = embedded.status(data)
    assert (state.running, state.pid, state.clients, state.background) == (True, pid, 0, True)
    assert not embedded.stop(data).running
    assert not embedded.status(data).background


def test_stop_does_not_pull_the_server_from_under_a_client(data: Path) -> None:
    embedded.start(data)
    with embedded.acquire(data) as lease:
        state = embedded.stop(data)
        assert (state.running, state.clients, state.background) == (True, 1, False)
        assert answers(lease.uri)
