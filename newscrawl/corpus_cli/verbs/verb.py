"""What a verb of ``scrapy corpus`` is, and the arguments that several of them take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newscrawl.corpus_cli.parsing import a_number
from newscrawl.items import Relation

if TYPE_CHECKING:
    from argparse import Namespace

    from newscrawl.corpus import Corpus

Argument = tuple[tuple[str, ...], dict[str, Any]]
Rows = Iterable[Any]


def argument(*flags: str, **options: Any) -> Argument:
    """Return an argument as argparse takes it."""
    return flags, options


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One question, how it is asked and how its answer is shown."""

    ask: Callable[[Corpus, Namespace], Rows]
    """Returns the rows, each of which has a form in JSON. Raises NotFoundError."""
    show: Callable[..., None]
    """Takes a console, the rows and the options."""
    help: str
    examples: tuple[str, ...]
    arguments: tuple[Argument, ...] = ()
    page: int = 0
    """How many rows a table shows unless ``--limit`` says otherwise; 0 for an answer that is shown whole."""
    nothing: str = ""
    """What is said where there are no rows."""


STORY = argument("story", metavar="ID|URL", help="a story's id (bbc:21817201 or 21817201) or address, in any form")
LIMIT = argument(
    "--limit", type=a_number, metavar="N", help="at most N rows, 0 for all (default: one page as a table, all as JSON)"
)
WALKED = [relation.value for relation in Relation if relation is not Relation.LISTED]
"""Relations that lead from story to story."""
