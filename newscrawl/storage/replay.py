"""Writes into the corpus what an outage, or a refusal by the server, had kept from it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pymongo.write_concern import WriteConcern

from newscrawl.items import Outcome
from newscrawl.storage import migrations
from newscrawl.storage.batch import BatchWriter
from newscrawl.storage.connection import said_in_one_line
from newscrawl.storage.ending import count_again, has_gone_on, record_end
from newscrawl.storage.refusing import RefusalWriter
from newscrawl.storage.spool import DEAD_LETTERS, SPOOL, Spool, SpoolError, corpus_of, folder_of
from newscrawl.storage.spool_files import SpoolFile
from newscrawl.storage.summaries import summarise

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.storage.connection import Server
    from newscrawl.storage.records import PageRecord

Document = dict[str, Any]

REOPENED: Document = {
    "$set": {"outcome": Outcome.PENDING.value},
    "$unset": {"reason": "", "saved": "", "http_status": "", "settled_at": ""},
}
"""What makes an ended visit one that has yet to end."""


@dataclass(slots=True)
class Replayed:
    """What came of the files that waited."""

    pages: int = 0
    """Pages of the spool that are in the corpus now."""
    letters: int = 0
    """Pages that the server had refused and took now."""
    refused: int = 0
    """Pages that it refuses, again or for the first time; they are among the dead letters."""
    cut_off: list[str] = field(default_factory=list)
    """One sentence for each file whose last line a crash had cut off."""
    problems: list[str] = field(default_factory=list)
    """One sentence for each file that could not be written, or not to its end, and is still there."""

    def told(self) -> list[str]:
        """Return what was done, in sentences; nothing if there was nothing to do."""
        return [
            *([f"wrote {_pages(self.pages)} that an outage had kept from the corpus"] if self.pages else []),
            *([f"wrote {_pages(self.letters)} that MongoDB had refused"] if self.letters else []),
            *([f"MongoDB refuses {_pages(self.refused)}, kept among the dead letters"] if self.refused else []),
            *self.cut_off,
        ]


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"


def replay_spool(server: Server, *, dead_letters: bool = False) -> Replayed:
    """Write the spool of a corpus, and with ``dead_letters`` once more what it refused. Raises StoreUnavailableError."""
    return asyncio.run(_replay_alone(server, dead_letters=dead_letters))


async def _replay_alone(server: Server, *, dead_letters: bool) -> Replayed:
    client = await server.connect_async()
    try:
        with said_in_one_line(server.uri):
            database = client.get_database(server.database, write_concern=WriteConcern(w=1, j=True))
            await migrations.prepare(database)
            done = await replay(server, database, dead_letters=dead_letters)
            await summarise(database)
            return done
    finally:
        await client.close()


async def replay(server: Server, database: AsyncDatabase[Document], *, dead_letters: bool = False) -> Replayed:
    """Write each file that waits for this corpus and delete it when all of it is acknowledged.

    A file is written in the batches in which it was set aside, as of then; doing so again, after a crash or beside
    another process, changes nothing. Raises PyMongoError.
    """
    done = Replayed()
    for kind in (SPOOL, DEAD_LETTERS) if dead_letters else (SPOOL,):
        folder = folder_of(server, kind)
        for path in sorted(folder.glob("*.jsonl")) if folder else ():
            try:
                await _Replay(server, database, kind, done).file(path)
            except SpoolError as error:
                done.problems.append(str(error))
    return done


class _Replay:
    """The writing of one file."""

    def __init__(self, server: Server, database: AsyncDatabase[Document], kind: str, done: Replayed) -> None:
        self._server = server
        self._database = database
        self._kind = kind
        self._done = done

    async def file(self, path: Path) -> None:
        """Write a file if it is this corpus's."""
        try:
            file = SpoolFile(path)
        except FileNotFoundError:
            return
        with file:
            if not await asyncio.to_thread(file.claim):
                return
            header = file.header()
            if header is None or header["corpus"] != corpus_of(self._server):
                return
            if await self._database.crawls.find_one({"_id": {"$eq": header["crawl_id"]}}, {"_id": 1}) is None:
                raise SpoolError(f"{path} is left: the corpus knows no crawl {header['crawl_id']}")
            await self._write(header["crawl_id"], file.entries())
            if file.cut_off:
                self._done.cut_off.append(f"the last line of {path} was cut off: what it held stays pending")
            file.remove()

    async def _write(self, crawl_id: str, entries: Iterable[Document]) -> None:
        letters = Spool.of(self._server, DEAD_LETTERS, crawl_id)
        batches = BatchWriter(self._database, crawl_id)
        writer = RefusalWriter(batches, letters)
        try:
            for at, group in groupby(entries, key=lambda entry: entry["at"]):
                batch = list(group)
                await batches.write_births(visit for entry in batch for visit in entry.get("found", ()))
                await self._write_pages(writer, [entry["page"] for entry in batch if "page" in entry], at)
                ends = [entry["end"] for entry in batch if "end" in entry]
                if ends and not await has_gone_on(self._database, crawl_id, at):
                    await record_end(self._database, crawl_id, ends[-1], at)
            await count_again(self._database, crawl_id)
        finally:
            if letters:
                letters.close()

    async def _write_pages(self, writer: RefusalWriter, pages: list[PageRecord], at: datetime) -> None:
        if not pages:
            return
        if self._kind == DEAD_LETTERS:
            ids = [record.visit.visit_id for record in pages]
            failed = {"_id": {"$in": ids}, "outcome": Outcome.FAILED.value}
            await self._database.visits.update_many(failed, REOPENED)
        before = writer.refused
        await writer.write(pages, at)
        refused = writer.refused - before
        self._done.refused += refused
        if self._kind == SPOOL:
            self._done.pages += len(pages) - refused
        else:
            self._done.letters += len(pages) - refused
