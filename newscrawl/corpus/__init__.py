"""Questions to the corpus, from the command line and from a notebook. Nothing here writes.

>>> from datetime import UTC, datetime
>>> from newscrawl.corpus import Corpus
>>> with Corpus.open() as corpus:
...     for row in corpus.find("dam", since=datetime(2013, 1, 1, tzinfo=UTC)):
...         print(row["date_published"], row["headline"])

Rows are plain dicts with the field names of the stored documents, but for ``_id``, which is told by its meaning
(``story_id``, ``crawl_id``). They are read from the server as they are asked for.
"""

from newscrawl.corpus.addresses import is_address
from newscrawl.corpus.api import Corpus, leave_promptly
from newscrawl.corpus.differences import Change, Run
from newscrawl.corpus.errors import NotFoundError, QuestionError
from newscrawl.corpus.facets import COVERED, GROUPS
from newscrawl.corpus.filters import StoryFilters
from newscrawl.corpus.finding import SORTS
from newscrawl.corpus.graphs import Graph, Node
from newscrawl.corpus.paths import EDITORIAL, Step
from newscrawl.corpus.snippets import matcher
from newscrawl.corpus.timelines import Entry, Timeline
from newscrawl.corpus.walks import MAX_DEPTH, WALK_STORIES

__all__ = [
    "COVERED",
    "EDITORIAL",
    "GROUPS",
    "MAX_DEPTH",
    "SORTS",
    "WALK_STORIES",
    "Change",
    "Corpus",
    "Entry",
    "Graph",
    "Node",
    "NotFoundError",
    "QuestionError",
    "Run",
    "Step",
    "StoryFilters",
    "Timeline",
    "is_address",
    "leave_promptly",
    "matcher",
]
