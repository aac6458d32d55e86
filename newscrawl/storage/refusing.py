"""Writing pages of which the server may refuse some: those are set aside with the reason, and no other is lost."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newscrawl.items import Outcome
from newscrawl.storage.patience import is_refusal

if TYPE_CHECKING:
    from newscrawl.storage.batch import BatchWriter
    from newscrawl.storage.records import PageRecord
    from newscrawl.storage.spool import Spool

logger = logging.getLogger(__name__)

REASON = 500
"""Characters of a reason that are kept: a server may quote the whole document."""


class RefusalWriter:
    """Writes batches; a page that cannot be stored has failed, keeps its edges, and goes to the dead letters whole."""

    def __init__(self, writer: BatchWriter, letters: Spool | None) -> None:
        self._writer = writer
        self._letters = letters
        self.refused = 0
        """Pages refused so far."""

    async def write(self, batch: list[PageRecord], at: datetime | None = None) -> None:
        """Write a batch, as of ``at`` (default: now). Raises what is no refusal, and SpoolError."""
        try:
            await self._writer.write(batch, at)
        except Exception as error:
            if not is_refusal(error):
                raise
            for record in batch:
                if len(batch) == 1:
                    self._leave_out(record, error)
                await self.write([record], at)

    def _leave_out(self, record: PageRecord, refusal: Exception) -> None:
        """Take the story out of a record, and if it was not to blame the edges too."""
        if record.page is None:
            raise refusal
        if record.refused is not None:
            record.page = None
            return
        reason = f"cannot be stored: {refusal}"[:REASON].encode(errors="replace").decode()
        logger.warning("MongoDB refuses %s, which %s", record.visit.url, reason)
        if self._letters:
            self._letters.add_pages([record], datetime.now(UTC), reason=reason)
        record.refused = reason
        self.refused += 1
        record.visit.outcome, record.visit.reason = Outcome.FAILED, reason
