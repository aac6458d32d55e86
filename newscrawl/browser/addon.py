"""The Scrapy add-on that puts the browser beside the network."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from newscrawl.browser.chromium import launch_options, wanted

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

ORDER = 540
"""Nearer to the engine than retries, redirects and decompression (550 to 600)."""


class BrowserAddon:
    """``NEWSCRAWL_BROWSER``: with ``auto``, pages that need it are shown in Chromium. Otherwise nothing is changed."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Put the browser's handler in place of Scrapy's, which it extends, and the middleware that decides."""
        if not wanted(settings):
            return
        if settings["NEWSCRAWL_REPLAY"]:
            logger.warning("NEWSCRAWL_BROWSER is off: the archive that is replayed answers for what its pages load")
            return
        handler = "newscrawl.browser.handler.BrowserHandler"
        private = settings.getbool("NEWSCRAWL_ALLOW_PRIVATE")
        middlewares = settings.getdict("DOWNLOADER_MIDDLEWARES")
        for name, value in {
            "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
            "DOWNLOADER_MIDDLEWARES": middlewares | {"newscrawl.browser.middleware.BrowserMiddleware": ORDER},
            "RETRY_EXCEPTIONS": [*settings.getlist("RETRY_EXCEPTIONS"), "newscrawl.browser.handler.NotShown"],
            "PLAYWRIGHT_BROWSER_PROVIDER": "newscrawl.browser.handler.LazyProvider",
            "PLAYWRIGHT_LAUNCH_OPTIONS": launch_options(allow_private=private),
            "PLAYWRIGHT_PROCESS_REQUEST_HEADERS": None,
        }.items():
            settings.set(name, value, "cmdline")
