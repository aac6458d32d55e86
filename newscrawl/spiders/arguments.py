"""What a user may say with ``-a``: read, checked and refused here, before any request."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.freshness import AUTO, Refresh, refresh_of
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
    since: datetime | None
    until: datetime | None
    """Exclusive."""
    refresh: Refresh
    crawl_id: str
    resume: bool = False
    """Go on with a crawl's pending visits instead of asking for its seeds."""
    retry_failed: bool = False

    def in_range(self, published: datetime | None) -> bool:
        """Return whether a story of this date is wanted; one of unknown date is."""
        if published is None:
            return True
        return (self.since is None or published >= self.since) and (self.until is None or published < self.until)

    def as_given(self) -> dict[str, object]:
        """Return the arguments as a user would write them, for the crawl's document."""
        given = {
            "depth": self.depth, "max_stories": self.max_stories, "follow": ",".join(sorted(self.follow)),
            "refresh": str(self.refresh),
        }  # fmt: skip
        return given | {name: at for name in ("since", "until") if (at := getattr(self, name))}


DEFAULTS = {
    "seed": "", "depth": "2", "max_stories": "500", "follow": "related,section", "since": "", "until": "", "refresh": AUTO,
}  # fmt: skip


RESUMING = ("resume", "retry_failed")
"""Arguments that the command answers itself: it puts those of the crawl that is resumed in their place."""


def parse_arguments(
    given: Mapping[str, str], *, site: Site, default_seed: str, followable: Iterable[Relation], allow_private: bool
) -> CrawlArguments:
    """Return the checked arguments. Names with a leading underscore are Scrapyd's; ``_job`` becomes the crawl id.

    Raises ArgumentError.
    """
    unknown = sorted(name for name in given if name not in DEFAULTS and not name.startswith("_"))
    if unknown:
        raise ArgumentError(f"unknown argument {unknown[0]!r}: allowed are {', '.join([*DEFAULTS, *RESUMING])}")
    said = DEFAULTS | {"seed": default_seed} | dict(given)
    since, until = _date("since", said["since"]), _date("until", said["until"])
    if since and until and since >= until:
        raise ArgumentError(f"since={said['since']} is not before until={said['until']}: nothing can be in that range")
    return CrawlArguments(
        seeds=tuple(_seeds(said["seed"], site, allow_private=allow_private)),
        depth=_whole_number("depth", said["depth"], at_least=0),
        max_stories=_whole_number("max_stories", said["max_stories"], at_least=1),
        follow=_relations(said["follow"], sorted(followable)),
        since=since,
        until=until,
        refresh=_refresh(said["refresh"]),
        crawl_id=given.get("_job") or new_crawl_id(),
        resume="_resume" in given,
        retry_failed="_retry_failed" in given,
    )


def new_crawl_id() -> str:
    """Return a fresh crawl id that sorts by time: ``20130317T101500-3f9a``."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"


def _seeds(text: str, site: Site, *, allow_private: bool) -> list[str]:
    if text.startswith("@"):
        seeds = _lines(Path(text[1:]))
    else:  # a comma may stand within a URL: a new one begins only where a comma is followed by a scheme
        seeds = [seed.strip() for seed in re.split(r",(?=\s*[a-zA-Z][a-zA-Z0-9+.-]*://)", text)]
    for seed in seeds:
        _check_seed(seed, site, allow_private=allow_private)
    return list(dict.fromkeys(seeds))


def _lines(path: Path) -> list[str]:
    """Return the seeds in a file: one a line, empty lines and those that begin with ``#`` left out."""
    try:
        lines = [line.strip() for line in path.expanduser().read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise ArgumentError(
            f"seed file {path} cannot be read ({reason}): name a text file with one URL a line"
        ) from error
    if seeds := [line for line in lines if line and not line.startswith("#")]:
        return seeds
    raise ArgumentError(f"seed file {path} holds no URL: write one a line")


def _date(name: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ArgumentError(f"{name}={text!r} is no date: write 2013-03-17 or 2013-03-17T10:15, in UTC") from error
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _refresh(text: str) -> Refresh:
    if refresh := refresh_of(text):
        return refresh
    raise ArgumentError(
        f"refresh={text!r} is not allowed: give auto, 0 to fetch every story again, or an age like 90m, 12h or 7d"
    )


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
