"""A site that never ends, for measurements: a story a number, each with 600 words and 50 links, made when it is asked for."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING

from tests.miniature import Reply, address, article

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST = 40_000_000
CHILDREN, OTHERS = 4, 46
"""How many links of a page lead to stories that nothing else leads to first, and how many to stories before it."""
SYLLABLES = ("an", "bea", "ca", "de", "en", "fer", "gau", "har", "is", "jet", "kee", "la", "mi")
WORDS = ["".join(syllables) for syllables in product(SYLLABLES, repeat=3)]
FAST = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "CONCURRENT_REQUESTS=16", "CONCURRENT_REQUESTS_PER_DOMAIN=16")
"""Settings of a crawl that need not be polite."""


class EndlessSite(dict[str, Reply]):
    """Answers each address of a story; nothing is kept."""

    def get(self, url: str, default: Reply) -> Reply:  # type: ignore[override]
        """Return the page of an address."""
        number = url.rpartition("-")[2]
        return page(int(number)) if number.isdecimal() else default


def page(number: int) -> Reply:
    """Return a story."""
    chance, at = random.Random(number), number - FIRST
    related = [address(FIRST + at * CHILDREN + child) for child in range(1, CHILDREN + 1)]
    section = [address(FIRST + chance.randrange(at + 1)) for _ in range(OTHERS)]
    return article(number, " ".join(chance.choices(WORDS, k=600)), related, section)


def settings(pairs: Iterable[str]) -> list[str]:
    """Return settings as Scrapy's options."""
    return [part for pair in pairs for part in ("-s", pair)]
