"""Graphs, ways and hubs on the screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from newscrawl.corpus_cli.output import count, day, lines, shown, table, write_file

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from rich.console import Console

    from newscrawl.corpus import Graph, Step

Document = dict[str, Any]


def graph(console: Console, found: Sequence[Graph], asked: Namespace) -> None:
    """Show a graph as a table of its edges, or write it in the format that was asked for."""
    (one,) = found
    if asked.format:
        _write(one, asked)
        return
    headline = {node.story_id: node.headline for node in one.nodes}
    made = table("From", "Relation", "To", fixed=("Relation",))
    for edge in one.edges:
        ends = (lines(shown(headline[edge[end]]), shown(edge[end], "dim")) for end in ("from", "to"))
        start, end = ends
        made.add_row(start, shown(edge["relation"]), end)
    console.print(made)
    console.print(shown(f"{_size(one)}. --format writes it for other programs, or as a picture."))
    _say_cut(console, one)


def _size(graph: Graph) -> str:
    return f"{count(len(graph.nodes), 'story', 'stories')}, {count(len(graph.edges), 'link')} between them"


def _say_cut(console: Console, graph: Graph) -> None:
    if graph.missing:
        missing = count(graph.missing, "more story is", "more stories are")
        console.print(shown(f"{missing} linked but not in the corpus.", "dim"))
    if graph.cut:
        console.print(shown("There is more around; these are the nearest. Try --depth 1 or one --relation.", "dim"))


def _write(graph: Graph, asked: Namespace) -> None:
    text = _text(graph, asked.format)
    if asked.output is None:
        sys.stdout.write(text)
    else:
        write_file(asked.output, text, _size(graph))


def _text(graph: Graph, form: str) -> str:
    if form == "html":
        from newscrawl.pictures import graph_html

        return graph_html(graph)
    from newscrawl.corpus_cli.graph_files import FORMATS

    return FORMATS[form](graph)


def path(console: Console, steps: Sequence[Step], asked: Namespace) -> None:
    """Show a way from story to story."""
    made = table("", "Published", "Story", "Link", "Id", numbers=("",), fixed=("Published", "Id"))
    for number, step in enumerate(steps):
        link = lines(shown(step.relation), shown(step.text, "dim"))
        headline = shown(step.headline or "not in the corpus", "" if step.headline else "dim")
        made.add_row(str(number), day(step.date_published), headline, link, shown(step.story_id))
    console.print(made)


def hubs(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show the stories most pointed at."""
    made = table("Links", "Published", "Story", "Section", "Id", numbers=("Links",), fixed=("Published", "Id"))
    for row in rows:
        headline = shown(row.get("headline") or "not in the corpus", "" if row.get("headline") else "dim")
        published, section = day(row.get("date_published")), shown(row.get("section"))
        made.add_row(f"{row['links']:,}", published, headline, section, shown(row["story_id"]))
    console.print(made)
