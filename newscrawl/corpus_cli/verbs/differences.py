"""What changed in a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.corpus_cli import differences
from newscrawl.corpus_cli.verbs.verb import STORY, Verb, argument

if TYPE_CHECKING:
    from argparse import Namespace

    from newscrawl.corpus import Corpus
    from newscrawl.corpus_cli.verbs.verb import Rows


def _diff(corpus: Corpus, asked: Namespace) -> Rows:
    return [corpus.diff(asked.story, *filter(None, [asked.before, asked.after]))]


_STATE = (
    "its number (1 was seen first), a date in UTC (2013-03-17, 2013-03-17T10:15) or the beginning of its content hash"
)

VERBS: dict[str, Verb] = {
    "diff": Verb(
        ask=_diff,
        show=differences.differences,
        help="What changed in a story from one of its states to another: word by word, and its links.",
        examples=("scrapy corpus diff bbc:21817201", "scrapy corpus diff bbc:21817201 1 2013-03-17 --json"),
        arguments=(
            STORY,
            argument("before", nargs="?", metavar="STATE", help=f"{_STATE}; default: the last but one"),
            argument("after", nargs="?", metavar="STATE", help="likewise; default: the last"),
        ),
    ),
}
