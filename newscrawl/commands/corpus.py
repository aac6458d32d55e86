"""``scrapy corpus``: ask the corpus. The verbs stand in ``newscrawl/corpus_cli/``, which is loaded only when asked."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.cli import Exit, refuse, refuse_unknown_options

if TYPE_CHECKING:
    from collections.abc import Sequence


class Command(ScrapyCommand):
    """Answer a question; exit 0, 1 not found, 2 bad input, 4 no store, 130 interrupted."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Return the words the command takes."""
        return "VERB [arguments] [options]"

    def short_desc(self) -> str:
        """Return the line that ``scrapy`` lists."""
        return "Ask the corpus: search, read a story, see it over time"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Leave all from the verb on to the verb's own parser; ``scrapy corpus -h`` lists the verbs."""
        from newscrawl.corpus_cli.verbs import VERBS

        super().add_options(parser)
        parser.add_argument("words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
        verbs = "\n".join(f"  {name:<14}{verb.help}\n{'':<16}{verb.examples[0]}" for name, verb in VERBS.items())
        parser.epilog = (
            f"verbs, each with an example (scrapy corpus VERB -h for its options; all take --json):\n{verbs}"
        )
        parser.formatter_class = argparse.RawDescriptionHelpFormatter

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the verb and its options, refusing what does not exist."""
        from newscrawl.corpus_cli.parsing import parse
        from newscrawl.corpus_cli.verbs import VERBS

        refuse_unknown_options("corpus", args, "options come after the verb; scrapy corpus -h lists the verbs")
        self.asked = parse(VERBS, opts.words)
        opts.set += self.asked.set
        try:
            super().process_options(args, opts)
        except UsageError as error:
            refuse("corpus", Exit.BAD_INPUT, str(error))

    def run(self, args: Sequence[str], opts: argparse.Namespace) -> None:
        """Ask, and set the exit code."""
        from newscrawl.corpus_cli.answering import run
        from newscrawl.corpus_cli.verbs import VERBS

        assert self.settings
        self.exitcode = run(VERBS[self.asked.verb], self.asked, self.settings)
