"""The files that rows are written to. A file stands under its name only when it is whole."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from newscrawl.corpus.columns import arrow_schema
from newscrawl.corpus.errors import QuestionError
from newscrawl.corpus.json_lines import json_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa

    from newscrawl.corpus.columns import Columns

Document = dict[str, Any]

NAMED = {"authors", "topics"}
ROW_GROUP = 2_000
"""How many rows of a Parquet file are written at a time."""


def write_jsonl(rows: Iterable[Document], stream: IO[str]) -> None:
    """Write each row as one line of JSON."""
    stream.writelines(json_line(row) + "\n" for row in rows)


def write_csv(rows: Iterable[Document], stream: IO[str], columns: Iterable[str]) -> None:
    """Write rows as CSV with a header. Of authors and topics there are the names, of other lists how many."""
    writer, columns = csv.writer(stream, lineterminator="\n"), list(columns)
    writer.writerow(columns)
    writer.writerows([_cell(name, row.get(name)) for name in columns] for row in rows)


def _cell(name: str, value: Any) -> Any:
    if name in NAMED:
        return "; ".join(one["name"] for one in value or ())
    if isinstance(value, list):
        return len(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def write_parquet(rows: Iterable[Document], file: Path, columns: Columns) -> None:
    """Write rows as Parquet with the types of ``columns``, ROW_GROUP rows in memory at a time."""
    import pyarrow.parquet as pq

    schema = arrow_schema(columns)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in record_batches(rows, schema):
            writer.write_batch(batch)


def record_batches(rows: Iterable[Document], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield rows as Arrow record batches; a column that a row lacks is null."""
    import pyarrow as pa

    rows = iter(rows)
    while some := list(islice(rows, ROW_GROUP)):
        yield pa.RecordBatch.from_pylist([_with_pairs(row) for row in some], schema=schema)


def _with_pairs(row: Document) -> Document:
    """Return a row with its maps as pairs, which is how Arrow takes them."""
    return {name: list(value.items()) if isinstance(value, dict) else value for name, value in row.items()}


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path to write to that becomes ``path`` when all went well. Raises QuestionError where that cannot be."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise QuestionError(f"{path} cannot be written ({error.strerror or error}): name another place") from error
    finally:
        part.unlink(missing_ok=True)
