"""Reading the words after ``scrapy corpus``. Everything a user can get wrong is one line and exit code 2."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

from newscrawl import sites
from newscrawl.cli import Exit, refuse
from newscrawl.corpus import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newscrawl.corpus_cli.verbs import Verb

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


class VerbParser(argparse.ArgumentParser):
    """A parser of one verb's arguments that refuses in one line."""

    def error(self, message: str) -> NoReturn:
        """End the process with the message and where help is."""
        command = self.prog.removeprefix("scrapy ")
        refuse(command, Exit.BAD_INPUT, f"{message}: {self.prog} -h lists what is allowed")


def parse(verbs: Mapping[str, Verb], words: Sequence[str]) -> argparse.Namespace:
    """Return the checked options; ``verb`` is the name of the first word. Ends the process where a word is wrong."""
    allowed = ", ".join(verbs)
    if not words:
        refuse("corpus", Exit.BAD_INPUT, f"say what to do: {allowed}; scrapy corpus -h explains them")
    if words[0] not in verbs:
        refuse("corpus", Exit.BAD_INPUT, f"unknown verb {words[0]!r}: allowed are {allowed}")
    if wrong := next((word for word in words if not _is_unicode(word)), None):
        refuse("corpus", Exit.BAD_INPUT, f"{wrong!r} is not valid UTF-8")
    return parser(words[0], verbs[words[0]]).parse_args(words[1:])


def _is_unicode(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def parser(name: str, verb: Verb) -> VerbParser:
    """Return the parser of one verb."""
    made = VerbParser(
        prog=f"scrapy corpus {name}",
        description=verb.help,
        epilog="example:\n" + "\n".join(f"  {example}" for example in verb.examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for flags, options in verb.arguments:
        made.add_argument(*flags, **options)
    made.add_argument("--json", action="store_true", help="write lines of JSON, one object a line")
    made.add_argument(
        "-s",
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a setting, as in MONGO_DATABASE=other",
    )
    made.set_defaults(verb=name)
    return made


def a_date(text: str) -> datetime:
    """Return the beginning of a day, month or year in UTC."""
    if not _DATE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no date: give YYYY-MM-DD, YYYY-MM or YYYY")
    try:
        return datetime.fromisoformat((text + "-01-01")[:10]).replace(tzinfo=UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: there is no such day") from None


def a_number(text: str) -> int:
    """Return a whole number from 0."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def a_depth(text: str) -> int:
    """Return how many steps a walk may take."""
    depth = a_number(text)
    if not 1 <= depth <= MAX_DEPTH:
        raise argparse.ArgumentTypeError(f"{text!r} is no depth: give a number from 1 to {MAX_DEPTH}")
    return depth


def an_era(text: str) -> str:
    """Return the name of a page era that some site has."""
    eras = list(dict.fromkeys(era.name for site in sites.SITES for era in site.eras))
    if text not in eras:
        raise argparse.ArgumentTypeError(f"unknown era {text!r}, allowed are {', '.join(eras)}")
    return text


def a_language(text: str) -> str:
    """Return a BCP 47 tag."""
    if not _LANGUAGE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no language tag like en, en-GB or fa")
    return text
