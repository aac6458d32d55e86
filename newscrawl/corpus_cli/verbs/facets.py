"""What stories can be counted by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.corpus import GROUPS
from newscrawl.corpus_cli import facets
from newscrawl.corpus_cli.verbs.filters import FILTERS, filters_of, text_of
from newscrawl.corpus_cli.verbs.verb import LIMIT, Verb, argument

if TYPE_CHECKING:
    from argparse import Namespace

    from newscrawl.corpus import Corpus
    from newscrawl.corpus_cli.verbs.verb import Rows


def _facet(name: str, help_words: str, example: str) -> Verb:
    return Verb(
        ask=lambda corpus, asked: getattr(corpus, name)(text_of(asked), limit=asked.limit, **filters_of(asked)),
        show=facets.facets,
        help=help_words,
        examples=(example,),
        arguments=(*FILTERS, LIMIT),
        page=30,
        nothing=f"no story that matches has {name}",
    )


def _coverage(corpus: Corpus, asked: Namespace) -> Rows:
    return corpus.coverage(text_of(asked), by=asked.by, **filters_of(asked))


VERBS: dict[str, Verb] = {
    "authors": _facet("authors", "Who wrote the stories, those of most stories first.", "scrapy corpus authors dam"),
    "topics": _facet("topics", "The tags of the stories.", "scrapy corpus topics --since 2020"),
    "sections": _facet("sections", "The sections of the stories.", "scrapy corpus sections --era gel-2010"),
    "coverage": Verb(
        ask=_coverage,
        show=facets.coverage,
        help="How many stories there are, and how often each field is known, by era, by section or over time.",
        examples=("scrapy corpus coverage --by year", "scrapy corpus coverage dam --by month --since 2013"),
        arguments=(*FILTERS, argument("--by", choices=GROUPS, default="era", help="default: era")),
        nothing="no story matches",
    ),
}
