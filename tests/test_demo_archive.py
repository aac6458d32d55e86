"""The demo archive: what it is made of, what stands in it, and what a crawl of it would ask for."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import lxml.html
import pytest

from newscrawl.sites import site_for
from tests.demo import ARCHIVE, COMMITTED, DEMO, FOLLOWED, SEED, SITE, STATES, STORIES, answers, graph, page_of, records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TWINS = {"21826409", "21866120"}


def make(path: Path) -> Path:
    subprocess.run([sys.executable, str(DEMO / "make_archive.py"), "--out", str(path)], check=True, capture_output=True)
    return path


def words(state: Any) -> list[str]:
    return re.findall(r"\w+", " ".join(state.paragraphs).lower())


def shingles(state: Any) -> set[tuple[str, ...]]:
    tokens = words(state)
    return set(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))


def test_the_archive_is_what_the_script_makes(tmp_path: Path) -> None:
    assert records(make(tmp_path / "again.warc.gz")) == COMMITTED


def test_the_script_makes_the_same_bytes_each_time(tmp_path: Path) -> None:
    assert make(tmp_path / "one.warc.gz").read_bytes() == make(tmp_path / "two.warc.gz").read_bytes()


def test_the_archive_is_small() -> None:
    assert ARCHIVE.stat().st_size < 400_000


def test_there_are_enough_stories_in_each_era() -> None:
    eras = Counter(story.era for story in STORIES)
    assert len(STORIES) >= 40
    assert eras["hi-2003"] >= 10
    assert eras["gel-2010"] >= 10
    assert eras["next-2023"] >= 10


@pytest.mark.parametrize("state", [state for state in STATES if not state.unchanged], ids=lambda state: state.url)
def test_a_page_shows_all_of_its_story(state: Any) -> None:
    page = lxml.html.fromstring(page_of(state).decode(state.encoding))
    text = " ".join(page.text_content().split())
    for part in (state.headline, *state.paragraphs, *(author["name"] for author in state.authors)):
        assert " ".join(part.split()) in text


@pytest.mark.parametrize("state", STATES, ids=lambda state: f"{state.url} {state.captured_at}")
def test_nothing_is_linked_before_it_was_published(state: Any) -> None:
    assert state.published <= state.updated <= state.captured_at
    for edge in graph.edges(SITE, state):
        assert not edge.link.story or edge.link.story.published <= state.captured_at, edge.link.title


def test_no_sentence_stands_in_two_stories() -> None:
    seen: Counter[str] = Counter()
    for story in STORIES:
        seen.update(set(_sentences(story)) if story.id != "21866120" else [])
    assert [sentence for sentence, times in seen.items() if times > 1] == []


def _sentences(story: Any) -> Iterator[str]:
    for text in story.paragraphs:
        yield from (part for part in re.split(r"(?<=[.?!])\s+", text) if len(part.split()) > 5)


def test_only_the_republished_story_is_nearly_the_same_as_another() -> None:
    texts = {story.id: shingles(story) for story in STORIES if story.paragraphs}
    alike = {
        frozenset(pair): len(texts[pair[0]] & texts[pair[1]]) / len(texts[pair[0]] | texts[pair[1]])
        for pair in combinations(texts, 2)
    }
    assert {pair for pair, share in alike.items() if share > 0.05} == {frozenset(TWINS)}
    assert 0.85 < alike[frozenset(TWINS)] < 1


def test_timeline_has_bursts_and_gaps() -> None:
    dates = sorted(story.published for story in STORIES)
    gaps = [(later - earlier).days for earlier, later in pairwise(dates)]
    assert sum(gap <= 2 for gap in gaps) >= 15
    assert max(gaps) >= 365


def test_from_the_seed_most_stories_are_two_steps_away() -> None:
    depths = graph.depths(SITE, SEED, FOLLOWED)
    near = {story_id for story_id, steps in depths.items() if steps <= 2}
    assert len(near) >= 40
    assert {SITE.stories[story_id].era for story_id in near} >= {"hi-1998", "hi-2003", "gel-2010", "next-2023"}
    assert len(near) < len(depths)
    assert depths.keys() == SITE.stories.keys()


def test_index_pages_add_no_story_to_the_crawl_from_the_seed() -> None:
    """Whether a crawl reads the heading "More Middle East stories" as a link or not, it ends with the same stories."""
    depths = graph.depths(SITE, SEED, FOLLOWED)
    listed = {SITE.refer(text).story.id for index in SITE.indexes for part in index["parts"] for text in part["to"]}
    assert max(depths[story_id] for story_id in listed) <= 2


def test_a_crawl_from_the_seed_asks_for_every_special_address() -> None:
    depths = graph.depths(SITE, SEED, FOLLOWED)
    near = [SITE.stories[story_id] for story_id, steps in depths.items() if steps <= 1]
    asked = {edge.link.url for story in near for edge in graph.edges(SITE, story) if edge.relation in FOLLOWED}
    archived = {record.url for record in COMMITTED}
    assert answers("404") == {
        "http://www.bbc.co.uk/news/world-middle-east-21790044",
        "https://www.bbc.com/news/articles/c0w0w0w0w0wo",
    }
    assert answers("404") <= asked
    assert answers("301") - asked == {"https://m.bbc.co.uk/news/world-middle-east-21817201"}
    assert "http://www.bbc.co.uk/news/world-middle-east-21811902" in asked - archived


def test_responses_came_in_every_form() -> None:
    headers = Counter(header for record in COMMITTED for header in record.headers)
    assert headers["Content-Encoding", "gzip"] >= 2
    assert headers["Transfer-Encoding", "chunked"] == 1
    assert headers["Content-Type", "text/html"] > headers["Content-Type", "text/html; charset=utf-8"] > 0
    assert sum(record.type == "revisit" for record in COMMITTED) == 1
    assert {state.encoding for state in STATES} == {"utf-8", "windows-1252"}


def test_every_host_has_robots_txt_that_bars_a_linked_page() -> None:
    hosts = {"{0.scheme}://{0.netloc}".format(urlsplit(record.url)) for record in COMMITTED if record.url}
    barred = [link for _, link in graph.edges(SITE, SITE.stories[SEED]) if "/news/private-" in link.url]
    assert len(barred) == 1
    assert all("Disallow: /news/private-" in text["text"] for text in SITE.robots)
    assert hosts - {"https://m.bbc.co.uk"} == set(SITE.robots[0]["hosts"])


def test_every_archived_story_answers_under_its_identity() -> None:
    for state in STATES:
        site = site_for(state.url)
        assert site is not None
        assert site.story_id(state.url) in {f"bbc:{state.id}", "https" + state.url.removeprefix("http")}
