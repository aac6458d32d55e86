"""Writing to a terminal, a pipe or a file. Whatever comes from a page is plain text and cannot steer the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from newscrawl.corpus.errors import QuestionError
from newscrawl.corpus.json_lines import STEERING, json_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class PlainConsole(Console):
    """A console that takes no markup, and whose reader may leave before the end."""

    def on_broken_pipe(self) -> None:
        """Let the command end as it does for JSON."""
        raise BrokenPipeError


def console() -> Console:
    """Return the console of standard output, as wide as the terminal; where there is none 80 columns, without colours."""
    return PlainConsole(file=sys.stdout, markup=False, highlight=False, emoji=False)


def shown(value: Any, style: str = "") -> Text:
    """Return a value from the corpus as one line of plain text; empty for None."""
    return Text("" if value is None else STEERING.sub("", " ".join(str(value).split())), style)


def unbroken(text: str, style: str = "") -> Text:
    """Return a piece of a line as plain text, with the spaces it begins and ends with."""
    return Text(STEERING.sub("", text), style)


def lines(*texts: Text) -> Text:
    """Return texts one below the other, without the empty ones."""
    return Text("\n").join(text for text in texts if text)


def moment(at: datetime | None) -> str:
    """Return a time to the minute, empty for None."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def day(at: datetime | None) -> str:
    """Return a time to the day, empty for None."""
    return f"{at:%Y-%m-%d}" if at else ""


def table(*columns: str, numbers: Iterable[str] = (), fixed: Iterable[str] = ()) -> Table:
    """Return an empty table. Columns of ``numbers`` stand to the right, ``fixed`` ones are never broken."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(
            column,
            justify="right" if column in numbers else "left",
            no_wrap=column in {*numbers, *fixed},
            overflow="fold",
        )
    return made


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: ``1 story``, ``1,204 stories``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def write_json(rows: Iterable[Any]) -> None:
    """Write each row as one line of JSON, as soon as it is there."""
    for row in rows:
        sys.stdout.write(json_line(row) + "\n")
    sys.stdout.flush()


def write_file(path: str, text: str, told: str) -> None:
    """Write a text to a file and say on standard error what is in it. Raises QuestionError."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise QuestionError(f"{path} cannot be written ({error.strerror}): name another file") from error
    sys.stderr.write(f"{told}, in {path}\n")


def silence_stdout() -> None:
    """Send what is still buffered nowhere: the reader of the pipe has gone, and that is no failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
