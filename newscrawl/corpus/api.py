"""Corpus: the public face of the questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, Unpack

from pymongo import common
from pymongo.errors import ConnectionFailure, OperationFailure
from scrapy.utils.project import get_project_settings

from newscrawl.corpus import (
    counts,
    crawls,
    datasets,
    differences,
    exporting,
    exports,
    facets,
    finding,
    graphs,
    hubs,
    paths,
    queries,
    stories,
    timelines,
    twins,
)
from newscrawl.corpus.addresses import is_address
from newscrawl.corpus.columns import FOUND, LINKED, REVISIONS
from newscrawl.corpus.errors import NotFoundError, QuestionError
from newscrawl.corpus.filters import StoryFilters, query, told
from newscrawl.corpus.rows import Rows
from newscrawl.corpus.walks import WALK_STORIES
from newscrawl.items import Outcome, Relation
from newscrawl.storage.connection import Server, StoreUnavailableError, describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from scrapy.settings import BaseSettings

Document = dict[str, Any]

NOT_ALLOWED = {13, 18}
"""Error codes of a server that wants a user, or another one."""


def leave_promptly() -> None:
    """Let a process that only asks a question end at once: pymongo makes it wait for threads that sleep half a second."""
    common.MIN_HEARTBEAT_INTERVAL = 0.02


class Corpus:
    """A corpus that can be asked. Use it as a context manager; a server lost meanwhile raises StoreUnavailableError.

    ``story`` is in every method an id (``bbc:21817201``), a bare asset number, or an address in any form.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        """The server that was asked for, and which database of it."""
        self._client = server.connect()
        self.database = self._client[server.database]
        """The pymongo database, for questions that have no method here."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Return the corpus that Scrapy's settings name. Raises StoreUnavailableError."""
        return cls(Server.from_settings(settings))

    @classmethod
    def open(cls, uri: str | None = None, database: str | None = None, data: str | Path | None = None) -> Self:
        """Return the corpus on the server ``uri``, or on the embedded one of the folder ``data``.

        Without either it is the one that crawls of this project write to. Raises StoreUnavailableError.
        """
        settings = get_project_settings()
        if uri or data:
            settings.setdict(
                {"MONGO_URI": uri, "NEWSCRAWL_DATA": data and str(data), "MONGO_DATABASE": "newscrawl"}, "cmdline"
            )
        if database:
            settings.set("MONGO_DATABASE", database, "cmdline")
        return cls.from_settings(settings)

    def close(self) -> None:
        """Disconnect; the embedded server stops if nobody else uses it."""
        self._client.close()
        self.server.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        refused = isinstance(error, OperationFailure) and error.code in NOT_ALLOWED
        if isinstance(error, ConnectionFailure) or refused:
            assert isinstance(error, Exception)
            raise StoreUnavailableError(describe(self.server.uri, error)) from error

    @property
    def empty(self) -> bool:
        """Whether there is no story."""
        return stories.is_empty(self.database)

    def stats(self) -> Document:
        """Return how much there is of what."""
        return counts.stats(self.database)

    def story(self, story: str) -> Document:
        """Return a story with all its fields. Raises NotFoundError."""
        return stories.story(self.database, story)

    def find(
        self,
        text: str | None = None,
        *,
        sort: str | None = None,
        after: str | None = None,
        limit: int = 0,
        **filters: Unpack[StoryFilters],
    ) -> Rows:
        """Return the stories that match a text search and filters, with a ``snippet`` each.

        ``text``: any of the words, ``"a phrase"``, ``-without``. ``sort``: ``relevance`` (with a text), ``newest`` or
        ``oldest``. ``after``: the id of the story that the page before ended with. ``limit`` 0: all. Raises QuestionError,
        NotFoundError.
        """
        if sort == "relevance" and not text:
            raise QuestionError("only a text search can be sorted by relevance")
        asked = query(self.database, filters)
        return Rows(finding.find(self.database, text, asked, sort=sort, after=after, limit=limit), FOUND)

    def rows(self, part: str = "stories", text: str | None = None, **filters: Unpack[StoryFilters]) -> Rows:
        """Return all that is known of the stories that match, by id, to be gone through or had ``to_pandas()``.

        ``part``: ``stories`` (each with its ``links``), their ``links``, or their ``revisions``. Raises QuestionError.
        """
        if part not in exporting.PARTS:
            raise QuestionError(f"no part {part!r}: there are {', '.join(exporting.PARTS)}")
        read, columns = exporting.PARTS[part]
        return Rows(read(self.database, text, query(self.database, filters)), columns)

    def export(
        self,
        path: str | Path,
        form: str,
        *,
        part: str = "stories",
        text: str | None = None,
        **filters: Unpack[StoryFilters],
    ) -> None:
        """Write what ``rows`` returns to a file, as ``jsonl``, ``csv`` or ``parquet``; ``dataset`` makes a folder of all parts.

        The file is there only when it is whole. Raises QuestionError where it cannot be written.
        """
        if form == "dataset":
            asked = query(self.database, filters)
            datasets.write_dataset(self.database, Path(path), text, asked, told(text, filters))
        else:
            exports.to_file(self.rows(part, text, **filters), part, Path(path), form)

    def query(self, collection: str, pipeline: list[Document]) -> Iterator[Document]:
        """Yield what an aggregation in MongoDB's language finds. Raises QuestionError where it would write or run code."""
        return queries.run(self.database, collection, pipeline)

    def authors(self, text: str | None = None, *, limit: int = 0, **filters: Unpack[StoryFilters]) -> list[Document]:
        """Return who wrote the stories that match: ``name``, ``stories``, ``first`` and ``last`` date, most stories first."""
        return facets.facets(self.database, "authors", text, query(self.database, filters), limit)

    def topics(self, text: str | None = None, *, limit: int = 0, **filters: Unpack[StoryFilters]) -> list[Document]:
        """Return the tags of the stories that match, in the form of ``authors``."""
        return facets.facets(self.database, "topics", text, query(self.database, filters), limit)

    def sections(self, text: str | None = None, *, limit: int = 0, **filters: Unpack[StoryFilters]) -> list[Document]:
        """Return the sections of the stories that match, in the form of ``authors``."""
        return facets.facets(self.database, "sections", text, query(self.database, filters), limit)

    def coverage(self, text: str | None = None, *, by: str = "era", **filters: Unpack[StoryFilters]) -> list[Document]:
        """Return how many stories match and which share of them has each field, by ``era``, ``section``, ``year`` and so on.

        Each row has the group's name under the word it is told ``by``, ``stories``, and ``fields``: field -> share from 0 to 1.
        """
        if by not in facets.GROUPS:
            raise QuestionError(f"coverage by {by!r} is not known: there are {', '.join(facets.GROUPS)}")
        return facets.coverage(self.database, by, text, query(self.database, filters))

    def links(self, story: str, *, incoming: bool = False, relations: Iterable[Relation] = (), limit: int = 0) -> Rows:
        """Return the edges of a story in the order of its page, or (``incoming``) those that point at it. Raises NotFoundError."""
        found = stories.links(self.database, self.story(story), incoming=incoming, relations=relations, limit=limit)
        return Rows(found, LINKED)

    def link_counts(self, story: str, *, incoming: bool = False) -> dict[str, int]:
        """Return relation -> how many edges a story has. Raises NotFoundError."""
        return stories.link_counts(self.database, self.story(story), incoming=incoming)

    def revisions(self, story: str) -> Rows:
        """Return every state of a story, the first seen first. Raises NotFoundError."""
        return Rows(stories.revisions(self.database, self.story(story)), REVISIONS)

    def twins(self, story: str | None = None, *, similarity: float = 0, limit: int = 0) -> Iterator[Document]:
        """Yield pairs of stories whose texts are nearly the same, the most similar first; of a story: its pairs only.

        ``similarity``: at least this share of the longer text stands in both, 0 to 1. ``limit`` 0: all. Raises NotFoundError.
        """
        ids = stories.same_story(self.story(story)) if story is not None else None
        return twins.twins(self.database, ids, similarity=similarity, limit=limit)

    def diff(self, story: str, *states: str) -> Document:
        """Return what changed from one state of a story to another, by default from the last but one to the last.

        A state is named by its number (1 was seen first), a date in UTC on which it stood (``2013-03-17``,
        ``2013-03-17T10:15``) or the beginning of its content hash; one name: from that one to the last. ``headline``,
        ``summary``, ``body`` and ``posts`` are lists of ``Run``; ``links_gained`` and ``links_lost`` are edges; ``from`` and
        ``to`` say when each state was seen. ``extraction_change``: they were read by different rules, so not every
        difference is the BBC's. Raises NotFoundError (where there is one state only, too), QuestionError.
        """
        return differences.difference(self.database, self.story(story), states)

    def trail(self, story: str) -> list[Document]:
        """Return the visits that led from a seed to a story, in the crawl that fetched it last. Raises NotFoundError."""
        return stories.trail(self.database, self.story(story))

    def timeline(
        self, story: str, *, relations: Iterable[Relation] = (Relation.RELATED,), depth: int = 2
    ) -> timelines.Timeline:
        """Return a story over time: what lies up to ``depth`` steps from it, links followed forwards or backwards.

        ``story`` may also be a text to search for: the best match is the start. Raises NotFoundError.
        """
        start = self.story(story if is_address(story) else self._best_match(story))
        return timelines.timeline(self.database, start, relations=relations, depth=depth)

    def graph(
        self,
        *starts: str,
        relations: Iterable[Relation] = (Relation.RELATED,),
        depth: int = 2,
        stories: int = WALK_STORIES,
    ) -> graphs.Graph:
        """Return what lies up to ``depth`` links before or behind stories, at most so many stories. Raises NotFoundError."""
        found = [self.story(start) for start in starts]
        return graphs.graph(self.database, found, relations=relations, depth=depth, stories=stories)

    def path(self, start: str, end: str, *, relations: Iterable[Relation] = paths.EDITORIAL) -> list[paths.Step]:
        """Return a shortest way over links from one story to another, both included. Raises NotFoundError, QuestionError."""
        return paths.path(self.database, self.story(start), self.story(end), relations)

    def hubs(self, *, relation: Relation | None = None, limit: int = 20) -> Iterator[Document]:
        """Yield the stories most pointed at, by one relation or all, with the number of ``links``. ``limit`` 0: all there are."""
        return hubs.hubs(self.database, relation and Relation(relation).value, limit)

    def _best_match(self, text: str) -> str:
        best = next(self.find(text, limit=1), None)
        if best is None:
            raise NotFoundError(f"no story matches {text!r}")
        return str(best["story_id"])

    def crawls(self) -> Iterator[Document]:
        """Yield the crawls, the newest first, with what came of their visits as ``counts``."""
        return crawls.crawls(self.database)

    def visits(self, crawl: str, *, outcome: Outcome | str | None = None, limit: int = 0) -> Iterator[Document]:
        """Yield the visits of a crawl (an id, or ``last``), by outcome. Raises NotFoundError."""
        wanted = Outcome(outcome).value if outcome else None
        return crawls.visits(self.database, crawls.crawl_id(self.database, crawl), wanted, limit)
