"""What a page in the browser may load: what can bring text, of its own site, from public addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from twisted.internet.error import DNSLookupError

from newscrawl import sites

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

KINDS = frozenset({"document", "script", "xhr", "fetch"})
"""The resource types that can bring text. Pictures, fonts, media, style sheets and pings cannot."""


class Fence:
    """Decides on every address that a page asks for, but for redirects, which a browser follows unasked."""

    def __init__(self, *, allow_private: bool, resolve: Callable[[str], Awaitable[str]]) -> None:
        """``resolve`` fails with IgnoreRequest for the name of a host that may not be reached."""
        self._allow_private = allow_private
        self._resolve = resolve

    async def refuses(self, kind: str, url: str, *, direct: bool) -> bool:
        """Return whether this must not be loaded. A proxy (not ``direct``) resolves names itself, and is the user's choice."""
        return kind not in KINDS or not self._on_site(url) or (direct and not await self._reachable(url))

    def _on_site(self, url: str) -> bool:
        return any(site.owns(url, self._allow_private) or site.supplies(url) for site in sites.SITES)

    async def _reachable(self, url: str) -> bool:
        try:
            await self._resolve(urlsplit(url).hostname or "")
        except (IgnoreRequest, DNSLookupError):
            return False
        return True
