"""What a network and a site can answer on a bad day: the visit says what it was, and the crawl goes on."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.cli import Exit
from newscrawl.storage import Server
from tests.miniature import ROOT, SCRAPY, address, article, documents, environment, outcomes, scrapy
from tests.wire import Answer, Wire, http, reset, silence

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = 21001000
NOTHING = "the page holds neither a story nor a list of stories"
LOOP, THERE, BACK = (address(FIRST + number) for number in (90, 91, 92))
TEN_KB = "y" * 10_000
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 80
LINE = "<p>The keeper wrote that the sea was calm and grey, and that nobody had come.</p>"
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "DOWNLOAD_TIMEOUT=2", "-s", "RETRY_TIMES=0")


def page(body: str = LINE, head: str = "") -> str:
    """Return a story that no page era claims."""
    return f"<html><head>{head}</head><body><article><h1>A night at the lamp</h1>{body}</article></body></html>"


def long_article(number: int, megabytes: int) -> str:
    """Return a story of an era that is known, with so much more text."""
    text = ("<p>" + "The sea was calm. " * 100 + "</p>") * (megabytes * 555)
    return article(number).body.replace('</div>\n<div class="story-related', f'{text}</div>\n<div class="story-related')


def entities(depth: int = 8) -> str:
    """Return a feed whose title would grow to 10^depth letters if what it declares were expanded."""
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth))
    return (
        f'<!DOCTYPE rss [<!ENTITY e0 "aaaaaaaaaa">{grown}]><rss><channel><item><title>&e{depth - 1};</title>'
        f"<link>{address(FIRST)}</link></item></channel></rss>"
    )


def redirect(to: str) -> bytes:
    return http("", status="301 Moved", Location=to)


UNCLAIMED = "no page era claims it"


@dataclass
class Case:
    """An answer to one address, and what is to come of it."""

    answer: Answer
    outcome: str
    reason: str | None = None
    """What the visit's reason begins with."""
    headline: str | None = None
    url: str = ""


CASES = {
    "empty": Case(http(b""), "not-a-story", NOTHING),
    "over DOWNLOAD_MAXSIZE": Case(http(b"x" * 17_000_000), "failed", "too large: Expected to receive 17000000 bytes"),
    "over DOWNLOAD_MAXSIZE when unpacked": Case(
        http(gzip.compress(b"<p>x</p>" * 3_000_000), Content_Encoding="gzip"), "failed", "Ignored response <200"
    ),
    "UTF-8 declared as Shift JIS": Case(
        http(page().replace("night", "nuit d'été"), "text/html; charset=shift_jis"),
        "new", headline="A nuit d'été at the lamp",
    ),
    "windows-1252 declared as UTF-8": Case(
        http(page().replace("night", "nuit d\u2019été").encode("cp1252")), "new", headline="A nuit d\u2019été at the lamp"
    ),
    "a charset that does not exist": Case(http(page(), "text/html; charset=none-such"), "new"),
    "a picture": Case(http(JPEG, "image/jpeg"), "not-a-story", NOTHING),
    "a picture that says it is a page": Case(http(JPEG), "not-a-story", NOTHING),
    "zero bytes in the text": Case(http(page().replace("night", "ni\0ght")), "new", headline="A night at the lamp"),
    "half a character in JSON-LD": Case(
        http(page("<p>Short.</p>", head='<script type="application/ld+json">{"@type":"NewsArticle","headline":"Odd \\ud83d lamp"}</script>')),
        "new", headline="Odd \ufffd lamp",
    ),
    "a date that is nonsense": Case(
        http(page(head='<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"the day after tomorrow"}</script>')),
        "new",
    ),
    "no headline": Case(http(f"<html><body>{LINE}</body></html>"), "rejected", "no headline"),
    "no text": Case(http(page("")), "rejected", "no body"),
    "50,000 elements in each other": Case(http(page("<div>" * 50_000 + LINE)), "new"),
    "not compressed as it says": Case(
        http(b"\x1f\x8b\x08nonsense", Content_Encoding="gzip"), "failed", "the answer is not compressed as it says: "
    ),
    "a reset": Case(reset, "failed", "the connection broke off: Connection to the other side was lost"),
    "closed without a word": Case(b"", "failed", "the connection broke off: "),
    "no HTTP": Case(b"220 Welcome to the mail server\r\n\r\n", "failed", "the connection broke off: "),
    "silence": Case(silence, "failed", "no answer in time: Getting http://www.bbc.com/news/"),
    "cut off": Case(http(page())[:-100], "failed", "the answer broke off before its end"),
    "chunks that are none": Case(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", "failed", "the answer broke off"
    ),
    "a redirect to itself": Case(redirect(LOOP), "failed", "max redirections reached", url=LOOP),
    "a redirect to another": Case(redirect(BACK), "failed", "max redirections reached", url=THERE),
    "and back": Case(redirect(THERE), "failed", "max redirections reached", url=BACK),
    "a redirect into the user's network": Case(
        redirect("http://127.0.0.1:9/x"), "off-site", "http://127.0.0.1:9/x is on another site"
    ),
    "a redirect to what is no address": Case(redirect("http://[::1"), "failed", "ValueError: Invalid IPv6 URL"),
    "a redirect to another protocol": Case(redirect("ftp://www.bbc.com/x"), "http-error", "the server answered 301"),
    "a feed that is no XML": Case(http("no feed at all", "application/rss+xml"), "not-a-story", NOTHING),
    "a feed that grows without end": Case(http(entities(), "application/rss+xml"), "index"),
    "an address of 10 kB": Case(http(page()), "new", url=f"{address(FIRST + 93)}?x={TEN_KB}"),
    "a link of 10 kB": Case(http(article(FIRST + 32, related=[f"http://www.bbc.com/news/{TEN_KB}"]).body), "new"),
    "a feed seed that is HTML": Case(
        http("<html><title>Feeds have moved</title><p>This is a page.</p>"), "not-a-story", NOTHING,
        url="http://feeds.bbci.co.uk/news/rss.xml",
    ),
    "robots.txt is HTML": Case(http(page()), "new", url=address(FIRST + 94, "www.bbc.co.uk")),
    "robots.txt has 5 MB": Case(
        http(page()), "robots", "Forbidden by robots.txt", url="http://news.bbc.co.uk/news/uk-21001035"
    ),
    "robots.txt is silent": Case(
        http(page()), "failed", "http://m.bbc.co.uk/robots.txt cannot be had, so nothing is fetched from there: no answer",
        url=address(FIRST + 96, "m.bbc.co.uk"),
    ),
    "robots.txt is refused": Case(
        http(page()), "failed",
        "http://m.bbc.com/robots.txt cannot be had, so nothing is fetched from there: the server answered 503",
        url=address(FIRST + 97, "m.bbc.com"),
    ),
    "robots.txt leads to another site": Case(http(page()), "new", url=address(FIRST + 98, "newsimg.bbc.co.uk")),
    # last, because while these are read no other answer is
    "5 MB": Case(http(long_article(FIRST + 1, 5)), "new"),
    "5 MB of no known era": Case(http(page(LINE * 62_000)), "rejected", "no body"),
    "more text than a document holds": Case(http(long_article(FIRST + 3, 10)), "rejected", "too long: 20 MB as a document"),
}  # fmt: skip
for place, case in enumerate(CASES.values()):
    case.url = case.url or address(FIRST + place)
ROBOTS: dict[str, Answer] = {
    "http://www.bbc.co.uk/robots.txt": http("<html><p>User-agent: *<br>Disallow: /</p>"),
    "http://news.bbc.co.uk/robots.txt": http(
        "User-agent: other\nDisallow: /x\n" * 180_000 + "User-agent: *\nDisallow: /news/uk-\n"
    ),
    "http://m.bbc.co.uk/robots.txt": silence,
    "http://m.bbc.com/robots.txt": http("busy", status="503 Busy"),
    "http://newsimg.bbc.co.uk/robots.txt": redirect("http://elsewhere.example/robots.txt"),
}


@dataclass
class Crawl:
    """What came of one crawl of all cases."""

    code: int
    log: str
    visits: dict[str, dict[str, Any]]
    stories: dict[str, dict[str, Any]]
    links: list[dict[str, Any]]
    asked: list[str]


@pytest.fixture(scope="module")
def crawl(mongo: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    server = Server(mongo.uri, "bad-pages")
    seeds: Path = tmp_path_factory.mktemp("bad-pages") / "seeds"
    seeds.write_text("\n".join(case.url for case in CASES.values()))
    with Wire(ROBOTS | {case.url: case.answer for case in CASES.values()}) as wire:
        done = scrapy("crawl", "bbc_story", *QUICK, "-a", f"seed=@{seeds}", server=server, http_proxy=wire.url)
    visits: Any = {row["url"]: row for row in documents(server, "visits")}
    stories: Any = {row["request_key"]: row for row in documents(server, "stories")}
    links: Any = documents(server, "links")
    yield Crawl(done.returncode, done.stderr, visits, stories, links, [url for url, _ in wire.asked])
    with server.connect() as client:
        client.drop_database(server.database)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_bad_answer(crawl: Crawl, case: Case) -> None:
    visit = crawl.visits[case.url]
    assert visit["outcome"] == case.outcome, visit
    story = crawl.stories.get(visit["request_key"], {})
    unclaimed = UNCLAIMED if case.outcome == "new" and story["page_era"] == "generic" else ""
    assert visit.get("reason", "").startswith(case.reason or unclaimed), visit
    assert case.reason or unclaimed or "reason" not in visit
    assert (visit["request_key"] in crawl.stories) == (case.outcome == "new")
    if case.headline:
        assert crawl.stories[visit["request_key"]]["headline"] == case.headline


def test_the_crawl_goes_on_to_its_end(crawl: Crawl) -> None:
    assert crawl.code == Exit.OK, crawl.log
    assert len(crawl.visits) == len(CASES)
    assert "Closing spider (finished)" in crawl.log
    assert "Traceback" not in crawl.log
    assert "never retrieved" not in crawl.log


def test_all_of_a_long_page_is_kept(crawl: Crawl) -> None:
    story = crawl.stories[crawl.visits[CASES["5 MB"].url]["request_key"]]
    assert len(story["text"]) > 4_900_000
    assert len(story["body"]) > 2000


def test_a_date_that_is_nonsense_is_a_problem_not_a_date(crawl: Crawl) -> None:
    story = crawl.stories[crawl.visits[CASES["a date that is nonsense"].url]["request_key"]]
    assert "date_published" not in story
    assert story["problems"] == ["date_published: ValueError: no date: 'the day after tomorrow'"]


def test_nothing_is_fetched_where_robots_txt_is_unknown(crawl: Crawl) -> None:
    for name in ("robots.txt is silent", "robots.txt is refused", "robots.txt has 5 MB"):
        assert CASES[name].url not in crawl.asked
    assert crawl.log.count("WARNING: http://m.bbc.com/robots.txt cannot be had") == 1


def test_a_link_is_kept_however_long_it_is(crawl: Crawl) -> None:
    assert [len(link["to"]) for link in crawl.links if TEN_KB in link["to"]] == [
        len(f"https://www.bbc.com/news/{TEN_KB}")
    ]


def test_what_declares_itself_is_not_expanded(crawl: Crawl) -> None:
    assert max(len(link["text"]) for link in crawl.links) < 100


def peak_memory(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of a process and return the most memory it had, in kB.

    What wait4 tells would count the tests' own memory, which the process shares until it becomes another program.
    """
    most = 0
    while process.poll() is None:
        with suppress(OSError):
            status = Path(f"/proc/{process.pid}/status").read_text()
            if SCRAPY in Path(f"/proc/{process.pid}/cmdline").read_text():
                most = max([most, *map(int, re.findall(r"VmHWM:\s+(\d+)", status))])
        time.sleep(0.05)
    return most


def test_an_index_of_5000_stories_when_three_are_wanted(corpus_server: Server) -> None:
    numbers = range(FIRST, FIRST + 5000)
    items = "".join(f'<li><h2><a href="{address(one)}">Story {one}</a></h2></li>' for one in numbers)
    index = "http://www.bbc.com/news/world/"
    site = {index: http(f"<html><title>World</title><div id=main-content class=index><ul>{items}</ul></div></html>")}
    site |= {address(one): http(article(one).body) for one in numbers[:50]}
    with Wire(site) as wire:
        command = [sys.executable, SCRAPY, "crawl", "bbc_story", *QUICK, "-a", f"seed={index}", "-a", "max_stories=3"]
        env = environment(corpus_server, http_proxy=wire.url)
        with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as process:
            most = peak_memory(process)
    assert process.returncode == Exit.OK
    assert 0 < most < 250_000, "kB"
    assert Counter(outcomes(corpus_server).values()) == {"index": 1, "new": 3, "pending": 4997}
    assert len(documents(corpus_server, "links", relation="listed")) == 5000
    assert {row["_id"] for row in documents(corpus_server, "stories")} <= {f"bbc:{one}" for one in numbers[:20]}
    assert len(wire.asked) < 25, "what cannot be stored is not fetched"
