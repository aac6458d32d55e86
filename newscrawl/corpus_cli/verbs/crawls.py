"""The crawl log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.corpus_cli import lists
from newscrawl.corpus_cli.verbs.verb import LIMIT, Verb, argument
from newscrawl.items import Outcome

if TYPE_CHECKING:
    from argparse import Namespace

    from newscrawl.corpus import Corpus
    from newscrawl.corpus_cli.verbs.verb import Rows


def _visits(corpus: Corpus, asked: Namespace) -> Rows:
    return corpus.visits(asked.crawl, outcome=asked.outcome, limit=asked.limit)


VERBS: dict[str, Verb] = {
    "crawls": Verb(
        ask=lambda corpus, asked: corpus.crawls(),
        show=lists.crawls,
        help="The crawls, the newest first: what came of their visits, and what is still pending.",
        examples=("scrapy corpus crawls",),
        nothing="no crawl in the corpus",
    ),
    "visits": Verb(
        ask=_visits,
        show=lists.visits,
        help="What came of each address that a crawl decided to fetch.",
        examples=("scrapy corpus visits last --outcome failed",),
        arguments=(
            argument("crawl", metavar="CRAWL", help="a crawl's id, or last"),
            argument("--outcome", choices=[outcome.value for outcome in Outcome]),
            LIMIT,
        ),
        page=100,
        nothing="no such visits",
    ),
}
