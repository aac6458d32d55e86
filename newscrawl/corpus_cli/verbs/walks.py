"""Walks over the links from story to story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.corpus import EDITORIAL, MAX_DEPTH, WALK_STORIES, QuestionError
from newscrawl.corpus_cli import timeline, walking
from newscrawl.corpus_cli.parsing import a_depth, a_number
from newscrawl.corpus_cli.verbs.verb import LIMIT, WALKED, Verb, argument
from newscrawl.items import Relation

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from newscrawl.corpus import Corpus, Timeline
    from newscrawl.corpus_cli.verbs.verb import Argument, Rows


FORMATS = ("graphml", "gexf", "dot", "json", "html")


def _relations(default: Iterable[Relation]) -> Argument:
    return argument(
        "--relation",
        dest="relations",
        action="append",
        choices=WALKED,
        metavar="R",
        help=f"links of this relation, may be repeated (default: {', '.join(default)}): {', '.join(WALKED)}",
    )


DEPTH = argument(
    "--depth", type=a_depth, default=2, metavar="N", help=f"up to N steps away, 1 to {MAX_DEPTH} (default: 2)"
)


def _timeline(corpus: Corpus, asked: Namespace) -> Timeline:
    if asked.html and asked.json:
        raise QuestionError("--html and --json are two answers: ask for one")
    asked.relations = asked.relations or [Relation.RELATED.value]
    return corpus.timeline(" ".join(asked.story), relations=asked.relations, depth=asked.depth)


def _graph(corpus: Corpus, asked: Namespace) -> Rows:
    if asked.output and not asked.format:
        raise QuestionError("--output goes with --format: say which")
    if asked.format and asked.json:
        raise QuestionError("--format and --json are two answers: ask for one")
    relations = asked.relations or [Relation.RELATED]
    return [corpus.graph(*asked.story, relations=relations, depth=asked.depth, stories=asked.stories)]


def _path(corpus: Corpus, asked: Namespace) -> Rows:
    return corpus.path(asked.start, asked.end, relations=asked.relations or EDITORIAL)


VERBS: dict[str, Verb] = {
    "timeline": Verb(
        ask=_timeline,
        show=timeline.timeline,
        help="A story over time: what its links, and links to it, lead to, by date; with gaps and bursts.",
        examples=(
            "scrapy corpus timeline bbc:21817201 --depth 3",
            "scrapy corpus timeline dam floods --relation inline --html floods.html",
        ),
        arguments=(
            argument(
                "story",
                nargs="+",
                metavar="ID|TEXT",
                help="a story's id or address, or words: the best match is the start",
            ),
            _relations([Relation.RELATED]),
            DEPTH,
            argument(
                "--html", metavar="FILE", help="write it to this file as a picture for the browser instead of a table"
            ),
        ),
    ),
    "graph": Verb(
        ask=_graph,
        show=walking.graph,
        help="What lies around stories: the stories up to so many links away, and all links between them.",
        examples=(
            "scrapy corpus graph bbc:21817201 --depth 2 --format graphml --output story.graphml",
            "scrapy corpus graph bbc:21817201 --format html --output story.html",
        ),
        arguments=(
            argument("story", nargs="+", metavar="ID|URL", help="one story or several: ids or addresses, in any form"),
            _relations([Relation.RELATED]),
            DEPTH,
            argument(
                "--stories",
                type=a_number,
                default=WALK_STORIES,
                metavar="N",
                help=f"at most N stories, the nearest (default: {WALK_STORIES})",
            ),
            argument(
                "--format",
                choices=FORMATS,
                help="write it for another program, or html: a picture for the browser, instead of a table",
            ),
            argument("--output", metavar="FILE", help="with --format: write to this file, not to the terminal"),
        ),
    ),
    "path": Verb(
        ask=_path,
        show=walking.path,
        help="How one story leads to another: a shortest way over links, from the first to the second.",
        examples=("scrapy corpus path bbc:21817201 bbc:1551204",),
        arguments=(
            argument("start", metavar="FROM", help="a story's id or address, in any form"),
            argument("end", metavar="TO", help="another one"),
            _relations(EDITORIAL),
        ),
    ),
    "hubs": Verb(
        ask=lambda corpus, asked: corpus.hubs(relation=asked.relation, limit=asked.limit),
        show=walking.hubs,
        help="The stories that most pages point at.",
        examples=("scrapy corpus hubs --relation related",),
        arguments=(
            argument("--relation", choices=WALKED, metavar="R", help=f"by this relation only: {', '.join(WALKED)}"),
            LIMIT,
        ),
        page=20,
        nothing="no story is linked to",
    ),
}
