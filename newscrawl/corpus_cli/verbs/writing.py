"""The verbs that change the corpus; all others only read."""

from __future__ import annotations

from newscrawl.corpus_cli import lists
from newscrawl.corpus_cli.verbs.verb import STORY, Verb
from newscrawl.storage.forget import forget

VERBS: dict[str, Verb] = {
    "forget": Verb(
        ask=lambda corpus, asked: [forget(corpus.database, corpus.story(asked.story)["story_id"])],
        show=lists.forgotten,
        help="Remove a story for good, with its revisions and links; later crawls leave it out. There is no way back.",
        examples=("scrapy corpus forget bbc:21817201",),
        arguments=(STORY,),
    ),
}
