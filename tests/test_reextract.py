"""``scrapy reextract``: pages read again by today's rules correct the corpus, and nothing looks like an edit by the BBC."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from newscrawl.archive import captures_by_story
from newscrawl.eras import EXTRACTOR_VERSION
from newscrawl.items import UNDATED, Story
from newscrawl.reextraction import reading
from newscrawl.reextraction.showing import difference
from newscrawl.storage import Server, matching, rewriting
from newscrawl.storage.forget import forget
from tests.archived import (
    NUMBER,
    OLD,
    STORY,
    T0,
    archived,
    as_read,
    by_old_rules,
    crawled,
    hour,
    page,
    reread,
)
from tests.miniature import Proxy, Reply, address, archive, article, documents, scrapy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newscrawl.storage.changes import Write

TARGETS = [29000002, 29000003, 29000004]
A = ("The keeper wrote down the wind.", "The lamp was lit at dusk.")
B = ("The keeper wrote down the rain.", "The lamp was lit at dusk.")
A_EDITED = (A[0], "The lamp was not lit at all.")
"""Differs from ``A`` in what the older rules do not see."""


def states(server: Server) -> list[tuple[str, list[tuple[int, int]], int, bool]]:
    """Return the states of the story by time: first word that tells it, hours seen, rules, whether marked."""
    told = []
    for row in documents(server, "revisions"):
        seen: Any = row["seen"]
        hours = [tuple(int((one[end] - T0) / timedelta(hours=1)) for end in ("first", "last")) for one in seen]
        told.append((str(row["text"]), hours, row["extractor_version"], "extraction_change" in row))
    return sorted(told, key=lambda state: state[1])  # type: ignore[return-value]


def the_story(server: Server) -> dict[str, Any]:
    (row,) = documents(server, "stories")
    return row


def text(*parts: str) -> str:
    return "\n".join(parts)


# --- states


def test_a_state_read_otherwise_takes_the_place_of_the_old_one(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A))])
    crawled(corpus_server, folder)
    told = reread(corpus_server, folder)
    assert [name for one in told.done for name, *_ in one.fields] == ["body"]
    assert states(corpus_server) == [(text(*A), [(0, 0)], EXTRACTOR_VERSION, False)]
    story = the_story(corpus_server)
    assert story["text"] == text(*A)
    assert story["extractor_version"] == EXTRACTOR_VERSION
    assert story["content_hashes"] == [story["content_hash"]]
    assert (story["fetched_at"], story["state_since"], story["content_crawl_id"]) == (hour(0), hour(0), "crawl-12")


def test_the_second_time_nothing_changes(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A, TARGETS)), (1, page(*B, TARGETS[:2])), (2, page(*A))])
    crawled(corpus_server, folder)
    assert reread(corpus_server, folder).changes == 3
    before = whole(corpus_server)
    assert reread(corpus_server, folder).changes == 0
    assert whole(corpus_server) == before


def whole(server: Server) -> dict[str, Any]:
    return {name: documents(server, name) for name in ("stories", "revisions", "links")}


def test_a_dry_run_tells_all_and_writes_nothing(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A, TARGETS)), (1, page(*B))])
    crawled(corpus_server, folder)
    before = whole(corpus_server)
    assert reread(corpus_server, folder, dry_run=True).changes == 2
    assert whole(corpus_server) == before
    assert reread(corpus_server, folder).changes == 2


def test_edits_by_the_bbc_stay_edits(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A)), (1, page(*A)), (2, page(*B)), (3, page(*A))])
    crawled(corpus_server, folder)
    reread(corpus_server, folder)
    assert states(corpus_server) == [
        (text(*A), [(0, 1), (3, 3)], EXTRACTOR_VERSION, False),
        (text(*B), [(2, 2)], EXTRACTOR_VERSION, False),
    ]
    assert the_story(corpus_server)["state_since"] == hour(3)


def test_what_newer_rules_made_a_state_of_is_one_again(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A)), (1, page(*A)), (2, page(*A))])
    crawled(corpus_server, folder, only=[0, 1])
    crawled(corpus_server, folder, as_read, only=[2])
    assert [marked for *_, marked in states(corpus_server)] == [False, True]
    reread(corpus_server, folder)
    assert states(corpus_server) == [(text(*A), [(0, 2)], EXTRACTOR_VERSION, False)]
    story = the_story(corpus_server)
    assert (story["state_since"], len(story["content_hashes"])) == (hour(0), 1)


def test_an_edit_before_the_rules_changed_stays_one_without_its_page(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A)), (1, page(*B)), (2, page(*B))])
    crawled(corpus_server, folder, only=[0, 1])
    crawled(corpus_server, folder, as_read, only=[2])
    (tmp_path / f"{NUMBER}-00.warc.gz").unlink()
    reread(corpus_server, folder)
    assert states(corpus_server) == [(A[0], [(0, 0)], OLD, False), (text(*B), [(1, 2)], EXTRACTOR_VERSION, False)]
    assert the_story(corpus_server)["content_crawl_id"] == "crawl-13"


def test_an_edit_that_the_old_rules_did_not_see_is_found(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A)), (1, page(*A)), (2, page(*A_EDITED)), (3, page(*A_EDITED))])
    crawled(corpus_server, folder)
    assert [hours for _, hours, *_ in states(corpus_server)] == [[(0, 3)]]
    reread(corpus_server, folder)
    assert states(corpus_server) == [
        (text(*A), [(0, 1)], EXTRACTOR_VERSION, False),
        (text(*A_EDITED), [(2, 3)], EXTRACTOR_VERSION, False),
    ]


def test_what_was_fetched_later_than_the_archived_page_stays(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A, TARGETS)), (2, page(*A, TARGETS))])
    crawled(corpus_server, folder)
    (tmp_path / f"{NUMBER}-02.warc.gz").unlink()
    before = the_story(corpus_server)
    told = reread(corpus_server, folder)
    assert told.changes == 1
    assert the_story(corpus_server)["text"] == before["text"] == A[0]
    assert states(corpus_server) == [(text(*A), [(0, 0)], EXTRACTOR_VERSION, False), (A[0], [(2, 2)], OLD, True)]
    assert reread(corpus_server, folder).changes == 0


def test_of_a_story_answered_not_modified_the_page_before_is_read(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A)), (2, page(*A))])
    crawled(corpus_server, folder)
    with corpus_server.connect() as client:
        asked = {"crawl_id": "crawl-14"}
        client[corpus_server.database].visits.update_one(asked, {"$set": {"saved": "not-modified"}})
    (tmp_path / f"{NUMBER}-02.warc.gz").unlink()
    reread(corpus_server, folder)
    assert the_story(corpus_server)["text"] == text(*A)
    assert states(corpus_server) == [(text(*A), [(0, 2)], EXTRACTOR_VERSION, False)]
    assert reread(corpus_server, folder).changes == 0


def test_only_the_version_of_the_rules_is_no_change_but_is_written(corpus_server: Server, tmp_path: Path) -> None:
    def same_but_older(story: Story) -> None:
        story.extractor_version = OLD

    folder = archived(tmp_path, [(0, page(*A))])
    crawled(corpus_server, folder, same_but_older)
    assert reread(corpus_server, folder).changes == 0
    assert the_story(corpus_server)["extractor_version"] == EXTRACTOR_VERSION


def test_what_a_crawl_noted_and_ids_that_were_merged_stay(corpus_server: Server, tmp_path: Path) -> None:
    def undated(story: Story) -> None:
        story.date_published, story.also_ids = None, ["bbc:28999999"]
        story.problems = [UNDATED]

    reply = page(*A)
    lines = [line for line in reply.body.splitlines() if "DCTERMS" not in line and "OriginalPublication" not in line]
    folder = archived(tmp_path, [(0, Reply("\n".join(lines)))])
    crawled(corpus_server, folder, undated)
    assert reread(corpus_server, folder).changes == 0
    story = the_story(corpus_server)
    assert (story["problems"], story["also_ids"]) == ([UNDATED], ["bbc:28999999"])


# --- edges


def edges(server: Server) -> dict[str, tuple[Any, Any]]:
    """Return {number: (seen last, gone)} of the story's edges, in hours."""
    rows: list[Any] = documents(server, "links")
    moments = {row["to"][-1]: (row["fetched_at"], row.get("gone_at")) for row in rows if row["relation"] == "related"}
    return {to: tuple(at and int((at - T0) / timedelta(hours=1)) for at in times) for to, times in moments.items()}


def test_an_edge_that_is_found_now_was_seen_when_its_page_was(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A, TARGETS))])
    crawled(corpus_server, folder)
    (told,) = reread(corpus_server, folder).done
    assert [edge["to"] for edge in told.gained] == [f"bbc:{TARGETS[1]}"]
    assert edges(corpus_server) == {"2": (0, None), "3": (0, None), "4": (0, None)}
    story, rows = the_story(corpus_server), documents(corpus_server, "links")
    assert {row["first_seen_at"] for row in rows} == {story["first_seen_at"]}
    assert {row["last_seen_at"] for row in rows} == {story["last_seen_at"]}


def test_an_edge_that_was_never_on_the_page_is_gone_since_it_was_seen(corpus_server: Server, tmp_path: Path) -> None:
    def with_ghost(story: Story) -> None:
        story.links[0].key = "bbc:1234567"

    folder = archived(tmp_path, [(0, page(*A, TARGETS))])
    crawled(corpus_server, folder, with_ghost)
    (told,) = reread(corpus_server, folder).done
    assert [edge["to"] for edge in told.lost] == ["bbc:1234567"]
    assert edges(corpus_server) == {"7": (0, 0), "2": (0, None), "3": (0, None), "4": (0, None)}
    assert reread(corpus_server, folder).changes == 0


def test_an_edge_of_an_older_page_is_gone_since_the_next(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A, TARGETS)), (1, page(*B, TARGETS[:2])), (3, page(*B, TARGETS[2:]))])
    crawled(corpus_server, folder)
    assert edges(corpus_server) == {"2": (1, 3), "4": (3, None)}
    reread(corpus_server, folder)
    assert edges(corpus_server) == {"2": (1, 3), "3": (1, 3), "4": (3, None)}


def test_a_story_that_was_forgotten_gets_no_words_back(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A, TARGETS))])
    crawled(corpus_server, folder)
    crawled(corpus_server, archived(tmp_path / "more", [(0, article(TARGETS[0]))], TARGETS[0]))
    with corpus_server.connect() as client:
        forget(client[corpus_server.database], f"bbc:{TARGETS[0]}")
    reread(corpus_server, folder)
    words = {str(row["to"])[-1]: row.get("text") for row in documents(corpus_server, "links")}
    assert not words["2"]
    assert words["3"]
    told = reread(corpus_server, str(tmp_path / "more"))
    assert told.reasons == [matching.FORGOTTEN]


# --- as if today's rules had read it all along

WITHOUT_SHRINKING = [Phase.explicit, Phase.reuse, Phase.generate]
VERSIONS = st.tuples(
    st.sampled_from([A, B, A_EDITED]), st.lists(st.sampled_from(TARGETS), unique=True, max_size=3).map(tuple)
)


@settings(
    max_examples=8, deadline=None, phases=WITHOUT_SHRINKING, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(versions=st.lists(VERSIONS, min_size=1, max_size=5), newer=st.integers(0, 5))
@example(versions=[(A, ()), (B, ()), (B, ()), (B, ())], newer=2)
@example(versions=[(A, ()), (B, ()), (A, ()), (A_EDITED, ())], newer=4)
def test_the_corpus_is_as_if_todays_rules_had_read_all(
    mongo: Server, tmp_path_factory: pytest.TempPathFactory, versions: Sequence[Any], newer: int
) -> None:
    """Whatever the BBC did and whenever the rules changed; edges that the old rules invented aside."""
    folder = archived(tmp_path_factory.mktemp("a"), [(at, page(*said, to)) for at, (said, to) in enumerate(versions)])
    old, new = (Server(mongo.uri, f"test-{tmp_path_factory.mktemp(name).name}-{id(versions)}") for name in "on")
    try:
        crawled(old, folder, only=range(newer))
        crawled(old, folder, as_read, only=range(newer, len(versions)))
        crawled(new, folder, as_read)
        reread(old, folder)
        assert states(old) == states(new)
        assert edges(old) == edges(new)
        names = ("text", "content_hash", "state_since", "fetched_at", "extractor_version")
        assert [the_story(old)[name] for name in names] == [the_story(new)[name] for name in names]
        # which crawl found a state again, or one that the old rules took for another, is not known any more
        if all(len(hours) == 1 and hours[0][0] == hours[0][1] for _, hours, *_ in states(new)):
            assert the_story(old)["content_crawl_id"] == the_story(new)["content_crawl_id"]
        assert sorted(the_story(old)["content_hashes"]) == sorted(the_story(new)["content_hashes"])
        assert reread(old, folder).changes == 0
    finally:
        with mongo.connect() as client:
            for server in (old, new):
                client.drop_database(server.database)


# --- crashes, and crawls that run meanwhile


class KilledError(Exception):
    """The process ends here."""


class Mortal(rewriting.Rewriter):
    """Ends before a certain step of writing."""

    steps = 0

    async def _bulk(self, step: Sequence[Write]) -> bool:  # type: ignore[override]
        if self.steps == 0:
            raise KilledError
        self.steps -= 1
        return await super()._bulk(step)


def run_rewriter(server: Server, folder: str, kind: type[rewriting.Rewriter], **given: Any) -> None:
    async def run() -> None:
        client = await server.connect_async()
        rewriter = kind(client[server.database])
        for name, value in given.items():
            setattr(rewriter, name, value)
        try:
            read = (reading.read_again(capture, None) for capture in captures_by_story([folder]))
            await rewriter.take([one for one in read if not isinstance(one, str)])
        finally:
            await client.close()

    asyncio.run(run())


@pytest.mark.parametrize("steps", range(3))
def test_after_a_crash_between_two_writes_the_same_command_finishes(
    corpus_server: Server, tmp_path: Path, steps: int
) -> None:
    folder = archived(tmp_path, [(0, page(*A, TARGETS)), (1, page(*A_EDITED, TARGETS)), (2, page(*B, TARGETS[1:]))])
    crawled(corpus_server, folder)
    with pytest.raises(KilledError):
        run_rewriter(corpus_server, folder, Mortal, steps=steps)
    reread(corpus_server, folder)
    assert states(corpus_server) == [
        (text(*A), [(0, 0)], EXTRACTOR_VERSION, False),
        (text(*A_EDITED), [(1, 1)], EXTRACTOR_VERSION, False),
        (text(*B), [(2, 2)], EXTRACTOR_VERSION, False),
    ]
    assert the_story(corpus_server)["text"] == text(*B)
    assert len(the_story(corpus_server)["content_hashes"]) == 3
    assert reread(corpus_server, folder).changes == 0


class Overtaken(rewriting.Rewriter):
    """A crawl writes between its first look and its writing."""

    crawl: Any = None

    async def _plan(self, readings: Any) -> Any:
        made = await super()._plan(readings)
        if self.crawl:
            crawl, self.crawl = self.crawl, None
            await asyncio.to_thread(crawl)
        return made


@pytest.mark.parametrize("rules", [by_old_rules, as_read])
@pytest.mark.parametrize("said", [A, B])
def test_what_a_crawl_writes_meanwhile_stands(
    corpus_server: Server, tmp_path: Path, said: tuple[str, str], rules: Any
) -> None:
    folder = archived(tmp_path / "old", [(0, page(*A, TARGETS))])
    newer = archived(tmp_path / "new", [(1, page(*said, TARGETS))])
    crawled(corpus_server, folder)
    run_rewriter(corpus_server, folder, Overtaken, crawl=lambda: crawled(corpus_server, newer, rules))
    story = the_story(corpus_server)
    assert story["fetched_at"] == hour(1)
    seen = {str(row["content_hash"]): row["seen"] for row in documents(corpus_server, "revisions")}
    assert seen.keys() == set(story["content_hashes"])
    assert seen[story["content_hash"]][-1]["last"] == hour(1)  # type: ignore[index]
    reread(corpus_server, newer)
    reread(corpus_server, folder)
    assert [told for told, *_ in states(corpus_server)] == list(dict.fromkeys([text(*A), text(*said)]))
    assert reread(corpus_server, folder).changes == 0


# --- which pages


def test_every_page_that_is_passed_has_its_reason(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path / "a", [(0, page(*A)), (5, page(*B))])
    crawled(corpus_server, folder, only=[0])
    site = {
        address(29000009): article(29000009),
        "http://www.bbc.com/robots.txt": Reply("User-agent: *"),
        address(29000008): Reply(status=404),
        "http://www.bbc.com/news/world": Reply(f"<html><main><a href='{address(NUMBER)}'>One</a></main></html>"),
        "http://www.example.org/": Reply("<h1>Elsewhere</h1>"),
        "http://www.bbc.com/news/world-29000007": Reply("<html><head></head><body></body></html>"),
    }
    archive(tmp_path / "a" / "site.warc.gz", site)
    told = reread(corpus_server, folder)
    assert len(told.done) == 1
    assert sorted(told.reasons) == sorted(
        [
            matching.OTHER_FETCH, matching.UNKNOWN, reading.NO_PAGE, reading.NO_PAGE, reading.LISTS, reading.FOREIGN,
            reading.NOTHING,
        ]
    )  # fmt: skip


def test_a_story_that_is_none_by_todays_rules_stays_and_is_told_of(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A))])
    crawled(corpus_server, folder)
    archived(tmp_path, [(0, Reply("<html><body></body></html>"))])
    assert reread(corpus_server, folder).reasons == [matching.NO_STORY_NOW]
    assert the_story(corpus_server)["text"] == A[0]


def test_of_pages_captured_at_once_the_recorded_one_counts(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A))])
    crawled(corpus_server, folder)
    archive(
        tmp_path / "zz.warc.gz", {f"{address(NUMBER)}?other": Reply(page(*B).body, date=f"{T0:%Y-%m-%dT%H:%M:%SZ}")}
    )
    told = reread(corpus_server, folder)
    assert (len(told.done), told.reasons) == (1, [matching.SAME_MOMENT])
    assert the_story(corpus_server)["text"] == text(*A)


def test_only_pages_of_an_era_or_since_a_date(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A)), (1, page(*B))])
    crawled(corpus_server, folder)
    assert reread(corpus_server, folder, era="hi-2003").reasons == [matching.OTHER_ERA] * 2
    told = reread(corpus_server, folder, since=hour(1))
    assert (told.changes, told.reasons) == (1, [reading.TOO_OLD])
    assert reread(corpus_server, folder, era="gel-2010").changes == 1


# --- the command


@pytest.fixture
def recorded(corpus_server: Server, tmp_path: Path) -> str:
    """A crawl over the network, recorded."""
    site = {address(one): article(one, related=[address(two) for two in TARGETS]) for one in [NUMBER, *TARGETS[:2]]}
    with Proxy(site) as proxy:
        run = scrapy(
            "crawl", "bbc_story", "-a", f"seed={address(NUMBER)}", "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0",
            server=corpus_server, http_proxy=proxy.url, NEWSCRAWL_ARCHIVE=str(tmp_path),
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return str(tmp_path)


def test_a_crawl_just_recorded_has_nothing_to_correct(corpus_server: Server, recorded: str) -> None:
    run = scrapy("reextract", "--dry-run", server=corpus_server, NEWSCRAWL_ARCHIVE=recorded)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.endswith("3 pages read again, 0 changes\n")


def test_the_command_shows_writes_and_sums_up(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A, TARGETS))])
    crawled(corpus_server, folder)
    dry = scrapy("reextract", "--replay", folder, "--dry-run", "--json", server=corpus_server)
    told, total = map(json.loads, dry.stdout.splitlines())
    assert told["story_id"] == STORY
    assert [block["text"] for block in told["fields"]["body"]["after"]] == list(A)
    assert [edge["to"] for edge in told["edges"]["gained"]] == [f"bbc:{TARGETS[1]}"]
    assert (total["pages"], total["differing"]) == ({"gel-2010": 1}, 1)
    run = scrapy("reextract", "--replay", folder, server=corpus_server)
    assert run.returncode == 0, run.stderr
    assert "{+| The lamp was lit at dusk.+}" in " ".join(run.stdout.split())
    assert run.stdout.endswith("1 page read again, 1 change\n")
    again = scrapy("reextract", "--replay", folder, server=corpus_server)
    assert again.stdout.endswith("1 page read again, 0 changes\n")


def test_an_archive_of_other_pages_is_exit_1(corpus_server: Server, tmp_path: Path) -> None:
    folder = archived(tmp_path, [(0, page(*A))])
    crawled(corpus_server, folder)
    other = archive(tmp_path / "other.warc.gz", {address(29000009): article(29000009)})
    run = scrapy("reextract", "--replay", str(other), server=corpus_server)
    assert (run.returncode, run.stdout.splitlines()[-1]) == (1, "0 pages read again, 0 changes")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "there is no archive to read: name WARC files with --replay"),
        (("--replay", "missing.warc"), 1, "the corpus is empty"),
        (("--replay", "a.warc", "--era", "gel-2011"), 2, "unknown era 'gel-2011', allowed are"),
        (("--replay", "a.warc", "--since", "yesterday"), 2, "'yesterday' is no date"),
        (("--dri",), 2, "unknown option"),
        (("a.warc",), 2, "'a.warc' is not asked for: files are named with --replay"),
    ],
)
def test_what_cannot_be_done_is_one_line(corpus_server: Server, words: Any, code: int, message: str) -> None:
    run = scrapy("reextract", *words, server=corpus_server)
    assert (run.returncode, run.stdout) == (code, "")
    assert run.stderr.startswith("scrapy reextract: ")
    assert run.stderr.count("\n") == 1
    assert message in run.stderr


def test_no_server_and_no_file_are_one_line(corpus_server: Server, tmp_path: Path) -> None:
    away = scrapy("reextract", "--replay", "a.warc", MONGO_URI="mongodb://127.0.0.1:1/")
    assert (away.returncode, away.stderr.count("\n")) == (4, 1)
    crawled(corpus_server, archived(tmp_path, [(0, page(*A))]))
    missing = scrapy("reextract", "--replay", "missing.warc", server=corpus_server)
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)
    assert "missing.warc cannot be read" in missing.stderr


@pytest.mark.parametrize(
    ("name", "old", "new", "shown"),
    [
        ("headline", "Dam holds as river rises", "Dam holds as river falls", "Dam holds as river [-rises-] {+falls+}"),
        ("section", None, "World", "nothing → World"),
        ("authors", [{"name": "Tessa Quill"}], [], "Tessa Quill → nothing"),
        ("body", [{"type": "heading", "text": "One"}], [{"type": "paragraph", "text": "One"}], "[-heading ·-] One"),
        (
            "summary",
            "one two three four five six",
            "one two three four five seven",
            "… two three four five [-six-] {+seven+}",
        ),
        ("duration", 60, 61, "60 → 61"),
    ],
)
def test_differences_are_shown_by_words(name: str, old: Any, new: Any, shown: str) -> None:
    assert difference(name, old, new).plain == shown
