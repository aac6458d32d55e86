"""Name resolution that refuses addresses within somebody's network."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.resolver import CachingThreadedResolver

from newscrawl.refusals import OffSiteError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred


class PublicResolver(CachingThreadedResolver):
    """Resolves names to public addresses only, so that no page and no name server can point the crawl inwards.

    The hosts of configured proxies are the user's own choice and exempt.
    """

    allow_private = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Return the resolver of a process; with ``NEWSCRAWL_ALLOW_PRIVATE`` it refuses nothing.

        Scrapy installs it from the settings of the process, before add-ons change those of a crawler.
        """
        self = super().from_crawler(crawler, reactor)
        self.allow_private = crawler.settings.getbool("NEWSCRAWL_ALLOW_PRIVATE")
        return self

    def getHostByName(  # noqa: N802 - Twisted's name
        self, name: str, timeout: Sequence[int] = ()
    ) -> Deferred[str]:
        """Return the IPv4 address of a host. Fails with OffSiteError where it is not a public one."""
        found = super().getHostByName(name, timeout)
        if not self.allow_private and name not in {urlsplit(proxy).hostname for proxy in getproxies().values()}:
            found.addCallback(_public, name)
        return found


def _public(address: str, name: str) -> str:
    if not ip_address(address).is_global:
        raise OffSiteError(f"{name} is at {address}, which is no public address (NEWSCRAWL_ALLOW_PRIVATE=1 allows it)")
    return address
