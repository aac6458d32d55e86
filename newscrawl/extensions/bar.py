"""A progress bar at the foot of a terminal, with the log above it. Loaded only where there is such a terminal."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column
from scrapy.utils.log import get_scrapy_root_handler

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from rich.console import Console, ConsoleOptions
    from rich.segment import Segment
    from rich.table import Table

    from newscrawl.extensions.progress import Tally

SECONDS = 0.25
ROOM = 4
"""Columns at the right that stay empty: there the terminal writes ^C, and in the last one it would begin a new line."""

STYLES = {logging.WARNING: "yellow", logging.ERROR: "red", logging.CRITICAL: "red"}


class Bar:
    """A progress bar. While it stands, log lines go through its console: two writers on one terminal garble both."""

    seconds: float = SECONDS

    def __init__(self, console: Console) -> None:
        self.progress = OneLine(
            # on a narrow terminal the bar is the first to give way, the counts of stories never do
            BarColumn(bar_width=None, table_column=Column(ratio=1)),
            MofNCompleteColumn(table_column=Column(no_wrap=True, min_width=5)),
            TextColumn("stories", table_column=Column(no_wrap=True, min_width=7)),
            TimeElapsedColumn(table_column=Column(no_wrap=True, min_width=7)),
            TextColumn("{task.description}", table_column=Column(ratio=2, no_wrap=True, overflow="ellipsis")),
            console=console,
            transient=True,
            expand=True,
            redirect_stdout=False,
        )
        self.task = self.progress.add_task("", total=None)
        self.log = LogAbove(console).take_over()
        self.progress.start()

    def show(self, tally: Tally) -> None:
        """Move the bar."""
        self.progress.update(self.task, description=str(tally), completed=tally.stored, total=tally.max_stories)

    def close(self) -> None:
        """Take the bar away and give the log back to Scrapy's handler."""
        self.progress.stop()
        self.log.give_back()


class OneLine(Progress):
    """Rich's progress display, a little narrower than the terminal."""

    def get_renderables(self) -> Iterator[Narrower]:
        """Yield the display."""
        yield Narrower(self.make_tasks_table(self.tasks))


class Narrower:
    """Leaves ``ROOM`` columns empty beside something."""

    def __init__(self, content: Table) -> None:
        self.content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Render it."""
        yield from console.render(self.content, options.update(width=options.max_width - ROOM))


class LogAbove(logging.Handler):
    """Writes log lines above what stands at the foot of a console, in place of Scrapy's handler and in its format.

    A line longer than the terminal is wide is left to the terminal to wrap, so that it can be copied as one.
    """

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console
        self.replaced = get_scrapy_root_handler()

    def take_over(self) -> Self:
        """Take the place of Scrapy's handler, if that writes to the terminal."""
        if isinstance(self.replaced, logging.StreamHandler) and not isinstance(self.replaced, logging.FileHandler):
            self.setLevel(self.replaced.level)
            self.setFormatter(self.replaced.formatter)
            logging.root.removeHandler(self.replaced)
            logging.root.addHandler(self)
        return self

    def give_back(self) -> None:
        """Put Scrapy's handler back."""
        if self in logging.root.handlers:
            assert self.replaced
            logging.root.removeHandler(self)
            logging.root.addHandler(self.replaced)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        style = STYLES.get(record.levelno)
        self.console.print(self.format(record), style=style, markup=False, highlight=False, soft_wrap=True)
