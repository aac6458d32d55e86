"""Tables of rows: what a search found, edges, crawls, visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.corpus import matcher
from newscrawl.corpus.json_lines import json_line
from newscrawl.corpus_cli.output import count, day, lines, moment, shown, table
from newscrawl.freshness import saved_in_words
from newscrawl.items import Outcome

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from rich.console import Console

    from newscrawl.storage.forget import Forgotten
    from newscrawl.storage.replay import Replayed

Document = dict[str, Any]


def found_stories(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show what a search found, the words searched for in bold."""
    words = matcher(" ".join(asked.text))
    made = table("Published", "Story", "Section", "Id", fixed=("Published", "Id"))
    made.leading = 1
    for row in rows:
        story = lines(shown(row.get("headline"), "bold"), shown(row["snippet"], "dim"))
        if words:
            story.highlight_regex(words, "not dim bold underline")
        made.add_row(day(row.get("date_published")), story, shown(row.get("section")), shown(row["story_id"]))
    console.print(made)


def edges(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show edges with the title of the story at the other end."""
    other = "from" if asked.incoming else "to"
    made = table("Relation", "Title", "Published", other.title(), fixed=("Relation", "Published"))
    for row in rows:
        title = shown(row.get("headline") or row.get("text"))
        gone = f"gone since {day(row['gone_at'])}" if "gone_at" in row else None
        told = lines(title, shown(row.get("group_title"), "dim"), shown(gone, "dim"))
        made.add_row(shown(row["relation"]), told, day(row.get("date_published")), shown(row[other]))
    console.print(made)
    console.print(shown("A story with a date is in the corpus.", "dim"))


def crawls(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show crawls with what came of their visits."""
    made = table("Crawl", "State", "Pending", "Visits", numbers=("Pending",), fixed=("Crawl",))
    for row in rows:
        counts = dict(row["counts"])
        pending = counts.pop(Outcome.PENDING, 0)
        came_of = " · ".join(f"{outcome} {number:,}" for outcome, number in counts.items())
        begun = lines(shown(row["crawl_id"], "bold"), shown(moment(row["started_at"]), "dim"))
        saved = saved_in_words(row.get("saved", {}))
        told = lines(shown(came_of), shown(saved and f"requests saved: {saved}"), shown(_seeds(row), "dim"))
        made.add_row(begun, shown(row["state"]), f"{pending:,}", told)
    console.print(made)


def _seeds(crawl: Document) -> str:
    first, *others = crawl["seeds"]
    return str(first) + (f" and {count(len(others), 'other seed')}" if others else "")


def visits(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show what came of addresses."""
    made = table(
        "Outcome", "Address", "Found by", "Depth", "HTTP", numbers=("Depth", "HTTP"), fixed=("Outcome", "Found by")
    )
    for row in rows:
        address = lines(shown(row["url"]), shown(row.get("reason"), "dim"))
        found_by = shown(row.get("relation", "seed"))
        made.add_row(shown(row["outcome"]), address, found_by, shown(row["depth"]), shown(row.get("http_status")))
    console.print(made)


def forgotten(console: Console, rows: Sequence[Forgotten], asked: Namespace) -> None:
    """Show what was removed."""
    for row in rows:
        removed = [count(row.stories, "story", "stories"), count(row.revisions, "revision"), count(row.links, "link")]
        console.print(shown(f"Removed {', '.join(row.story_ids)}: {', '.join(removed)}."))
        if row.references:
            console.print(shown(f"{count(row.references, 'link')} to it stay, without their words."))
        console.print(shown("Later crawls will not collect it again."))


def replayed(console: Console, rows: Sequence[Replayed], asked: Namespace) -> None:
    """Show what was written that had waited."""
    for row in rows:
        for line in row.told() or ["nothing waits to be written"]:
            console.print(shown(line))


def documents(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show documents as they are, a line of JSON each."""
    for row in rows:
        console.print(shown(json_line(row)), soft_wrap=True)


def nothing(console: Console, rows: Sequence[Document], asked: Namespace) -> None:
    """Show nothing: what was asked for has been written already."""
