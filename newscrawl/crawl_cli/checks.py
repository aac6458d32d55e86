"""Everything a user can get wrong in a crawl, found before any request is made."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

from scrapy.spiderloader import get_spider_loader
from scrapy.utils.log import configure_logging

from newscrawl import archive, browser
from newscrawl.cli import Exit, quiet_on_terminal, refuse
from newscrawl.spiders.arguments import ArgumentError
from newscrawl.spiders.story import StorySpider
from newscrawl.storage import ResumeError, Server, StoreUnavailableError, arguments_of

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.settings import Settings

logger = logging.getLogger(__name__)

RESUMABLE = frozenset({"resume", "retry_failed", "max_stories"})
"""What may be said of a crawl that is taken up again."""


class Checks:
    """The checks of one command line. Each ends the process with one line where something is wrong."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def server_of(self, words: list[str], given: dict[str, str]) -> Server | None:
        """Return the server of a crawl whose arguments are right, and complete them; None for a spider of another kind."""
        spider = self._spider(words)
        if not issubclass(spider, StorySpider):
            return None
        self._check_resume(given)
        if "resume" not in given:
            self._check(spider, given)
        server = self._find_server()
        if "resume" in given:
            self._take_up(server, given)
            self._check(spider, given)
        quiet_on_terminal(self.settings)
        return server

    def _spider(self, words: list[str]) -> type[Spider]:
        loader = get_spider_loader(self.settings)
        names = loader.list()
        if len(words) != 1 or words[0] not in names:
            self._refuse(Exit.BAD_INPUT, f"name one spider: {', '.join(names)}")
        return loader.load(words[0])

    def _check(self, spider: type[StorySpider], given: dict[str, str]) -> None:
        try:
            spider.check_arguments(given, self.settings)
            archive.check(self.settings)
            browser.check(self.settings)
        except archive.UnwritableError as error:
            self._refuse(Exit.STORE_UNAVAILABLE, str(error))
        except (ArgumentError, archive.ArchiveError, browser.BrowserError) as error:
            self._refuse(Exit.BAD_INPUT, str(error))

    def _check_resume(self, given: dict[str, str]) -> None:
        """Refuse what a crawl cannot change its mind about once it has begun."""
        if "retry_failed" in given and ("resume" not in given or given["retry_failed"] != "1"):
            self._refuse(Exit.BAD_INPUT, "retry_failed goes with resume=CRAWL_ID, and its value is 1")
        others = [name for name in given if name not in RESUMABLE and not name.startswith("_")]
        if "resume" in given and others:
            self._refuse(Exit.BAD_INPUT, f"{others[0]} cannot be given with resume: the crawl goes on as it began")

    def _take_up(self, server: Server, given: dict[str, str]) -> None:
        """Put the arguments of the crawl that is resumed in place of those given, but for a larger max_stories."""
        try:
            begun = arguments_of(server, given.pop("resume"))
        except ResumeError as error:
            self._refuse(Exit.BAD_INPUT, str(error))
        if given.pop("retry_failed", None):
            begun["_retry_failed"] = "1"
        said = given.get("max_stories", "")
        if said.isdecimal() and int(said) < int(begun["max_stories"]):
            self._refuse(
                Exit.BAD_INPUT,
                f"max_stories={said} is less than the crawl's {begun['max_stories']}: give more",
            )
        given.update(begun | ({"max_stories": said} if said else {}))

    def _refuse(self, code: Exit, message: str) -> NoReturn:
        """End with one line on standard error, and in the log file if there is one: of a job Scrapyd shows nothing else."""
        if self.settings["LOG_FILE"]:
            configure_logging(self.settings)
            logger.error("%s", message)
        refuse("crawl", code, message)

    def _find_server(self) -> Server:
        try:
            server = Server.from_settings(self.settings)
            server.connect().close()
        except StoreUnavailableError as error:
            self._refuse(Exit.STORE_UNAVAILABLE, str(error))
        return server
