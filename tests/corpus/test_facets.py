"""Authors, topics and sections; coverage; pages of a search."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.corpus import COVERED, GROUPS, Corpus, NotFoundError, QuestionError
from tests.corpus.storyline import DAM, FLOOD, MINISTER

if TYPE_CHECKING:
    from tests.corpus.conftest import Ask


def test_an_author_named_twice_has_one_story_more(own: Corpus) -> None:
    at = [datetime(2013, 3, day, tzinfo=UTC) for day in (1, 2)]
    own.database.stories.insert_many(
        [
            {"_id": "bbc:1", "authors": [{"name": "A"}, {"name": "B"}, {"name": "A"}], "date_published": at[0]},
            {"_id": "bbc:2", "authors": [{"name": "A"}], "date_published": at[1]},
            {"_id": "bbc:3", "authors": []},
            {"_id": "bbc:4", "authors": [{"name": "C"}]},
        ]
    )
    assert own.authors() == [
        {"name": "A", "stories": 2, "first": at[0], "last": at[1]},
        {"name": "B", "stories": 1, "first": at[0], "last": at[0]},
        {"name": "C", "stories": 1, "first": None, "last": None},
    ]
    assert [row["name"] for row in own.authors(limit=1)] == ["A"]
    assert own.authors(author="B") == own.authors(until=at[1])


def test_facets_of_a_text_add_up_over_languages(corpus: Corpus) -> None:
    rows = list(corpus.find("dam elections"))
    sections = Counter(row["section"] for row in rows if row.get("section"))
    assert {row["name"]: row["stories"] for row in corpus.sections("dam elections")} == sections
    assert len({row.get("language") for row in rows}) > 2


@pytest.mark.parametrize("by", GROUPS)
def test_every_story_is_in_one_group_of_the_coverage(corpus: Corpus, by: str) -> None:
    rows = corpus.coverage(by=by)
    assert sum(row["stories"] for row in rows) == corpus.stats()["stories"]
    assert all(0 <= share <= 1 for row in rows for share in row["fields"].values())
    assert [row[by] for row in rows if row[by]] == sorted(row[by] for row in rows if row[by])


def test_a_field_is_covered_where_it_holds_something(own: Corpus) -> None:
    full = {
        "summary": "s",
        "body": [{}],
        "authors": [{}],
        "section": "x",
        "topics": [{}],
        "language": "en",
        "images": [{}],
    }
    at = datetime(2013, 3, 1, tzinfo=UTC)
    empty: dict[str, Any] = {"summary": "", "body": [], "authors": [], "section": None, "topics": []}
    own.database.stories.insert_many(
        [
            {"_id": "a", **full, "date_published": at, "date_modified": at, "page_era": "e"},
            {"_id": "b", **empty, "page_era": "e"},
        ]
    )
    assert own.coverage() == [{"era": "e", "stories": 2, "fields": dict.fromkeys(COVERED, 0.5)}]
    with pytest.raises(QuestionError, match="coverage by 'decade' is not known"):
        own.coverage(by="decade")


@pytest.mark.parametrize("text", [None, "dam elections selva"])
@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_pages_put_together_are_the_whole_answer(corpus: Corpus, text: str | None, sort: str) -> None:
    if sort == "relevance" and not text:
        return
    whole = [row["story_id"] for row in corpus.find(text, sort=sort)]
    pages: list[str] = []
    while page := [
        row["story_id"] for row in corpus.find(text, sort=sort, limit=2, after=pages[-1] if pages else None)
    ]:
        pages += page
    assert pages == whole
    assert len(whole) > 5


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_pages_of_stories_of_one_moment_and_of_none_are_whole(own: Corpus, sort: str) -> None:
    at = datetime(2013, 3, 1, tzinfo=UTC)
    own.database.stories.insert_many({"_id": f"bbc:{number}", "date_published": at} for number in range(5))
    own.database.stories.insert_many({"_id": f"bbc:x{number}"} for number in range(5))
    whole = [row["story_id"] for row in own.find(sort=sort)]
    assert len(whole) == 10
    for number, story_id in enumerate(whole):
        assert [row["story_id"] for row in own.find(sort=sort, after=story_id)] == whole[number + 1 :]


def test_filters_by_topic_author_and_number_of_states(corpus: Corpus) -> None:
    assert [row["story_id"] for row in corpus.find(revised=True)] == [DAM]
    dam = corpus.story(DAM)
    assert DAM in {row["story_id"] for row in corpus.find(topic=dam["topics"][0]["name"])}
    assert DAM in {row["story_id"] for row in corpus.find(author=dam["authors"][0]["name"])}
    assert not list(corpus.find(author={"$gt": ""}))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unknown filter 'colour'"):
        corpus.find(colour="red")  # type: ignore[call-arg]


def test_a_page_goes_on_behind_a_story_that_is_found(corpus: Corpus) -> None:
    with pytest.raises(NotFoundError, match="the search does not find bbc:1"):
        corpus.find(after="bbc:1")
    with pytest.raises(NotFoundError, match=f"the search does not find {FLOOD}"):
        corpus.find(section="Politics", after=FLOOD)


def test_the_command_counts(ask: Ask) -> None:
    assert ask("sections", "--json").rows[0]["stories"] >= ask("sections", "--json").rows[-1]["stories"]
    assert "Politics" in ask("sections").out
    assert ask("topics").code == ask("authors").code == 0
    assert "2013" in ask("coverage", "--by", "year").out
    assert [row["story_id"] for row in ask("find", "--section", "Politics", "--json").rows] == [MINISTER]
    assert ask("find", "--section", "Politics", "--after", MINISTER).err.endswith("no story matches\n")
    assert ask("coverage", "--by", "decade").code == 2
    assert ask("authors", "zebra").code == 1
