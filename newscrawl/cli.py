"""What the commands share: exit codes, and one-line refusals instead of tracebacks."""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable


class Exit(IntEnum):
    """What a newscrawl command's exit code means."""

    OK = 0
    NOT_FOUND = 1
    BAD_INPUT = 2
    NOTHING_STORED = 3
    STORE_UNAVAILABLE = 4
    INTERRUPTED = 130


def refuse(command: str, code: Exit, message: str) -> NoReturn:
    """End the process with one line on standard error and an exit code."""
    sys.stderr.write(f"scrapy {command}: {message}\n")
    sys.exit(code)


def refuse_unknown_options(command: str, arguments: Iterable[str], help_words: str | None = None) -> None:
    """End the process if an option was left over: Scrapy parses with parse_known_args and would ignore a misspelt one."""
    for argument in arguments:
        if argument.startswith("-") and argument != "-":
            hint = help_words or f"scrapy {command} -h lists the options"
            refuse(command, Exit.BAD_INPUT, f"unknown option {argument!r}: {hint}")
