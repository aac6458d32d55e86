"""One story, one document, end to end: under all its addresses, and with two crawls of one site at once."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from newscrawl.cli import Exit
from tests.miniature import ROOT, SCRAPY, Proxy, Reply, address, article, documents, environment, moved, scrapy

if TYPE_CHECKING:
    from newscrawl.storage import Server

QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
FIRST = 21000001

# --- addresses

FORMS = [
    "http://www.bbc.com/news/world-21000002",
    "https://www.bbc.com/news/world-21000002",
    "http://www.bbc.co.uk/news/uk-21000002",
    "http://m.bbc.co.uk/news/world-21000002",
    "http://news.bbc.co.uk/news/world-21000002",
    "http://www.bbc.com/news/world-21000002?ns_mchannel=social&at_medium=RSS",
    "http://www.bbc.com/news/world-21000002#share-tools",
    "http://www.bbc.co.uk/news/21000002",
    "http://www.bbc.com/news/world-21000002.amp",
]
OLD_FORMS = [
    "http://news.bbc.co.uk/1/hi/world/3756650.stm",
    "http://news.bbc.co.uk/2/hi/world/3756650.stm",
    "http://news.bbc.co.uk/go/rss/-/2/hi/world/3756650.stm",
]


def test_a_story_under_all_its_addresses_is_one_document(corpus_server: Server) -> None:
    """Two seeds link to it by different addresses, a redirect leads to it, and a third seed is one of them."""
    hub, other = article(FIRST, related=[*FORMS, *OLD_FORMS]), article(FIRST + 8, related=[FORMS[5], OLD_FORMS[1]])
    site: dict[str, Reply] = {address(FIRST): hub, address(FIRST + 8): other}
    site |= {form.split("#")[0]: article(21000002) for form in FORMS} | {form: article(3756650) for form in OLD_FORMS}
    site["http://www.bbc.com/news/world-21000005"] = moved(FORMS[2])
    seeds = [address(FIRST), address(FIRST + 8), "http://www.bbc.com/news/world-21000005", FORMS[3]]
    crawl = ("crawl", "bbc_story", *QUICK, "-a", "refresh=0")
    with Proxy(site) as proxy:
        for form in (",".join(seeds), ",".join([FORMS[7], OLD_FORMS[0]])):
            done = scrapy(*crawl, "-a", f"seed={form}", server=corpus_server, http_proxy=proxy.url)
            assert done.returncode == Exit.OK, done.stderr
    stories = {str(row["_id"]): row for row in documents(corpus_server, "stories")}
    assert set(stories) == {f"bbc:{one}" for one in (FIRST, FIRST + 1, FIRST + 8, 3756650)}
    known = {stories["bbc:21000002"]["url"], *stories["bbc:21000002"]["aliases"]}
    assert {FORMS[3], FORMS[7]} <= known
    assert len(documents(corpus_server, "revisions")) == len(stories)
    assert {row["to"] for row in documents(corpus_server, "links", relation="related")} == {
        "bbc:21000002", "bbc:3756650"
    }  # fmt: skip


# --- two crawls at once

HUBS, LEAVES = 5, 4
STORIES = range(FIRST, FIRST + 1 + HUBS + HUBS * LEAVES)
ENDS = [FIRST, FIRST + 1]
"""What the last stories link to; those that change show now both, now one of them."""
CHANGING = set(STORIES[1::3])
"""Stories whose text is another at every answer: two states that take turns."""
GOES_AWAY = STORIES[-2]
"""A story that is there once."""


class Restless(dict[str, Reply]):
    """A site on which every story is asked for by two crawls, and some say something else each time."""

    def __init__(self) -> None:
        hubs, rest = STORIES[1 : 1 + HUBS], STORIES[1 + HUBS :]
        self.related = {FIRST: list(hubs)} | {hub: list(rest[at * LEAVES :][:LEAVES]) for at, hub in enumerate(hubs)}
        self.answers: Counter[int] = Counter()
        self.lock = threading.Lock()

    def get(self, url: str, default: Reply) -> Reply:  # type: ignore[override]
        """Return the next answer of an address."""
        found = re.fullmatch(r"http://www\.bbc\.com/news/world-(\d+)", url)
        if not found:
            return default
        number = int(found[1])
        with self.lock:
            self.answers[number] += 1
            turn = self.answers[number]
        if number == GOES_AWAY and turn > 1:
            return default
        related = [address(one) for one in self.related.get(number, ENDS)]
        if number in CHANGING:
            shown = related if number in self.related else related[turn % 2 :]
            return article(number, f"Answer {turn % 2} of keeper {number} on the wind.", shown)
        return article(number, related=related)


def test_crawls_of_one_site_at_once_lose_and_double_nothing(corpus_server: Server) -> None:
    env = environment(corpus_server)
    with Proxy(Restless()) as proxy:
        crawls = [
            subprocess.Popen(
                [sys.executable, "-W", "error", SCRAPY, "crawl", "bbc_story", *QUICK, "-a", f"seed={address(FIRST)}",
                 "-a", f"_job={name}", "-a", "refresh=0"],
                cwd=ROOT, env=env | {"http_proxy": proxy.url}, stderr=subprocess.PIPE, text=True,
            )
            for name in ("one", "two", "three")
        ]  # fmt: skip
        for crawl in crawls:
            _, said = crawl.communicate(timeout=90)
            assert crawl.returncode == Exit.OK, said
    stories = {row["_id"]: row for row in documents(corpus_server, "stories")}
    assert set(stories) == {f"bbc:{one}" for one in STORIES}
    _check_states(corpus_server, stories)
    _check_edges(corpus_server, stories)
    _check_counts(corpus_server)


def _check_states(server: Server, stories: dict[Any, dict[str, Any]]) -> None:
    """Every state is a revision; of a story no two intervals overlap, and the last one is that of its current state."""
    seen: dict[Any, list[tuple[Any, Any, Any]]] = defaultdict(list)
    revisions: dict[str, Any] = defaultdict(set)
    for row in documents(server, "revisions"):
        row_seen: Any = row["seen"]
        seen[row["story_id"]] += [(one["first"], one["last"], row["content_hash"]) for one in row_seen]
        revisions[str(row["story_id"])].add(row["content_hash"])
    assert set(seen) == set(stories)
    for story_id, story in stories.items():
        intervals = sorted(seen[story_id])
        assert all(before[1] < after[0] and before[2] != after[2] for before, after in pairwise(intervals))
        assert intervals[-1] == (story["state_since"], story["fetched_at"], story["content_hash"])
        assert revisions[story_id] == set(story["content_hashes"])
        assert len(revisions[story_id]) <= 2
        changes = int(str(story_id)[4:]) in CHANGING
        assert len(revisions[story_id]) == (2 if changes else 1)
        assert story["first_seen_at"] <= story["last_seen_at"]
        assert ("gone_at" in story) == (story_id == f"bbc:{GOES_AWAY}")


def _check_edges(server: Server, stories: dict[Any, dict[str, Any]]) -> None:
    """An edge is there once, and is gone exactly if the newest state of its page does not show it."""
    site = Restless()
    for row in documents(server, "links", relation="related"):
        newest = stories[row["from"]]["fetched_at"]
        assert ("gone_at" in row) == (row["fetched_at"] != newest)
    edges = {(row["from"], row["to"]) for row in documents(server, "links", relation="related")}
    all_of = {(f"bbc:{one}", f"bbc:{to}") for one in STORIES for to in site.related.get(one, ENDS)}
    assert edges == all_of


def _check_counts(server: Server) -> None:
    """A crawl's counts are those of its log; what is new is new to one crawl only."""
    visits: dict[Any, Counter[Any]] = defaultdict(Counter)
    for row in documents(server, "visits"):
        visits[row["crawl_id"]][row["outcome"]] += 1
    assert {row["_id"]: row["counts"] for row in documents(server, "crawls")} == visits
    assert sum(counts["new"] for counts in visits.values()) == len(STORIES)
    assert {sum(counts.values()) for counts in visits.values()} == {len(STORIES)}
    assert sum(counts["http-error"] for counts in visits.values()) == 2
