"""One story on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newscrawl.corpus_cli.output import count, lines, moment, shown, table
from newscrawl.items import BlockType

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from rich.console import Console, RenderableType

Document = dict[str, Any]

READABLE = 100
"""Columns of text that an eye follows."""
MARKS = {BlockType.HEADING: "bold", BlockType.QUOTE: "italic"}


def story(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show a story: what is known of it, its text, its links, its states and how it was found."""
    width = min(console.width, READABLE)
    for row in rows:
        console.print()
        for part in _parts(row):
            console.print(part, width=width)
            console.print()


def _parts(row: Document) -> Iterator[RenderableType]:
    yield shown(row["headline"], "bold")
    yield _facts(row)
    if summary := row.get("summary"):
        yield shown(summary, "italic")
    if text := list(_text(row)):
        yield Text("\n\n").join(text)
    for inset in row.get("insets", ()):
        yield Padding(lines(shown(inset.get("title"), "bold"), shown(inset["text"])), (0, 4))
    if images := row.get("images"):
        yield _images(images)
    if len(row["revisions"]) > 1:
        yield _revisions(row["revisions"])
    if trail := row["trail"]:
        yield _trail(trail)


def _facts(row: Document) -> Table:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _named_facts(row):
        if value:
            facts.add_row(name, shown(value))
    return facts


def _named_facts(row: Document) -> Iterator[tuple[str, Any]]:
    yield "id", ", ".join([row["story_id"], *row.get("also_ids", ())])
    yield "address", row["url"]
    yield "also at", ", ".join(row.get("aliases", ()))
    yield "published", moment(row.get("date_published")) or "unknown"
    yield "modified", moment(row.get("date_modified"))
    yield "section", row.get("section")
    yield "by", ", ".join(_author(author) for author in row.get("authors", ()))
    yield "topics", ", ".join(topic["name"] for topic in row.get("topics", ()))
    language = row.get("language", "language not stated")
    yield "kind", f"{row['kind']}, {count(row.get('word_count', 0), 'word')}, {language}"
    yield "read as", row.get("page_era")
    yield "seen", f"{_span(row['first_seen_at'], row['last_seen_at'])}, last by crawl {row.get('crawl_id')}"
    yield (
        "gone",
        f"since {moment(row['gone_at'])}, when its address answered that it is not there" if "gone_at" in row else None,
    )
    yield "links out", _counted(row["links_out"])
    yield "links in", _counted(row["links_in"])
    yield "twins", ", ".join(f"{twin['to']} ({twin['similarity']:.0%} the same)" for twin in row["twins"])
    yield "problems", "; ".join(row.get("problems", ()))


def _span(first: datetime, last: datetime) -> str:
    return moment(first) if first == last else f"{moment(first)} to {moment(last)}"


def _author(author: Document) -> str:
    return f"{author['name']} ({author['role']})" if author.get("role") else str(author["name"])


def _counted(relations: dict[str, int]) -> str:
    return " · ".join(f"{relation} {number:,}" for relation, number in relations.items())


def _text(row: Document) -> Iterator[Text]:
    for block in row.get("body", ()):
        mark = "• " if block["type"] == BlockType.LIST_ITEM else ""
        yield shown(mark + block["text"], MARKS.get(block["type"], ""))
    for post in row.get("posts", ()):
        time = f"{post['time']:%H:%M} " if post.get("time") else ""
        yield shown(time + post["text"])


def _images(images: Iterable[Document]) -> Table:
    made = table("Picture", "Address")
    for image in images:
        made.add_row(shown(image.get("caption") or image.get("alt")), shown(image.get("url")))
    return made


def _revisions(states: Iterable[Document]) -> Table:
    made = table("State seen", "Headline", "Words", numbers=("Words",))
    for state in states:
        times = lines(*(shown(_span(time["first"], time["last"])) for time in state["seen"]))
        made.add_row(times, shown(state["headline"]), shown(state["word_count"]))
    return made


def _trail(visits: Iterable[Document]) -> Table:
    made = table("Found by", "Address", fixed=("Found by",))
    for visit in visits:
        made.add_row(shown(visit.get("relation", "seed")), shown(visit["url"]))
    return made
