"""What the commands share: exit codes, and one-line refusals instead of tracebacks."""

from __future__ import annotations

import logging
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

from scrapy.settings import SETTINGS_PRIORITIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.settings import BaseSettings


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


CHATTER = ("scrapy.addons", "scrapy.core.engine", "scrapy.middleware", "scrapy.statscollectors", "scrapy.utils.log")
"""Loggers by which Scrapy tells what it is made of, and of its counters."""


def quiet_on_terminal(settings: BaseSettings) -> None:
    """Leave Scrapy's talk of itself out where a user looks on, unless a log level was asked for; logs of machines keep it."""
    asked_for = (settings.getpriority("LOG_LEVEL") or 0) > SETTINGS_PRIORITIES["project"]
    if sys.stderr.isatty() and not settings["LOG_FILE"] and not asked_for:
        for name in CHATTER:  # a filter, because Scrapy resets the levels when it sets its log up
            logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
        logging.getLogger("scrapy.crawler").addFilter(lambda record: "Overridden settings" not in str(record.msg))
