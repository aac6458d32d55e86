"""newscrawl beside other extractors on labelled pages: ``python -m benchmarks.extraction [FOLDER] [--passes N]``.

FOLDER (or ``NEWSCRAWL_PAGES``) holds ``index.jsonl``, a line a page (``id``, ``file``, ``url``, ``truth``: whether it is
labelled), and a label ``<id>.json`` beside each page (``headline``, ``published``, ``byline``, ``body``, ``links``).

Shares are from 0 to 1, averaged over pages. ``text``: F1 of 4-word shingles. ``headline``: word for word. ``published``: to
the minute; where an extractor knows only the day, that. ``authors``: F1 of names. ``related``: F1 of the addresses in the
editor's blocks of links; ``-``: does not look for them. ``ms``: CPU a page, the median over the pages of the median of all
passes. trafilatura is one of newscrawl's requirements; newspaper4k takes part where it is installed.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import statistics
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import track
from rich.table import Table

from newscrawl import extract
from newscrawl.items import Relation
from newscrawl.sites.bbc import BBC

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

COLUMNS = ("text", "headline", "published", "authors", "related")
EDITORS = {Relation.RELATED, Relation.TOPIC_ASIDE}
WORDS = 4


@dataclass(frozen=True, slots=True)
class Labelled:
    """One page and what stands on it."""

    body: bytes
    url: str
    label: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one extractor made of one page."""

    text: str = ""
    headline: str = ""
    published: datetime | date | None = None
    authors: Sequence[str] = ()
    related: Sequence[str] | None = None
    """Addresses; None if it does not look for them."""


def by_newscrawl(page: Labelled) -> Answer:
    """Ask newscrawl."""
    found = extract(page.body, page.url)
    if found.story is None:
        return Answer(related=())
    return Answer(
        text=found.story.text,
        headline=found.story.headline or "",
        published=found.story.date_published,
        authors=[author.name for author in found.story.authors],
        related=[link.url for link in found.links if link.relation in EDITORS],
    )


def by_trafilatura(page: Labelled) -> Answer:
    """Ask trafilatura, with all metadata it knows."""
    from trafilatura import bare_extraction

    found = bare_extraction(page.body, url=page.url, with_metadata=True)
    if found is None:
        return Answer()
    return Answer(
        text=found.text or "",
        headline=found.title or "",
        published=date.fromisoformat(found.date) if found.date else None,
        authors=(found.author or "").split("; "),
    )


def by_newspaper(page: Labelled) -> Answer:
    """Ask newspaper4k."""
    from newspaper import Article

    article = Article(page.url)
    article.download(input_html=page.body.decode("utf-8", "replace"))
    article.parse()
    return Answer(text=article.text, headline=article.title, published=article.publish_date, authors=article.authors)


EXTRACTORS: dict[str, Callable[[Labelled], Answer]] = {"newscrawl": by_newscrawl, "trafilatura": by_trafilatura}
if find_spec("newspaper"):
    EXTRACTORS["newspaper4k"] = by_newspaper


def score(answer: Answer, label: dict[str, Any]) -> dict[str, float | None]:
    """Return the share of each column, None where neither the label nor the answer has anything."""
    text = "\n".join(part["text"] for part in label["body"] or label.get("posts") or ())
    related = [link["url"] for link in label["links"] if link["group"] == "related"]
    return {
        "text": f1(shingles(answer.text), shingles(text)),
        "headline": float(squash(answer.headline) == squash(label["headline"])),
        "published": _same_time(answer.published, [label["published"], *label.get("published_accept", ())]),
        "authors": f1(_lower(answer.authors), _lower(label["byline"])),
        "related": None if answer.related is None else f1(set(map(_key, answer.related)), set(map(_key, related))),
    }


def f1(found: Iterable[Hashable], wanted: Iterable[Hashable]) -> float | None:
    """Return the F1 of two collections, None if both are empty."""
    one, other = Counter(found), Counter(wanted)
    return 2 * (one & other).total() / (one.total() + other.total()) if one or other else None


def shingles(text: str) -> list[tuple[str, ...]]:
    """Return all runs of ``WORDS`` words."""
    words = re.findall(r"\w+", text.lower())
    return [tuple(words[start : start + WORDS]) for start in range(max(len(words) - WORDS + 1, min(len(words), 1)))]


def squash(text: str) -> str:
    """Return a text with its white space collapsed."""
    return " ".join(text.split())


def _lower(names: Iterable[str]) -> list[str]:
    return [squash(name).lower() for name in names if name.strip()]


def _key(url: str) -> str:
    """Return what the forms of an address have in common; those of other sites keep host, path and query."""
    return BBC.request_key(url) if BBC.owns(url) else "".join(urlsplit(url)[1:4]).rstrip("/")


def _same_time(found: datetime | date | None, stated: Iterable[str | None]) -> float | None:
    wanted = [_minute(datetime.fromisoformat(time)) for time in stated if time]
    if not wanted:
        return None
    if isinstance(found, datetime):
        return float(_minute(found) in wanted)
    return float(found in {time.date() for time in wanted})


def _minute(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(second=0, microsecond=0)


def load(folder: Path) -> list[Labelled]:
    """Return the labelled pages of a folder. Raises OSError."""
    lines = (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
    pages = [page for page in map(json.loads, lines) if page["truth"]]
    return [
        Labelled((folder / page["file"]).read_bytes(), page["url"], json.loads((folder / f"{page['id']}.json").read_bytes()))
        for page in pages
    ]  # fmt: skip


def measure(pages: Sequence[Labelled], passes: int) -> Table:
    """Return the table of all extractors. They take turns at each page, so that a busy machine is busy for all of them."""
    times: dict[tuple[str, int], list[float]] = defaultdict(list)
    shares: dict[tuple[str, str], list[float]] = defaultdict(list)
    rounds = [(turn, number) for turn in range(passes) for number in range(len(pages))]
    for turn, number in track(rounds, console=Console(stderr=True), transient=True):
        for name, ask in EXTRACTORS.items():
            start = time.process_time()
            answer = ask(pages[number])
            times[name, number].append((time.process_time() - start) * 1000)
            for column, share in score(answer, pages[number].label).items() if turn == 0 else ():
                if share is not None:
                    shares[name, column].append(share)
    table = Table("extractor", title=f"{len(pages)} labelled pages, {passes} passes")
    for column in (*COLUMNS, "ms"):
        table.add_column(column, justify="right")
    for name in EXTRACTORS:
        cells = [f"{statistics.mean(shares[name, one]):.3f}" if shares[name, one] else "-" for one in COLUMNS]
        typical = statistics.median(statistics.median(times[name, number]) for number in range(len(pages)))
        table.add_row(name, *cells, f"{typical:.1f}")
    return table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=os.environ.get("NEWSCRAWL_PAGES"))
    parser.add_argument("--passes", type=int, default=3)
    asked = parser.parse_args()
    if not asked.folder:
        parser.error("name a folder of labelled pages, or set NEWSCRAWL_PAGES")
    logging.disable(logging.CRITICAL)
    try:
        pages = load(Path(asked.folder))
    except OSError as error:
        parser.error(f"{asked.folder} holds no labelled pages: {error.strerror} {error.filename}")
    Console().print(measure(pages, max(1, asked.passes)))


if __name__ == "__main__":
    main()
