"""``scrapy crawl``: Scrapy's own, with what ``newscrawl/crawl_cli/`` adds, which is loaded only when a crawl is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.commands import crawl

from newscrawl.cli import refuse_unknown_options

if TYPE_CHECKING:
    import argparse

    from newscrawl.storage import Server


class Command(crawl.Command):
    """Run a spider; exit 0 if stories are stored or unchanged, 2 bad input, 3 nothing stored, 4 no store, 130 interrupted."""

    server: Server | None = None

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything a user can get wrong. Scrapy prints its banner after this: a refusal is the only line."""
        from newscrawl.crawl_cli.checks import Checks

        refuse_unknown_options("crawl", args)
        super().process_options(args, opts)
        assert self.settings
        self.server = Checks(self.settings).server_of(args, opts.spargs)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider and set the exit code."""
        from newscrawl.crawl_cli.running import run

        if self.server is None:
            super().run(args, opts)
            return
        assert self.crawler_process
        try:
            self.exitcode = run(self.crawler_process, self._create_crawler(args[0]), opts.spargs)
        finally:
            self.server.release()
