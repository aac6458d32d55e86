"""Graphs, ways and hubs: compared with networkx on random corpora."""

from __future__ import annotations

import asyncio
import io
import json
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx
import pydot
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl.corpus import Corpus, NotFoundError, QuestionError, paths
from newscrawl.corpus_cli.graph_files import FORMATS
from newscrawl.items import Relation
from newscrawl.storage.summaries import summarise
from tests.corpus.storyline import DAM, FLOOD, INQUIRY, MINISTER, TEN_YEARS, VALLEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newscrawl.storage import Server
    from tests.corpus.conftest import Answer, Ask

    Edge = tuple[str, str, Relation]

NODES = st.integers(0, 9).map(lambda number: f"bbc:{number}")
RELATIONS = [Relation.RELATED, Relation.INLINE]
EDGES = st.lists(st.tuples(NODES, NODES, st.sampled_from([*RELATIONS, Relation.MOST_READ])), max_size=30, unique=True)
on_a_corpus = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def write(own: Corpus) -> Callable[[list[Edge]], networkx.MultiDiGraph]:
    """Write edges between ten stories, and return those of RELATIONS as networkx has them."""
    own.database.stories.insert_many({"_id": f"bbc:{number}", "headline": f"Story {number}"} for number in range(10))

    def written(edges: list[Edge]) -> networkx.MultiDiGraph:
        own.database.links.delete_many({})
        graph = networkx.MultiDiGraph()
        graph.add_nodes_from(f"bbc:{number}" for number in range(10))
        for position, (start, end, relation) in enumerate(edges):
            ends = {"from": start, "to": end, "relation": relation.value, "target": "story", "position": position}
            own.database.links.insert_one(ends)
            if relation in RELATIONS:
                graph.add_edge(start, end, key=relation.value)
        return graph

    return written


@on_a_corpus
@given(edges=EDGES, depth=st.integers(1, 4))
def test_a_graph_is_what_networkx_finds_before_and_behind(
    own: Corpus, write: Callable[..., networkx.MultiDiGraph], edges: list[Edge], depth: int
) -> None:
    every = write(edges)
    found = own.graph("bbc:0", "bbc:1", relations=RELATIONS, depth=depth).to_networkx()
    around = set[str]()
    for start in ("bbc:0", "bbc:1"):
        for way in (every, every.reverse()):
            around |= set(networkx.ego_graph(way, start, radius=depth))
    assert set(found.nodes) == around
    assert set(found.edges) == set(every.subgraph(around).edges)


@on_a_corpus
@given(edges=EDGES)
def test_a_way_is_as_short_as_networkx_finds_it(
    own: Corpus, write: Callable[..., networkx.MultiDiGraph], edges: list[Edge]
) -> None:
    every = write(edges)
    if not networkx.has_path(every, "bbc:0", "bbc:9"):
        with pytest.raises(NotFoundError, match="no way"):
            own.path("bbc:0", "bbc:9", relations=RELATIONS)
        return
    steps = own.path("bbc:0", "bbc:9", relations=RELATIONS)
    assert len(steps) - 1 == networkx.shortest_path_length(every, "bbc:0", "bbc:9")
    assert (steps[0].story_id, steps[0].relation, steps[-1].story_id) == ("bbc:0", None, "bbc:9")
    assert all(every.has_edge(one.story_id, other.story_id, key=other.relation) for one, other in pairwise(steps))


@on_a_corpus
@given(edges=EDGES)
def test_hubs_are_counted_as_networkx_counts_them(
    own: Corpus, write: Callable[..., networkx.MultiDiGraph], edges: list[Edge]
) -> None:
    every = write([(start, end, one) for start, end, one in edges if one in RELATIONS])
    expected = {node: degree for node, degree in every.in_degree if degree}
    assert {row["story_id"]: row["links"] for row in own.hubs()} == expected
    by_relation = [row["links"] for row in own.hubs(relation=Relation.INLINE)]
    assert by_relation == sorted(by_relation, reverse=True)


def test_hubs_come_from_the_summary_as_long_as_it_is_of_this_corpus(
    own: Corpus, corpus_server: Server, write: Callable[..., networkx.MultiDiGraph]
) -> None:
    write([("bbc:0", "bbc:1", Relation.RELATED), ("bbc:2", "bbc:1", Relation.RELATED)])

    async def summed_up() -> None:
        client = await corpus_server.connect_async()
        await summarise(client[corpus_server.database])
        await client.close()

    asyncio.run(summed_up())
    own.database.summaries.update_one({"_id": "hubs"}, {"$set": {"relations.related.0.links": 7}})
    assert [row["links"] for row in own.hubs(relation=Relation.RELATED)] == [7]
    assert list(own.hubs(relation=Relation.INLINE)) == []
    own.database.links.insert_one({"from": "bbc:3", "to": "bbc:1", "relation": "related", "target": "story"})
    assert [row["links"] for row in own.hubs(relation=Relation.RELATED)] == [3]


def test_a_search_for_a_way_gives_up_before_it_reads_the_whole_corpus(
    own: Corpus, write: Callable[..., networkx.MultiDiGraph], monkeypatch: pytest.MonkeyPatch
) -> None:
    write([("bbc:0", f"bbc:{number}", Relation.RELATED) for number in range(1, 6)])
    monkeypatch.setattr(paths, "MOST_LINKS", 3)
    own.database.links.insert_many(
        {"from": f"bbc:{number}", "to": "bbc:9", "relation": "related", "target": "story"} for number in range(6, 9)
    )
    own.database.links.insert_one({"from": "bbc:7", "to": "bbc:9", "relation": "related", "target": "story"})
    with pytest.raises(QuestionError, match="name fewer with --relation"):
        own.path("bbc:0", "bbc:9", relations=RELATIONS)


def test_a_graph_of_few_stories_has_the_nearest(corpus: Corpus) -> None:
    whole, part = corpus.graph(DAM), corpus.graph(DAM, stories=3)
    assert [node.story_id for node in part.nodes] == [node.story_id for node in whole.nodes][:3]
    assert (whole.cut, part.cut, whole.missing) == (False, True, 1)
    assert part.nodes[0].story_id == DAM


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pydot")
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_be_read_again(own: Corpus, form: str) -> None:
    headline = 'A "dam" <b> & \\n; [x] \x01\ud7ff中文'
    own.database.stories.insert_many([{"_id": "bbc:0", "headline": headline}, {"_id": "https://www.bbc.com/a"}])
    edge = {"from": "bbc:0", "to": "https://www.bbc.com/a", "relation": "related", "target": "story", "text": headline}
    own.database.links.insert_one(edge)
    read = READERS[form](FORMATS[form](own.graph("bbc:0")))
    ((start, end),) = [(start, end) for start, end, *_ in read.edges]
    assert (start.strip('"'), end.strip('"')) == ("bbc:0", "https://www.bbc.com/a")
    assert read.nodes[start]["label"].strip('"').replace('\\"', '"').replace("\\\\", "\\") == headline.replace(
        "\x01", ""
    )


def from_dot(text: str) -> networkx.MultiDiGraph:
    (graph,) = pydot.graph_from_dot_data(text)
    return networkx.nx_pydot.from_pydot(graph)


READERS = {
    "graphml": networkx.parse_graphml,
    "gexf": lambda text: networkx.read_gexf(io.BytesIO(text.encode())),
    "json": lambda text: networkx.node_link_graph(json.loads(text), edges="links"),
    "dot": from_dot,
}


def test_the_command_writes_a_graph_to_a_file(ask: Ask, tmp_path: Path) -> None:
    told = ask("graph", DAM, "--format", "graphml", "--output", str(tmp_path / "dam.graphml"))
    assert (told.code, told.out) == (0, "")
    assert told.err.startswith("9 stories, 11 links")
    assert networkx.read_graphml(tmp_path / "dam.graphml").nodes[DAM]["label"].startswith("Selva dam")


def test_the_command_shows_graph_way_and_hubs(ask: Ask) -> None:
    def words(told: Answer) -> str:
        assert told.code == 0, told.err
        return " ".join(told.out.split())

    assert "9 stories, 11 links" in words(ask("graph", DAM))
    assert TEN_YEARS in words(ask("path", TEN_YEARS, VALLEY))
    assert [row["story_id"] for row in ask("path", TEN_YEARS, VALLEY, "--json").rows] == [
        TEN_YEARS,
        INQUIRY,
        DAM,
        VALLEY,
    ]
    assert words(ask("hubs", "--relation", "related", "--limit", "1"))
    assert len(ask("hubs", "--json").rows) > 3


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (f"graph {DAM} --output x", 2, "--output goes with --format"),
        (f"graph {DAM} --format png", 2, "invalid choice: 'png'"),
        (f"graph {DAM} --format dot --output /", 2, "/ cannot be written"),
        (f"graph {DAM} bbc:1", 1, "no story 'bbc:1'"),
        (f"path {DAM}", 2, "required: TO"),
        (f"path {FLOOD} {INQUIRY} --relation inline", 1, f"no way over these links leads from {FLOOD} to {INQUIRY}"),
        (f"path {MINISTER} {{'$gt':''}}", 1, "no story"),
        ("hubs --relation twin", 1, "no story is linked to"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(ask: Ask, words: str, code: int, message: str) -> None:
    told = ask(*words.split())
    assert (told.code, told.out, told.err.count("\n")) == (code, "", 1)
    assert message in told.err
