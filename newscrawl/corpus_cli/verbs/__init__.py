"""The verbs of ``scrapy corpus``: a verb is one row of its module, a function that asks and one that shows the answer."""

from newscrawl.corpus_cli.verbs import crawls, differences, facets, overview, stories, taking, walks, writing
from newscrawl.corpus_cli.verbs.verb import Verb

__all__ = ["VERBS", "Verb"]

VERBS: dict[str, Verb] = {
    **overview.VERBS,
    **stories.VERBS,
    **differences.VERBS,
    **walks.VERBS,
    **facets.VERBS,
    **taking.VERBS,
    **crawls.VERBS,
    **writing.VERBS,
}
"""Name -> verb, in the order in which help lists them."""
