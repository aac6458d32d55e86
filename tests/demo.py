"""The demo archive for its tests: what it was made of, and the records in it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any, NamedTuple

from warcio.archiveiterator import ArchiveIterator

DEMO = Path(__file__).parent.parent / "demo"
ARCHIVE = DEMO / "archive.warc.gz"

sys.path.insert(0, str(DEMO))
content = importlib.import_module("making.content")
graph = importlib.import_module("making.graph")
sys.path.remove(str(DEMO))

SITE = content.load()
STORIES = list(SITE.stories.values())
STATES = [state for story in STORIES for state in (story, *story.captures)]
SEED = "21817201"
FOLLOWED = {"related", "section"}


class Record(NamedTuple):
    """One record of a WARC file, without what depends on how well zlib packs."""

    type: str
    url: str | None
    date: str
    status: str | None
    headers: tuple[tuple[str, str], ...]
    body: bytes


def records(path: Path) -> list[Record]:
    with path.open("rb") as stream:
        return [_record(record) for record in ArchiveIterator(stream)]


def _record(record: Any) -> Record:
    http = record.http_headers
    headers = [(name, value) for name, value in http.headers if name != "Content-Length"] if http else []
    return Record(
        record.rec_type,
        record.rec_headers.get_header("WARC-Target-URI"),
        record.rec_headers.get_header("WARC-Date"),
        http and http.get_statuscode(),
        tuple(headers),
        record.content_stream().read(),
    )


COMMITTED = records(ARCHIVE)
BODIES = {(record.url, record.date): record.body for record in COMMITTED}


def page_of(state: Any) -> bytes:
    return BODIES[state.url, f"{state.captured_at:%Y-%m-%dT%H:%M:%SZ}"]


def answers(status: str) -> set[str | None]:
    return {record.url for record in COMMITTED if record.status == status}
