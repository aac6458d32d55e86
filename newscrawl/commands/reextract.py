"""``scrapy reextract``: today's rules over archived pages, without the network, and into the corpus."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from scrapy.commands import ScrapyCommand

from newscrawl.cli import Exit, refuse, refuse_unknown_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.archive import Capture
    from newscrawl.storage import Server

NO_ARCHIVE = "there is no archive to read: name WARC files with --replay, or set NEWSCRAWL_REPLAY or NEWSCRAWL_ARCHIVE"


class Command(ScrapyCommand):
    """Read archived pages again; exit 0, 1 the corpus has none of them, 2 bad input, 4 no store, 130 interrupted."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Return the words the command takes."""
        return "[--replay FILES] [--era ERA] [--since DATE] [--dry-run] [--json]"

    def short_desc(self) -> str:
        """Return the line that ``scrapy`` lists."""
        return "Read archived pages again by today's rules and correct the corpus"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Read the pages that crawls recorded, or were replayed from, by the rules of today and compare what they give with "
            "the corpus, field by field and edge by edge. What differs is shown and then written: as a change of ours, never "
            "as a revision by the BBC. No request is made. A story that was fetched later than its archived page is left "
            "alone. It may be cut off, and run beside a crawl; run again it goes on with what is left."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add which pages, and what is done with them."""
        from newscrawl.corpus_cli.parsing import a_date, an_era

        super().add_options(parser)
        parser.add_argument(
            "--replay",
            metavar="FILES",
            help="WARC files or folders of them, with commas between (default: NEWSCRAWL_REPLAY, else NEWSCRAWL_ARCHIVE)",
        )
        parser.add_argument("--era", type=_checked(an_era), help="only pages stored as of this era, or now read so")
        parser.add_argument(
            "--since", type=_checked(a_date), metavar="DATE", help="only pages fetched on or after YYYY-MM-DD (UTC)"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")
        parser.add_argument("--json", action="store_true", help="write lines of JSON, one object a page")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything a user can get wrong."""
        refuse_unknown_options("reextract", args)
        super().process_options(args, opts)
        if args:
            _refuse(Exit.BAD_INPUT, f"{args[0]!r} is not asked for: files are named with --replay")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read, show, write, and set the exit code."""
        from newscrawl import archive
        from newscrawl.corpus import Corpus
        from newscrawl.corpus_cli import output
        from newscrawl.corpus_cli.statistics import EMPTY
        from newscrawl.storage import Server, StoreUnavailableError

        assert self.settings
        files = self._files(opts)
        try:
            server = Server.from_settings(self.settings)
            with Corpus(server) as corpus:
                if corpus.empty:
                    _refuse(Exit.NOT_FOUND, EMPTY)
                self.exitcode = asyncio.run(_reextract(server, archive.captures_by_story(files), opts))
        except StoreUnavailableError as error:
            _refuse(Exit.STORE_UNAVAILABLE, str(error))
        except archive.ArchiveError as error:
            _refuse(Exit.BAD_INPUT, str(error))
        except BrokenPipeError:
            output.silence_stdout()
        except KeyboardInterrupt:
            _refuse(Exit.INTERRUPTED, "interrupted; what was written stays, the same command goes on with the rest")

    def _files(self, opts: argparse.Namespace) -> list[str]:
        assert self.settings
        if opts.replay:
            return [name for name in opts.replay.split(",") if name.strip()]
        folder = self.settings["NEWSCRAWL_ARCHIVE"]
        files = self.settings.getlist("NEWSCRAWL_REPLAY") or ([folder] if folder else [])
        return files or _refuse(Exit.BAD_INPUT, NO_ARCHIVE)


async def _reextract(server: Server, captures: Iterator[Capture], opts: argparse.Namespace) -> Exit:
    """Show what came of each page, as soon as it is there, and the sum; return the exit code."""
    from newscrawl.corpus_cli import output
    from newscrawl.reextraction import Passed, as_plain, reextract
    from newscrawl.reextraction.showing import show, summarise
    from newscrawl.reextraction.tally import Tally
    from newscrawl.storage.rewriting import Rewriter, writing

    tally, console = Tally(), output.console()
    async with writing(server, dry_run=opts.dry_run) as database:
        rewriter = Rewriter(database, era=opts.era, dry_run=opts.dry_run)
        async for told in reextract(captures, rewriter, opts.since):
            tally.add(told)
            if opts.json:
                output.write_json([as_plain(told)])
            elif not isinstance(told, Passed) and told.changed:
                show(console, told)
    if opts.json:
        output.write_json([tally.as_dict()])
    else:
        summarise(console, tally, dry_run=opts.dry_run)
    return Exit.OK if tally.pages else Exit.NOT_FOUND


def _checked(read: Any) -> Any:
    """Return what argparse is to call for a value: one that is wrong is refused in one line, without the usage."""

    def checked(text: str) -> Any:
        try:
            return read(text)
        except argparse.ArgumentTypeError as error:
            _refuse(Exit.BAD_INPUT, str(error))

    return checked


def _refuse(code: Exit, message: str) -> NoReturn:
    refuse("reextract", code, message)
