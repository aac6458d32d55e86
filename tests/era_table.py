"""The tables of docs/page-eras.md, from the eras themselves: ``python -m tests.era_table`` writes them anew."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING

import newscrawl.eras
import newscrawl.sites.bbc.eras
from newscrawl.sites.bbc import ERAS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from newscrawl.eras import Era

PAGE = Path(__file__).parent.parent / "docs" / "page-eras.md"
BEGIN, END = "<!-- written by python -m tests.era_table -->\n", "<!-- up to here -->\n"


def modules() -> Iterator[ModuleType]:
    """Yield every module that may hold eras."""
    for package in (newscrawl.sites.bbc.eras, newscrawl.eras):
        for found in pkgutil.iter_modules(package.__path__):
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def pages_of(era: Era) -> str:
    """Return which pages an era reads: the first line of its module."""
    for module in modules():
        parts = (part for value in vars(module).values() for part in (value if isinstance(value, tuple) else (value,)))
        if any(part is era for part in parts):
            return (module.__doc__ or "").partition("\n")[0].rstrip(".")
    raise LookupError(era.name)


def tables() -> str:
    """Return the three tables as Markdown."""
    fields = list(dict.fromkeys(name for era in ERAS for name in era.fields))
    return "\n\n".join(
        [
            table(["era", "its pages", "marker"], [[f"`{e.name}`", pages_of(e), code(e.marker.name)] for e in ERAS]),
            "Which fields an era has rules for:",
            table(
                ["era", *(f"`{name}`" for name in fields)],
                [[f"`{era.name}`", *(sources(era, name) for name in fields)] for era in ERAS if era.fields],
            ),
            "Where the links of an era's pages are read, in this order; an index page's are *listed*:",
            table(["era", "blocks of links", "listed"], [[f"`{era.name}`", *blocks(era)] for era in ERAS]),
        ]
    )


def sources(era: Era, name: str) -> str:
    """Return how many places are tried for a field."""
    return str(len(era.fields.get(name, ()))).replace("0", "")


def blocks(era: Era) -> list[str]:
    """Return the names of the rules for links on stories and on indexes."""
    main_content = "main content" if era.target or not era.listed else ""
    return [
        "<br>".join(code(rule.name) for rule in era.links),
        "<br>".join(code(rule.name) for rule in era.listed) or main_content,
    ]


def code(text: str) -> str:
    """Return a text as code that may stand in a table."""
    return f"`{text}`".replace("|", "\\|")


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |".replace("  ", " ") for line in lines)


def renewed(document: str) -> str:
    """Return the page with the tables as they should be. Raises ValueError where the page does not mark their place."""
    before, _, rest = document.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"no place for the tables between {BEGIN.strip()} and {END.strip()}")
    markdown = re.sub(r"``([^`]+)``", r"`\1`", tables())
    return f"{before}{BEGIN}\n{markdown}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
