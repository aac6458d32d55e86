"""Taking the corpus away, and aggregations that may only read."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.corpus import Corpus, QuestionError, exporting, files, queries
from newscrawl.corpus.columns import LINKS, REVISIONS, STORIES, arrow_schema
from newscrawl.items import Relation, Story
from tests.corpus.storyline import DAM, MINISTER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.corpus.conftest import Ask


def test_every_field_of_a_story_is_a_column_or_left_out_on_purpose(corpus: Corpus) -> None:
    known = set(Story.__dataclass_fields__) | {name for row in corpus.database.stories.find() for name in row}
    kept_inside = {"_id", "bands", "text_language", "request_key", "etag", "last_modified", "content_crawl_id"}
    assert known - set(STORIES) == kept_inside


def test_parquet_holds_what_the_corpus_holds_with_its_types(corpus: Corpus, tmp_path: Path) -> None:
    corpus.export(tmp_path / "stories.parquet", "parquet")
    table = pq.read_table(tmp_path / "stories.parquet")
    assert table.schema == arrow_schema(STORIES)
    dam = next(row for row in table.to_pylist() if row["story_id"] == DAM)
    stored = corpus.story(DAM)
    assert dam["body"] == stored["body"]
    assert dam["date_published"] == stored["date_published"]
    assert dam["date_published"].utcoffset().total_seconds() == 0
    assert dict(dam["sources"]) == stored["sources"]
    links = list(corpus.links(DAM))
    assert [(one["to"], one["position"]) for one in dam["links"]] == [(one["to"], one["position"]) for one in links]
    assert dam["gone_at"] is None


def test_duckdb_and_pandas_read_it(corpus: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "stories.parquet"
    corpus.export(file, "parquet")
    ask = "SELECT headline, date_published, len(body), links[1].relation FROM read_parquet(?) WHERE story_id = ?"
    ((headline, published, blocks, relation),) = duckdb.execute(ask, [str(file), DAM]).fetchall()
    stored = corpus.story(DAM)
    assert (headline, blocks, relation) == (stored["headline"], len(stored["body"]), "related")
    assert published.astimezone(UTC) == stored["date_published"]
    frame = pd.read_parquet(file, dtype_backend="pyarrow")
    assert frame.date_published.dtype == pd.ArrowDtype(pa.timestamp("ms", "UTC"))
    assert frame.word_count.sum() == sum(row["word_count"] for row in corpus.rows())


@pytest.mark.parametrize(("part", "columns"), [("stories", STORIES), ("links", LINKS), ("revisions", REVISIONS)])
def test_lines_of_json_are_rows_of_the_same_columns(
    ask: Ask, corpus: Corpus, part: str, columns: dict[str, Any]
) -> None:
    rows = ask("export", "--part", part).rows
    assert len(rows) == len(list(corpus.rows(part))) > 5
    assert {name for row in rows for name in row} <= set(columns)


def test_csv_is_flat(ask: Ask, corpus: Corpus) -> None:
    told = ask("export", "--format", "csv", "--section", "Politics")
    (row,) = csv.DictReader(told.out.splitlines())
    stored = corpus.story(MINISTER)
    assert (row["story_id"], row["headline"]) == (MINISTER, stored["headline"])
    assert row["links"] == str(len(list(corpus.links(MINISTER))))
    assert datetime.fromisoformat(row["date_published"]) == stored["date_published"]
    assert row["authors"] == "; ".join(author["name"] for author in stored["authors"])


def test_a_dataset_has_its_parts_and_a_card(ask: Ask, corpus: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "dataset"
    told = ask("export", "--format", "dataset", "--output", str(folder), "dam")
    assert (told.code, told.out, told.err) == (0, "", f"written: {folder}\n")
    assert {file.name for file in folder.iterdir()} == {
        "README.md",
        "stories.parquet",
        "links.parquet",
        "revisions.parquet",
    }
    stories = pq.read_table(folder / "stories.parquet")
    assert set(stories["story_id"].to_pylist()) == {row["story_id"] for row in corpus.find("dam")}
    assert set(pq.read_table(folder / "links.parquet")["from"].to_pylist()) <= set(stories["story_id"].to_pylist())
    card = (folder / "README.md").read_text()
    assert f"{stories.num_rows} stories, published " in card
    assert "stories with the words dam" in card
    assert "- `date_published`: timestamp[ms, tz=UTC]" in card
    again = ask("export", "--format", "dataset", "--output", str(folder))
    assert (again.code, "is not empty" in again.err) == (2, True)


def test_a_file_stands_under_its_name_only_when_it_is_whole(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        yield from ({"story_id": str(number)} for number in range(5000))
        raise RuntimeError("in the middle")

    monkeypatch.setitem(exporting.PARTS, "stories", (broken, STORIES))
    for form in ("jsonl", "csv", "parquet", "dataset"):
        with pytest.raises(RuntimeError):
            corpus.export(tmp_path / form, form)
    assert list(tmp_path.iterdir()) == []


def test_answers_are_had_as_tables(corpus: Corpus) -> None:
    frame = corpus.find("dam").to_pandas()
    assert list(frame.story_id) == [row["story_id"] for row in corpus.find("dam")]
    assert corpus.find("zebra").to_pandas().empty
    assert corpus.links(DAM, relations=[Relation.RELATED]).to_arrow()["relation"].unique().to_pylist() == ["related"]
    assert corpus.revisions(DAM).to_arrow().num_rows == len(list(corpus.revisions(DAM)))


def test_a_row_group_holds_so_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ROW_GROUP", 3)
    files.write_parquet(({"from": str(number)} for number in range(7)), tmp_path / "x", LINKS)
    assert pq.ParquetFile(tmp_path / "x").num_row_groups == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("export --format parquet", "--format parquet needs --output: name a file"),
        ("export --format dataset", "--format dataset needs --output: name a folder"),
        ("export --output /nowhere/x.jsonl", "/nowhere/x.jsonl cannot be written (No such file or directory)"),
        ("export --format excel", "invalid choice: 'excel'"),
        ("export --part images", "invalid choice: 'images'"),
        ("query stories /nowhere/x", "/nowhere/x cannot be read (No such file or directory)"),
        ("query users -", "invalid choice: 'users'"),
    ],
)
def test_what_cannot_be_taken_away_is_one_line(ask: Ask, words: str, message: str) -> None:
    told = ask(*words.split())
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert message in told.err


# --- aggregations


def test_an_aggregation_answers(ask: Ask, corpus: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "sections.json"
    at = {"$gte": {"$date": "2013-01-01T00:00:00Z"}}
    file.write_text(json.dumps([{"$match": {"date_published": at}}, {"$sortByCount": "$section"}]))
    rows = ask("query", "stories", str(file), "--json").rows
    assert {row["_id"]: row["count"] for row in rows if row["_id"]} == {
        row["name"]: row["stories"] for row in corpus.sections(since=datetime(2013, 1, 1, tzinfo=UTC))
    }
    assert ask("query", "stories", str(file)).out.count("\n") == len(rows)


FORBIDDEN = [
    {"$out": "stories"},
    {"$merge": {"into": "stories"}},
    {"$match": {"$where": "sleep(1000)"}},
    {"$match": {"$or": [{"a": 1}, {"$where": "1"}]}},
    {"$set": {"a": {"$function": {"body": "f", "args": [], "lang": "js"}}}},
    {"$group": {"_id": 1, "a": {"$accumulator": {}}}},
    {"$lookup": {"from": "links", "as": "a", "pipeline": [{"$out": "x"}]}},
    {"$lookup": {"from": "links", "as": "a", "pipeline": [{"$match": {"$expr": {"$function": {}}}}]}},
    {"$facet": {"a": [{"$merge": "x"}]}},
    {"$unionWith": {"coll": "links", "pipeline": [{"$out": "x"}]}},
    {"$unionWith": {"coll": "links", "pipeline": [{"$facet": {"a": [{"$collStats": {}}]}}]}},
    {"$currentOp": {}},
    {"$listSessions": {}},
    {"$indexStats": {}},
    {"$documents": []},
    {"$changeStream": {}},
]


@pytest.mark.parametrize("stage", FORBIDDEN, ids=str)
def test_an_aggregation_that_does_more_than_read_is_refused(corpus: Corpus, stage: dict[str, Any]) -> None:
    before = corpus.stats()["stories"]
    with pytest.raises(QuestionError, match="not allowed"):
        list(corpus.query("stories", [{"$limit": 1}, stage]))
    with pytest.raises(QuestionError, match="not allowed"):
        queries.read(json.dumps([stage]))
    assert corpus.stats()["stories"] == before


NESTED = st.recursive(
    st.just({"$where": "1"}),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2),
        st.dictionaries(st.sampled_from(["$or", "$expr", "a", "$and"]), inner, min_size=1),
    ),
)


@given(NESTED)
def test_code_is_refused_at_any_depth(value: Any) -> None:
    with pytest.raises(QuestionError, match="not allowed"):
        queries.read(json.dumps([{"$match": {"a": value}}]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no JSON"),
        ("{}", "is no list of stages"),
        ("[1]", "is no list of stages"),
        ('[{"$match": {}, "$limit": 1}]', "is no list of stages"),
        ('[{"$facet": {"a": 1}}]', "what stands in $facet is no list"),
        ('[{"$match": {"a": {"$date": "x"}}}]', "is no JSON"),
    ],
)
def test_a_text_that_is_no_aggregation_is_refused(text: str, message: str) -> None:
    with pytest.raises(QuestionError) as refused:
        queries.read(text)
    assert message in str(refused.value)


def test_what_mongodb_does_not_understand_is_said_in_its_words(corpus: Corpus) -> None:
    with pytest.raises(QuestionError, match="MongoDB does not understand the aggregation"):
        list(corpus.query("stories", [{"$match": {"$foo": 1}}]))
    with pytest.raises(QuestionError, match=r"no collection 'system\.users'"):
        list(corpus.query("system.users", []))
