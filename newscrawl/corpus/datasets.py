"""A dataset: stories, edges and states as Parquet files in a folder, with a card that says what they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from newscrawl import __version__
from newscrawl.corpus.columns import arrow_schema
from newscrawl.corpus.errors import QuestionError
from newscrawl.corpus.exporting import PARTS
from newscrawl.corpus.files import write_parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pymongo.database import Database

Document = dict[str, Any]

COUNTED = {"page_era": "Page eras", "language": "Languages", "section": "Sections", "kind": "Kinds"}
MOST_COUNTED = 25
CARD = "README.md"


@dataclass(slots=True)
class Tally:
    """What went into a dataset."""

    rows: Counter[str] = field(default_factory=Counter)
    values: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in COUNTED})
    crawls: set[str] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None

    def counting(self, part: str, rows: Iterable[Document]) -> Iterator[Document]:
        """Pass rows on, and count."""
        for row in rows:
            self.rows[part] += 1
            if part == "stories":
                self._add(row)
            yield row

    def _add(self, story: Document) -> None:
        for name, values in self.values.items():
            values[story.get(name) or "not stated"] += 1
        self.crawls |= {story[name] for name in ("crawl_id", "first_crawl_id") if name in story}
        if at := story.get("date_published"):
            self.first, self.last = min(self.first or at, at), max(self.last or at, at)


def write_dataset(database: Database[Document], folder: Path, text: str | None, asked: Document, words: str) -> Tally:
    """Write a dataset into a new folder. ``words`` says for the card which stories were chosen.

    Raises QuestionError where the folder is there and not empty, or cannot be written.
    """
    part = folder.with_name(f".{folder.name}.part")
    tally = Tally()
    try:
        if folder.exists() and any(folder.iterdir()):
            raise QuestionError(f"{folder} is not empty: name a new folder")
        part.mkdir(parents=True)
        for name, (rows, columns) in PARTS.items():
            write_parquet(tally.counting(name, rows(database, text, asked)), part / f"{name}.parquet", columns)
        (part / CARD).write_text("\n".join(_card(database, part, tally, words)), encoding="utf-8")
        part.replace(folder)
    except OSError as error:
        raise QuestionError(f"{folder} cannot be written ({error.strerror or error}): name another place") from error
    finally:
        rmtree(part, ignore_errors=True)
    return tally


def _card(database: Database[Document], folder: Path, tally: Tally, words: str) -> Iterator[str]:
    span = f"published {tally.first:%Y-%m-%d} to {tally.last:%Y-%m-%d}" if tally.first and tally.last else "undated"
    yield from (
        "# A corpus of BBC News stories", "",
        f"Collected by newscrawl {__version__}, exported {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {words}.",
        f"{tally.rows['stories']:,} stories, {span}.", "",
        "The texts and pictures described here are the BBC's. Whoever collects, keeps or passes on this dataset needs the right",
        "to do so; newscrawl's licence gives none.", "", "## Files", "",
    )  # fmt: skip
    for name in PARTS:
        size = (folder / f"{name}.parquet").stat().st_size
        yield f"- `{name}.parquet`: {tally.rows[name]:,} rows, {size:,} bytes. {WHAT[name]}"
    yield from ("", "```python", 'pandas.read_parquet("stories.parquet", dtype_backend="pyarrow")', "```", "")
    for name, title in COUNTED.items():
        yield from (f"## {title}", "", *_counts(tally.values[name]), "")
    yield from ("## Crawls", "", *_crawls(database, tally.crawls), "", "## Columns", "")
    for name, (_, columns) in PARTS.items():
        yield from (f"### {name}.parquet", "", *(f"- `{one.name}`: {one.type}" for one in arrow_schema(columns)), "")


WHAT = {
    "stories": "A row a story in its current state; its edges are in `links`, in the order of the page.",
    "links": "A row an edge: the page `from` points at `to`, in a block of the kind `relation`.",
    "revisions": "A row a state of a story, with the intervals in which it was seen.",
}


def _counts(values: Counter[str]) -> Iterator[str]:
    for value, number in values.most_common(MOST_COUNTED):
        yield f"- {' '.join(value.split())}: {number:,}"
    if others := sum(number for _, number in islice(values.most_common(), MOST_COUNTED, None)):
        yield f"- others: {others:,}"


def _crawls(database: Database[Document], crawls: Iterable[str]) -> Iterator[str]:
    for row in database.crawls.find({"_id": {"$in": sorted(crawls)}}).sort("started_at", 1):
        given = " ".join(f"{name}={value}" for name, value in row.get("arguments", {}).items())
        yield f"- `{row['_id']}`, begun {row['started_at']:%Y-%m-%d %H:%M} UTC from {' '.join(row['seeds'])} ({given})"
