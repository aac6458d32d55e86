"""Addresses, whatever the site: taken apart, freed of archive prefixes, brought into one form. Nothing here ever raises."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes, urlsplit

DEFAULT_PORTS = {"http": "80", "https": "443"}
TRACKING = re.compile(
    r"(?:utm_|at_|ns_|intc_|pinned_post_|mc_)\w*"
    r"|fbclid|gclid|dclid|msclkid|ocid|xtor|CMP|SThis\w\w|intlink_from_url|link_location"
)
"""Names of query parameters that say how a reader came, never which page it is."""

_CAPTURE = re.compile(r"https?://[^/?#]+/web/\d{4,14}(?:[a-z]{2,3}_)?/(https?:/+)", re.IGNORECASE)
_DEFAULT_PORT = re.compile(r"(http:/+[^/?#]*):80(?=[/?#]|$)|(https:/+[^/?#]*):443(?=[/?#]|$)", re.IGNORECASE)
_PATH_SAFE = "!$&'()*+,;=:@/~"


class Address(NamedTuple):
    """An absolute HTTP address in parts."""

    scheme: str
    host: str
    """Lower case, no port, no user, no final dot."""
    port: str
    """Digits, empty if it is the scheme's own."""
    path: str
    query: str
    fragment: str

    @property
    def origin(self) -> str:
        """``scheme://host[:port]``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}" if self.port else f"{self.scheme}://{host}"


def split(url: str) -> Address | None:
    """Take an absolute http(s) address apart; None for everything else (relative, ``mailto:``, garbage)."""
    try:
        scheme, netloc, path, query, fragment = urlsplit(url.strip())
        if scheme not in DEFAULT_PORTS:
            return None
        host, port = _host_and_port(netloc)
    except ValueError:  # urlsplit's word for "not an address"
        return None
    return Address(scheme, host, "" if port == DEFAULT_PORTS[scheme] else port, path, query, fragment) if host else None


def _host_and_port(netloc: str) -> tuple[str, str]:
    place = netloc.rpartition("@")[2].lower()
    host, _, port = place.rpartition(":") if re.search(r":\d*$", place) else (place, "", "")
    return host.strip("[]").rstrip("."), port


def is_private(host: str) -> bool:
    """Whether the host is this machine or its own network: ``localhost``, loopback and private IP literals."""
    if host == "localhost":
        return True
    if not (host[:1].isdigit() or ":" in host):
        return False
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_private and not address.is_link_local


def unwrap(url: str) -> str:
    """Return the address a Wayback Machine address is a copy of, without a default port; others come back as they are.

    Pages saved from the archive link to ``/web/<timestamp>/http://…``: joined to the page's own address such a link
    names the page's host, so the prefix is known by its path, on any host.
    """
    url = url.strip()
    while found := _CAPTURE.match(url):
        url = found[1].partition(":")[0] + "://" + url[found.end() :]
    return _DEFAULT_PORT.sub(lambda found: found[1] or found[2], url, count=1)


def without_tracking(query: str) -> str:
    """Return the query sorted and without the parameters that only say how a reader came."""
    if not query:
        return ""
    return "&".join(
        sorted(part for part in query.split("&") if part and not TRACKING.fullmatch(part.partition("=")[0]))
    )


def encoded(path: str) -> str:
    """Return the path in one percent-encoding: UTF-8, upper-case hex digits, nothing encoded that need not be."""
    parts = (
        quote(unquote_to_bytes(part.encode("utf-8", "surrogatepass")), _PATH_SAFE[:-2] + "~")
        for part in path.split("/")
    )
    return "/".join(parts)
