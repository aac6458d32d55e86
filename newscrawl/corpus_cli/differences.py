"""What changed in a story, on the screen: in colours on a terminal, with marks elsewhere."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from newscrawl.corpus import Change
from newscrawl.corpus_cli.output import count, lines, moment, shown, unbroken
from newscrawl.corpus_cli.story import READABLE

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from newscrawl.corpus import Run

Document = dict[str, Any]

STYLES = {Change.EQUAL: "", Change.DELETE: "red strike", Change.INSERT: "green underline"}
MARKS = {Change.EQUAL: ("", ""), Change.DELETE: ("[-", "-]"), Change.INSERT: ("{+", "+}")}
"""Those that wdiff has, for where there are no colours."""
PARTS = {"headline": "headline", "summary": "summary", "body": "text", "posts": "posts"}
OTHER_RULES = "The two were read by different rules (versions {} and {}): not every difference is the BBC's."


def differences(console: Console, rows: Iterable[Document], asked: Namespace) -> None:
    """Show two states of a story and what changed from one to the other; paragraphs that did not are counted."""
    width = min(console.width, READABLE)
    for row in rows:
        for part in _parts(row, marked=not (console.is_terminal and console.color_system)):
            console.print()
            console.print(part, width=width)


def _parts(row: Document, *, marked: bool) -> Iterator[Text]:
    before, after = row["from"], row["to"]
    yield lines(
        shown(row["story_id"], "bold"), _state("from", before, row["states"]), _state("to", after, row["states"])
    )
    if row["extraction_change"]:
        yield shown(OTHER_RULES.format(before["extractor_version"], after["extractor_version"]), "yellow")
    for name, title in PARTS.items():
        if any(run.change is not Change.EQUAL for run in row[name]):
            yield lines(shown(title, "bold"), *_changed(row[name], marked=marked))
    for name, title in (("links_gained", "links gained"), ("links_lost", "links lost")):
        if row[name]:
            yield lines(shown(title, "bold"), *map(_link, row[name]))


def _state(name: str, state: Document, total: int) -> Text:
    times = ", ".join(_span(seen) for seen in state["seen"])
    return shown(
        f"{name} state {state['number']} of {total}, seen {times}, found by crawl {state.get('crawl_id')}", "dim"
    )


def _span(seen: Document) -> str:
    return moment(seen["first"]) + ("" if seen["first"] == seen["last"] else f" to {moment(seen['last'])}")


def _changed(told: Sequence[Run], *, marked: bool) -> Iterator[Text]:
    """Yield the paragraphs in which something changed, and how many stand between them."""
    for same, paragraphs in groupby(_paragraphs(told), lambda runs: all(change is Change.EQUAL for change, _ in runs)):
        if same:
            yield shown(f"… {count(len(list(paragraphs)), 'paragraph')} unchanged …", "dim")
        else:
            yield from (_paragraph(runs, marked=marked) for runs in paragraphs)


def _paragraphs(told: Sequence[Run]) -> list[list[tuple[Change, str]]]:
    paragraphs: list[list[tuple[Change, str]]] = [[]]
    for run in told:
        first, *others = run.text.split("\n")
        paragraphs[-1].append((run.change, first))
        paragraphs += [[(run.change, other)] for other in others]
    kept = ([(change, text) for change, text in runs if text] for runs in paragraphs)
    return [runs for runs in kept if runs]


def _paragraph(runs: Iterable[tuple[Change, str]], *, marked: bool) -> Text:
    shown_runs = Text()
    for change, text in runs:
        opening, closing = MARKS[change] if marked else ("", "")
        shown_runs.append(unbroken(f"{opening}{text}{closing}", STYLES[change]))
    return shown_runs


def _link(link: Document) -> Text:
    return shown(f"{link['relation']}: {link.get('text') or link['url']} ({link['to']})")
