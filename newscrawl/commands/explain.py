"""``scrapy explain``: how one page is read and why, for the day the markup changes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from scrapy.commands import ScrapyCommand

from newscrawl.cli import Exit, refuse, refuse_unknown_options

if TYPE_CHECKING:
    import argparse

    from newscrawl.explaining import Explanation
    from newscrawl.page import Page
    from newscrawl.sites import Site

WEB = ("http://", "https://")


class Command(ScrapyCommand):
    """Explain a page; exit 0, 1 the page cannot be had, 2 bad input."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}
    site: Site

    def syntax(self) -> str:
        """Return the words the command takes."""
        return "URL|FILE [--url URL] [--json] [--save DIR]"

    def short_desc(self) -> str:
        """Return the line that ``scrapy`` lists."""
        return "Show how a page is read: era, fields, links, and why"

    def long_desc(self) -> str:
        """Return what can be explained."""
        return (
            "Read one page as a crawl would and tell how: which eras were tried and which marker stood on the page, who the "
            "page is, which rule gave each field, what each link is and whether a crawl would follow it. A URL is fetched as "
            "a crawl fetches it, or read from the archive that NEWSCRAWL_REPLAY names; a FILE is read as it is."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add what goes beside the page."""
        super().add_options(parser)
        parser.add_argument("--url", help="the address that FILE was served from")
        parser.add_argument("--json", action="store_true", help="write one JSON object")
        parser.add_argument(
            "--save", metavar="DIR", help="write the page and what was read from it there, as a test page to begin with"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything a user can get wrong."""
        from newscrawl.sites import unwrap

        refuse_unknown_options("explain", args)
        super().process_options(args, opts)
        if len(args) != 1:
            _refuse("name one page: a URL or a file")
        if opts.url and args[0].startswith(WEB):
            _refuse("--url says where a FILE was served from: leave it out with a URL")
        if not opts.url and not args[0].startswith(WEB):
            _refuse(f"{args[0]!r} is taken for a file: say with --url where it was served from")
        self.site = self._site(unwrap(opts.url) if opts.url else args[0])  # a saved page may be a web archive's copy

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Get the page, explain it, and set the exit code."""
        from newscrawl.explaining import explain

        assert self.settings
        page = self._fetched(args[0]) if args[0].startswith(WEB) else _from_file(Path(args[0]), opts.url)
        told = explain(page, self.site, allow_private=self.settings.getbool("NEWSCRAWL_ALLOW_PRIVATE"))
        _show(told, as_json=opts.json)
        if opts.save:
            _save(told, Path(opts.save))

    def _site(self, url: str) -> Site:
        """Return the site that an address belongs to; checked as a seed of a crawl is."""
        from scrapy.spiderloader import get_spider_loader

        from newscrawl import archive
        from newscrawl.spiders.arguments import ArgumentError
        from newscrawl.spiders.story import StorySpider

        assert self.settings
        loader = get_spider_loader(self.settings)
        private = self.settings.getbool("NEWSCRAWL_ALLOW_PRIVATE")
        spiders = [spider for spider in map(loader.load, loader.list()) if issubclass(spider, StorySpider)]
        spider = next((spider for spider in spiders if spider.site.owns(url, allow_private=private)), spiders[0])
        try:
            spider.check_arguments({"seed": url}, self.settings)
            archive.check(self.settings)
        except (ArgumentError, archive.ArchiveError) as error:
            _refuse(str(error).removeprefix("seed "))
        return spider.site

    def _fetched(self, url: str) -> Page:
        from newscrawl.explaining.fetching import PageFetcher
        from newscrawl.page import Page

        assert self.crawler_process
        assert self.settings
        crawler = self.crawler_process.create_crawler(PageFetcher)
        private = self.settings.getbool("NEWSCRAWL_ALLOW_PRIVATE")
        self.crawler_process.crawl(crawler, url=url, site=self.site, allow_private=private)
        self.crawler_process.start()
        fetcher = crawler.spider
        if not isinstance(fetcher, PageFetcher) or fetcher.response is None:
            reason = fetcher.failure if isinstance(fetcher, PageFetcher) else None
            refuse("explain", Exit.NOT_FOUND, reason or f"{url} brought no page")
        header = fetcher.response.headers.get("Content-Type")
        return Page(fetcher.response.body, fetcher.response.url, header.decode("latin-1") if header else None)


def _from_file(path: Path, url: str) -> Page:
    from newscrawl.page import Page

    try:
        return Page(path.expanduser().read_bytes(), url)
    except (OSError, ValueError) as error:
        _refuse(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}): name a file or a URL")


def _show(told: Explanation, *, as_json: bool) -> None:
    from newscrawl.corpus_cli import output
    from newscrawl.explaining.showing import show

    try:
        if as_json:
            output.write_json([told.as_dict()])
        else:
            show(output.console(), told)
    except BrokenPipeError:
        output.silence_stdout()


def _save(told: Explanation, folder: Path) -> None:
    from newscrawl.explaining.fixtures import save

    try:
        page, expected = save(told, folder)
    except OSError as error:
        _refuse(f"cannot save {error.filename or folder} ({error.strerror}): name another folder")
    sys.stderr.write(
        f"saved {page} and {expected.name}: check every line, and put invented text in place of the page's\n"
    )


def _refuse(message: str) -> NoReturn:
    refuse("explain", Exit.BAD_INPUT, message)
