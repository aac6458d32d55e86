"""Replay: archives of every shape, what answers for which address, and damage."""

from __future__ import annotations

import base64
import gzip
import logging
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scrapy.settings import Settings

from newscrawl.archive import ArchiveError, Capture, captures, check
from newscrawl.archive.index import open_archive
from tests.fetching import REPLAY, fetch
from tests.warc_files import OLD, PAGE, T0, chunked, http, record, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from newscrawl.archive.index import Archive

OTHER = b"<html><h1>Another page</h1></html>"
WARCINFO = record("", b"software: hand\r\n", kind="warcinfo")


@pytest.fixture(params=["a.warc", "a.warc.gz"])
def pack(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Archive]:
    """Return what puts records into an archive and opens it."""
    return lambda *records: open_archive([write(tmp_path / request.param, records)])


def found(archive: Archive, url: str = OLD) -> Capture:
    capture = archive.find(url)
    assert capture
    return capture


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


ENCODED: dict[str, tuple[dict[str, str], bytes]] = {
    "plain": ({}, PAGE),
    "chunked": ({"Transfer_Encoding": "chunked"}, chunked(PAGE)),
    "Chunked": ({"transfer_encoding": "Chunked"}, chunked(PAGE)),
    "chunked it says": ({"Transfer_Encoding": "chunked"}, PAGE),
    "gzip": ({"Content_Encoding": "gzip"}, gzip.compress(PAGE)),
    "gzip it says": ({"Content_Encoding": "gzip"}, PAGE),
    "gzip in chunks": ({"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}, chunked(gzip.compress(PAGE))),
    "deflate": ({"Content_Encoding": "deflate"}, zlib.compress(PAGE)),
    "raw deflate": ({"Content_Encoding": "deflate"}, raw_deflate(PAGE)),
    "br": ({"Content_Encoding": "br"}, brotli.compress(PAGE)),
    "zstd": ({"Content_Encoding": "zstd"}, zstd.compress(PAGE)),
    "twice": ({"Content_Encoding": "deflate, gzip"}, gzip.compress(zlib.compress(PAGE))),
    "unknown": ({"Content_Encoding": "identity"}, PAGE),
}


@pytest.mark.parametrize(("headers", "sent"), ENCODED.values(), ids=ENCODED)
def test_every_encoding_is_undone(pack: Callable[..., Archive], headers: dict[str, str], sent: bytes) -> None:
    capture = found(pack(WARCINFO, record(block=http(sent, **headers)), record("https://www.bbc.com/news")))
    assert capture.body == PAGE
    assert "Transfer-Encoding" not in capture.headers


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("HTTP/1.1 200", 200),
        ("HTTP/1.0 404 Not Found", 404),
        ("HTTP/2 200 ", 200),
        ("http/1.1 301 Moved", 301),
        ("HTTP/1.1 200OK", 200),
    ],
)
def test_odd_status_lines(pack: Callable[..., Archive], line: str, status: int) -> None:
    assert found(pack(record(block=http(status=line)))).status == status


@pytest.mark.parametrize("line", ["", "ICY 200 OK", "<html>", "HTTP/1.1 two hundred", "HTTP/1.1 2000 OK"])
def test_a_response_without_status_is_left_out(pack: Callable[..., Archive], line: str) -> None:
    archive = pack(record(), record("https://www.bbc.com/news/world-21000002", http(status=line)))
    assert len(list(archive)) == 1
    assert archive.left_out == {"unreadable": 1}


@pytest.mark.parametrize(
    "written",
    [
        f"<{OLD}>",
        "https://www.bbc.com:443/news/world-21000001",
        "HTTPS://WWW.bbc.com/news/world-21000001",
        f"{OLD}#comments",
    ],
)
def test_addresses_as_other_tools_write_them(pack: Callable[..., Archive], written: str) -> None:
    archive = pack(
        record(written), record("https://www.bbc.com/news/world-21000001.amp", http(OTHER), date="2020-01-01T00:00:00Z")
    )
    assert found(archive).body == PAGE


def test_an_address_that_is_not_ascii(pack: Callable[..., Archive]) -> None:
    archive = pack(record("https://example.com/caf\u00e9?q=a b"))
    assert found(archive, "https://example.com/caf%C3%A9?q=a%20b").body == PAGE


@pytest.mark.parametrize("odd", ["http://[bad/", "http://[caf\u00e9/", "http://", "http://a:b:c/ d"])
def test_an_address_that_is_none_is_harmless(pack: Callable[..., Archive], odd: str) -> None:
    archive = pack(record(odd), record())
    assert (len(list(archive)), found(archive).body) == (2, PAGE)


def test_headers_come_as_received(pack: Callable[..., Archive]) -> None:
    block = http(Location="/caf\u00e9 \u00e0", Set_Cookie="a=1").replace(
        b"\r\n\r\n", b"\r\nset-cookie: b;\r\n\tc\r\nodd\r\n: x\r\n\r\n", 1
    )
    capture = found(pack(record(block=block)))
    assert dict(capture.headers) == {b"Location": [b"/caf\xe9 \xe0"], b"Set-Cookie": [b"a=1", b"b; c"]}
    assert capture.body == PAGE


# --- which capture answers


@pytest.mark.parametrize(
    "dates",
    [
        ("2013-03-17T10:15:00Z", "2014-01-01T00:00:00.5Z"),
        ("2014-01-01T00:00:00.5Z", "2013-03-17T10:15:00Z"),
        ("", "2014-01-01T00:00:00.5Z"),
        ("2014-01-01T00:00:00.5Z", "no date"),
    ],
)
def test_the_latest_capture_answers(pack: Callable[..., Archive], dates: tuple[str, str]) -> None:
    archive = pack(*(record(block=http(date.encode()), date=date) for date in dates))
    assert found(archive).body == b"2014-01-01T00:00:00.5Z"
    assert found(archive).date == datetime(2014, 1, 1, microsecond=500000, tzinfo=UTC)


def test_of_equal_dates_the_last_answers(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{n}.warc", [record(block=http(b"%d" % n))]) for n in range(3)]
    assert found(open_archive([files[2], files[0], files[1]])).body == b"1"


def test_another_address_of_the_story_answers(pack: Callable[..., Archive]) -> None:
    archive = pack(record("http://www.bbc.co.uk/news/world-21000001"), record("https://www.bbc.com/news", http(OTHER)))
    capture = found(archive, "https://m.bbc.com/news/21000001?at_medium=RSS")
    assert (capture.url, capture.body) == ("http://www.bbc.co.uk/news/world-21000001", PAGE)


def test_a_redirect_or_an_error_answers_for_its_own_address_alone(pack: Callable[..., Archive]) -> None:
    moved = record(
        "http://www.bbc.co.uk/news/21000001", http(b"", "HTTP/1.1 301 Moved", Location=OLD), date="2020-01-01T00:00:00Z"
    )
    gone = record("http://www.bbc.co.uk/news/world-21000001", http(b"", "HTTP/1.1 404 No"), date="2020-01-01T00:00:00Z")
    archive = pack(record(), moved, gone)
    assert found(archive, "http://www.bbc.co.uk/news/21000001").status == 301
    assert found(archive, "http://www.bbc.co.uk/news/world-21000001").status == 404
    assert found(archive, "http://m.bbc.co.uk/news/21000001").status == 200
    assert pack(moved, gone).find(OLD) is None


def test_not_modified_answers_nothing(pack: Callable[..., Archive]) -> None:
    archive = pack(record(), record(block=http(b"", "HTTP/1.1 304 Not Modified"), date="2020-01-01T00:00:00Z"))
    assert [capture.status for capture in archive] == [200]
    assert found(archive).body == PAGE


def test_what_is_no_response_answers_nothing(pack: Callable[..., Archive]) -> None:
    asked = record(block=b"GET / HTTP/1.1\r\n\r\n", kind="request")
    archive = pack(
        WARCINFO, asked, record("dns:bbc.com", b"1.2.3.4"), record(kind="metadata"), record("https://www.bbc.com/news")
    )
    assert [capture.url for capture in archive] == ["https://www.bbc.com/news"]


# --- revisits

DIGEST = "sha1:AAAA"
LATER = "2014-01-01T00:00:00Z"


def revisit(url: str = OLD, block: bytes = b"", digest: str = DIGEST, refers_to: str = OLD) -> bytes:
    return record(
        url, block, kind="revisit", date=LATER, WARC_Payload_Digest=digest, WARC_Refers_To_Target_URI=refers_to
    )


def test_a_revisit_repeats_the_body_it_names(pack: Callable[..., Archive]) -> None:
    original = record(block=http(gzip.compress(PAGE), Content_Encoding="gzip", ETag="1"), WARC_Payload_Digest=DIGEST)
    again = revisit(block=http(b"", ETag="2", Content_Length="7"))
    capture = found(pack(again, original))
    assert (capture.body, capture.date) == (PAGE, datetime(2014, 1, 1, tzinfo=UTC))
    assert capture.headers.to_unicode_dict() == {"Etag": "2", "Content-Encoding": "gzip"}


def test_a_revisit_without_a_head_has_the_original_s(pack: Callable[..., Archive]) -> None:
    original = record(block=http(status="HTTP/1.1 203 Fine", ETag="1"), WARC_Payload_Digest=DIGEST)
    archive = pack(original, revisit("http://www.bbc.com/news/world-21000002"))
    capture = found(archive, "http://m.bbc.com/news/world-21000002")
    assert (capture.status, capture.body, capture.headers["ETag"]) == (203, PAGE, b"1")
    assert capture.url == "http://www.bbc.com/news/world-21000002"


def test_a_revisited_redirect_leads_where_it_says(pack: Callable[..., Archive]) -> None:
    """Bodies of redirects are all empty, so one may "repeat" that of another address."""
    original = record("http://bbc.com/a", http(b"", "HTTP/1.1 301 Moved", Location="/b"), WARC_Payload_Digest=DIGEST)
    archive = pack(original, revisit("http://bbc.com/c", http(b"", "HTTP/1.1 302 Found", Location="/d")))
    capture = found(archive, "http://bbc.com/c")
    assert (capture.status, capture.headers["Location"]) == (302, b"/d")


def test_a_revisit_by_address_where_no_digest_is_written(pack: Callable[..., Archive]) -> None:
    again = revisit("http://www.bbc.com/news/world-21000002", digest="", refers_to=f"<{OLD}>")
    archive = pack(record(), record("https://www.bbc.com/news", http(OTHER)), again)
    assert found(archive, "http://www.bbc.com/news/world-21000002").body == PAGE


def test_a_revisit_of_nothing_known_is_left_out(pack: Callable[..., Archive], caplog: pytest.LogCaptureFixture) -> None:
    archive = pack(
        record(WARC_Payload_Digest="sha1:BBBB"),
        revisit(),
        revisit("http://bbc.com/none", refers_to="http://bbc.com/gone"),
    )
    assert archive.left_out == {"unresolved": 2}
    assert [capture.body for capture in archive] == [PAGE]
    assert found(archive).date == T0
    assert [log.levelno for log in caplog.records] == [logging.WARNING]


# --- damage


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_file_cut_off_anywhere_in_its_last_record(tmp_path: Path, name: str) -> None:
    records = [record(f"https://www.bbc.com/news/world-2100000{n}", http(PAGE, ETag=str(n))) for n in (1, 2)]
    whole = Path(write(tmp_path / name, records)).read_bytes()
    first = len(Path(write(tmp_path / name, records[:1])).read_bytes())
    for end in range(first, len(whole) + 1):
        file = tmp_path / f"{end}-{name}"
        file.write_bytes(whole[:end])
        archive = open_archive([str(file)])
        complete = len(whole) - end <= (0 if name.endswith("gz") else len(b"\r\n\r\n"))
        assert {capture.url[-1] for capture in archive} >= {"1"}
        assert all(capture.body == PAGE for capture in archive)
        assert archive.left_out == ({} if complete or end == first else {"truncated": 1}), end


def test_a_file_cut_off_is_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = Path(write(tmp_path / "a.warc.gz", [record(), record(OLD + "0")]))
    file.write_bytes(file.read_bytes()[:-20])
    list(open_archive([str(file)]))
    assert [log.levelno for log in caplog.records] == [logging.WARNING]


def damaged(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


THREE = [record(f"https://www.bbc.com/news/world-2100000{n}") for n in range(3)]
BROKEN = {
    "empty": (b"", "holds no complete WARC record"),
    "page": (b"<html>\n" + PAGE * 99, "is no WARC file"),
    "binary": (bytes(range(256)) * 99, "is no WARC file"),
    "gzipped page": (gzip.compress(b"<html>\n" + PAGE * 99), "is no WARC file"),
    "gzipped as a whole": (gzip.compress(b"".join(THREE)), "warcio recompress"),
    "no length": (THREE[0] + THREE[1].replace(b"Content-Length", b"Content-Size") + THREE[2], "is damaged near byte"),
    "hole in gzip": (
        gzip.compress(THREE[0]) + gzip.compress(THREE[1])[:90] + gzip.compress(THREE[2]),
        "is damaged near byte",
    ),
    "no response": (WARCINFO, "holds no response"),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = damaged(tmp_path / "a.warc.gz", content)
    with pytest.raises(ArchiveError, match=message) as raised:
        check(
            Settings(
                {
                    "NEWSCRAWL_REPLAY": f"{write(tmp_path / 'good.warc', THREE)} , {file}"
                    if "response" not in message
                    else file
                }
            )
        )
    assert file in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["none.warc.gz", ".", "empty"])
def test_a_file_that_is_none_is_named_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArchiveError, match=r"^[^\n]+$") as raised:
        check(Settings({"NEWSCRAWL_REPLAY": str(tmp_path / name)}))
    assert str(tmp_path / name) in str(raised.value)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["a.warc", "a.warc.gz"]), st.integers(0), st.binary(min_size=1, max_size=4))
def test_bytes_gone_wrong_are_damage_or_harmless(tmp_path: Path, name: str, place: int, wrong: bytes) -> None:
    content = bytearray(Path(write(tmp_path / name, THREE)).read_bytes())
    place %= len(content)
    content[place : place + len(wrong)] = wrong
    file = damaged(tmp_path / name, bytes(content))
    with suppress(ArchiveError):
        assert all(isinstance(capture.body, bytes) for capture in open_archive([file]))


# --- what else can be had


def test_captures_are_all_there_in_file_order(tmp_path: Path) -> None:
    states = [http(gzip.compress(b"%d" % n), Content_Encoding="gzip", Content_Type="text/html") for n in range(3)]
    dates = ["2013-03-19T00:00:00Z", "2013-03-17T00:00:00Z", "2013-03-18T00:00:00Z"]
    file = write(
        tmp_path / "a.warc.gz",
        [WARCINFO, *(record(OLD, block, date=date) for block, date in zip(states, dates, strict=True))],
    )
    assert [(capture.url, capture.body, capture.date and capture.date.day) for capture in captures([file])] == [
        (OLD, b"0", 19),
        (OLD, b"1", 17),
        (OLD, b"2", 18),
    ]
    name, _, offset = next(captures([file])).position.partition("@")
    assert (name, int(offset)) == ("a.warc.gz", len(gzip.compress(WARCINFO)))


def test_a_body_that_is_not_as_declared_is_said(pack: Callable[..., Archive]) -> None:
    capture = found(pack(record(block=http(b"no brotli", Content_Encoding="br"))))
    with pytest.raises(ArchiveError, match="body is no br"):
        _ = capture.body


def test_a_folder_stands_for_the_files_in_it(tmp_path: Path) -> None:
    for n in (2, 1):
        write(tmp_path / f"{n}.warc.gz", [record(f"https://www.bbc.com/news/world-2100000{n}")])
    (tmp_path / "notes.txt").write_text("no archive")
    assert [capture.position for capture in captures([str(tmp_path)])] == ["1.warc.gz@0", "2.warc.gz@0"]


def test_an_arc_file(tmp_path: Path) -> None:
    page = http(Content_Type="text/html")
    head = b"1 0 Hand\nURL IP-address Archive-date Content-type Archive-length\n\n"
    file = tmp_path / "a.arc"
    file.write_bytes(
        b"filedesc://a.arc 0.0.0.0 20130317101500 text/plain %d\n%s" % (len(head) - 1, head)
        + b"%s 192.0.2.1 20130317101500 text/html %d\n%s\n" % (OLD.encode(), len(page), page)
    )
    (capture,) = captures([str(file)])
    assert (capture.url, capture.date, capture.status, capture.body) == (OLD, T0, 200, PAGE)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    assert found(open_archive([write(tmp_path / "a.warc", [record()])])).body == PAGE
    assert found(open_archive([write(tmp_path / "a.warc", [record(block=http(OTHER))])])).body == OTHER


# --- the download handler


def test_a_crawl_over_an_archive(tmp_path: Path) -> None:
    site = "http://www.bbc.com"
    robots = http(b"User-agent: *\nDisallow: /barred", Content_Type="text/plain")
    html = {"Content_Type": "text/html"}
    file = write(
        tmp_path / "a.warc.gz",
        [
            record(f"{site}/robots.txt", robots),
            record(f"{site}/news/barred", http(**html)),
            record(f"{site}/barred", http(**html)),
            record(f"{site}/old", http(b"", "HTTP/1.1 302 Found", Location="https://bbc.com/new")),
            record(
                "https://bbc.com/new",
                http(chunked(gzip.compress(PAGE)), Transfer_Encoding="chunked", Content_Encoding="gzip", **html),
            ),
            record(f"{site}/lost", http(b"", "HTTP/1.1 301 Moved", Location="/nowhere")),
            record(f"{site}/broken", http(b"", "HTTP/1.1 503 Wait", Content_Type="text/html"), date=""),
            record(f"{site}/large", http(b"x" * 2000, Content_Type="text/html")),
            record(f"{site}/last", http(**html)),
        ],
    )
    Path(file).write_bytes(Path(file).read_bytes()[:-5])
    paths = ["barred", "news/barred", "old", "lost", "broken", "large", "last"]
    crawl = fetch(
        [f"{site}/{path}" for path in paths], NEWSCRAWL_REPLAY=file, DOWNLOAD_HANDLERS=REPLAY, DOWNLOAD_MAXSIZE=1999
    )
    seen = {path: crawl.answers[f"{site}/{path}"] for path in paths}
    assert "robots.txt" in seen["barred"]["message"]
    assert (seen["news/barred"]["kind"], seen["news/barred"]["status"]) == ("HtmlResponse", 200)
    assert (seen["old"]["url"], base64.b64decode(seen["old"]["body"])) == ("https://bbc.com/new", PAGE)
    assert seen["old"]["record"].startswith("a.warc.gz@")
    assert seen["old"]["date"] == T0.isoformat()
    assert (seen["lost"]["error"], seen["lost"]["message"]) == ("NotInArchive", f"{site}/nowhere is not in the archive")
    assert (seen["lost"]["record"], seen["lost"]["date"]) == (None, None)
    assert (seen["broken"]["status"], seen["broken"]["date"]) == (503, None)
    assert seen["large"]["error"] == "DownloadCancelledError"
    assert seen["last"]["error"] == "NotInArchive"
    assert crawl.stats["retry/count"] == 2
    assert crawl.stats["robotstxt/response_status_count/404"] == 1
    assert crawl.stats["newscrawl/archive/responses"] == 8
    assert crawl.stats["newscrawl/archive/truncated"] == 1
    assert crawl.log.count("WARNING: Archive:") == 1
    assert "Traceback" not in crawl.log
    assert crawl.peers == []
