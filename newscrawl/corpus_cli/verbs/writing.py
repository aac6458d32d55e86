"""The verbs that change the corpus; all others only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.corpus_cli import lists
from newscrawl.corpus_cli.verbs.verb import STORY, Verb, argument

if TYPE_CHECKING:
    from argparse import Namespace

    from newscrawl.corpus import Corpus
    from newscrawl.corpus_cli.verbs.verb import Rows


def _forget(corpus: Corpus, asked: Namespace) -> Rows:
    from newscrawl.storage.forget import forget

    return [forget(corpus.database, corpus.story(asked.story)["story_id"])]


def _replay(corpus: Corpus, asked: Namespace) -> Rows:
    from newscrawl.storage import StoreUnavailableError
    from newscrawl.storage.replay import replay_spool

    replayed = replay_spool(corpus.server, dead_letters=asked.dead_letters)
    if replayed.problems:
        raise StoreUnavailableError("; ".join([*replayed.told(), *replayed.problems]))
    return [replayed]


VERBS: dict[str, Verb] = {
    "forget": Verb(
        ask=_forget,
        show=lists.forgotten,
        help="Remove a story for good, with its revisions and links; later crawls leave it out. There is no way back.",
        examples=("scrapy corpus forget bbc:21817201",),
        arguments=(STORY,),
    ),
    "replay-spool": Verb(
        ask=_replay,
        show=lists.replayed,
        help="Write the pages that an outage of MongoDB kept from the corpus; a crawl does the same when it begins.",
        examples=("scrapy corpus replay-spool", "scrapy corpus replay-spool --dead-letters"),
        arguments=(
            argument("--dead-letters", action="store_true", help="also try pages again that MongoDB had refused"),
        ),
    ),
}
