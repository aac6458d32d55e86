"""What a crawl looks like: a bar and whole log lines on a terminal, plain lines everywhere else."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

from newscrawl.cli import Exit
from tests.miniature import ROOT, SCRAPY, Proxy, Reply, address, article, environment, scrapy

if TYPE_CHECKING:
    from newscrawl.storage import Server

WIDTH = 100
FIRST = 21000000
GOOD, BAD = range(FIRST + 1, FIRST + 16), range(FIRST + 16, FIRST + 31)
CRAWL = (
    "crawl",
    "bbc_story",
    "-a",
    f"seed={address(FIRST)}",
    "-s",
    "DOWNLOAD_DELAY=0.04",
    "-s",
    "AUTOTHROTTLE_ENABLED=0",
)
CONTROL = re.compile(r"\x1b\[\??[\d;]*[A-Za-z]")
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[[\w.]+\] (?:INFO|WARNING|ERROR): \S.*")


def site() -> dict[str, Reply]:
    """Return a story with thirty related ones, of which every other has no text."""
    mixed = [address(one) for pair in zip(GOOD, BAD, strict=True) for one in pair]
    pages = {address(FIRST): article(FIRST, related=mixed)} | {address(one): article(one) for one in GOOD}
    return pages | {address(one): Reply(re.sub(r"<p.*?</p>", "", article(one).body)) for one in BAD}


class Terminal:
    """A terminal with a program in it, and what it shows: as much of one as a line at the foot of the screen needs."""

    def __init__(self, server: Server, *arguments: str, **env: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, WIDTH, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, SCRAPY, *arguments], cwd=ROOT, env=environment(server, **{"TERM": "xterm", "COLUMNS": str(WIDTH)} | env),
            stdin=slave, stdout=subprocess.DEVNULL, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )  # fmt: skip
        os.close(slave)
        self.written = ""

    def run(self, until: str | None = None) -> None:
        """Read what the program writes, to its end or to the first time that ``until`` stands in it."""
        while until is None or until not in self.written:
            try:
                self.written += os.read(self.master, 65536).decode()
            except OSError:  # the program has ended and with it the last who could write
                break

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        self.run()
        os.close(self.master)
        return self.process.wait(30)

    def lines(self) -> list[str]:
        """Return what stands on the terminal in the end; what it wrapped at its edge is one line."""
        rows, row, column = [""], 0, 0
        for text, order, name in re.findall(r"([^\x1b\r\n]+|[\r\n])|\x1b\[\??([\d;]*)([A-Za-z])", self.written):
            if text == "\n":
                row, column = row + 1, 0
                rows += [""] * (row == len(rows))
            elif text == "\r":
                column = 0
            elif text:
                rows[row] = rows[row][:column].ljust(column) + text + rows[row][column + len(text) :]
                column += len(text)
            elif (name, order) == ("K", "2"):
                rows[row] = ""
            elif name == "A":
                row -= int(order or 1)
        return [line.rstrip() for line in rows]


def test_on_a_terminal_a_bar_stands_below_whole_log_lines(corpus_server: Server) -> None:
    with Proxy(site()) as proxy:
        terminal = Terminal(corpus_server, *CRAWL, http_proxy=proxy.url)
        assert terminal.end() == Exit.OK, terminal.written
    bars = [part for part in re.split(r"[\r\n]", CONTROL.sub("", terminal.written)) if "━" in part]
    assert max(map(len, bars)) < WIDTH
    assert re.search(r"\d+/500 +stories 0:00:0\d \d+\.\d pages/s, \d+ waiting, \d+ rejected", bars[-1])
    lines = terminal.lines()
    log, summary = lines[: lines.index("  visits   outcome")], lines[lines.index("  visits   outcome") :]
    assert [line for line in log if line and not LOG_LINE.fullmatch(line)] == []
    for one in BAD:
        dropped = f"INFO: Dropped https://www.bbc.com/news/world-{one}: no body"
        assert [line for line in log if str(one) in line and line.endswith(dropped)]
    assert not any("━" in line for line in lines), "the bar goes when the crawl has ended"
    assert "      16   new        stories the corpus did not have" in summary
    assert "      15   rejected   stories without what a story must have" in summary
    assert any(line.endswith("# the story as it unfolded") for line in summary)
    assert terminal.written.rindex("\x1b[?25h") > terminal.written.rindex("\x1b[?25l"), "the cursor is back"


def test_ctrl_c_leaves_no_bar_behind_and_says_how_to_go_on(corpus_server: Server) -> None:
    with Proxy(site()) as proxy:
        terminal = Terminal(corpus_server, *CRAWL, "-a", "_job=ctrlc", http_proxy=proxy.url)
        terminal.run(until="━")
        terminal.type("\x03")
        assert terminal.end() == Exit.INTERRUPTED, terminal.written
    lines = terminal.lines()
    assert not any("━" in line for line in lines)
    assert "scrapy crawl: interrupted; all that was fetched is stored under crawl ctrlc" in lines
    assert "  scrapy crawl bbc_story -a resume=ctrlc   # go on" in lines


def test_elsewhere_there_are_plain_lines(corpus_server: Server) -> None:
    with Proxy(site()) as proxy:
        done = scrapy(*CRAWL, server=corpus_server, http_proxy=proxy.url)
    assert done.returncode == Exit.OK, done.stderr
    assert "\x1b" not in done.stderr
    assert "━" not in done.stderr
    assert re.search(r"INFO: 16 of at most 500 stories, \d+\.\d pages/s, 0 waiting, 15 rejected\n", done.stderr)
    assert "INFO: Dumping Scrapy stats" in done.stderr


def test_a_log_level_that_was_asked_for_is_kept(corpus_server: Server) -> None:
    with Proxy(site()) as proxy:
        terminal = Terminal(corpus_server, *CRAWL, "-L", "INFO", "-a", "max_stories=3", http_proxy=proxy.url)
        assert terminal.end() == Exit.OK, terminal.written
    assert "INFO: Dumping Scrapy stats" in terminal.written
    assert "━" in terminal.written


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(corpus_server: Server) -> None:
    with Proxy(site()) as proxy:
        terminal = Terminal(corpus_server, *CRAWL, "-a", "max_stories=3", TERM="dumb", http_proxy=proxy.url)
        assert terminal.end() == Exit.OK, terminal.written
    assert "\x1b" not in terminal.written
    assert "INFO: 3 of at most 3 stories, " in terminal.written
