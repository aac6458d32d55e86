"""One story, its edges, the crawl log, and what a question costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from newscrawl.corpus import Corpus, NotFoundError
from newscrawl.items import Outcome, Relation
from newscrawl.storage import Server, StoreUnavailableError
from tests.corpus.storyline import (
    CRAWL,
    DAM,
    FLOOD,
    INDEX_PAGE,
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
    record,
    story,
)

# --- finding one story


@pytest.mark.parametrize(
    ("word", "found"),
    [
        (DAM, DAM),
        ("21817201", DAM),
        ("https://www.bbc.co.uk/news/world-middle-east-21817201", DAM),
        ("http://www.bbc.com/news/world-middle-east-21817201?ocid=socialflow_twitter#story", DAM),
        ("https://m.bbc.co.uk/news/world-middle-east-21817201", DAM),
        ("https://www.bbc.co.uk/news/world-middle-east-21817201.amp", DAM),
        ("https://web.archive.org/web/20130318id_/http://www.bbc.co.uk/news/world-middle-east-21817201", DAM),
        ("bbc.co.uk/news/world-middle-east-21817201", DAM),
        ("http://127.0.0.1:8080/news/world-middle-east-21817201", DAM),
        ("http://news.bbc.co.uk/1/low/middle_east/4200001.stm", VALLEY),
        ("https://www.bbc.com/news/articles/c0dam10years", TEN_YEARS),
        ("bbc:65000010", TEN_YEARS),
        ("http://www.bbc.co.uk/news/world-65000010", TEN_YEARS),
    ],
)
def test_every_form_of_an_address_finds_the_story(corpus: Corpus, word: str, found: str) -> None:
    assert corpus.story(word)["story_id"] == found


@pytest.mark.parametrize(
    "word",
    [
        MISSING,
        "21817202",
        "http://example.com/news/world-middle-east-21817201",
        "{'$gt': ''}",
        "$where",
        "",
        "dam",
        ".",
    ],
)
def test_what_names_no_story_finds_none(corpus: Corpus, word: str) -> None:
    with pytest.raises(NotFoundError, match="no story"):
        corpus.story(word)


def test_an_id_weighs_more_than_another_storys_word_for_it(own: Corpus, corpus_server: Server) -> None:
    collect(corpus_server, [record(story("bbc:50000001", "Claims it")), record(story("bbc:50000002", "Has the id"))])
    own.database.stories.update_one({"_id": "bbc:50000001"}, {"$set": {"also_ids": ["bbc:50000002"]}})
    assert own.story("bbc:50000002")["headline"] == "Has the id"


def test_a_story_comes_whole(corpus: Corpus) -> None:
    found = corpus.story(DAM)
    assert found["body"][1] == {"type": "heading", "text": "Sirens at night"}
    assert found["date_published"] == datetime(2013, 3, 17, 10, 15, tzinfo=UTC)
    assert found["authors"] == [{"name": "Tessa Quill", "role": "Selva correspondent"}]


def test_revisions_come_in_the_order_of_time(corpus: Corpus) -> None:
    assert [row["headline"] for row in corpus.revisions(DAM)] == [
        "Selva dam may not hold",
        "Selva dam holds as river rises",
    ]


def test_a_trail_leads_from_the_seed_to_the_story(corpus: Corpus) -> None:
    assert [(visit["request_key"], visit.get("relation")) for visit in corpus.trail(FLOOD)] == [
        (DAM, None),
        (FLOOD, "related"),
    ]


# --- edges


def test_links_stand_in_the_order_of_the_page_with_what_is_known_of_their_ends(corpus: Corpus) -> None:
    rows = list(corpus.links(DAM))
    assert [row["to"] for row in rows] == [OPENED, VALLEY, MISSING, FLOOD, INDEX_PAGE, MINISTER]
    assert (rows[0]["headline"], rows[0]["date_published"].year) == ("Selva dam opened after six years", 2010)
    assert "headline" not in rows[2]
    assert rows[2]["text"] == "Who owns the water?"


def test_links_by_relation_and_direction(corpus: Corpus) -> None:
    assert [row["to"] for row in corpus.links(DAM, relations=[Relation.INLINE])] == [FLOOD]
    pointing = {row["from"] for row in corpus.links(DAM, incoming=True)}
    assert pointing == {INDEX_PAGE, FLOOD, RESCUE, MINISTER, INQUIRY, UNDATED, TEN_YEARS}
    assert len(list(corpus.links(DAM, incoming=True, limit=2))) == 2


def test_links_that_lead_to_another_id_of_the_story_belong_to_it(own: Corpus, corpus_server: Server) -> None:
    collect_storyline(corpus_server)
    own.database.links.update_one({"to": MISSING}, {"$set": {"to": "bbc:65000010"}})
    assert [row["from"] for row in own.links(TEN_YEARS, incoming=True)] == [DAM]
    assert own.link_counts(TEN_YEARS, incoming=True) == {"related": 1}
    assert next(entry for entry in own.timeline(DAM) if entry.story_id == TEN_YEARS).steps == 1
    assert next(entry for entry in own.timeline(TEN_YEARS) if entry.story_id == DAM).steps == 1


# --- the crawl log


def test_crawls_tell_what_came_of_them(corpus: Corpus) -> None:
    newest, first = corpus.crawls()
    assert (newest["crawl_id"], newest["state"]) == (CRAWL, "finished")
    assert newest["counts"] == {"new": 13, "revised": 1, "index": 1, "http-error": 1, "pending": 1}
    assert first["counts"] == {"new": 1}


def test_a_crawl_without_an_end_runs_or_has_broken_off(own: Corpus, corpus_server: Server) -> None:
    collect(corpus_server, [record(story(DAM, "Dam holds"))], end=None)
    (crawl,) = own.crawls()
    assert (crawl["state"], crawl["counts"]) == ("running", {"new": 1})
    own.database.crawls.update_one({}, {"$set": {"heartbeat_at": datetime.now(UTC) - timedelta(minutes=11)}})
    assert next(own.crawls())["state"] == "broken off"


def test_visits_of_a_crawl(corpus: Corpus) -> None:
    assert [row["request_key"] for row in corpus.visits("last", outcome=Outcome.PENDING)] == [MISSING]
    assert len(list(corpus.visits(CRAWL))) == 17
    assert len(list(corpus.visits(CRAWL, limit=5))) == 5
    with pytest.raises(NotFoundError, match="no crawl 'nope'"):
        corpus.visits("nope")


def test_stats_count_everything(corpus: Corpus) -> None:
    told = corpus.stats()
    assert (told["stories"], told["revisions"], told["crawls"], told["tombstones"]) == (14, 15, 2, 0)
    assert told["eras"] == {"gel-2010": 7, "next-2023": 6, "hi-2003": 1}
    assert told["languages"][""] == 1
    assert told["published"]["first"].year == 2004
    assert told["outcomes"]["new"] == 14


def test_an_empty_corpus_has_counts_too(own: Corpus) -> None:
    assert own.empty
    assert own.stats()["stories"] == 0
    assert list(own.find("dam")) == list(own.crawls()) == []


# --- what a question costs


LANGUAGE_LOOKUPS = [{"command.distinct": "stories"}, {"command.filter": {"language": None}}]
"""How a text search learns which languages the corpus holds."""


def plans(corpus: Corpus, **asked: Any) -> list[tuple[str, str]]:
    """Return the plans of the questions that were profiled."""
    asked |= {"op": {"$in": ["query", "command", "getmore"]}, "planSummary": {"$exists": True}}
    return [(row["ns"], row["planSummary"]) for row in corpus.database.system.profile.find(asked)]


def test_no_question_reads_a_whole_collection(own: Corpus, corpus_server: Server) -> None:
    collect_storyline(corpus_server)
    own.database.command("profile", 2)
    own.story("http://m.bbc.co.uk/news/world-middle-east-21817201")
    since = datetime(2013, 1, 1, tzinfo=UTC)
    for filters in (
        {}, {"section": "Politics"}, {"since": since}, {"until": since}, {"era": "hi-2003"}, {"crawl": CRAWL},
        {"kind": "gallery"}, {"language": "en"}, {"section": "Politics", "since": since, "era": "gel-2010", "language": "en"},
    ):  # fmt: skip
        assert list(own.find(None, **filters))
        assert list(own.find("selva dam", **filters))
    list(own.links(DAM)), list(own.links(DAM, incoming=True, relations=[Relation.RELATED]))
    own.link_counts(DAM), own.trail(FLOOD), list(own.revisions(DAM)), own.timeline(DAM), list(own.visits("last"))
    own.database.command("profile", 0)
    made = plans(own, **{"$nor": LANGUAGE_LOOKUPS})
    assert len(made) > 30
    assert [plan for plan in made if "COLLSCAN" in plan[1]] == []


def test_languages_are_read_from_an_index(own: Corpus, corpus_server: Server) -> None:
    collect_storyline(corpus_server)
    own.database.command("profile", 2)
    assert list(own.find("dam"))
    own.database.command("profile", 0)
    made = plans(own, **{"$or": LANGUAGE_LOOKUPS})
    assert len(made) == 2
    assert [plan for plan in made if "COLLSCAN" in plan[1]] == []


# --- opening


def test_a_notebook_opens_a_corpus_by_address_or_folder(server: Server) -> None:
    with Corpus.open(server.uri, database=server.database) as corpus:
        assert corpus.story(DAM)["story_id"] == DAM
    assert server.lease is None


def test_a_notebook_opens_the_embedded_corpus_of_a_folder(mongo: Server) -> None:
    from urllib.parse import unquote

    data = Path(unquote(mongo.uri.removeprefix("mongodb://"))).parent.parent
    with Corpus.open(data=data) as corpus:
        assert corpus.database.name == "newscrawl"


def test_a_server_lost_meanwhile_is_said_in_one_line(server: Server) -> None:
    with pytest.raises(StoreUnavailableError, match="is not available: connection closed") as failure, Corpus(server):
        raise AutoReconnect("connection closed (configured timeouts: socketTimeoutMS: 20000.0ms)")
    assert "\n" not in str(failure.value)


def test_other_errors_pass_unchanged(server: Server) -> None:
    with pytest.raises(KeyError), Corpus(server):
        raise KeyError("mine")
