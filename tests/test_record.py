"""Record: what came over the wire stands in the archive, and a replay of it is the same crawl."""

from __future__ import annotations

import base64
import gzip
import os
import resource
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings
from warcio.archiveiterator import ArchiveIterator

from newscrawl.archive import ArchiveError, captures, check
from newscrawl.archive.writer import ArchiveWriter
from tests.fetching import REPLAY, ROOT, fetch
from tests.warc_files import OLD, PAGE, chunked, record, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKED = gzip.compress(PAGE)
HTML = [("Content-Type", "text/html; charset=utf-8")]
LATIN = ("Location", "/caf\xe9")
SITE: dict[str, tuple[int, list[tuple[str, str]], bytes]] = {
    "/robots.txt": (200, [("Content-Type", "text/plain")], b"User-agent: *\nDisallow: /barred"),
    "/page": (200, [*HTML, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], PAGE),
    "/packed": (200, [*HTML, ("Content-Encoding", "gzip")], PACKED),
    "/chunked": (200, [*HTML, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")], chunked(PACKED)),
    "/old": (301, [("Location", "/packed?from=old")], b"moved"),
    "/packed?from=old": (200, [*HTML, ("Content-Encoding", "gzip")], PACKED),
    "/latin": (302, [LATIN], b""),
    "/missing": (404, HTML, b"<p>no such page"),
    "/barred": (200, HTML, b"never asked for"),
    "/large": (200, HTML, os.urandom(50_000)),
}
PATHS = ["/page", "/packed", "/chunked", "/old", "/latin", "/missing", "/barred"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    flaky = 0

    def do_GET(self) -> None:
        path = self.path.removeprefix("http://www.bbc.com")
        status, headers, body = SITE.get(path, (404, HTML, b"nothing"))
        if path == "/flaky":
            Handler.flaky += 1
            status, headers, body = (200, HTML, PAGE) if Handler.flaky > 1 else (503, HTML, b"wait")
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if ("Transfer-Encoding", "chunked") not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    """Return the address of the site, served on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def records(folder: Path) -> list[tuple[Any, bytes]]:
    """Return every record of the archive with its payload, all digests checked."""
    found = []
    for file in sorted(folder.iterdir()):
        with file.open("rb") as stream:
            found += [(one, one.raw_stream.read()) for one in ArchiveIterator(stream, check_digests="raise")]
    return found


def heads(found: list[tuple[Any, bytes]], kind: str) -> dict[str, Any]:
    return {one.rec_headers["WARC-Target-URI"]: one for one, _ in found if one.rec_type == kind}


def test_a_replay_of_a_recorded_crawl_is_the_same(site: str, tmp_path: Path) -> None:
    urls = [site + path for path in [*PATHS, "/flaky"]]
    live = fetch(urls, NEWSCRAWL_ARCHIVE=str(tmp_path))
    replay = fetch(urls, NEWSCRAWL_REPLAY=str(tmp_path), DOWNLOAD_HANDLERS=REPLAY)
    assert base64.b64decode(live.answers[f"{site}/chunked"]["body"]) == PAGE
    assert live.answers[f"{site}/old"]["url"] == f"{site}/packed?from=old"
    assert live.answers[f"{site}/missing"]["status"] == 404
    assert "robots.txt" in live.answers[f"{site}/barred"]["message"]
    for answer in [*live.answers.values(), *replay.answers.values()]:
        answer.get("headers", {}).pop("Content-Length", None)  # a chunked response has one only in the archive
    assert replay.answers == live.answers
    assert replay.peers == []
    assert "Traceback" not in live.log + replay.log


def test_what_came_over_the_wire_is_recorded(site: str, tmp_path: Path) -> None:
    crawl = fetch([site + path for path in PATHS], NEWSCRAWL_ARCHIVE=str(tmp_path), NEWSCRAWL_CONTACT="me@example.org")
    found = records(tmp_path)
    assert [one.rec_type for one, _ in found] == [
        "warcinfo",
        *["response", "request"] * crawl.stats["newscrawl/archive/recorded"],
    ]
    assert b"operator: me@example.org\r\n" in found[0][1]
    assert b"robots: obey\r\n" in found[0][1]
    bodies = {one.rec_headers["WARC-Target-URI"]: body for one, body in found if one.rec_type == "response"}
    assert bodies[f"{site}/packed"] == bodies[f"{site}/chunked"] == PACKED
    assert bodies[f"{site}/old"] == b"moved"
    assert f"{site}/robots.txt" in bodies
    assert f"{site}/barred" not in bodies


def test_the_heads_are_those_received_and_sent(site: str, tmp_path: Path) -> None:
    fetch([f"{site}/page", f"{site}/chunked", f"{site}/latin"], NEWSCRAWL_ARCHIVE=str(tmp_path))
    found = records(tmp_path)
    answers, questions = heads(found, "response"), heads(found, "request")
    page, packed = answers[f"{site}/page"], answers[f"{site}/chunked"].http_headers
    assert (page.http_headers.protocol, page.http_headers.statusline) == ("HTTP/1.1", "200 OK")
    assert [value for name, value in page.http_headers.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert (packed["Transfer-Encoding"], packed["Content-Length"]) == (None, str(len(PACKED)))
    assert page.rec_headers["WARC-IP-Address"] == "127.0.0.1"
    asked = questions[f"{site}/page"]
    assert (asked.http_headers.protocol, asked.http_headers.statusline) == ("GET", "/page HTTP/1.1")
    assert asked.http_headers["Host"] == site.removeprefix("http://")
    assert asked.rec_headers["WARC-Concurrent-To"] == page.rec_headers["WARC-Record-ID"]
    (latin,) = (one for one in captures([str(tmp_path)]) if one.url == f"{site}/latin")
    assert b"Location: /caf\xe9\r\n" in b"".join(gzip.decompress(file.read_bytes()) for file in tmp_path.iterdir())
    assert latin.headers["Location"] == b"/caf\xe9"


def test_behind_a_proxy_the_address_is_the_target_s(site: str, tmp_path: Path) -> None:
    url = "http://www.bbc.com/page"
    env = os.environ | {"http_proxy": site.replace("//", "//user:secret@")}
    crawl = fetch([url], env=env, NEWSCRAWL_ARCHIVE=str(tmp_path))
    assert base64.b64decode(crawl.answers[url]["body"]) == PAGE
    found = records(tmp_path)
    assert heads(found, "response")[url].rec_headers["WARC-IP-Address"] is None
    assert heads(found, "request")[url].http_headers["Host"] == "www.bbc.com"
    assert b"Authorization" not in b"".join(gzip.decompress(file.read_bytes()) for file in tmp_path.iterdir())


def test_a_full_disk_stops_the_crawl_with_one_line(site: str, tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    urls = [f"{site}/page", f"{site}/large", f"{site}/packed"]
    crawl = fetch(urls, preexec=limit, NEWSCRAWL_ARCHIVE=str(tmp_path))
    assert crawl.stats["finish_reason"] == "archive_failed"
    assert crawl.answers[f"{site}/large"]["error"] == "UnwritableError"
    assert crawl.answers[f"{site}/large"]["record"] is None
    assert crawl.log.count("cannot be recorded into (File too large)") == 1
    assert "Traceback" not in crawl.log
    assert [capture.url for capture in captures([str(tmp_path)])] == [f"{site}/robots.txt", f"{site}/page"]


# --- the writer


def exchange(number: int = 1, **headers: str) -> tuple[Request, Response, datetime]:
    url = f"https://www.bbc.com/news/world-2100000{number}"
    return Request(url, headers=headers), Response(url, body=PAGE), datetime(2013, 3, 17, 10, 15, 0, 123456, tzinfo=UTC)


def writer(folder: Path, crawl_id: str = "c1", max_bytes: int = 10**9) -> ArchiveWriter:
    return ArchiveWriter(folder, crawl_id, max_bytes=max_bytes, info={"software": "test"})


def test_a_position_can_be_read_as_soon_as_it_is_returned(tmp_path: Path) -> None:
    archive = writer(tmp_path)
    for count in (1, 2):
        position = archive.write(*exchange(count))
        written = list(captures([str(tmp_path)]))
        assert (len(written), written[-1].position) == (count, position)
        assert written[-1].date == exchange()[2]
    archive.close()


def test_secrets_are_not_written(tmp_path: Path) -> None:
    archive = writer(tmp_path)
    archive.write(*exchange(Authorization="hush", Cookie="hush", **{"Proxy-Authorization": "hush"}, Accept="text/html"))
    archive.close()
    content = gzip.decompress(next(tmp_path.iterdir()).read_bytes())
    assert b"Accept: text/html" in content
    assert b"hush" not in content


def test_a_file_that_is_large_enough_is_followed_by_the_next(tmp_path: Path) -> None:
    archive = writer(tmp_path, max_bytes=1500)
    positions = [archive.write(*exchange(number)) for number in range(6)]
    archive.close()
    files = sorted(tmp_path.iterdir())
    assert 1 < len(files) < 6
    assert [one.position for one in captures([str(tmp_path)])] == positions
    assert [one.rec_type for one, _ in records(tmp_path)].count("warcinfo") == len(files)


def test_writers_of_one_crawl_share_a_folder(tmp_path: Path) -> None:
    one, two = writer(tmp_path, "a/b c"), writer(tmp_path, "a/b c")
    positions = {one.write(*exchange(1)), two.write(*exchange(2)), one.write(*exchange(3))}
    one.close()
    two.close()
    assert len(list(tmp_path.glob("newscrawl-a_b_c-*.warc.gz"))) == 2
    assert {capture.position for capture in captures([str(tmp_path)])} == positions


WRITE_ON = """
import sys; from pathlib import Path; from tests.test_record import *
archive = writer(Path(sys.argv[1]))
while True: print(archive.write(*exchange()), flush=True)
"""


def test_what_was_written_survives_a_kill(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITE_ON, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        positions = [process.stdout.readline() for _ in range(50)]
        process.send_signal(signal.SIGKILL)
        positions += process.stdout.readlines()
    written = {capture.position for capture in captures([str(tmp_path)])}
    assert {line.strip() for line in positions if line.endswith("\n")} <= written


# --- before a crawl


def refused(**settings: str) -> str:
    with pytest.raises(ArchiveError) as raised:
        check(Settings(settings))
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert f"{tmp_path}/file/archive cannot be recorded into" in refused(NEWSCRAWL_ARCHIVE=f"{tmp_path}/file/archive")


def test_replaying_while_recording_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc", [record(OLD)])
    assert "unset one of them" in refused(NEWSCRAWL_ARCHIVE=str(tmp_path), NEWSCRAWL_REPLAY=file)


def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    check(Settings({"NEWSCRAWL_ARCHIVE": str(tmp_path / "new" / "archive")}))
    assert list((tmp_path / "new" / "archive").iterdir()) == []
