"""Which authors, topics and sections stories have, and how completely their fields are known."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from newscrawl.corpus.finding import searches

if TYPE_CHECKING:
    from datetime import datetime

    from pymongo.database import Database

Document = dict[str, Any]

FACETS = {"authors": "authors.name", "topics": "topics.name", "sections": "section"}
"""What stories can be counted by -> the field that has its name."""
COVERED = (
    "summary", "body", "authors", "section", "topics", "language", "images", "date_published", "date_modified",
)  # fmt: skip
"""Fields whose absence is worth knowing. A list counts as known if it is not empty."""
PERIODS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}
GROUPS = ("era", "section", "kind", "language", *PERIODS)
"""What coverage can be told by."""
FIELD_OF = {"era": "page_era"}


@dataclass(slots=True, kw_only=True)
class Facet:
    """One author, topic or section, and the stories it has."""

    name: str
    stories: int = 0
    first: datetime | None = None
    """When its first story was published; None where no date is known."""
    last: datetime | None = None

    def add(self, other: Document) -> None:
        """Add what another search found."""
        self.stories += other["stories"]
        self.first = min(filter(None, (self.first, other["first"])), default=None)
        self.last = max(filter(None, (self.last, other["last"])), default=None)


def facets(database: Database[Document], facet: str, text: str | None, asked: Document, limit: int) -> list[Document]:
    """Return the authors, topics or sections of the stories that match, those of the most stories first. ``limit`` 0: all."""
    found: dict[str, Facet] = {}
    field = FACETS[facet]
    outer = field.partition(".")[0]
    counted = {"stories": {"$sum": 1}, "first": {"$min": "$date_published"}, "last": {"$max": "$date_published"}}
    pipeline: list[Document] = [
        {"$project": {outer: 1, "date_published": 1}},
        *([{"$unwind": f"${outer}"}] if outer != field else []),
        # an author named twice in a byline has one story more, not two
        {"$group": {"_id": {"story": "$_id", "name": f"${field}"}, "date_published": {"$first": "$date_published"}}},
        {"$group": {"_id": "$_id.name", **counted}},
    ]
    for search in searches(database, text, asked):
        for row in database.stories.aggregate([{"$match": search}, *pipeline], allowDiskUse=True):
            if name := row.pop("_id"):
                found.setdefault(name, Facet(name=name)).add(row)
    ordered = sorted(found.values(), key=lambda one: (-one.stories, one.name))
    return [asdict(one) for one in ordered[: limit or None]]


def coverage(database: Database[Document], by: str, text: str | None, asked: Document) -> list[Document]:
    """Return the groups of the stories that match, in order, each with ``stories`` and ``fields``: the share that has each.

    ``by`` is one of GROUPS. Stories of which it is not known stand in a group without a name, at the end.
    """
    found: dict[str | None, Document] = {}
    group = {"$group": {"_id": _group(by), "stories": {"$sum": 1}} | {field: _having(field) for field in COVERED}}
    for search in searches(database, text, asked):
        for row in database.stories.aggregate([{"$match": search}, group], allowDiskUse=True):
            _add(found.setdefault(row.pop("_id", None), {}), row)
    ordered = sorted(found.items(), key=lambda item: (item[0] is None, item[0] or ""))
    return [{by: name} | _shares(row) for name, row in ordered]


def _shares(row: Document) -> Document:
    stories = row["stories"]
    return {"stories": stories, "fields": {field: round(row[field] / stories, 4) for field in COVERED}}


def _group(by: str) -> Any:
    if by in PERIODS:
        return {"$dateToString": {"date": "$date_published", "format": PERIODS[by]}}
    return f"${FIELD_OF.get(by, by)}"


def _having(field: str) -> Document:
    """Return the accumulator that counts the stories whose field is known: there, and neither null nor an empty list."""
    return {"$sum": {"$cond": [{"$in": [{"$ifNull": [f"${field}", []]}, [[], ""]]}, 0, 1]}}


def _add(total: Document, row: Document) -> None:
    for name, number in row.items():
        total[name] = total.get(name, 0) + number
