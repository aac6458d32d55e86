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

    from twisted.internet.defer import Deferred


class PublicResolver(CachingThreadedResolver):
    """Resolves names to public addresses only, so that no page and no name server can point the crawl inwards.

    The hosts of configured proxies are the user's own choice and exempt.
    """

    def getHostByName(  # noqa: N802 - Twisted's name
        self, name: str, timeout: Sequence[int] = ()
    ) -> Deferred[str]:
        """Return the IPv4 address of a host. Fails with OffSiteError where it is not a public one."""
        found = super().getHostByName(name, timeout)
        if name not in {urlsplit(proxy).hostname for proxy in getproxies().values()}:
            found.addCallback(_public, name)
        return found


def _public(address: str, name: str) -> str:
    if not ip_address(address).is_global:
        raise OffSiteError(f"{name} is at {address}, which is no public address (NEWSCRAWL_ALLOW_PRIVATE=1 allows it)")
    return address
