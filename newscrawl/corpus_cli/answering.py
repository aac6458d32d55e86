"""From a checked question to its answer on standard output and an exit code."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from newscrawl.cli import Exit, refuse
from newscrawl.corpus import Corpus, NotFoundError, QuestionError, leave_promptly
from newscrawl.corpus_cli import output
from newscrawl.corpus_cli.statistics import EMPTY
from newscrawl.storage import StoreUnavailableError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from scrapy.settings import BaseSettings

    from newscrawl.corpus_cli.verbs import Verb


def run(verb: Verb, asked: Namespace, settings: BaseSettings) -> Exit:
    """Ask the corpus that the settings name. Ends the process with one line where there is no answer."""
    command = f"corpus {asked.verb}"
    leave_promptly()
    try:
        with Corpus.from_settings(settings) as corpus:
            try:
                answer(verb, asked, corpus)
            except NotFoundError as error:
                refuse(command, Exit.NOT_FOUND, EMPTY if corpus.empty else str(error))
            except QuestionError as error:
                refuse(command, Exit.BAD_INPUT, str(error))
    except StoreUnavailableError as error:
        refuse(command, Exit.STORE_UNAVAILABLE, str(error))
    except BrokenPipeError:
        output.silence_stdout()
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return Exit.OK


def answer(verb: Verb, asked: Namespace, corpus: Corpus) -> None:
    """Write the answer as lines of JSON or as a table. Raises NotFoundError where it has no rows but should."""
    one_page = bool(verb.page) and asked.limit is None and not asked.json
    if verb.page and asked.limit is None:
        asked.limit = verb.page + 1 if one_page else 0
    rows = verb.ask(corpus, asked)
    if verb.nothing:
        rows = _some(rows, verb.nothing)
    if asked.json:
        output.write_json(rows)
        return
    console = output.console()
    if not verb.nothing:
        verb.show(console, rows, asked)
        return
    page = list(rows)
    more = one_page and len(page) > verb.page
    verb.show(console, page[: verb.page] if more else page, asked)
    if more:
        console.print(output.shown(f"There are more: --limit N shows N, --limit 0 all {asked.verb}.", "dim"))


def _some(rows: Iterable[Any], nothing: str) -> Iterator[Any]:
    rows = iter(rows)
    for first in rows:
        return chain([first], rows)
    raise NotFoundError(nothing)
