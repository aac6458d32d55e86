"""What a user may say with ``-a``: read, checked and refused here, before any request."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.items import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from newscrawl.sites import Site


class ArgumentError(ValueError):
    """An argument that cannot be used; ``str()`` is one line that says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlArguments:
    """The checked arguments of one crawl."""

    seeds: tuple[str, ...]
    depth: int
    """How many steps from a seed (0) stories are collected."""
    max_stories: int
    follow: frozenset[Relation]
    crawl_id: str

    def as_given(self) -> dict[str, object]:
        """Return the arguments as a user would write them, for the crawl's document."""
        return {"depth": self.depth, "max_stories": self.max_stories, "follow": ",".join(sorted(self.follow))}


DEFAULTS = {"seed": "", "depth": "2", "max_stories": "500", "follow": "related,section"}


def parse_arguments(
    given: Mapping[str, str], *, site: Site, default_seed: str, followable: Iterable[Relation], allow_private: bool
) -> CrawlArguments:
    """Return the checked arguments. Names with a leading underscore are Scrapyd's; ``_job`` becomes the crawl id.

    Raises ArgumentError.
    """
    unknown = sorted(name for name in given if name not in DEFAULTS and not name.startswith("_"))
    if unknown:
        raise ArgumentError(f"unknown argument {unknown[0]!r}: allowed are {', '.join(DEFAULTS)}")
    said = DEFAULTS | {"seed": default_seed} | dict(given)
    return CrawlArguments(
        seeds=tuple(_seeds(said["seed"], site, allow_private=allow_private)),
        depth=_whole_number("depth", said["depth"], at_least=0),
        max_stories=_whole_number("max_stories", said["max_stories"], at_least=1),
        follow=_relations(said["follow"], sorted(followable)),
        crawl_id=given.get("_job") or new_crawl_id(),
    )


def new_crawl_id() -> str:
    """Return a fresh crawl id that sorts by time: ``20130317T101500-3f9a``."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"


def _seeds(text: str, site: Site, *, allow_private: bool) -> list[str]:
    # a comma may stand within a URL: a new one begins only where a comma is followed by a scheme
    seeds = [seed.strip() for seed in re.split(r",(?=\s*[a-zA-Z][a-zA-Z0-9+.-]*://)", text)]
    for seed in seeds:
        _check_seed(seed, site, allow_private=allow_private)
    return list(dict.fromkeys(seeds))


def _check_seed(seed: str, site: Site, *, allow_private: bool) -> None:
    try:
        parts = urlsplit(seed)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ArgumentError(
            f"seed {seed!r} is no URL ({error}): give an address like http://www.bbc.com/news/…"
        ) from error
    if parts.scheme not in {"http", "https"} or not host or re.search(r"\s", seed):
        raise ArgumentError(
            f"seed {seed!r} is no URL: give an address like http://www.bbc.com/news/world-middle-east-21817201"
        )
    if not site.owns(seed, allow_private=allow_private):
        raise ArgumentError(
            f"seed {seed!r} is on another site: allowed hosts are {', '.join(sorted(site.hosts))} and those below them"
        )


def _whole_number(name: str, text: str, *, at_least: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", str(text).strip()) or int(text) < at_least:
        raise ArgumentError(f"{name}={text!r} is not allowed: give a whole number of at least {at_least}")
    return int(text)


def _relations(text: str, followable: list[Relation]) -> frozenset[Relation]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in followable]
    if unknown or not names:
        raise ArgumentError(
            f"follow={text!r} is not allowed: give one or more of {', '.join(followable)}, with commas between"
        )
    return frozenset(Relation(name) for name in names)
