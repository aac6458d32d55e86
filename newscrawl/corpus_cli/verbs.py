"""The verbs of ``scrapy corpus``: a verb is one row here, a function that asks and one that shows the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newscrawl.corpus import MAX_DEPTH, SORTS
from newscrawl.corpus_cli import lists, statistics, story, timeline
from newscrawl.corpus_cli.parsing import a_date, a_depth, a_language, a_number, an_era
from newscrawl.items import Kind, Outcome, Relation
from newscrawl.storage.forget import forget

if TYPE_CHECKING:
    from argparse import Namespace

    from newscrawl.corpus import Corpus, Timeline

Argument = tuple[tuple[str, ...], dict[str, Any]]
Rows = Iterable[Any]


def argument(*flags: str, **options: Any) -> Argument:
    """Return an argument as argparse takes it."""
    return flags, options


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One question, how it is asked and how its answer is shown."""

    ask: Callable[[Corpus, Namespace], Rows]
    """Returns the rows, each of which has a form in JSON. Raises NotFoundError."""
    show: Callable[..., None]
    """Takes a console, the rows and the options."""
    help: str
    examples: tuple[str, ...]
    arguments: tuple[Argument, ...] = ()
    page: int = 0
    """How many rows a table shows unless ``--limit`` says otherwise; 0 for an answer that is shown whole."""
    nothing: str = ""
    """What is said where there are no rows."""


STORY = argument("story", metavar="ID|URL", help="a story's id (bbc:21817201 or 21817201) or address, in any form")
LIMIT = argument(
    "--limit", type=a_number, metavar="N", help="at most N rows, 0 for all (default: one page as a table, all as JSON)"
)
WALKED = [relation.value for relation in Relation if relation is not Relation.LISTED]
"""Relations that lead from story to story."""


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
        "revisions": list(corpus.revisions(story_id)),
        "trail": corpus.trail(story_id),
    }
    return [found | around]


def _links(corpus: Corpus, asked: Namespace) -> Rows:
    return corpus.links(asked.story, incoming=asked.incoming, relations=asked.relations, limit=asked.limit)


def _timeline(corpus: Corpus, asked: Namespace) -> Timeline:
    asked.relations = asked.relations or [Relation.RELATED.value]
    return corpus.timeline(" ".join(asked.story), relations=asked.relations, depth=asked.depth)


def _visits(corpus: Corpus, asked: Namespace) -> Rows:
    return corpus.visits(asked.crawl, outcome=asked.outcome, limit=asked.limit)


VERBS: dict[str, Verb] = {
    "stats": Verb(
        ask=lambda corpus, asked: [corpus.stats()],
        show=statistics.statistics,
        help="How much there is of what.",
        examples=("scrapy corpus stats",),
    ),
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
    "forget": Verb(
        ask=lambda corpus, asked: [forget(corpus.database, corpus.story(asked.story)["story_id"])],
        show=lists.forgotten,
        help="Remove a story for good, with its revisions and links; later crawls leave it out. There is no way back.",
        examples=("scrapy corpus forget bbc:21817201",),
        arguments=(STORY,),
    ),
}
