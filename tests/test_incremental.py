"""A second crawl asks for what may have changed, and for nothing else; it finds what is new all the same."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from newscrawl.cli import Exit
from tests.miniature import ROOT, SCRAPY, Proxy, Reply, address, article, documents, environment, lines, moved, scrapy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from newscrawl.storage import Server

A, B, C, D = (21000001, 21000002, 21000003, 21000004)
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8")
ROBOTS = "http://www.bbc.com/robots.txt"
SITEMAP = "http://www.bbc.com/sitemaps/https-sitemap-com-news-1.xml"
LONG_AGO = timedelta(days=40)
"""Longer than any story is fresh."""
LAST_MODIFIED = "Sun, 17 Mar 2013 11:00:00 GMT"

Document = dict[str, Any]


def page(number: int, *related: int, text: str | None = None, version: int = 1) -> Reply:
    """Return a story whose server tells states apart."""
    reply = article(number, text, related=[address(one) for one in related])
    reply.headers = {"ETag": f'W/"{number}-{version}"', "Last-Modified": LAST_MODIFIED}
    return reply


def chain() -> dict[str, Reply]:
    return {address(A): page(A, B), address(B): page(B, C), address(C): page(C)}


def crawl(
    server: Server, site: Mapping[str, Reply], job: str, *arguments: str, seed: str = address(A), **env: str
) -> tuple[list[tuple[str, int]], subprocess.CompletedProcess[str]]:
    """Crawl a site; return what was asked for of it and the answers' status, robots.txt left out, and the finished command."""
    given = [part for argument in (f"seed={seed}", f"_job={job}", *arguments) for part in ("-a", argument)]
    with Proxy(site) as proxy:
        done = scrapy("crawl", "bbc_story", *QUICK, *given, server=server, http_proxy=proxy.url, **env)
    assert "Traceback" not in done.stderr, done.stderr
    return [one for one in proxy.answered if one[0] != ROBOTS], done


def pass_time(server: Server, by: timedelta = LONG_AGO) -> None:
    """Move into the past what the corpus knows of fetches."""
    back = {"$subtract": ["$$at", by / timedelta(milliseconds=1)]}

    def moved_back(field: str) -> Document:
        return {"$let": {"vars": {"at": field}, "in": back}}

    seen = {"$map": {"input": "$seen", "in": {end: moved_back(f"$$this.{end}") for end in ("first", "last")}}}
    with server.connect() as client:
        corpus = client[server.database]
        for name in ("stories", "revisions", "links"):
            times = {
                field: moved_back(f"${field}")
                for field in ("fetched_at", "state_since", "first_seen_at", "last_seen_at")
                if corpus[name].find_one({field: {"$exists": True}})
            }
            corpus[name].update_many({}, [{"$set": times | ({"seen": seen} if name == "revisions" else {})}])


def visits(server: Server, job: str) -> dict[str, Document]:
    return {str(row["request_key"]): dict(row) for row in documents(server, "visits", crawl_id=job)}


def outcomes(server: Server, job: str) -> dict[str, str]:
    return {key: row["outcome"] for key, row in visits(server, job).items()}


def saved(server: Server, job: str) -> dict[str, str | None]:
    return {key: row.get("saved") for key, row in visits(server, job).items()}


def without(document: Mapping[str, object], *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def test_of_an_unchanged_site_only_the_seed_is_asked_for(corpus_server: Server) -> None:
    crawl(corpus_server, chain(), "first")
    before = {name: documents(corpus_server, name) for name in ("stories", "links", "revisions")}
    asked, done = crawl(corpus_server, chain(), "second")
    assert done.returncode == Exit.OK, done.stderr
    assert asked == [(address(A), 304)]
    assert set(outcomes(corpus_server, "second").values()) == {"unchanged"}
    assert saved(corpus_server, "second") == {f"bbc:{A}": "not-modified", f"bbc:{B}": "fresh", f"bbc:{C}": "fresh"}
    fresh = visits(corpus_server, "second")[f"bbc:{B}"]
    assert fresh["reason"].startswith("fresh: fetched ")
    assert fresh["discovered_from"] == f"bbc:{A}"
    assert "http_status" not in fresh
    for name, rows in before.items():  # nobody saw the other two, so nothing is said of them
        of_others = [
            [row for row in some if not str(row["_id"]).startswith(f"bbc:{A}")]
            for some in (rows, documents(corpus_server, name))
        ]
        assert of_others[0] == of_others[1]


def test_what_was_saved_is_told_by_the_report_and_by_the_corpus(corpus_server: Server) -> None:
    crawl(corpus_server, chain(), "first")
    _, done = crawl(corpus_server, chain(), "second")
    assert "requests saved: 2 fresh, 1 answered 304" in done.stderr
    assert documents(corpus_server, "crawls", _id="second")[0]["saved"] == {"fresh": 2, "not-modified": 1}
    assert "saved" not in documents(corpus_server, "crawls", _id="first")[0]
    assert "saved: 2 fresh, 1 answered 304" in scrapy("corpus", "crawls", server=corpus_server, COLUMNS="160").stdout
    told = next(lines(scrapy("corpus", "crawls", "--json", server=corpus_server).stdout))
    assert told["saved"] == {"fresh": 2, "not-modified": 1}


def test_what_is_not_fresh_is_asked_for_on_condition_and_counts_as_seen(corpus_server: Server) -> None:
    crawl(corpus_server, chain(), "first")
    pass_time(corpus_server)
    before = {name: documents(corpus_server, name) for name in ("stories", "links", "revisions")}
    asked, done = crawl(corpus_server, chain(), "second")
    assert done.returncode == Exit.OK, done.stderr
    assert asked == [(address(one), 304) for one in (A, B, C)]
    for row in visits(corpus_server, "second").values():
        assert (row["outcome"], row["reason"], row["http_status"], row["bytes"]) == (
            "unchanged", "not modified (304)", 304, 0,
        )  # fmt: skip
    for old, new in zip(before["stories"], documents(corpus_server, "stories"), strict=True):
        seen = ("fetched_at", "last_seen_at", "crawl_id")
        assert without(new, *seen) == without(old, *seen)
        assert new["crawl_id"] == "second"
        assert new["fetched_at"] - old["fetched_at"] > LONG_AGO  # type: ignore[operator]
    for old, new in zip(before["links"], documents(corpus_server, "links"), strict=True):
        assert without(new, "fetched_at", "last_seen_at") == without(old, "fetched_at", "last_seen_at")
        assert new["last_seen_at"] > old["last_seen_at"]  # type: ignore[operator]
    for old, new in zip(before["revisions"], documents(corpus_server, "revisions"), strict=True):
        (was,), (stands,) = old["seen"], new["seen"]  # type: ignore[misc]
        assert without(new, "seen") == without(old, "seen")
        assert (stands["first"], stands["last"] > was["last"]) == (was["first"], True)  # type: ignore[index]


def test_a_changed_story_and_what_it_leads_to_are_found(corpus_server: Server) -> None:
    crawl(corpus_server, chain(), "first")
    pass_time(corpus_server)
    site = chain() | {address(B): page(B, C, D, text="The lamp went out.", version=2), address(D): page(D)}
    asked, _ = crawl(corpus_server, site, "second")
    assert sorted(asked) == [(address(A), 304), (address(B), 200), (address(C), 304), (address(D), 200)]
    assert outcomes(corpus_server, "second") == {
        f"bbc:{A}": "unchanged", f"bbc:{B}": "revised", f"bbc:{C}": "unchanged", f"bbc:{D}": "new",
    }  # fmt: skip
    assert documents(corpus_server, "stories", _id=f"bbc:{B}")[0]["etag"] == f'W/"{B}-2"'


def test_fresh_stories_lead_on_to_what_nobody_has_fetched(corpus_server: Server) -> None:
    crawl(corpus_server, chain(), "first", "depth=1")
    asked, _ = crawl(corpus_server, chain(), "second", "refresh=7d")
    assert asked == [(address(C), 200)]
    assert outcomes(corpus_server, "second") == {f"bbc:{A}": "unchanged", f"bbc:{B}": "unchanged", f"bbc:{C}": "new"}
    assert visits(corpus_server, "second")[f"bbc:{C}"]["depth"] == 2
    assert documents(corpus_server, "stories", _id=f"bbc:{B}")[0]["crawl_id"] == "first"


def test_links_that_a_fresh_story_has_lost_are_not_followed(corpus_server: Server) -> None:
    crawl(corpus_server, chain(), "first")
    with corpus_server.connect() as client:
        links = client[corpus_server.database].links
        links.update_one({"from": f"bbc:{B}"}, {"$set": {"gone_at": datetime.now(UTC)}})
    crawl(corpus_server, chain(), "second")
    assert outcomes(corpus_server, "second").keys() == {f"bbc:{A}", f"bbc:{B}"}


def test_refresh_0_fetches_everything_in_full(corpus_server: Server) -> None:
    crawl(corpus_server, chain(), "first")
    asked, done = crawl(corpus_server, chain(), "second", "refresh=0")
    assert asked == [(address(one), 200) for one in (A, B, C)]
    assert "requests saved" not in done.stderr


def test_a_wrong_age_is_refused_in_one_line(corpus_server: Server) -> None:
    done = scrapy("crawl", "bbc_story", "-a", "refresh=weekly", server=corpus_server)
    assert done.returncode == Exit.BAD_INPUT
    assert done.stderr.strip() == (
        "scrapy crawl: refresh='weekly' is not allowed: give auto, 0 to fetch every story again, or an age like 90m, 12h or 7d"
    )


def sitemap(changed: Mapping[int, datetime]) -> Reply:
    """Return a list of stories with the time each was last changed."""
    listed = "".join(
        f"<url><loc>{address(one)}</loc><lastmod>{at.isoformat()}</lastmod></url>" for one, at in changed.items()
    )
    text = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'
    return Reply(text, headers={"Content-Type": "text/xml"})


def test_a_story_that_its_card_calls_unchanged_is_not_asked_for(corpus_server: Server) -> None:
    now = datetime.now(UTC)
    listed = {A: now - 2 * LONG_AGO, B: now - timedelta(days=1), C: now - 2 * LONG_AGO}
    site = chain() | {SITEMAP: sitemap(listed), address(C): page(C, D), address(D): page(D)}
    crawl(corpus_server, site, "first", "depth=1", seed=SITEMAP)
    pass_time(corpus_server)
    asked, _ = crawl(corpus_server, site, "second", seed=SITEMAP)
    assert sorted(asked) == [(address(B), 304), (address(D), 200), (SITEMAP, 200)]
    assert {key: way for key, way in saved(corpus_server, "second").items() if way} == {
        f"bbc:{A}": "card", f"bbc:{B}": "not-modified", f"bbc:{C}": "card",
    }  # fmt: skip
    spared = visits(corpus_server, "second")[f"bbc:{A}"]
    assert spared["reason"].startswith("the page that led here says unchanged since ")
    assert spared["outcome"] == "unchanged"


def test_a_card_is_remembered_with_what_waits(corpus_server: Server) -> None:
    site = chain() | {SITEMAP: sitemap(dict.fromkeys((A, B, C), datetime.now(UTC) - 2 * LONG_AGO))}
    crawl(corpus_server, site, "first", seed=SITEMAP)
    pass_time(corpus_server)
    crawl(corpus_server, site, "second", "max_stories=1", seed=SITEMAP)
    with Proxy(site) as proxy:
        more = ("-a", "resume=second", "-a", "max_stories=9")
        scrapy("crawl", "bbc_story", *QUICK, *more, server=corpus_server, http_proxy=proxy.url)
    assert set(proxy.asked) <= {ROBOTS}
    assert [way for way in saved(corpus_server, "second").values() if way] == ["card"] * 3


def test_an_incremental_crawl_that_is_killed_goes_on(corpus_server: Server) -> None:
    leaves = range(21000100, 21000150)
    site = {address(A): page(A, *leaves)} | {address(one): page(one) for one in leaves}
    crawl(corpus_server, site, "first")
    pass_time(corpus_server)
    slow = (
        "-s",
        "DOWNLOAD_DELAY=0.02",
        "-s",
        "AUTOTHROTTLE_ENABLED=0",
        "-a",
        f"seed={address(A)}",
        "-a",
        "_job=second",
    )
    with Proxy(site) as proxy:
        command = [sys.executable, SCRAPY, "crawl", "bbc_story", *slow]
        env = environment(corpus_server, http_proxy=proxy.url)
        with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE) as process:
            deadline = time.monotonic() + 30
            while len(proxy.asked) < 20 and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        killed_at = len(proxy.asked)
        resumed = ("crawl", "bbc_story", *QUICK, "-a", "resume=second")
        done = scrapy(*resumed, server=corpus_server, http_proxy=proxy.url)
    assert done.returncode == Exit.OK, done.stderr
    assert killed_at < len(site)
    assert outcomes(corpus_server, "second") == {f"bbc:{one}": "unchanged" for one in (A, *leaves)}
    assert {url for url, _ in proxy.answered} == {ROBOTS, *site}
    assert len(documents(corpus_server, "revisions")) == len(site)
    assert documents(corpus_server, "links", gone_at={"$exists": True}) == []
    assert documents(corpus_server, "crawls", _id="second")[0]["arguments"]["refresh"] == "auto"  # type: ignore[index]


def test_a_story_that_was_gone_is_asked_for_in_full(corpus_server: Server) -> None:
    crawl(corpus_server, chain(), "first")
    with corpus_server.connect() as client:
        stories = client[corpus_server.database].stories
        stories.update_one({"_id": f"bbc:{B}"}, {"$set": {"gone_at": datetime.now(UTC)}})
    asked, _ = crawl(corpus_server, chain(), "second")
    assert asked == [(address(A), 304), (address(B), 200)]
    assert "gone_at" not in documents(corpus_server, "stories", _id=f"bbc:{B}")[0]


def test_conditions_do_not_go_along_to_where_a_redirect_leads(corpus_server: Server) -> None:
    site = chain() | {address(D): page(D)}
    for one in (B, D):  # two stories of one time
        del site[address(one)].headers["ETag"]
    crawl(corpus_server, site, "first")
    pass_time(corpus_server)
    site[address(B)] = moved(address(D))
    asked, _ = crawl(corpus_server, site, "second", "depth=1")
    assert asked == [(address(A), 304), (address(B), 301), (address(D), 200)]
    assert outcomes(corpus_server, "second") == {f"bbc:{A}": "unchanged", f"bbc:{B}": "redirected", f"bbc:{D}": "new"}


def test_a_redirect_may_lead_to_a_story_that_is_fresh(corpus_server: Server) -> None:
    crawl(corpus_server, chain(), "first")
    site = chain() | {address(A): page(A, D, version=2), address(D): moved(address(B))}
    asked, _ = crawl(corpus_server, site, "second")
    assert asked == [(address(A), 200), (address(D), 301)]
    assert outcomes(corpus_server, "second") == {
        f"bbc:{A}": "unchanged", f"bbc:{B}": "unchanged", f"bbc:{C}": "unchanged", f"bbc:{D}": "redirected",
    }  # fmt: skip


@pytest.mark.parametrize("change", [{"$set": {"content_hash": "0" * 64}}, None], ids=["revised", "forgotten"])
def test_a_304_for_what_has_changed_here_meanwhile_is_asked_again(
    corpus_server: Server, change: dict[str, object] | None
) -> None:
    class Meddling(dict[str, Reply]):
        def get(self, url: str, default: Reply) -> Reply:  # type: ignore[override]
            if url == address(B) and not done:
                done.append(url)
                with corpus_server.connect() as client:
                    stories = client[corpus_server.database].stories
                    stories.update_one(
                        {"_id": f"bbc:{B}"}, change | {"$unset": {"etag": "", "last_modified": ""}}
                    ) if change else (stories.delete_one({"_id": f"bbc:{B}"}))
            return super().get(url, default)

    done: list[str] = []
    crawl(corpus_server, chain(), "first")
    pass_time(corpus_server)
    asked, _ = crawl(corpus_server, Meddling(chain()), "second")
    assert asked == [(address(A), 304), (address(B), 304), (address(B), 200), (address(C), 304)]


def test_a_feed_has_every_story_of_the_crawl_with_its_links(corpus_server: Server, tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    for path in (first, second):
        given = ("-a", f"seed={address(A)}", "-a", f"_job={path.stem}", "-o", str(path))
        with Proxy(chain()) as proxy:
            scrapy("crawl", "bbc_story", *QUICK, *given, server=corpus_server, http_proxy=proxy.url)
    old, new = ([json.loads(line) for line in path.read_text().splitlines()] for path in (first, second))
    assert [(row["story_id"], row["crawl_id"]) for row in new] == [
        (f"bbc:{A}", "second"), (f"bbc:{B}", "first"), (f"bbc:{C}", "first"),
    ]  # fmt: skip
    same = ("headline", "body", "authors", "date_published", "content_hash", "links", "request_key", "depth", "sources")
    assert [{name: row[name] for name in same} for row in new] == [{name: row[name] for name in same} for row in old]


def test_a_recorded_second_crawl_holds_what_was_answered_and_replays_with_the_first(
    corpus_server: Server, tmp_path: Path
) -> None:
    site = chain()
    crawl(corpus_server, site, "first", NEWSCRAWL_ARCHIVE=str(tmp_path))
    crawl(corpus_server, site, "second", NEWSCRAWL_ARCHIVE=str(tmp_path))
    with next(tmp_path.glob("newscrawl-second-*")).open("rb") as stream:
        responses = [record for record in ArchiveIterator(stream) if record.rec_type == "response"]
        answers = [(one.rec_headers["WARC-Target-URI"], one.http_headers.get_statuscode()) for one in responses]
    assert answers == [(ROBOTS, "404"), (address(A), "304")]
    recorded = {key: row.get("archive_record") for key, row in visits(corpus_server, "second").items()}
    assert [key for key, record in recorded.items() if record] == [f"bbc:{A}"]
    done = scrapy("crawl", "bbc_story", "-a", f"seed={address(A)}", "-a", "_job=third",
                  server=corpus_server, NEWSCRAWL_REPLAY=str(tmp_path))  # fmt: skip
    assert done.returncode == Exit.OK, done.stderr
    assert set(saved(corpus_server, "third").values()) == {None}
    assert set(outcomes(corpus_server, "third").values()) == {"unchanged"}


def test_unchanged_stories_count_towards_max_stories(corpus_server: Server) -> None:
    crawl(corpus_server, chain(), "first")
    _, done = crawl(corpus_server, chain(), "second", "max_stories=2", "refresh=1h")
    assert sorted(outcomes(corpus_server, "second").values()) == ["pending", "unchanged", "unchanged"]
    assert done.returncode == Exit.OK, done.stderr
    asked, _ = crawl(corpus_server, chain(), "third", "since=2014-01-01", "refresh=1h")
    assert asked == []
    assert set(outcomes(corpus_server, "third").values()) == {"out-of-range"}
