"""Walks over the links from story to story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.corpus import MAX_DEPTH
from newscrawl.corpus_cli import timeline
from newscrawl.corpus_cli.parsing import a_depth
from newscrawl.corpus_cli.verbs.verb import WALKED, Verb, argument
from newscrawl.items import Relation

if TYPE_CHECKING:
    from argparse import Namespace

    from newscrawl.corpus import Corpus, Timeline


def _timeline(corpus: Corpus, asked: Namespace) -> Timeline:
    asked.relations = asked.relations or [Relation.RELATED.value]
    return corpus.timeline(" ".join(asked.story), relations=asked.relations, depth=asked.depth)


VERBS: dict[str, Verb] = {
    "timeline": Verb(
        ask=_timeline,
        show=timeline.timeline,
        help="A story over time: what its links, and links to it, lead to, by date; with gaps and bursts.",
        examples=(
            "scrapy corpus timeline bbc:21817201 --depth 3",
            "scrapy corpus timeline dam floods --relation inline",
        ),
        arguments=(
            argument(
                "story",
                nargs="+",
                metavar="ID|TEXT",
                help="a story's id or address, or words: the best match is the start",
            ),
            argument(
                "--relation",
                dest="relations",
                action="append",
                choices=WALKED,
                metavar="R",
                help=f"links of this relation, may be repeated (default: related): {', '.join(WALKED)}",
            ),
            argument(
                "--depth",
                type=a_depth,
                default=2,
                metavar="N",
                help=f"up to N steps away, 1 to {MAX_DEPTH} (default: 2)",
            ),
        ),
    ),
}
