"""The main job through the real command: a seed becomes a corpus, and every visit says what came of it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from newscrawl.cli import Exit
from tests.miniature import (
    ROOT,
    SCRAPY,
    Proxy,
    Reply,
    address,
    archive,
    article,
    documents,
    environment,
    moved,
    outcomes,
    scrapy,
)

if TYPE_CHECKING:
    from pathlib import Path

    from newscrawl.storage import Server

SEED, NEAR, FAR, BEYOND = (21000001, 21000002, 21000003, 21000004)
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "LOG_LEVEL=INFO")


def story_ids(server: Server) -> list[str]:
    return [str(row["_id"]) for row in documents(server, "stories")]


@pytest.fixture
def chain(tmp_path: Path) -> str:
    """An archive of four stories, each related to the next."""
    numbers = [SEED, NEAR, FAR, BEYOND]
    site = {
        address(one): article(one, related=[address(after)])
        for one, after in zip(numbers, [*numbers[1:], SEED], strict=True)
    }
    return str(archive(tmp_path / "chain.warc.gz", site))


def test_stories_are_collected_as_deep_as_asked(corpus_server: Server, chain: str) -> None:
    done = scrapy("crawl", "bbc_story", "-a", f"seed={address(SEED)}", server=corpus_server, NEWSCRAWL_REPLAY=chain)
    assert done.returncode == Exit.OK, done.stderr
    assert story_ids(corpus_server) == [f"bbc:{one}" for one in (SEED, NEAR, FAR)]
    assert {row["_id"]: row["depth"] for row in documents(corpus_server, "stories")} == {
        f"bbc:{SEED}": 0, f"bbc:{NEAR}": 1, f"bbc:{FAR}": 2,
    }  # fmt: skip
    assert len(documents(corpus_server, "links", relation="related")) == 3


def test_every_end_of_a_request_settles_its_visit(corpus_server: Server, tmp_path: Path) -> None:
    other = "http://www.bbc.com/news/uk-21000009"
    related = [address(NEAR), "http://www.bbc.com/news/world-21000010", other, "http://www.bbc.com/news/world-21000011",
               "http://www.bbc.com/news/world-21000012", "http://www.bbc.com/news/world-21000013",
               "http://www.bbc.com/news/world-21000014", "http://elsewhere.example/story"]  # fmt: skip
    site = {
        "http://www.bbc.com/robots.txt": Reply("User-agent: *\nDisallow: /news/uk-\n"),
        address(SEED): article(SEED, related=related),
        address(NEAR): article(NEAR),
        "http://www.bbc.com/news/world-21000010": Reply("gone", 404),
        other: article(21000009),
        "http://www.bbc.com/news/world-21000011": moved("http://elsewhere.example/landing"),
        "http://www.bbc.com/news/world-21000012": moved("http://www.bbc.com/news/articles/c0new0new00o"),
        "http://www.bbc.com/news/articles/c0new0new00o": article(21000012),
        "http://www.bbc.com/news/world-21000013": Reply("<html><body></body></html>"),
    }
    path = archive(tmp_path / "all.warc.gz", site)
    done = scrapy(
        "crawl",
        "bbc_story",
        "-a",
        f"seed={address(SEED)}",
        "-a",
        "follow=related",
        server=corpus_server,
        NEWSCRAWL_REPLAY=str(path),
    )
    assert done.returncode == Exit.OK, done.stderr
    assert outcomes(corpus_server) == {
        f"bbc:{SEED}": "new",
        f"bbc:{NEAR}": "new",
        "bbc:21000010": "http-error",
        "bbc:21000009": "robots",
        "bbc:21000011": "off-site",
        "bbc:21000012": "redirected",
        "bbc:c0new0new00o": "new",
        "bbc:21000013": "not-a-story",
        "bbc:21000014": "not-in-archive",
    }
    assert "       1   http-error " in done.stderr, "each visit is counted once"
    assert all(
        row.get("reason") for row in documents(corpus_server, "visits") if row["outcome"] not in {"new", "index"}
    )
    assert "Traceback" not in done.stderr


def test_an_index_page_takes_no_step_of_depth(corpus_server: Server, tmp_path: Path) -> None:
    items = "".join(f'<li><h2><a class="story" href="{address(one)}">Story {one}</a></h2></li>' for one in (NEAR, FAR))
    listing = f'<html><head><title>World</title></head><body><div id="main-content" class="index"><ul>{items}</ul></div></body></html>'
    site = {address(SEED): article(SEED, section=[]), "http://www.bbc.com/news/world/": Reply(listing)} | {
        address(one): article(one) for one in (NEAR, FAR)
    }
    seed = article(SEED)
    seed.body = seed.body.replace(
        "<ul>\n</ul></div></div></div>", '<ul><li><a href="/news/world/">World news</a></li></ul></div></div></div>'
    )
    site[address(SEED)] = seed
    path = archive(tmp_path / "index.warc.gz", site)
    arguments = ("-a", f"seed={address(SEED)}", "-a", "follow=section", "-a", "depth=1")
    done = scrapy("crawl", "bbc_story", *arguments, server=corpus_server, NEWSCRAWL_REPLAY=str(path))
    assert done.returncode == Exit.OK, done.stderr
    assert {row["_id"]: row["depth"] for row in documents(corpus_server, "stories")} == {
        f"bbc:{SEED}": 0, f"bbc:{NEAR}": 1, f"bbc:{FAR}": 1,
    }  # fmt: skip
    assert len(documents(corpus_server, "links", relation="listed")) == 2


def test_exactly_max_stories_are_stored_and_the_rest_waits(corpus_server: Server, tmp_path: Path) -> None:
    many = range(21000100, 21000160)
    site = {address(SEED): article(SEED, related=[address(one) for one in many])} | {
        address(one): article(one) for one in many
    }
    path = archive(tmp_path / "many.warc.gz", site)
    arguments = ("-a", f"seed={address(SEED)}", "-a", "max_stories=7")
    done = scrapy("crawl", "bbc_story", *arguments, server=corpus_server, NEWSCRAWL_REPLAY=str(path))
    assert done.returncode == Exit.OK, done.stderr
    assert len(story_ids(corpus_server)) == 7
    assert sorted(outcomes(corpus_server).values()) == ["new"] * 7 + ["pending"] * 54
    assert documents(corpus_server, "crawls")[0]["finish_reason"] == "max_stories"


def test_a_second_identical_crawl_changes_only_sightings(corpus_server: Server, chain: str) -> None:
    def counts() -> list[int]:
        return [len(documents(corpus_server, name)) for name in ("stories", "links", "revisions")]

    command = ("crawl", "bbc_story", "-a", f"seed={address(SEED)}")
    scrapy(*command, server=corpus_server, NEWSCRAWL_REPLAY=chain)
    before, first = counts(), {row["_id"]: row["last_seen_at"] for row in documents(corpus_server, "stories")}
    done = scrapy(*command, "-a", "_job=again", server=corpus_server, NEWSCRAWL_REPLAY=chain)
    assert done.returncode == Exit.OK, done.stderr
    assert counts() == before
    assert all(row["last_seen_at"] > first[row["_id"]] for row in documents(corpus_server, "stories"))
    again = documents(corpus_server, "visits", crawl_id="again")
    assert [row["outcome"] for row in again] == ["unchanged"] * 3


def test_one_story_under_several_addresses_is_fetched_once(corpus_server: Server) -> None:
    forms = [address(NEAR), address(NEAR, "www.bbc.co.uk"), f"{address(NEAR)}?at_medium=x", f"{address(NEAR)}.amp#top"]
    with Proxy({address(SEED): article(SEED, related=forms), address(NEAR): article(NEAR)}) as proxy:
        done = scrapy(
            "crawl", "bbc_story", *QUICK, "-a", f"seed={address(SEED)}", server=corpus_server, http_proxy=proxy.url
        )
    assert done.returncode == Exit.OK, done.stderr
    assert [url for url in proxy.asked if "robots" not in url] == [address(SEED), address(NEAR)]
    assert story_ids(corpus_server) == [f"bbc:{SEED}", f"bbc:{NEAR}"]


def test_retries_are_made_and_their_end_is_told(corpus_server: Server) -> None:
    with Proxy({address(SEED): Reply("busy", 503)}) as proxy:
        done = scrapy(
            "crawl", "bbc_story", *QUICK, "-a", f"seed={address(SEED)}", server=corpus_server, http_proxy=proxy.url
        )
    assert done.returncode == Exit.NOTHING_STORED
    assert proxy.asked.count(address(SEED)) == 3
    assert documents(corpus_server, "visits")[0]["reason"] == "the server answered 503"


def test_ctrl_c_ends_cleanly_and_names_the_crawl(corpus_server: Server) -> None:
    many = [address(one) for one in range(21000100, 21000200)]
    site = {address(SEED): article(SEED, related=many)} | {url: article(int(url[-8:])) for url in many}
    with Proxy(site) as proxy:
        command = [
            sys.executable,
            SCRAPY,
            "crawl",
            "bbc_story",
            "-a",
            f"seed={address(SEED)}",
            "-a",
            "_job=ctrlc",
            "-s",
            "DOWNLOAD_DELAY=0.3",
        ]
        with subprocess.Popen(
            command, cwd=ROOT, env=environment(corpus_server, http_proxy=proxy.url), stderr=subprocess.PIPE, text=True
        ) as crawl:
            while len(proxy.asked) < 4:
                time.sleep(0.05)
            crawl.send_signal(signal.SIGINT)
            _, stderr = crawl.communicate(timeout=30)
    assert crawl.returncode == Exit.INTERRUPTED, stderr
    assert "stored under crawl ctrlc" in stderr
    stored = [row for row in documents(corpus_server, "visits") if row["outcome"] == "new"]
    assert len(stored) == len(story_ids(corpus_server)) >= 1
    assert documents(corpus_server, "crawls")[0]["finish_reason"] == "shutdown"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["-a", "sed=x"], Exit.BAD_INPUT, "unknown argument 'sed': allowed are seed, depth"),
        (["-a", "seed=nonsense"], Exit.BAD_INPUT, "seed 'nonsense' is no URL"),
        (["-a", "seed=http://"], Exit.BAD_INPUT, "is no URL"),
        (["-a", "seed=ftp://www.bbc.com/news"], Exit.BAD_INPUT, "is no URL"),
        (["-a", "seed=http://www.bbc.com:99999/news"], Exit.BAD_INPUT, "is no URL"),
        (["-a", "seed=http://bbc.com.evil.example/news/world-1"], Exit.BAD_INPUT, "is on another site: allowed hosts are"),
        (["-a", "seed=http://127.0.0.1/news/world-21000001"], Exit.BAD_INPUT, "is on another site"),
        (["-a", "depth=-1"], Exit.BAD_INPUT, "depth='-1' is not allowed: give a whole number of at least 0"),
        (["-a", "depth=two"], Exit.BAD_INPUT, "whole number"),
        (["-a", "max_stories=0"], Exit.BAD_INPUT, "at least 1"),
        (["-a", "follow=friends"], Exit.BAD_INPUT, "give one or more of elsewhere, features"),
        (["-a", "follow="], Exit.BAD_INPUT, "give one or more of"),
        (["-a", "seed=@/no/such/file"], Exit.BAD_INPUT, "seed file /no/such/file cannot be read (No such file or directory)"),
        (["-a", "since=yesterday"], Exit.BAD_INPUT, "since='yesterday' is no date: write 2013-03-17"),
        (["-a", "since=2013-03-17", "-a", "until=2013-03-17"], Exit.BAD_INPUT, "is not before until"),
        (["--frobnicate"], Exit.BAD_INPUT, "unknown option '--frobnicate'"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_line_before_any_request(
    corpus_server: Server, arguments: list[str], code: int, message: str
) -> None:
    done = scrapy("crawl", "bbc_story", *arguments, server=corpus_server)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_an_unknown_spider_is_refused() -> None:
    done = scrapy("crawl", "cnn_story")
    assert done.returncode == Exit.BAD_INPUT
    assert done.stderr.strip().splitlines()[-1] == "scrapy crawl: name one spider: bbc_story"


def test_a_missing_server_is_said_in_one_line_without_the_password() -> None:
    done = scrapy("crawl", "bbc_story", MONGO_URI="mongodb://reader:s3cret@127.0.0.1:9/?authSource=admin")
    assert done.returncode == Exit.STORE_UNAVAILABLE
    assert "MongoDB at 127.0.0.1:9 is not available" in done.stderr
    assert "s3cret" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.parametrize("content", [None, b"", b"no archive at all"])
def test_an_unusable_archive_is_refused(corpus_server: Server, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.warc.gz"
    if content is not None:
        path.write_bytes(content)
    done = scrapy("crawl", "bbc_story", server=corpus_server, NEWSCRAWL_REPLAY=str(path))
    assert done.returncode == Exit.BAD_INPUT
    assert "bad.warc.gz" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_a_dead_story_that_leads_to_the_front_page_leads_no_further(corpus_server: Server, tmp_path: Path) -> None:
    items = f'<li><h2><a class="story" href="{address(NEAR)}">The story of {NEAR}</a></h2></li>'
    front = f'<html><head><title>News</title></head><body><div id="main-content" class="index"><ul>{items}</ul></div></body></html>'
    site = {
        address(SEED): article(SEED, related=[address(FAR)]),
        address(FAR): moved("http://www.bbc.com/news"),
        "http://www.bbc.com/news": Reply(front),
        address(NEAR): article(NEAR),
    }
    path = archive(tmp_path / "dead.warc.gz", site)
    scrapy("crawl", "bbc_story", "-a", f"seed={address(SEED)}", server=corpus_server, NEWSCRAWL_REPLAY=str(path))
    assert story_ids(corpus_server) == [f"bbc:{SEED}"]
    assert outcomes(corpus_server)[f"bbc:{FAR}"] == "redirected"
    assert "index" in outcomes(corpus_server).values()


def test_stories_outside_the_dates_asked_for_are_visits_only(corpus_server: Server, tmp_path: Path) -> None:
    # stories of this site are published on day (number mod 27) + 1 of March 2013, at 10:00
    day = {one: one % 27 + 1 for one in (SEED, NEAR, FAR)}
    site = {
        address(SEED): article(SEED, related=[address(NEAR)]),
        address(NEAR): article(NEAR, related=[address(FAR)]),
        address(FAR): article(FAR),
    }
    path = archive(tmp_path / "dates.warc.gz", site)
    seed = ("-a", f"seed={address(SEED)}")
    until = ("-a", f"until=2013-03-{day[NEAR]:02d}T10:00")
    scrapy("crawl", "bbc_story", *seed, *until, server=corpus_server, NEWSCRAWL_REPLAY=str(path))
    assert outcomes(corpus_server) == {f"bbc:{SEED}": "new", f"bbc:{NEAR}": "out-of-range"}
    since = ("-a", f"since=2013-03-{day[NEAR]:02d}T10:00", "-a", "_job=since", "-a", f"seed={address(NEAR)}")
    scrapy("crawl", "bbc_story", *since, server=corpus_server, NEWSCRAWL_REPLAY=str(path))
    again = {row["request_key"]: row["outcome"] for row in documents(corpus_server, "visits", crawl_id="since")}
    assert again == {f"bbc:{NEAR}": "new", f"bbc:{FAR}": "new"}


def test_seeds_come_from_a_file(corpus_server: Server, chain: str, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds.txt"
    seeds.write_text(f"# two\n{address(NEAR)}\n\n{address(BEYOND)}\n")
    done = scrapy(
        "crawl", "bbc_story", "-a", f"seed=@{seeds}", "-a", "depth=0", server=corpus_server, NEWSCRAWL_REPLAY=chain
    )
    assert done.returncode == Exit.OK, done.stderr
    assert story_ids(corpus_server) == [f"bbc:{NEAR}", f"bbc:{BEYOND}"]


def test_robots_txt_is_obeyed_by_every_request_that_waited_for_it(corpus_server: Server) -> None:
    barred = [f"http://www.bbc.com/news/uk-2100001{one}" for one in range(5)]
    site = {"http://www.bbc.com/robots.txt": Reply("User-agent: *\nDisallow: /news/uk-\n")} | {
        url: article(int(url[-8:])) for url in barred
    }
    with Proxy(site) as proxy:
        seeds = ("-a", f"seed={','.join(barred)}")
        done = scrapy("crawl", "bbc_story", *QUICK, *seeds, server=corpus_server, http_proxy=proxy.url)
    assert done.returncode == Exit.NOTHING_STORED
    assert proxy.asked == ["http://www.bbc.com/robots.txt"]
    assert set(outcomes(corpus_server).values()) == {"robots"}


def test_private_hosts_are_crawled_only_when_allowed(corpus_server: Server) -> None:
    with Proxy({f"/news/world-{SEED}": article(SEED)}) as site:
        port = site.server.server_port
        for host in ("localhost", "127.0.0.1"):
            seed = ("-a", f"seed=http://{host}:{port}/news/world-{SEED}", "-a", f"_job={host}")
            refused = scrapy("crawl", "bbc_story", *QUICK, *seed, server=corpus_server)
            assert refused.returncode == Exit.BAD_INPUT
            allowed = {"NEWSCRAWL_ALLOW_PRIVATE": "1"}
            done = scrapy("crawl", "bbc_story", *QUICK, *seed, server=corpus_server, **allowed)
            assert done.returncode == Exit.OK, done.stderr
            assert done.stderr.count("NEWSCRAWL_ALLOW_PRIVATE=1: private and loopback addresses are allowed") == 1
    assert story_ids(corpus_server) == [f"bbc:{SEED}"]
