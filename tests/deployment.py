"""A checkout to deploy from and a real Scrapyd to deploy to, each in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from tests.miniature import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

PARTS = ("newscrawl", "deploy", "Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "scrapy.cfg")
HTTP = build_opener(ProxyHandler({}))
PATIENCE = 60.0
"""Seconds until a test gives up waiting."""

QUICK_POLLS = """
[scrapyd]
poll_interval = 0.2
items_dir = items
jobs_dir = jobs
"""
"""What tests want of Scrapyd beside deploy/scrapyd.conf: no waiting, and each option that it hands on to a crawl."""


class Checkout:
    """A copy of what is deployed, which a test may change; its ``.venv`` stands for the one the tests run in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in PARTS:
            copy: Callable[[Path, Path], object] = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        (folder / "README.md").touch()
        (folder / "tests").mkdir()
        (folder / "tests" / "__init__.py").touch()  # a package that belongs in no egg
        python = folder / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
        python.chmod(0o755)
        for stamp in (".made", ".installed", ".installed-dev"):
            (folder / ".venv" / stamp).touch()

    def deploys_to(self, url: str) -> None:
        """Name another Scrapyd in scrapy.cfg."""
        path = self.folder / "scrapy.cfg"
        path.write_text(re.sub("(?m)^url = .*", f"url = {url}", path.read_text()))

    def files(self) -> set[str]:
        """Return the names of what stands at the top; those of folders end in a slash."""
        return {path.name + "/" * path.is_dir() for path in self.folder.iterdir()}

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command at the top."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=clean_environment() | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


def clean_environment() -> dict[str, str]:
    """Return the environment without what make hands down to the programs it starts."""
    return {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}


class Scrapyd:
    """The Scrapyd that ``make scrapyd`` starts in a checkout, on a free port."""

    def __init__(self, checkout: Checkout, **environment: str) -> None:
        self.folder = checkout.folder / ".newscrawl" / "scrapyd"
        self.log = checkout.folder / "scrapyd.log"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        (checkout.folder / ".scrapyd.conf").write_text(QUICK_POLLS)
        checkout.deploys_to(self.url)
        own = {"HOME": str(checkout.folder), "SCRAPYD_HTTP_PORT": str(port)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["make", "scrapyd"],
                cwd=checkout.folder,
                env=clean_environment() | own | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        wait_for(self.answers)
        return self

    def __exit__(self, *error: object) -> None:
        """End Scrapyd and its crawls: those it would leave to themselves."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(PATIENCE)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            HTTP.open(self.url, timeout=PATIENCE).close()
        except HTTPError:  # asks for a password
            return True
        except URLError:
            return False
        return True

    def ask(self, what: str, **parameters: str) -> dict[str, Any]:
        """Return the answer to a question."""
        answer: dict[str, Any] = json.loads(self.read(f"/{what}.json?{urlencode(parameters)}"))
        return answer

    def order(self, what: str, **fields: object) -> dict[str, Any]:
        """Return the answer to an order; ``settings`` of a job are given as a list."""
        form = urlencode({"project": "newscrawl", **fields}, doseq=True).encode()
        with HTTP.open(f"{self.url}/{what}.json", form, PATIENCE) as reply:
            answer: dict[str, Any] = json.load(reply)
        return answer

    def read(self, path: str) -> str:
        """Return what stands at a path of the web console."""
        with HTTP.open(self.url + path, timeout=PATIENCE) as reply:
            return str(reply.read().decode())

    def jobs(self, state: str) -> list[str]:
        """Return the ids of the jobs that are pending, running or finished."""
        return [job["id"] for job in self.ask("listjobs", project="newscrawl")[state]]

    def finished(self, job: str) -> dict[str, Any]:
        """Wait for a job's end and return its row in the list of jobs."""
        wait_for(lambda: job in self.jobs("finished"))
        return next(row for row in self.ask("listjobs", project="newscrawl")["finished"] if row["id"] == job)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def wait_for(condition: Callable[[], object]) -> None:
    """Return when a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
