"""``scrapy crawl``: Scrapy's own, with arguments checked before any request and an exit code that says what came of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

from scrapy.commands import crawl
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.log import configure_logging

from newscrawl import archive, browser
from newscrawl.cli import Exit, quiet_on_terminal, refuse, refuse_unknown_options
from newscrawl.freshness import Saved
from newscrawl.frontier import STORED_BEFORE
from newscrawl.items import Outcome
from newscrawl.spiders.arguments import ArgumentError
from newscrawl.spiders.story import StorySpider
from newscrawl.storage import ResumeError, Server, StoreUnavailableError, arguments_of
from newscrawl.storage.store import LOST, REFUSED, SPOOLED, UNWRITTEN
from newscrawl.summary import kept_back, next_commands, saved_line, visits_table

if TYPE_CHECKING:
    import argparse

    from scrapy import Spider
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

RESUMABLE = frozenset({"resume", "retry_failed", "max_stories"})
"""What may be said of a crawl that is taken up again."""

INTERRUPTED = "shutdown"
"""Scrapy's finish reason after SIGINT or SIGTERM."""


NEVER_BEGUN = frozenset({None, "store_unavailable"})
UNWRITABLE = NEVER_BEGUN | {"store_lost", "archive_failed"}
"""Finish reasons of a crawl that could not write."""


class Command(crawl.Command):
    """Run a spider; exit 0 if stories are stored or unchanged, 2 bad input, 3 nothing stored, 4 no store, 130 interrupted."""

    server: Server | None = None

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything a user can get wrong. Scrapy prints its banner after this: a refusal is the only line."""
        refuse_unknown_options("crawl", args)
        super().process_options(args, opts)
        spider = self._spider(args)
        if issubclass(spider, StorySpider):
            self._check_resume(opts.spargs)
            if "resume" not in opts.spargs:
                self._check(spider, opts.spargs)
            self.server = self._find_server()
            if "resume" in opts.spargs:
                self._take_up(opts.spargs)
                self._check(spider, opts.spargs)
            assert self.settings
            quiet_on_terminal(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider and set the exit code."""
        if self.server is None:
            super().run(args, opts)
            return
        try:
            self._crawl(args[0], opts.spargs)
        finally:
            self.server.release()

    def _spider(self, args: list[str]) -> type[Spider]:
        assert self.settings
        loader = get_spider_loader(self.settings)
        names = loader.list()
        if len(args) != 1 or args[0] not in names:
            self._refuse(Exit.BAD_INPUT, f"name one spider: {', '.join(names)}")
        return loader.load(args[0])

    def _check(self, spider: type[StorySpider], given: dict[str, str]) -> None:
        assert self.settings
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

    def _take_up(self, given: dict[str, str]) -> None:
        """Put the arguments of the crawl that is resumed in place of those given, but for a larger max_stories."""
        assert self.server
        try:
            begun = arguments_of(self.server, given.pop("resume"))
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
        assert self.settings
        if self.settings["LOG_FILE"]:
            configure_logging(self.settings)
            logger.error("%s", message)
        refuse("crawl", code, message)

    def _find_server(self) -> Server:
        assert self.settings
        try:
            server = Server.from_settings(self.settings)
            server.connect().close()
        except StoreUnavailableError as error:
            self._refuse(Exit.STORE_UNAVAILABLE, str(error))
        return server

    def _crawl(self, spider: str, given: dict[str, str]) -> None:
        assert self.crawler_process
        crawler = self._create_crawler(spider)
        self.crawler_process.crawl(crawler, **given)
        self.crawler_process.start()
        self.exitcode = exit_code(crawler)
        begun = crawler.stats and crawler.stats.get_value("finish_reason") not in NEVER_BEGUN
        if begun and isinstance(crawler.spider, StorySpider):
            self._summarise(crawler.spider, crawler)

    def _summarise(self, spider: StorySpider, crawler: Crawler) -> None:
        """Print what came of the crawl, to standard error: standard output may be a feed."""
        from rich.console import Console

        assert crawler.stats
        arguments = spider.arguments
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        if self.exitcode == Exit.INTERRUPTED:
            stored = "" if crawler.stats.get_value(LOST) else "; all that was fetched is stored"
            console.print(f"scrapy crawl: interrupted{stored} under crawl {arguments.crawl_id}")
        counts = {one.value: crawler.stats.get_value(f"newscrawl/visit/{one.value}", 0) for one in Outcome}
        console.print(visits_table(counts) if any(counts.values()) else "no page was fetched")
        if saved := saved_line({way: crawler.stats.get_value(f"newscrawl/saved/{way}", 0) for way in Saved}):
            console.print(saved)
        console.print(f"crawl {arguments.crawl_id} in database {crawler.settings['MONGO_DATABASE']}")
        for line in kept_back(*(crawler.stats.get_value(name, 0) for name in (SPOOLED, UNWRITTEN, REFUSED))):
            console.print(line)
        commands = next_commands(
            arguments.crawl_id,
            seed_id=spider.site.story_id(arguments.seeds[0]) if self.exitcode == Exit.OK else None,
            resumed_by=spider.name if self.exitcode in {Exit.INTERRUPTED, Exit.STORE_UNAVAILABLE} else None,
        )
        for command in commands:
            console.print(f"  {command}")


def exit_code(crawler: Crawler) -> Exit:
    """Return what a finished crawl's exit code is, by how it ended and what was stored."""
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    if reason == INTERRUPTED:
        return Exit.INTERRUPTED
    if reason in UNWRITABLE or (crawler.stats and crawler.stats.get_value(LOST)):
        return Exit.STORE_UNAVAILABLE
    stored = [crawler.stats.get_value(f"newscrawl/visit/{one.value}", 0) for one in Outcome if one.stored]
    return Exit.OK if any(stored) or crawler.stats.get_value(STORED_BEFORE) else Exit.NOTHING_STORED
