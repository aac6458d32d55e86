"""Finding stories, reading one, and its links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.corpus import SORTS
from newscrawl.corpus_cli import lists, story
from newscrawl.corpus_cli.parsing import a_date, a_language, an_era
from newscrawl.corpus_cli.verbs.verb import LIMIT, STORY, Verb, argument
from newscrawl.items import Kind, Relation

if TYPE_CHECKING:
    from argparse import Namespace

    from newscrawl.corpus import Corpus
    from newscrawl.corpus_cli.verbs.verb import Rows


def _find(corpus: Corpus, asked: Namespace) -> Rows:
    return corpus.find(
        " ".join(asked.text) or None, section=asked.section, since=asked.since, until=asked.until, era=asked.era,
        kind=asked.kind, language=asked.language, crawl=asked.crawl, sort=asked.sort, limit=asked.limit,
    )  # fmt: skip


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
            argument(
                "text", nargs="*", metavar="TEXT", help="words to search for; none: all stories that pass the filters"
            ),
            argument("--section", help="the section, as its page names it"),
            argument(
                "--since", type=a_date, metavar="DATE", help="published on or after YYYY-MM-DD, YYYY-MM or YYYY (UTC)"
            ),
            argument("--until", type=a_date, metavar="DATE", help="published before that day, month or year"),
            argument("--era", type=an_era, help="the page era it was read from, as in gel-2010"),
            argument("--kind", choices=[kind.value for kind in Kind]),
            argument("--language", type=a_language, help="a BCP 47 tag: en holds en-GB"),
            argument("--crawl", help="a crawl that was the last to fetch the story: its id, or last"),
            argument("--sort", choices=list(SORTS), help="default: relevance; without TEXT the newest first"),
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
