"""Answers that are read as they are asked for, and can be had as a table of pandas or Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    import pyarrow as pa

    from newscrawl.corpus.columns import Columns

Document = dict[str, Any]


class Rows(Iterator[Document]):
    """Rows of an answer, to be gone through once. ``columns`` names what a row may have, with types."""

    def __init__(self, rows: Iterable[Document], columns: Columns) -> None:
        self._rows = iter(rows)
        self.columns = columns

    def __next__(self) -> Document:
        return next(self._rows)

    def to_arrow(self) -> pa.Table:
        """Return all rows as an Arrow table: times are UTC, lists and structs nested, what is not known is null."""
        import pyarrow as pa

        from newscrawl.corpus.columns import arrow_schema
        from newscrawl.corpus.files import record_batches

        schema = arrow_schema(self.columns)
        return pa.Table.from_batches(record_batches(self, schema), schema=schema)

    def to_pandas(self) -> pd.DataFrame:
        """Return all rows as a data frame of Arrow types: times are ``timestamp[ms, tz=UTC]``, what is not known is ``<NA>``."""
        import pandas as pd

        return self.to_arrow().to_pandas(types_mapper=pd.ArrowDtype)
