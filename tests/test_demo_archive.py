"""The demo archive: what it is made of, what stands in it, and what a crawl of it ought to find."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import lxml.html
import pytest
from warcio.archiveiterator import ArchiveIterator

import newscrawl
from newscrawl.sites import site_for
from newscrawl.sites.bbc import BBC
from tests.miniature import documents, outcomes, scrapy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.storage import Server

DEMO = Path(__file__).parent.parent / "demo"
ARCHIVE = DEMO / "archive.warc.gz"

sys.path.insert(0, str(DEMO))
content = importlib.import_module("making.content")
graph = importlib.import_module("making.graph")
sys.path.remove(str(DEMO))

SITE = content.load()
STORIES = list(SITE.stories.values())
STATES = [state for story in STORIES for state in (story, *story.captures)]
SEED = "21817201"
TWINS = {"21826409", "21866120"}
FOLLOWED = {"related", "section"}
READ = [state for state in STATES if state.era in {era.name for era in BBC.eras} and not state.unchanged]


class Record(NamedTuple):
    """One record of a WARC file, without what depends on how well zlib packs."""

    type: str
    url: str | None
    date: str
    status: str | None
    headers: tuple[tuple[str, str], ...]
    body: bytes


def records(path: Path) -> list[Record]:
    with path.open("rb") as stream:
        return [_record(record) for record in ArchiveIterator(stream)]


def _record(record: Any) -> Record:
    http = record.http_headers
    headers = [(name, value) for name, value in http.headers if name != "Content-Length"] if http else []
    return Record(
        record.rec_type,
        record.rec_headers.get_header("WARC-Target-URI"),
        record.rec_headers.get_header("WARC-Date"),
        http and http.get_statuscode(),
        tuple(headers),
        record.content_stream().read(),
    )


COMMITTED = records(ARCHIVE)
BODIES = {(record.url, record.date): record.body for record in COMMITTED}


def page_of(state: Any) -> bytes:
    return BODIES[state.url, f"{state.captured_at:%Y-%m-%dT%H:%M:%SZ}"]


def make(path: Path) -> Path:
    subprocess.run([sys.executable, str(DEMO / "make_archive.py"), "--out", str(path)], check=True, capture_output=True)
    return path


def words(state: Any) -> list[str]:
    return re.findall(r"\w+", " ".join(state.paragraphs).lower())


def shingles(state: Any) -> set[tuple[str, ...]]:
    tokens = words(state)
    return set(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))


def answers(status: str) -> set[str | None]:
    return {record.url for record in COMMITTED if record.status == status}


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


@pytest.mark.parametrize("state", READ, ids=lambda state: f"{state.url} {state.captured_at}")
def test_extraction_gives_back_what_the_page_was_made_of(state: Any) -> None:
    found = newscrawl.extract(page_of(state), state.url, content_type=state.content_type)
    assert found.story is not None
    assert found.story.headline == state.headline
    assert found.story.summary == state.summary
    assert [block.text for block in found.story.body] == state.paragraphs
    assert [author.name for author in found.story.authors] == [author["name"] for author in state.authors]
    assert [image.caption for image in found.story.images] == [image["caption"] or None for image in state.images]
    assert found.story.date_modified == state.updated
    assert [post.id for post in found.story.posts] == [post["id"] for post in state.posts]
    assert found.story.kind.value == state.kind
    expected = {(edge.relation, edge.link.title) for edge in graph.edges(SITE, state) if edge.relation in FOLLOWED}
    assert {(link.relation.value, link.text) for link in found.links if link.relation.value in FOLLOWED} == expected


def test_a_crawl_with_its_default_arguments_stores_what_the_links_lead_to(corpus_server: Server) -> None:
    done = scrapy("crawl", "bbc_story", "-s", "LOG_LEVEL=ERROR", server=corpus_server, NEWSCRAWL_REPLAY=str(ARCHIVE))
    assert done.returncode == 0, done.stderr
    near = {story_id for story_id, steps in graph.depths(SITE, SEED, FOLLOWED).items() if steps <= 2}
    expected = {BBC.request_key(SITE.stories[story_id].url) for story_id in near}
    assert {row["_id"] for row in documents(corpus_server, "stories")} == expected
    assert Counter(outcomes(corpus_server).values()) == {
        "new": len(expected), "http-error": 2, "robots": 1, "off-site": 1, "redirected": 1, "not-in-archive": 1,
    }  # fmt: skip
