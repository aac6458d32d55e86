"""Finding stories, reading one, and its links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.corpus import SORTS
from newscrawl.corpus_cli import lists, story
from newscrawl.corpus_cli.verbs.filters import FILTERS, filters_of, text_of
from newscrawl.corpus_cli.verbs.verb import LIMIT, STORY, Verb, argument
from newscrawl.items import Relation

if TYPE_CHECKING:
    from argparse import Namespace

    from newscrawl.corpus import Corpus
    from newscrawl.corpus_cli.verbs.verb import Rows


def _find(corpus: Corpus, asked: Namespace) -> Rows:
    return corpus.find(text_of(asked), sort=asked.sort, after=asked.after, limit=asked.limit, **filters_of(asked))


def _show(corpus: Corpus, asked: Namespace) -> Rows:
    found = corpus.story(asked.story)
    story_id = found["story_id"]
    around = {
        "links_out": corpus.link_counts(story_id),
        "links_in": corpus.link_counts(story_id, incoming=True),
        "twins": list(corpus.twins(story_id)),
        "revisions": list(corpus.revisions(story_id)),
        "trail": corpus.trail(story_id),
    }
    return [found | around]


def _links(corpus: Corpus, asked: Namespace) -> Rows:
    return corpus.links(asked.story, incoming=asked.incoming, relations=asked.relations, limit=asked.limit)


VERBS: dict[str, Verb] = {
    "find": Verb(
        ask=_find,
        show=lists.found_stories,
        help='Find stories by their words: any of them, "a phrase" in double quotes, -without; and by what they are.',
        examples=(
            "scrapy corpus find dam --section 'Middle East' --since 2013-03",
            "scrapy corpus find '\"peace talks\" -football' --json",
        ),
        arguments=(
            *FILTERS,
            argument("--sort", choices=list(SORTS), help="default: relevance; without TEXT the newest first"),
            argument(
                "--after", metavar="ID", help="the next page: go on behind this story, the last of the page before"
            ),
            LIMIT,
        ),
        page=20,
        nothing="no story matches",
    ),
    "show": Verb(
        ask=_show,
        show=story.story,
        help="One story: its text and all that is known of it.",
        examples=("scrapy corpus show http://www.bbc.com/news/world-middle-east-21817201",),
        arguments=(STORY,),
    ),
    "links": Verb(
        ask=_links,
        show=lists.edges,
        help="The links of a story in the order of its page, or those that lead to it.",
        examples=("scrapy corpus links bbc:21817201 --relation related", "scrapy corpus links bbc:21817201 --in"),
        arguments=(
            STORY,
            argument("--in", dest="incoming", action="store_true", help="links that lead to the story"),
            argument(
                "--relation",
                dest="relations",
                action="append",
                default=[],
                choices=[one.value for one in Relation],
                metavar="R",
                help=f"only of this relation, may be repeated: {', '.join(Relation)}",
            ),
            LIMIT,
        ),
        page=100,
        nothing="no such links",
    ),
}
