"""The arguments by which several verbs choose their stories: words, and what the stories are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.corpus import StoryFilters
from newscrawl.corpus_cli.parsing import a_date, a_language, an_era
from newscrawl.corpus_cli.verbs.verb import argument
from newscrawl.items import Kind

if TYPE_CHECKING:
    from argparse import Namespace

FILTERS = (
    argument("text", nargs="*", metavar="TEXT", help="words to search for; none: all stories that pass the filters"),
    argument("--section", help="the section, as its page names it"),
    argument("--topic", help="a tag, as the page names it"),
    argument("--author", help="a name of the byline"),
    argument("--since", type=a_date, metavar="DATE", help="published on or after YYYY-MM-DD, YYYY-MM or YYYY (UTC)"),
    argument("--until", type=a_date, metavar="DATE", help="published before that day, month or year"),
    argument("--era", type=an_era, help="the page era it was read from, as in gel-2010"),
    argument("--kind", choices=[kind.value for kind in Kind]),
    argument("--language", type=a_language, help="a BCP 47 tag: en holds en-GB"),
    argument("--crawl", help="a crawl that was the last to fetch the story: its id, or last"),
    argument("--revised", action="store_true", help="only stories of which more than one state is known"),
)
"""What ``text_of`` and ``filters_of`` read."""


def text_of(asked: Namespace) -> str | None:
    """Return the words to search for, None if there are none."""
    return " ".join(asked.text) or None


def filters_of(asked: Namespace) -> StoryFilters:
    """Return the filters as ``Corpus.find`` takes them."""
    return StoryFilters(
        section=asked.section, topic=asked.topic, author=asked.author, since=asked.since, until=asked.until,
        era=asked.era, kind=asked.kind, language=asked.language, crawl=asked.crawl, revised=asked.revised,
    )  # fmt: skip
