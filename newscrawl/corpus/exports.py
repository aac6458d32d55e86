"""What is taken away goes to a file, a folder or a stream."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from newscrawl.corpus.columns import CSV
from newscrawl.corpus.errors import QuestionError
from newscrawl.corpus.files import whole, write_csv, write_jsonl, write_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from newscrawl.corpus.rows import Rows

FORMATS = ("jsonl", "csv", "parquet", "dataset")
STREAMED = ("jsonl", "csv")
"""Formats that can go to standard output."""


def to_file(rows: Rows, part: str, path: Path, form: str) -> None:
    """Write rows to a file, which is there only when it is whole. Raises QuestionError where it cannot be written."""
    with whole(path) as unfinished:
        if form == "parquet":
            write_parquet(rows, unfinished, rows.columns)
        else:
            with unfinished.open("w", encoding="utf-8", newline="") as stream:
                to_stream(rows, part, stream, form)


def to_stream(rows: Rows, part: str, stream: IO[str], form: str) -> None:
    """Write rows as lines of JSON or CSV. Raises QuestionError for another format."""
    if form == "jsonl":
        write_jsonl(rows, stream)
    elif form == "csv":
        write_csv(rows, stream, CSV[part])
    else:
        raise QuestionError(f"no format {form!r} for this: there are {', '.join(STREAMED)}")
