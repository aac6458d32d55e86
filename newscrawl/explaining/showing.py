"""An explanation on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from newscrawl.corpus_cli.output import count, shown, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType

    from newscrawl.explaining import Explanation


def show(console: Console, told: Explanation) -> None:
    """Show which era reads the page and why, who the page is, each field and each edge."""
    for part in _parts(told):
        console.print(part)


def _parts(told: Explanation) -> Iterator[RenderableType]:
    yield _identity(told)
    yield _trials(told)
    if told.fields:
        yield _fields(told)
    for problem in told.found.problems:
        yield shown(f"problem  {problem}", "yellow")
    if told.edges:
        yield _edges(told)
    followed = sum(edge.not_followed is None for edge in told.edges)
    yield shown(f"{count(len(told.edges), 'edge')}, {followed:,} of them followed by default", "dim")


def _identity(told: Explanation) -> Table:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    story, index = told.found.story, told.found.index
    for name, value in (
        ("address", told.page.url),
        ("canonical", told.canonical_url),
        ("key", told.key),
        ("also", ", ".join(story.also_ids) if story else ""),
        ("target", f"{told.target}, as the address says"),
        ("read as", told.read_as),
        ("title", index.title if index else ""),
        ("era", told.found.era or "none"),
        ("page", f"{len(told.page.body):,} bytes in {told.page.charset}"),
    ):
        if value:
            facts.add_row(name, shown(value))
    return facts


def _trials(told: Explanation) -> Table:
    made = table("Era tried", "Marker", "Found", fixed=("Era tried",))
    for trial in told.trials:
        style = "bold" if trial.matched else "dim"
        made.add_row(shown(trial.era, style), shown(trial.marker, style), shown(trial.because or "no", style))
    return made


def _fields(told: Explanation) -> Table:
    made = table("Field", "Rule", "Value", fixed=("Field",))
    for field in told.fields:
        if field.rule:
            made.add_row(shown(field.name), shown(field.rule), shown(field.value))
        else:
            tried = f"nothing in {', '.join(field.passed)}"
            made.add_row(shown(field.name, "dim"), shown("none", "dim"), shown(tried, "dim"))
    return made


def _edges(told: Explanation) -> Table:
    made = table(
        "#", "Relation → target", "Link", "Points at", "Followed", numbers=("#",), fixed=("Relation → target",)
    )
    for edge in told.edges:
        link = edge.link
        title = f"{link.text} ({link.group_title})" if link.group_title else link.text
        made.add_row(
            shown(link.position),
            shown(f"{link.relation} → {link.target}"),
            shown(title),
            shown(link.key),
            shown(f"no: {edge.not_followed}", "dim") if edge.not_followed else shown("yes", "bold"),
        )
    return made
