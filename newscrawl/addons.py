"""Scrapy add-ons: what one newscrawl setting means for Scrapy's settings."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)


class ReplayAddon:
    """``NEWSCRAWL_REPLAY``: responses come from WARC files. Politeness has nobody to be polite to; robots stay in force."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Put the replay handler in place of the network."""
        if not settings["NEWSCRAWL_REPLAY"]:
            return
        handler = "newscrawl.archive.replay.ReplayHandler"
        settings.set("DOWNLOAD_HANDLERS", {"http": handler, "https": handler}, "cmdline")
        for name, value in {
            "DOWNLOAD_DELAY": 0,
            "AUTOTHROTTLE_ENABLED": False,
            "CONCURRENT_REQUESTS": 16,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        }.items():
            settings.set(name, value, "cmdline")


class JobFolderAddon:
    """``JOBDIR``: ignored, because the crawl log is the queue and survives a crash, which a job folder does not."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Take it away, with a warning."""
        if settings["JOBDIR"]:
            logger.warning("JOBDIR is ignored: newscrawl keeps its queue in the corpus (see the visits collection)")
            settings.set("JOBDIR", None, "cmdline")


class PrivateAddon:
    """``NEWSCRAWL_ALLOW_PRIVATE``: hosts with private addresses are allowed, for tests on one's own machine."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Say so; the spider and the resolver read the setting themselves."""
        if settings.getbool("NEWSCRAWL_ALLOW_PRIVATE"):
            logger.warning("NEWSCRAWL_ALLOW_PRIVATE=1: private and loopback addresses are allowed")


class ContactAddon:
    """``NEWSCRAWL_CONTACT``: who runs this crawl, in the User-Agent, so that the site can reach them."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Put the contact into the User-Agent, or warn that there is none."""
        if contact := settings["NEWSCRAWL_CONTACT"]:
            settings.set("USER_AGENT", f"{settings['USER_AGENT']} ({contact})", "cmdline")
        elif not settings["NEWSCRAWL_REPLAY"]:
            logger.warning("NEWSCRAWL_CONTACT is not set: say in it how the site can reach you (mail address or page)")
