"""``scrapy mongo``: what it says and how it ends, on the real server."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings

from newscrawl import embedded
from newscrawl.commands import mongo
from tests.embedded_processes import is_gone

ROOT = Path(__file__).parent.parent


def run(*words: str, data: Path | None, mongo_uri: str | None = None) -> None:
    """Run the command in this process, as ``scrapy`` does."""
    command = mongo.Command()
    command.settings = Settings(
        {"NEWSCRAWL_DATA": data and str(data), "MONGO_URI": mongo_uri, "MONGO_DATABASE": "newscrawl"}
    )
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    options, left_over = parser.parse_known_args(list(words))
    command.process_options(left_over, options)
    command.run(left_over, options)


def scrapy(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "mongo", *words],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_start_to_stop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("start", data=tmp_path)
    state = embedded.status(tmp_path)
    assert state.background
    assert capsys.readouterr().out == f"running, process {state.pid}; `scrapy mongo stop` ends it\n"

    run("status", data=tmp_path)
    rows = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    assert rows["server"].strip() == f"running, process {state.pid}"
    assert rows["background"].strip() == "kept running until `scrapy mongo stop`"
    assert rows["used by"].strip() == "0 processes"

    with embedded.acquire(tmp_path):
        run("stop", data=tmp_path)
        assert capsys.readouterr().out == "still used by 1 process; it stops when the last one ends\n"
    assert is_gone(tmp_path)
    run("stop", data=tmp_path)
    assert capsys.readouterr() == ("not running\n", "")


def test_uri_and_shell_hint_when_the_server_is_not_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    uri = embedded.status(tmp_path).uri
    run("uri", data=tmp_path)
    assert capsys.readouterr() == (f"{uri}\n", f"scrapy mongo: {mongo.NOT_KEPT}\n")
    run("shell-hint", data=tmp_path)
    said = capsys.readouterr()
    assert said.out == f"mongosh {uri}/newscrawl\n"
    assert mongo.NOT_KEPT in said.err


def test_a_server_of_the_users_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("stop", data=tmp_path, mongo_uri="mongodb://user:secret@db.example")
    assert capsys.readouterr() == ("not running\n", f"scrapy mongo: {mongo.OTHER_SERVER}\n")


def test_outside_a_project_folder(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("status", data=None)
    assert ended.value.code == 4
    assert capsys.readouterr() == ("", f"scrapy mongo: {mongo.NO_FOLDER}\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say one of: status, start, stop, uri, shell-hint"),
        (("restart",), "say one of: status, start, stop, uri, shell-hint"),
        (("status", "stop"), "say one of: status, start, stop, uri, shell-hint"),
        (("status", "--josn"), "unknown option '--josn': scrapy mongo -h lists the options"),
    ],
)
def test_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*words, data=tmp_path)
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", f"scrapy mongo: {told}\n")


def test_in_the_project(tmp_path: Path) -> None:
    ended = scrapy("status", NEWSCRAWL_DATA=str(tmp_path))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "not running" in ended.stdout


def test_no_server_is_one_line_and_exit_code_4(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    ended = scrapy("start", NEWSCRAWL_DATA=str(tmp_path / "data"))
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr.startswith(f"scrapy mongo: the data folder {tmp_path / 'data'} is not a folder: ")
    assert ended.stderr.count("\n") == 1
