"""The download handler that answers requests from an archive. It opens no socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.archive.index import open_archive

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from newscrawl.archive.warc import Capture


class NotInArchive(Exception):  # noqa: N818
    """The archive that is replayed does not hold this address. Not an error of the network: never retried."""


class ReplayHandler(BaseDownloadHandler):
    """Answers http and https from the WARC files of ``NEWSCRAWL_REPLAY``, as the network would have when they were made.

    The response has its status, its headers and its body as received, so the middlewares decompress, redirect, retry and
    obey robots.txt as ever. Without a robots.txt in the archive nothing is barred. The response's ``url`` is the address
    asked for or, where the same story is archived under another one, that.

    ``request.meta`` gets ``archive_record`` (str, ``file.warc.gz@offset``) and ``archive_date`` (datetime, UTC: when the
    response was captured, hence the ``fetched_at`` of what is read from it; absent if the record does not say).
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._archive = open_archive(crawler.settings.getlist("NEWSCRAWL_REPLAY"))
        self._max_size = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        crawler.stats.set_value("newscrawl/archive/responses", len(self._archive))
        for reason, count in self._archive.left_out.items():
            crawler.stats.set_value(f"newscrawl/archive/{reason}", count)

    async def download_request(self, request: Request) -> Response:
        """Return the archived response. Raises NotInArchive."""
        for key in ("archive_record", "archive_date"):
            request.meta.pop(key, None)  # of the response that redirected here
        capture = self._archive.find(request.url)
        if capture is None:
            return _without_robots(request)
        if self._max_size and len(capture.raw) > self._max_size:
            raise DownloadCancelledError(
                f"{request.url}: {len(capture.raw)} bytes, DOWNLOAD_MAXSIZE is {self._max_size}"
            )
        request.meta["archive_record"] = capture.position
        if capture.date:
            request.meta["archive_date"] = capture.date
        return _response(capture, request)


def _without_robots(request: Request) -> Response:
    if urlparse_cached(request).path == "/robots.txt":
        return Response(request.url, status=404)
    raise NotInArchive(f"{request.url} is not in the archive")


def _response(capture: Capture, request: Request) -> Response:
    response_class = responsetypes.from_args(headers=capture.headers, url=capture.url, body=capture.raw)
    return response_class(capture.url, status=capture.status, headers=capture.headers, body=capture.raw)
