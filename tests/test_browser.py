"""The browser, in real Chromium: pages that show their story to nothing less, and what must hold around it.

The stories stand on m.bbc.co.uk: Chromium knows www.bbc.com as a host of https alone, and the loopback site has only http.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright
from scrapy.exceptions import IgnoreRequest
from warcio.archiveiterator import ArchiveIterator

from newscrawl.browser.chromium import launch_options, on_path, playwrights_own
from newscrawl.browser.fence import Fence
from newscrawl.browser.handler import playwright_proxy
from newscrawl.cli import Exit
from tests.miniature import (
    ROOT,
    SCRAPY,
    Proxy,
    Reply,
    address,
    article,
    documents,
    environment,
    outcomes,
    scrapy,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newscrawl.storage import Server

HOST = "m.bbc.co.uk"
SITE = f"http://{HOST}"
SEED, APP, ASKING, SCRIPTED, EMPTY, AWAY = range(21000001, 21000007)
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
AUTO = {"NEWSCRAWL_BROWSER": "auto"}


def seeds(*numbers: int) -> tuple[str, str]:
    return ("-a", "seed=" + ",".join(address(number, HOST) for number in numbers))


class Site(dict[str, Reply]):
    """A site that does something, or answers otherwise, when an address is asked for."""

    def __init__(self, replies: dict[str, Reply], **when: Callable[[], None]) -> None:
        super().__init__(replies)
        self.when = when

    def get(self, url: str, default: Reply | None = None) -> Reply | None:  # type: ignore[override]
        name = Path(url).stem
        if name in self.when:
            self.when[name]()
        return super().get(url, default)


def empty(*scripts: str) -> Reply:
    """Return a page that holds nothing but scripts."""
    elements = "".join(f"<script>{script}</script>" for script in scripts)
    return Reply(
        f"<!DOCTYPE html><html><head><title>Lighthouse</title></head><body><main></main>{elements}</body></html>"
    )


def story(number: int) -> str:
    """Return what a script puts into the page of a story."""
    page = article(number, text="The keeper heard AGENT at the door.").body
    return page[page.index('<div id="main-content">') : page.index("</body>")]


def fills(number: int, name: str = "part") -> str:
    """Return a script that fetches its story and puts it into the page."""
    return f"""fetch('/{name}.json?{number}').then(reply => reply.json()).then(
        html => document.querySelector('main').innerHTML = html.replace('AGENT', navigator.userAgent))"""


def parts(*numbers: int, name: str = "part") -> dict[str, Reply]:
    return {
        f"{SITE}/{name}.json?{number}": Reply(json.dumps(story(number)), headers={"Content-Type": "application/json"})
        for number in numbers
    }


def texts(server: Server) -> dict[str, str]:
    return {str(row["_id"]): str(row["text"]) for row in documents(server, "stories")}


def reasons(server: Server) -> dict[str, str | None]:
    return {str(row["request_key"]): row.get("reason") for row in documents(server, "visits")}  # type: ignore[misc]


def descendants() -> Iterator[tuple[int, str]]:
    """Yield the processes this one has started, and those they have: id and name."""
    running = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
            except OSError:  # it has ended
                continue
            running[int(folder.name)] = (int(rest.split()[1]), name)
    found = [os.getpid()]
    for parent in found:
        for process, (its_parent, name) in running.items():
            if its_parent == parent:
                found.append(process)
                yield process, name


def kill_chromium() -> None:
    """Kill every browser process that this test has running, all at once."""
    for process, name in descendants():
        if name.startswith("chrom"):
            os.kill(process, signal.SIGKILL)


# --- what is shown


@pytest.fixture
def ferry() -> Site:
    """A site whose seed leads to a page that a script fills, two consent walls, an empty page and one that leads away."""
    ask = "<p>The ferry and its forty partners would like to remember which harbour you came from, for a year.</p>"
    scripted = f"""<main></main><div id="consent">{ask}<button onclick="{fills(SCRIPTED)}">Accept</button></div>"""
    asking = f'<form class="consent" action="/answer"><h1>Before you go aboard</h1>{ask}<button>I agree</button></form>'
    site = Site(
        {
            address(SEED, HOST): article(SEED, related=[address(one, HOST) for one in (APP, ASKING, SCRIPTED, EMPTY)]),
            address(APP, HOST): empty(fills(APP)),
            address(ASKING, HOST): Reply(f"<html><body>{asking}</body></html>"),
            f"{SITE}/answer?": Reply(status=302, headers={"Location": address(ASKING, HOST)}),
            address(SCRIPTED, HOST): Reply(f"<html><body>{scripted}</body></html>"),
            address(EMPTY, HOST): Reply("<html><body><main></main></body></html>"),
            **parts(APP, SCRIPTED),
        }
    )
    site.when["answer?"] = lambda: site.update({address(ASKING, HOST): article(ASKING)})
    return site


def test_pages_that_need_it_are_shown_and_recorded(corpus_server: Server, ferry: Site, tmp_path: Path) -> None:
    with Proxy(ferry) as proxy:
        done = scrapy("crawl", "bbc_story", *QUICK, *seeds(SEED), server=corpus_server, http_proxy=proxy.url,
                      NEWSCRAWL_ARCHIVE=str(tmp_path), **AUTO)  # fmt: skip
    assert done.returncode == Exit.OK, done.stderr
    assert outcomes(corpus_server) == {
        f"bbc:{SEED}": "new",
        f"bbc:{APP}": "new",
        f"bbc:{ASKING}": "new",
        f"bbc:{SCRIPTED}": "new",
        f"bbc:{EMPTY}": "not-a-story",
    }
    no_body, consent = "the page as sent has no body", "the page as sent only asks for consent"
    assert reasons(corpus_server) | {f"bbc:{EMPTY}": ""} == {
        f"bbc:{SEED}": None,
        f"bbc:{APP}": f"shown in a browser: {no_body}",
        f"bbc:{ASKING}": f"shown in a browser: {consent}",
        f"bbc:{SCRIPTED}": f"shown in a browser: {consent}",
        f"bbc:{EMPTY}": "",
    }
    stored = texts(corpus_server)
    assert f"The lamp of bay {APP} was lit" in stored[f"bbc:{APP}"]
    assert "heard newscrawl/" in stored[f"bbc:{APP}"]
    assert f"The lamp of bay {ASKING} was lit" in stored[f"bbc:{ASKING}"]
    assert [proxy.asked.count(address(number, HOST)) for number in (SEED, APP, EMPTY)] == [1, 2, 1]
    assert "'newscrawl/browser/shown': 3" in done.stderr

    again = scrapy("crawl", "bbc_story", *seeds(SEED), server=corpus_server, NEWSCRAWL_REPLAY=str(tmp_path), **AUTO)
    assert "NEWSCRAWL_BROWSER is off" in again.stderr
    assert "scrapy-playwright" not in again.stderr
    assert [row["outcome"] for row in documents(corpus_server, "visits")[5:]] == ["unchanged"] * 4 + ["not-a-story"]
    assert texts(corpus_server) == stored
    assert_conversions(tmp_path, [APP, ASKING, SCRIPTED])


def assert_conversions(folder: Path, numbers: list[int]) -> None:
    """Check that what the browser made stands in the archive as that, beside the page it was made of."""
    (path,) = folder.iterdir()
    with path.open("rb") as stream:
        records = [(record.rec_headers, record.content_stream().read()) for record in ArchiveIterator(stream)]
    sent = {
        head.get_header("WARC-Record-ID"): head.get_header("WARC-Target-URI")
        for head, _ in records
        if head.get_header("WARC-Type") == "response"
    }
    made = {
        head.get_header("WARC-Target-URI"): (sent[head.get_header("WARC-Refers-To")], body)
        for head, body in records
        if head.get_header("WARC-Type") == "conversion"
    }
    assert sorted(made) == [address(number, HOST) for number in numbers]
    assert all(url == of and b"The lamp of bay" in body for url, (of, body) in made.items())


HOSTILE = """
new Image().src = 'http://tracker.example/pixel.gif';
fetch('http://tracker.example/t').catch(() => 0);
fetch('http://127.0.0.1:1/secret').catch(() => 0);
new WebSocket('ws://tracker.example/socket');
window.open('http://tracker.example/window');
navigator.sendBeacon('/beacon', 'x');
document.head.insertAdjacentHTML('beforeend', '<link rel="stylesheet" href="/style.css"><link rel="icon" href="/i.png">');
document.body.insertAdjacentHTML('beforeend', '<img src="/image.png"><iframe src="http://tracker.example/frame"></iframe>');
"""


def test_a_page_loads_scripts_and_data_of_its_site_and_nothing_else(corpus_server: Server) -> None:
    library = Reply("0", headers={"Content-Type": "text/javascript"})
    page = empty(HOSTILE, fills(APP))
    page.body = page.body.replace("<main>", '<script src="http://static.bbci.co.uk/library.js"></script><main>')
    site = {address(APP, HOST): page, "http://static.bbci.co.uk/library.js": library, **parts(APP)}
    with Proxy(site) as proxy:
        connections: list[str] = []
        handler = proxy.server.RequestHandlerClass
        handler.do_CONNECT = lambda self: connections.append(self.path)  # type: ignore[attr-defined]
        done = scrapy("crawl", "bbc_story", *QUICK, *seeds(APP), server=corpus_server, http_proxy=proxy.url, **AUTO)
    assert done.returncode == Exit.OK, done.stderr
    page_url = address(APP, HOST)
    assert sorted(proxy.asked[1:]) == sorted([page_url, page_url, "http://static.bbci.co.uk/library.js", *parts(APP)])
    assert connections == []


def test_without_a_proxy_too_robots_txt_holds_where_a_page_leads(corpus_server: Server) -> None:
    barred = f"/news/world-{ASKING}"
    site = {
        "/robots.txt": Reply(f"User-agent: *\nDisallow: {barred}"),
        f"/news/world-{APP}": empty(fills(APP)),
        f"/part.json?{APP}": parts(APP)[f"{SITE}/part.json?{APP}"],
        f"/news/world-{AWAY}": empty(f"location = '{barred}'"),
        barred: article(ASKING),
    }
    with Proxy(site) as server:
        seed = ",".join(f"{server.url}/news/world-{number}" for number in (APP, AWAY))
        private = ("-a", f"seed={seed}")
        done = scrapy("crawl", "bbc_story", *QUICK, *private, server=corpus_server, NEWSCRAWL_ALLOW_PRIVATE="1", **AUTO)
    assert done.returncode == Exit.OK, done.stderr
    assert outcomes(corpus_server) == {f"bbc:{APP}": "new", f"bbc:{AWAY}": "robots"}


# --- what goes wrong


def test_a_killed_browser_costs_its_page_and_no_other(corpus_server: Server) -> None:
    site = Site({address(one, HOST): empty(fills(one)) for one in (APP, ASKING)} | parts(APP, ASKING))
    site[address(SEED, HOST)] = empty(fills(SEED, "deadly"))
    # its network never falls silent
    site[address(APP, HOST)] = empty("setInterval(() => fetch('/news.json'), 100)", fills(APP))
    site.when["deadly"] = kill_chromium
    with Proxy(site) as proxy:
        done = scrapy("crawl", "bbc_story", *QUICK, "-s", "RETRY_TIMES=1", *seeds(APP, SEED, ASKING),
                      server=corpus_server, http_proxy=proxy.url, **AUTO)  # fmt: skip
    assert done.returncode == Exit.OK, done.stderr
    assert outcomes(corpus_server) == {f"bbc:{APP}": "new", f"bbc:{SEED}": "failed", f"bbc:{ASKING}": "new"}
    assert "has been closed" in (reasons(corpus_server)[f"bbc:{SEED}"] or "")
    assert proxy.asked.count(f"{SITE}/deadly.json?{SEED}") == 2


def test_a_page_has_its_time(corpus_server: Server) -> None:
    with Proxy({address(APP, HOST): empty("while (true) {}")}) as proxy:
        done = scrapy("crawl", "bbc_story", *QUICK, "-s", "RETRY_TIMES=0", "-s", "DOWNLOAD_TIMEOUT=3", *seeds(APP),
                      server=corpus_server, http_proxy=proxy.url, **AUTO)  # fmt: skip
    assert outcomes(corpus_server) == {f"bbc:{APP}": "failed"}, done.stderr
    assert "the browser took more than 3 seconds" in (reasons(corpus_server)[f"bbc:{APP}"] or "")


def test_ctrl_c_lets_the_browser_finish_its_page(corpus_server: Server) -> None:
    site = Site({address(APP, HOST): empty(fills(APP))} | parts(APP))
    site.when["part"] = lambda: os.killpg(crawl.pid, signal.SIGINT)
    with Proxy(site) as proxy:
        command = [sys.executable, SCRAPY, "crawl", "bbc_story", *QUICK, *seeds(APP)]
        env = environment(corpus_server, http_proxy=proxy.url, **AUTO)
        with subprocess.Popen(
            command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as crawl:  # a terminal sends the signal to all processes of the group
            _, stderr = crawl.communicate(timeout=60)
    assert crawl.returncode == Exit.INTERRUPTED, stderr
    assert outcomes(corpus_server) == {f"bbc:{APP}": "new"}


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"NEWSCRAWL_BROWSER": "yes"}, "NEWSCRAWL_BROWSER='yes' is not allowed: write auto, or off"),
        (
            {**AUTO, "PATH": "/nowhere", "PLAYWRIGHT_BROWSERS_PATH": "/nowhere"},
            "there is no browser: `apt-get install chromium` or `playwright install chromium`",
        ),
    ],
)
def test_what_cannot_work_is_said_before_the_crawl(corpus_server: Server, env: dict[str, str], message: str) -> None:
    done = scrapy("crawl", "bbc_story", server=corpus_server, **env)
    assert (done.returncode, done.stdout) == (Exit.BAD_INPUT, "")
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_off_it_costs_nothing(corpus_server: Server) -> None:
    with Proxy({address(APP, HOST): empty(fills(APP))}) as proxy:
        done = scrapy("crawl", "bbc_story", *QUICK, *seeds(APP), server=corpus_server, http_proxy=proxy.url,
                      NEWSCRAWL_BROWSER="off", PYTHONPROFILEIMPORTTIME="1")  # fmt: skip
    assert done.returncode == Exit.NOTHING_STORED
    assert "newscrawl.browser.addon" in done.stderr
    assert "playwright" not in done.stderr


def test_on_it_starts_nothing_before_a_page_needs_it(corpus_server: Server) -> None:
    seen: set[str] = set()
    site = Site({address(SEED, HOST): article(SEED)})
    site.when[f"world-{SEED}"] = lambda: seen.update(name for _, name in descendants())
    with Proxy(site) as proxy:
        done = scrapy("crawl", "bbc_story", *QUICK, *seeds(SEED), server=corpus_server, http_proxy=proxy.url, **AUTO)
    assert done.returncode == Exit.OK, done.stderr
    assert "scrapy" in " ".join(seen) or "python" in " ".join(seen)
    assert not {name for name in seen if name.startswith(("node", "chrom"))}


# --- the fence


async def resolve(host: str) -> str:
    """Answer as the crawl's resolver does where one name points inwards."""
    if host == "inner.bbc.co.uk":
        raise IgnoreRequest("no public address")
    return "192.0.2.1"


@pytest.mark.parametrize(
    ("kind", "url", "refused"),
    [
        ("document", "http://www.bbc.co.uk/news", False),
        ("fetch", "https://static.files.bbci.co.uk/data.json", False),
        ("script", "https://nav.files.bbci.co.uk/nav.js", False),
        ("image", "http://www.bbc.co.uk/picture.png", True),
        ("stylesheet", "http://www.bbc.co.uk/style.css", True),
        ("font", "https://static.files.bbci.co.uk/reith.woff2", True),
        ("ping", "http://www.bbc.co.uk/ping", True),
        ("script", "https://cdn.example/bbc.co.uk.js", True),
        ("script", "https://bbci.co.uk.example/x.js", True),
        ("xhr", "http://127.0.0.1/secret", True),
        ("xhr", "http://169.254.169.254/latest", True),
        ("xhr", "http://inner.bbc.co.uk/", True),
        ("xhr", "file:///etc/passwd", True),
    ],
)
def test_the_fence(kind: str, url: str, refused: bool) -> None:
    fence = Fence(allow_private=False, resolve=resolve)
    assert asyncio.run(fence.refuses(kind, url, direct=True)) is refused


def test_a_proxy_may_know_a_name_that_nobody_here_does() -> None:
    fence = Fence(allow_private=False, resolve=resolve)
    assert not asyncio.run(fence.refuses("xhr", "http://inner.bbc.co.uk/", direct=False))


def test_the_browser_itself_finds_no_other_host() -> None:
    options = launch_options(allow_private=False)
    with Proxy({}) as server, sync_playwright() as playwright, playwright.chromium.launch(**options) as browser:
        with pytest.raises(PlaywrightError, match="ERR_NAME_NOT_RESOLVED"):
            browser.new_page().goto(server.url)
        assert server.asked == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, {}), (b"Basic " + base64.b64encode(b"user:a:b"), {"username": "user", "password": "a:b"})],
)
def test_the_proxy_is_told_who_asks(header: bytes | None, expected: dict[str, str]) -> None:
    assert playwright_proxy("http://proxy:3128", header) == {"server": "http://proxy:3128"} | expected


# --- which browser


@pytest.fixture
def bare_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Leave no browser on PATH, and an empty folder where Playwright keeps its own."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "own"))
    return tmp_path


def executable(path: Path, content: str = "") -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_on_the_path_is_found(bare_path: Path, name: str) -> None:
    found = executable(bare_path / "bin" / name)
    assert launch_options(allow_private=False)["executable_path"] == str(found)


def test_playwrights_own_browser_is_found(bare_path: Path) -> None:
    assert on_path() is None
    assert not playwrights_own()
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    executable(own, f'#!/bin/sh\nPATH={os.defpath} exec chromium "$@"\n')
    assert playwrights_own()
    with sync_playwright() as playwright, playwright.chromium.launch(**launch_options(allow_private=False)) as browser:
        assert browser.is_connected()


@pytest.mark.parametrize(("user", "sandbox"), [(0, False), (1000, True)])
def test_only_root_goes_without_the_sandbox(monkeypatch: pytest.MonkeyPatch, user: int, sandbox: bool) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert launch_options(allow_private=False)["chromium_sandbox"] is sandbox
