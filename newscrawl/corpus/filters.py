"""Which stories a question is about, by what they are. Values are compared, never interpreted: no operator can be smuggled in."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - the type of a filter, there for whoever asks the TypedDict
from typing import TYPE_CHECKING, Any, TypedDict

from newscrawl.corpus.crawls import crawl_id
from newscrawl.items import Kind

if TYPE_CHECKING:
    from pymongo.database import Database

Document = dict[str, Any]


class StoryFilters(TypedDict, total=False):
    """What stories have to be like; what is left out, or None, does not matter."""

    section: str | None
    """The page's own name for it."""
    topic: str | None
    """The name of a tag."""
    author: str | None
    since: datetime | None
    until: datetime | None
    """Exclusive."""
    era: str | None
    kind: Kind | str | None
    language: str | None
    """A BCP 47 tag: ``en`` holds ``en-GB``."""
    crawl: str | None
    """The last to fetch the story: an id, or ``last``."""
    revised: bool
    """Whether only stories are wanted of which more than one state is known."""


FIELDS = {"section": "section", "topic": "topics.name", "author": "authors.name", "era": "page_era", "kind": "kind"}
"""Filter -> the field that has to equal it."""
REVISED = {"content_hashes.1": {"$exists": True}}


def query(database: Database[Document], filters: StoryFilters) -> Document:
    """Return filters as MongoDB takes them. Raises NotFoundError for an unknown crawl, ValueError for an unknown kind."""
    if unknown := filters.keys() - StoryFilters.__annotations__.keys():
        raise TypeError(f"unknown filter {min(unknown)!r}: there are {', '.join(StoryFilters.__annotations__)}")
    given: Document = {name: value for name, value in filters.items() if value is not None}
    if "kind" in given:
        given["kind"] = Kind(given["kind"]).value
    asked: Document = {field: {"$eq": given[name]} for name, field in FIELDS.items() if name in given}
    bounds = {"since": "$gte", "until": "$lt"}
    if dates := {operator: given[name] for name, operator in bounds.items() if name in given}:
        asked["date_published"] = dates
    if "language" in given:
        asked["$or"] = _language(given["language"])
    if "crawl" in given:
        asked["crawl_id"] = {"$eq": crawl_id(database, given["crawl"])}
    return asked | (REVISED if given.get("revised") else {})


def _language(tag: str) -> list[Document]:
    """Return the tag itself or any below it: ``en`` holds ``en-GB``. The character after "-" ends the range."""
    return [{"language": {"$eq": tag}}, {"language": {"$gte": f"{tag}-", "$lt": f"{tag}."}}]


def told(text: str | None, filters: StoryFilters) -> str:
    """Return in words which stories are meant."""
    given = [f"{name} {value}" for name, value in filters.items() if value]
    words = [f"the words {text}"] if text else []
    return f"stories with {', '.join([*words, *given])}" if words or given else "all stories"
