"""``scrapy corpus``: what it prints, what it refuses, and with which exit code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.items import Link, Relation, Target
from newscrawl.storage import Server
from tests.corpus.storyline import (
    CRAWL,
    DAM,
    FLOOD,
    INQUIRY,
    MINISTER,
    MISSING,
    OPENED,
    RESCUE,
    TEN_YEARS,
    UNDATED,
    VALLEY,
    collect,
    collect_storyline,
    link,
    record,
    story,
)  # fmt: skip

if TYPE_CHECKING:
    from tests.corpus.conftest import Ask

ROOT = Path(__file__).parents[2]
NOWHERE = Server("mongodb://reader:secret@127.0.0.1:1", "newscrawl")
HOSTILE = "[bold red]<script>x[/] \x1b]0;owned\x07\x1b[31mred \x9b31m \u202egnp.exe\u202c\rover"


# --- answers


def test_stats(ask: Ask) -> None:
    told = ask("stats")
    assert told.code == 0
    assert re.search(r"stories +14 +published 2004-01-10 to 2023-03-17", told.out)
    assert re.search(r"gel-2010 +7", told.out)
    (row,) = ask("stats", "--json").rows
    assert (row["stories"], row["published"]["first"]) == (14, "2004-01-10T00:00:00Z")


def test_find(ask: Ask) -> None:
    told = ask("find", "sewing", "machine")
    assert (told.code, told.err) == (0, "")
    assert re.search(rf"2013-03-17 +Selva dam holds as river rises +Middle East +{DAM}", told.out)
    assert "the sewing machine" in told.out
    (row,) = ask("find", "sewing machine", "--json").rows
    assert (row["story_id"], row["date_published"], row["language"]) == (DAM, "2013-03-17T10:15:00Z", "en-GB")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--section Politics", [MINISTER]),
        ("--since 2013-03-18 --until 2013-04", [MINISTER, RESCUE, FLOOD]),
        ("--until 2010", [VALLEY]),
        ("--kind gallery", [TEN_YEARS]),
        ("dam --language en-GB --sort oldest --limit 3", [UNDATED, VALLEY, OPENED]),
        (f"builders --crawl {CRAWL}", [INQUIRY]),
        ("builders --crawl last -s MONGO_URI=$URI", [INQUIRY]),
    ],
)
def test_find_with_filters(ask: Ask, server: Server, words: str, found: list[str]) -> None:
    told = ask("find", *words.replace("$URI", server.uri).split(), "--json")
    assert [row["story_id"] for row in told.rows] == found


def test_a_page_of_a_table_says_that_there_is_more_and_json_has_all(ask: Ask, corpus_server: Server) -> None:
    stories = [
        record(story(f"bbc:{number}", f"Dam number {number}", "2013-03-17")) for number in range(30_000_000, 30_000_021)
    ]
    collect(corpus_server, stories)
    told = ask("find", "dam", on=corpus_server)
    assert told.out.count("bbc:") == 20
    assert "There are more: --limit N shows N, --limit 0 all find." in told.out
    for more in (["--limit", "0"], ["--limit", "21"]):
        told = ask("find", "dam", *more, on=corpus_server)
        assert told.out.count("bbc:") == 21
        assert "There are more" not in told.out
    assert len(ask("find", "dam", "--json", on=corpus_server).rows) == 21
    assert len(ask("find", "dam", "--json", "--limit", "4", on=corpus_server).rows) == 4


def test_show(ask: Ask) -> None:
    told = ask("show", "https://m.bbc.co.uk/news/world-middle-east-21817201?ocid=x")
    assert told.code == 0
    for part in (
        r"^Selva dam holds as river rises$", rf"^id +{DAM}", r"^published +2013-03-17 10:15 UTC", r"^by +Tessa Quill \(Selva correspondent\)",
        r"^links out +related 3 · section 2 · inline 1", r"^• Level at noon: 41.2 metres", "Water stood a metre below the rim",
        r"2023-12-31 03:04 UTC +Selva dam may not hold", r"seed +https://www.bbc.co.uk/news/world-middle-east-21817201",
    ):  # fmt: skip
        assert re.search(part, told.out.replace(" \n", "\n"), re.MULTILINE), part
    (row,) = ask("show", DAM, "--json").rows
    assert row["body"][0]["text"].startswith("The Selva dam held")
    assert row["links_in"] == {"related": 5, "listed": 1, "topic-aside": 1}
    assert [state["headline"] for state in row["revisions"]] == [
        "Selva dam may not hold",
        "Selva dam holds as river rises",
    ]
    assert row["revisions"][0]["seen"] == [{"first": "2023-12-31T03:04:05Z", "last": "2023-12-31T03:04:05Z"}]


def test_timeline(ask: Ask) -> None:
    told = ask("timeline", DAM)
    assert told.code == 0
    assert "9 stories, 2004-01-10 to 2023-03-17; 1 burst; links: related, depth 2" in told.out
    lines = [line.strip() for line in told.out.splitlines()]
    assert any(
        re.fullmatch(r"2004-01-10 +Valley to be flooded for dam +Middle East +hi-2003 +→ related 1", line)
        for line in lines
    )
    assert any(
        re.fullmatch(r"┃ +2013-03-17 +Selva dam holds as river rises +Middle East +gel-2010 +start", line)
        for line in lines
    )
    assert any(
        re.fullmatch(r"2023-03-17 +Ten years after the Selva flood +Middle East +next-2023 +← related 2", line)
        for line in lines
    )
    assert "… 6 years 4 months …" in lines
    assert "1 more story is linked but not in the corpus." in lines


def test_timeline_as_json(ask: Ask) -> None:
    rows = ask(
        "timeline", "sewing", "machine", "--relation", "related", "--relation", "inline", "--depth", "1", "--json"
    ).rows
    assert [row["story_id"] for row in rows] == [VALLEY, OPENED, DAM, FLOOD, RESCUE, MINISTER, INQUIRY, UNDATED]
    flood = rows[3]
    assert (flood["steps"], flood["direction"], flood["relation"], flood["burst"], flood["gap"]) == (
        1,
        "out",
        "inline",
        1,
        False,
    )
    assert flood["days_since_previous"] == pytest.approx(0.82)
    assert rows[-1]["date_published"] is None


@pytest.mark.parametrize(
    ("columns", "has", "lacks"), [(60, "related 1", "gel-2010"), (80, "gel-2010", DAM + " "), (130, DAM, "…x")]
)
def test_a_timeline_fits_its_terminal(ask: Ask, columns: int, has: str, lacks: str) -> None:
    table = ask("timeline", DAM, columns=columns).out.split("Published", 1)[1]
    assert has in table
    assert lacks not in table
    assert max(map(len, table.splitlines())) <= columns


def test_links(ask: Ask) -> None:
    told = ask("links", DAM)
    assert re.search(rf"related +Selva dam opened after six years +2010-06-02 +{OPENED}\s+More on this story", told.out)
    rows = ask("links", "21817201", "--in", "--relation", "topic-aside", "--json").rows
    assert [(row["from"], row["headline"]) for row in rows] == [(TEN_YEARS, "Ten years after the Selva flood")]


def test_links_that_the_page_lost_are_marked(ask: Ask, corpus_server: Server) -> None:
    collect_storyline(corpus_server)
    page = story(
        DAM,
        "Selva dam holds",
        "2013-03-17",
        links=[link(OPENED)],
        fetched_at=story(DAM, "").fetched_at.replace(year=2025),
    )
    collect(corpus_server, [record(page)])
    assert "gone since 2025-01-02" in ask("links", DAM, on=corpus_server).out


def test_crawls_and_visits(ask: Ask) -> None:
    told = ask("crawls")
    assert re.search(rf"{CRAWL} +finished +1 +new 13 · http-error 1 · index 1 · revised 1", told.out)
    assert ask("crawls", "--json").rows[0]["counts"]["pending"] == 1
    assert re.search(
        r"http-error +https://www.bbc.co.uk/news/gone +seed +1 +404\s+the server answered 404", ask("visits", CRAWL).out
    )
    (row,) = ask("visits", "last", "--outcome", "pending", "--json").rows
    assert (row["request_key"], row["found_at"]) == (MISSING, "2024-01-02T03:04:05Z")


def test_forget(ask: Ask, corpus_server: Server) -> None:
    collect_storyline(corpus_server)
    told = ask("forget", "http://m.bbc.co.uk/news/world-middle-east-21817201", on=corpus_server)
    assert told.out.splitlines()[:2] == [
        f"Removed {DAM}: 1 story, 2 revisions, 6 links.",
        "7 links to it stay, without their words.",
    ]
    again = ask("forget", DAM, on=corpus_server)
    assert (again.code, again.out) == (1, "")
    assert re.fullmatch(rf"scrapy corpus forget: the story {DAM} was forgotten on \d{{4}}-\d\d-\d\d\n", again.err)
    (row,) = ask("forget", FLOOD, "--json", on=corpus_server).rows
    assert (row["story_ids"], row["stories"]) == ([FLOOD], 1)


# --- what pages say is only ever text


def test_a_page_cannot_steer_the_terminal_or_the_table(ask: Ask, corpus_server: Server) -> None:
    hostile = Link(
        url="https://example.com/",
        relation=Relation.EXTERNAL,
        target=Target.EXTERNAL,
        text=HOSTILE,
        group_title=HOSTILE,
        key="https://example.com/",
    )
    page = story(DAM, HOSTILE, "2013-03-17", HOSTILE + " zebra", links=[hostile], section=HOSTILE, summary=HOSTILE)
    collect(corpus_server, [record(page)])
    for words in (["find", "zebra"], ["show", DAM], ["timeline", DAM], ["links", DAM], ["stats"]):
        told = ask(*words, on=corpus_server, columns=200)
        assert told.code == 0, told.err
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", told.out)
        assert "[bold red]<script>x[/]" in told.out
        line = ask(*words, "--json", on=corpus_server)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", line.out)


def test_json_keeps_what_a_page_said_exactly(ask: Ask, corpus_server: Server) -> None:
    collect(corpus_server, [record(story(DAM, HOSTILE + " سد", "2013-03-17"))])
    told = ask("show", DAM, "--json", on=corpus_server)
    assert told.rows[0]["headline"] == HOSTILE + " سد"
    assert "سد" in told.out


# --- the process


def scrapy(server: Server, *words: str, **options: Any) -> subprocess.Popen[str]:
    env = os.environ | {"MONGO_URI": server.uri, "MONGO_DATABASE": server.database}
    env.pop("PYTHONUNBUFFERED", None)  # with it Python does not notice a write that was cut short
    command = [sys.executable, "-m", "scrapy", "corpus", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def test_in_a_pipe_there_are_no_colours_and_80_columns(server: Server) -> None:
    out, err = scrapy(server, "timeline", DAM, stdin=subprocess.DEVNULL).communicate(timeout=60)
    assert err == ""
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("words", [["find", "--json"], ["find", "--limit", "0"]])
def test_a_reader_that_leaves_early_is_no_failure(corpus_server: Server, words: list[str]) -> None:
    pages = [
        story(f"bbc:{number}", f"Dam {number}", None, "Water rose by the hour. " * 9)
        for number in range(30_000_000, 30_000_600)
    ]
    collect(corpus_server, [record(page) for page in pages])
    with scrapy(corpus_server, *words) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert (process.stderr.read(), process.wait(timeout=60)) == ("", 0)


def test_a_reader_that_is_gone_already_is_no_failure(server: Server) -> None:
    with scrapy(server, "stats", "--json") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert (process.stderr.read(), process.wait(timeout=60)) == ("", 0)


def test_other_commands_do_not_load_what_only_a_question_needs() -> None:
    code = (
        "import sys, newscrawl.commands.corpus; print(*{'rich', 'pymongo', 'newscrawl.corpus_cli'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
