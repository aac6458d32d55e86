"""WARC archives: replay them instead of the network, and record every response into them.

Nothing else in newscrawl knows how an archive is stored. ``scrapy crawl`` calls ``check`` before it starts; the rest is
reached through settings (``ReplayHandler``, ``RecordMiddleware``) or by whoever wants archived pages without a crawl (``captures``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.archive.index import open_archive
from newscrawl.archive.record import RecordMiddleware, UnwritableError, check_folder
from newscrawl.archive.replay import NotInArchive, ReplayHandler
from newscrawl.archive.warc import ArchiveError, Capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scrapy.settings import BaseSettings

__all__ = [
    "ArchiveError",
    "Capture",
    "NotInArchive",
    "RecordMiddleware",
    "ReplayHandler",
    "UnwritableError",
    "captures",
    "captures_by_story",
    "check",
]


def check(settings: BaseSettings) -> None:
    """See that the archive to replay, or the folder to record into, can be used: a crawl need not start in vain.

    Raises ArchiveError with one line that says why not. The index built here is the one the crawl will use.
    """
    if settings.get("NEWSCRAWL_ARCHIVE"):
        check_folder(settings)
    if files := settings.getlist("NEWSCRAWL_REPLAY"):
        open_archive(files)


def captures(files: Iterable[str]) -> Iterator[Capture]:
    """Yield every response in these files in file order: several of one address if it was captured several times.

    A revisit comes with the body it repeats; "304 Not Modified" and what cannot be read are left out. Raises ArchiveError
    if a file cannot be used.
    """
    return iter(open_archive(files))


def captures_by_story(files: Iterable[str]) -> Iterator[Capture]:
    """Yield what ``captures`` yields, but the captures of one story one after the other, the oldest first."""
    return open_archive(files).by_story()
