"""What a user reads when a crawl has ended: what came of it, where it is, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.freshness import saved_in_words
from newscrawl.items import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

MEANING = {
    Outcome.NEW: "stories the corpus did not have",
    Outcome.REVISED: "stories that had changed; the earlier state is kept as a revision",
    Outcome.UNCHANGED: "stories that were as they were",
    Outcome.DUPLICATE: "the same story under another address",
    Outcome.INDEX: "pages that list stories",
    Outcome.REDIRECTED: "addresses that led to another",
    Outcome.OFF_SITE: "addresses that led to another site",
    Outcome.ROBOTS: "pages that robots.txt bars",
    Outcome.NOT_IN_ARCHIVE: "addresses the archive does not hold",
    Outcome.HTTP_ERROR: "pages the server refused",
    Outcome.FAILED: "pages that could not be fetched or read",
    Outcome.OUT_OF_RANGE: "stories outside the dates asked for",
    Outcome.NOT_A_STORY: "pages that are neither story nor index",
    Outcome.REJECTED: "stories without what a story must have",
}


def visits_table(counts: Mapping[str, int]) -> RenderableType:
    """Return the counts by outcome as a table, in the order of ``MEANING``."""
    from rich import box
    from rich.table import Table

    table = Table("visits", "outcome", "", box=box.SIMPLE)
    table.columns[0].justify = "right"
    for outcome, meaning in MEANING.items():
        if count := counts.get(outcome.value):
            table.add_row(str(count), outcome.value, meaning)
    return table


def kept_back(spooled: int, unwritten: int, refused: int) -> list[str]:
    """Return a line for each way in which pages did not get into the corpus, with what to do about it."""
    kept = (
        (spooled, "wait in the spool, for the next crawl or scrapy corpus replay-spool to write them"),
        (unwritten, "could not be written, and are fetched again by a resumed crawl"),
        (
            refused,
            "MongoDB refused; where there is a NEWSCRAWL_DATA they are kept for scrapy corpus replay-spool --dead-letters",
        ),
    )
    return [f"pages that {words}: {count}" for count, words in kept if count]


def saved_line(saved: Mapping[str, int]) -> str:
    """Return how many requests were saved and how, empty if none was."""
    words = saved_in_words(saved)
    return words and f"requests saved: {words}"


def next_commands(crawl_id: str, *, seed_id: str | None = None, resumed_by: str | None = None) -> list[str]:
    """Return the commands worth typing next, each with what it shows.

    ``seed_id``: the story whose timeline is worth a look. ``resumed_by``: the spider by which an unfinished crawl goes on.
    """
    return [
        *([f"scrapy crawl {resumed_by} -a resume={crawl_id}   # go on"] if resumed_by else []),
        *([f"scrapy corpus timeline {seed_id}   # the story as it unfolded"] if seed_id else []),
        f"scrapy corpus visits {crawl_id}   # what came of each page",
        "scrapy corpus stats   # what the corpus holds",
    ]
