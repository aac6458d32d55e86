"""How much there is of what."""

from __future__ import annotations

from newscrawl.corpus_cli import statistics
from newscrawl.corpus_cli.verbs.verb import Verb

VERBS: dict[str, Verb] = {
    "stats": Verb(
        ask=lambda corpus, asked: [corpus.stats()],
        show=statistics.statistics,
        help="How much there is of what.",
        examples=("scrapy corpus stats",),
    ),
}
