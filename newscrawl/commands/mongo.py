"""``scrapy mongo``: look at the embedded server, keep it running in the background, connect a shell to it."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand

from newscrawl import embedded
from newscrawl.cli import Exit, refuse, refuse_unknown_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

NO_FOLDER = (
    "outside a project folder the embedded MongoDB needs NEWSCRAWL_DATA, a folder for its data; or set MONGO_URI"
)
OTHER_SERVER = "MONGO_URI is set: crawls and queries use that server; this is about the embedded one"
NOT_KEPT = "the server runs only while newscrawl uses it; to keep it running: scrapy mongo start"
NO_SHELL = "mongosh is not on PATH; get it from https://www.mongodb.com/try/download/shell"


class Command(ScrapyCommand):
    """Manage the embedded MongoDB server."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Return the words the command takes."""
        return f"<{'|'.join(WORDS)}>"

    def short_desc(self) -> str:
        """Return the line that ``scrapy`` lists."""
        return "Look at, start or stop the embedded MongoDB server"

    def long_desc(self) -> str:
        """Return what the words mean."""
        return (
            "status: whether the server runs, who uses it, where its data are. start: keep it running in the background "
            "until stop. stop: let it stop, once nobody uses it any more. uri: its address. shell-hint: the command "
            "that opens a MongoDB shell on the corpus."
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the options, refusing those that do not exist."""
        refuse_unknown_options("mongo", args)
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what the one word says."""
        assert self.settings
        if len(args) != 1 or args[0] not in WORDS:
            refuse("mongo", Exit.BAD_INPUT, f"say one of: {', '.join(WORDS)}")
        if not self.settings["NEWSCRAWL_DATA"]:
            refuse("mongo", Exit.STORE_UNAVAILABLE, NO_FOLDER)
        if self.settings["MONGO_URI"]:
            _note(OTHER_SERVER)
        try:
            WORDS[args[0]](Path(self.settings["NEWSCRAWL_DATA"]), self.settings["MONGO_DATABASE"])
        except embedded.EmbeddedError as error:
            refuse("mongo", Exit.STORE_UNAVAILABLE, str(error))


def _status(data: Path, _database: str) -> None:
    state = embedded.status(data)
    rows = {
        "server": f"running, process {state.pid}" if state.running else "not running",
        "background": "kept running until `scrapy mongo stop`" if state.background else "no",
        "used by": "unknown" if state.clients is None else _processes(state.clients),
        "uri": state.uri,
        "data": f"{data} ({state.data_bytes / 1e6:.1f} MB)",
        "log": str(state.log),
    }
    for name, value in rows.items():
        print(f"{name:<10}  {value}")


def _start(data: Path, _database: str) -> None:
    state = embedded.start(data)
    print(f"running, process {state.pid}; `scrapy mongo stop` ends it")


def _stop(data: Path, _database: str) -> None:
    state = embedded.stop(data)
    if not state.running:
        print("not running")
    elif state.clients:
        print(f"still used by {_processes(state.clients)}; it stops when the last one ends")
    else:
        refuse("mongo", Exit.STORE_UNAVAILABLE, f"the server does not stop: see {state.log}")


def _uri(data: Path, _database: str) -> None:
    print(_kept(data).uri)


def _shell_hint(data: Path, database: str) -> None:
    print(shlex.join(["mongosh", f"{_kept(data).uri}/{database}"]))
    if not shutil.which("mongosh"):
        _note(NO_SHELL)


WORDS: dict[str, Callable[[Path, str], None]] = {
    "status": _status,
    "start": _start,
    "stop": _stop,
    "uri": _uri,
    "shell-hint": _shell_hint,
}


def _kept(data: Path) -> embedded.Status:
    """Return the state, with a note if the server is not there for good: a shell holds no lease."""
    state = embedded.status(data)
    if not state.background:
        _note(NOT_KEPT)
    return state


def _processes(count: int) -> str:
    return "1 process" if count == 1 else f"{count} processes"


def _note(message: str) -> None:
    """Write to standard error, so that standard output stays usable in ``$(scrapy mongo uri)``."""
    print(f"scrapy mongo: {message}", file=sys.stderr)
