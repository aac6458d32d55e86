"""The sites newscrawl can read: who owns an address, what it names, how its pages are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from newscrawl.sites.addresses import is_private, split, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newscrawl.eras import Era
    from newscrawl.items import Target

__all__ = ["SITES", "Site", "site_for", "unwrap"]

SITES: tuple[Site, ...]
"""Every site, loaded when first asked for: a site imports its eras, and those import this package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One publisher: its hosts, its addresses and its page eras."""

    name: str
    prefix: str
    """What its story ids begin with (``bbc``)."""
    hosts: tuple[str, ...]
    """Lower case; subdomains belong too."""
    story_id: Callable[[str], str | None]
    """Identity of the story an address names, None if it names none."""
    canonical_url: Callable[[str], str]
    """The one form of an address."""
    target: Callable[[str], Target]
    """What an address points at."""
    eras: Sequence[Era] = ()
    """In the order in which they are tried."""
    asset_hosts: tuple[str, ...] = ()
    """Hosts, as above, of what its pages are made of, such as scripts; no page stands there."""

    def request_key(self, url: str) -> str:
        """Return what makes two requests one: the story's id, else the canonical URL."""
        return self.story_id(url) or self.canonical_url(url)

    def owns(self, url: str, allow_private: bool = False) -> bool:
        """Whether this site's pages may be fetched there: on one of its hosts, or on a private host if those are allowed."""
        address = split(url)
        if address is None:
            return False
        if is_private(address.host):
            return allow_private
        return _within(address.host, self.hosts)

    def supplies(self, url: str) -> bool:
        """Whether what this site's pages are made of comes from there."""
        address = split(url)
        return address is not None and _within(address.host, self.asset_hosts)


def _within(host: str, hosts: Sequence[str]) -> bool:
    return any(host == one or host.endswith("." + one) for one in hosts)


@cache
def _sites() -> tuple[Site, ...]:
    from newscrawl.sites.bbc import BBC

    return (BBC,)


def __getattr__(name: str) -> tuple[Site, ...]:
    if name == "SITES":
        return _sites()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def site_for(url: str, allow_private: bool = False) -> Site | None:
    """Return the site that an address, or the page an archive's address is a copy of, belongs to; None if no site has it."""
    return next((site for site in _sites() if site.owns(unwrap(url), allow_private)), None)
