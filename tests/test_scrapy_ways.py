"""Scrapy's own ways work here too: feeds, parse, shell, check; a job folder is ignored."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.cli import Exit
from tests.miniature import ROOT, SCRAPY, address, archive, article, documents, environment, lines, scrapy

if TYPE_CHECKING:
    from pathlib import Path

    from newscrawl.storage import Server

SEED, NEAR, FAR = 21000001, 21000002, 21000003
CRAWL = ("crawl", "bbc_story", "-a", f"seed={address(SEED)}")


@pytest.fixture
def chain(tmp_path: Path) -> str:
    """An archive of three stories, each related to the next."""
    site = {
        address(SEED): article(SEED, related=[address(NEAR), "http://elsewhere.example/"]),
        address(NEAR): article(NEAR, related=[address(FAR)]),
        address(FAR): article(FAR),
    }
    return str(archive(tmp_path / "chain.warc.gz", site))


def told(*arguments: str, data: Path, chain: str) -> str:
    """Return what a command of Scrapy's prints that has no business with the corpus, and sees that it left it alone."""
    env = environment(None, NEWSCRAWL_DATA=str(data), NEWSCRAWL_REPLAY=chain)
    # without -W error: Scrapy 2.19 warns of what its own parse command does
    command = [sys.executable, SCRAPY, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == Exit.OK, done.stderr
    assert "Traceback" not in done.stderr
    assert not data.exists()
    return done.stdout + done.stderr


def test_a_feed_has_a_line_a_story_with_its_links(corpus_server: Server, chain: str, tmp_path: Path) -> None:
    feed = tmp_path / "stories.jsonl"
    done = scrapy(*CRAWL, "-o", str(feed), server=corpus_server, NEWSCRAWL_REPLAY=chain)
    assert done.returncode == Exit.OK, done.stderr
    stories: dict[str, Any] = {str(line["story_id"]): line for line in lines(feed.read_text())}
    kept: dict[str, Any] = {str(row["_id"]): row for row in documents(corpus_server, "stories")}
    assert stories.keys() == kept.keys() == {f"bbc:{one}" for one in (SEED, NEAR, FAR)}
    for name, story in stories.items():
        for date in ("date_published", "date_modified", "fetched_at"):
            assert datetime.fromisoformat(story[date]) == kept[name][date]
            assert datetime.fromisoformat(story[date]).tzinfo == UTC
        assert story["headline"] == kept[name]["headline"]
        assert story["body"] == kept[name]["body"]
    links = stories[f"bbc:{SEED}"]["links"]
    assert [(link["key"], link["relation"], link["target"]) for link in links] == [
        (f"bbc:{NEAR}", "related", "story"), ("http://elsewhere.example/", "related", "external"),
    ]  # fmt: skip


def test_a_feed_on_standard_output_has_nothing_else_in_it(corpus_server: Server, chain: str) -> None:
    done = scrapy(*CRAWL, "-o", "-:jsonl", server=corpus_server, NEWSCRAWL_REPLAY=chain)
    assert [line["depth"] for line in lines(done.stdout)] == [0, 1, 2]


def test_a_job_folder_is_ignored_with_one_warning(corpus_server: Server, chain: str, tmp_path: Path) -> None:
    job = tmp_path / "job"
    done = scrapy(*CRAWL, "-s", f"JOBDIR={job}", server=corpus_server, NEWSCRAWL_REPLAY=chain)
    assert done.returncode == Exit.OK, done.stderr
    assert done.stderr.count("WARNING: JOBDIR is ignored: newscrawl keeps its queue in the corpus") == 1
    assert not job.exists()


def test_parse_shows_what_is_read_and_what_would_be_followed(chain: str, tmp_path: Path) -> None:
    shown = told("parse", "--spider", "bbc_story", "--nocolour", address(SEED), data=tmp_path / "d", chain=chain)
    assert f"'story_id': 'bbc:{SEED}'" in shown
    assert f"[<GET {address(NEAR)}>]" in shown


def test_the_shell_has_the_page(chain: str, tmp_path: Path) -> None:
    heading = "response.css('h1::text').get()"
    shown = told("shell", address(SEED), "-c", heading, data=tmp_path / "d", chain=chain)
    assert f"The lighthouse of bay {SEED}\n" in shown


def test_the_contract_holds(tmp_path: Path) -> None:
    shown = told("check", data=tmp_path / "d", chain=str(ROOT / "demo" / "archive.warc.gz"))
    assert "Ran 1 contract" in shown
    assert shown.strip().endswith("OK")
