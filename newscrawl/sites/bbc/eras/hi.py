"""What the eras of ``news.bbc.co.uk`` (1998 to 2010) have in common; no era itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newscrawl.eras import Rule
from newscrawl.items import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newscrawl.page import Page

ANYWHERE = (
    (re.compile(r"from other news sites|(?:related )?internet links|around the web", re.I), Relation.EXTERNAL),
    (re.compile(r"(?:related )?bbc (?:web)?(?:links|sites)|(?:around|from across) the bbc", re.I), Relation.ELSEWHERE),
)
"""What a heading's words tell of the links under it."""

OUTSIDE = (
    (re.compile(r"top\b.*\bstories\b", re.I), Relation.TOP_STORIES),
    (re.compile(r"more from\b|more\b.*\bstories\b", re.I), Relation.SECTION),
)
"""The same outside of in-depth boxes; in those the editor chose the top stories too."""

_EDITION = re.compile(r"/(?:sport)?[12]/")

ENGLISH_EDITION = Rule(
    "edition in UKFS_URL or IFS_URL",
    lambda page: any(_EDITION.match(page.metas.get(name, "")) for name in ("ukfs_url", "ifs_url")),
)
"""Whether the page is of the British or the international edition; the same system served the World Service's languages."""

_DAY = re.compile(r"(\d\d?) ([A-Z][a-z]+),? (\d{4})")
_TIME = re.compile(r"(\d\d:\d\d) GMT")


def by_words(heading: str, table: Iterable[tuple[re.Pattern[str], Relation]]) -> Relation | None:
    """Return what the words of a heading tell of its links, None if nothing."""
    return next((relation for pattern, relation in table if pattern.match(heading)), None)


def date_in_words(selector: str) -> Rule:
    """Read a date in words and GMT ("04:45 GMT, Monday, 2 February 2009") in the form that metadata have."""

    def read(page: Page) -> str | None:
        words = next(map(page.text, page.select(selector)), "")
        day, time = _DAY.search(words), _TIME.search(words)
        if day is None or time is None:
            return None
        moment = datetime.strptime(f"{' '.join(day.groups())} {time[1]}", "%d %B %Y %H:%M").replace(tzinfo=UTC)
        return moment.isoformat()

    return Rule(f"words of {selector}", read)


def words(selector: str, pattern: str) -> Rule:
    """Tell whether an element's text has a match of the pattern."""
    wanted = re.compile(pattern)
    return Rule(f"{pattern} in {selector}", lambda page: any(map(wanted.search, map(page.text, page.select(selector)))))
