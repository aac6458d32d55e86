"""The downloader middleware that records every response as it came over the wire."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import scrapy
from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.http import TextResponse

from newscrawl import __version__
from newscrawl.archive.warc import ArchiveError
from newscrawl.archive.writer import ArchiveWriter, new_record_id
from newscrawl.freshness import UNASKED

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

SHOWN = "playwright"
"""Flag of a response that a browser brought."""

OK = 200

MAX_BYTES = 1_000_000_000
"""Default of ``NEWSCRAWL_ARCHIVE_MAX_BYTES``, at which a file is closed and the next begun."""


class UnwritableError(ArchiveError):
    """The folder to record into cannot be written."""


class RecordMiddleware:
    """Writes every response, redirects and robots.txt too, into WARC files in the folder ``NEWSCRAWL_ARCHIVE``.

    What a browser made of a page is written beside the page as it was sent, and answers for it in a replay.

    It has to stand next to the downloader, inside of HttpCompressionMiddleware, where bodies are still compressed. The
    record is flushed before anyone sees the response, so no visit can point at a record that is not there.

    ``request.meta`` gets ``archive_record`` and ``archive_date``, as in a replay.

    When the folder cannot be written any more (disk full), one line says so, the response is refused with ArchiveError
    instead of passing unrecorded, and the crawl closes with the reason ``archive_failed``.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if not settings.get("NEWSCRAWL_ARCHIVE"):
            raise NotConfigured
        check_folder(settings)
        self._crawler = crawler
        self._failure: ArchiveError | None = None
        self._closing: asyncio.Task[None] | None = None
        self._writer = ArchiveWriter(
            Path(settings["NEWSCRAWL_ARCHIVE"]),
            _crawl_id(crawler.spider),
            max_bytes=settings.getint("NEWSCRAWL_ARCHIVE_MAX_BYTES", MAX_BYTES),
            info={
                "software": f"newscrawl/{__version__} Scrapy/{scrapy.__version__}",
                "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
                "operator": settings.get("NEWSCRAWL_CONTACT"),
            },
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Be told of the crawl's end. Raises NotConfigured if nothing is to be recorded."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    def process_request(self, request: Request) -> None:
        """Forget the record of the response that redirected here, or that a browser is to make more of."""
        request.meta.pop("archive_record", None)
        request.meta.pop("archive_date", None)

    def process_response(self, request: Request, response: Response) -> Response:
        """Record the response. Raises ArchiveError if that is impossible."""
        shown = SHOWN in response.flags
        if not response.url.startswith(("http://", "https://")) or (shown and response.status != OK):
            return response
        if UNASKED in response.flags:
            return response
        if self._failure:
            raise self._failure
        date = datetime.now(UTC)
        try:
            request.meta["archive_record"] = self._write(request, response, date)
        except OSError as error:
            raise self._give_up(error) from error
        request.meta["archive_date"] = date
        self._crawler.stats.inc_value("newscrawl/archive/recorded")
        return response

    def _write(self, request: Request, response: Response, date: datetime) -> str:
        if SHOWN in response.flags:
            assert isinstance(response, TextResponse)
            made_of = request.meta["archive_id"]
            return self._writer.write_shown(response.url, response.body, response.encoding, date, made_of)
        record_id = request.meta["archive_id"] = new_record_id()
        return self._writer.write(request, response, date, record_id)

    def spider_closed(self) -> None:
        """Close the file."""
        self._writer.close()

    def _give_up(self, error: OSError) -> ArchiveError:
        self._failure = _unwritable(self._crawler.settings["NEWSCRAWL_ARCHIVE"], error)
        logger.error("%s. The crawl stops; go on with resume.", self._failure)
        with suppress(OSError):  # the error just reported, met again by what is still buffered
            self._writer.close()
        close = self._crawler.engine.close_spider_async(reason="archive_failed")
        self._closing = asyncio.get_running_loop().create_task(close)
        return self._failure


def check_folder(settings: BaseSettings) -> None:
    """See that the folder to record into can be made and written. Raises UnwritableError; ArchiveError if a replay is set too."""
    if settings.getlist("NEWSCRAWL_REPLAY"):
        raise ArchiveError("NEWSCRAWL_ARCHIVE with NEWSCRAWL_REPLAY would record what is recorded: unset one of them")
    folder = Path(settings["NEWSCRAWL_ARCHIVE"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path | str, error: OSError) -> UnwritableError:
    return UnwritableError(f"{folder} cannot be recorded into ({error.strerror}): free space or name another folder")


def _crawl_id(spider: Spider | None) -> str:
    return str(getattr(getattr(spider, "arguments", None), "crawl_id", "crawl"))
