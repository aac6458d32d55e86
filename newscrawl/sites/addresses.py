"""Addresses, whatever the site: taken apart, freed of archive prefixes, brought into one form. Nothing here raises."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_AUTHORITY = re.compile(r"(?:[^@]*@)?(?:\[(?P<ipv6>[\da-f:.]+)\]|(?P<host>[^\s\[\]:@\\]+?)\.*)(?::(?P<port>\d*))?")
_CAPTURE = re.compile(r"https?://[^/?#]+/web/\d{4,14}(?:[a-z]{2,3}_)?/(https?):/+", re.IGNORECASE)
_OWN_PORT = re.compile(r"(?:(http://[^/?#]*):80|(https://[^/?#]*):443)(?=[/?#]|$)", re.IGNORECASE)
_TRACKING = re.compile(
    r"(?:utm|at|ns|intc|pinned_post|mc)_[^=]*"
    r"|fbclid|gclid|dclid|msclkid|ocid|xtor|CMP|SThis[A-Z]+|intlink_from_url|link_location"
)
_SAFE = "!$&'()*+,;=:@"
_PLAIN = re.compile(rf"[\w.~{_SAFE}-]*", re.ASCII)


class Address(NamedTuple):
    """An absolute web address in parts."""

    scheme: str
    host: str
    """Lower case, without user, port and final dot."""
    port: str
    """Digits, empty if it is the scheme's own."""
    path: str
    query: str
    fragment: str

    @property
    def origin(self) -> str:
        """``scheme://host``, with the port if it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}" if self.port else f"{self.scheme}://{host}"


def split(url: str) -> Address | None:
    """Take an absolute http(s) address apart; None for all else (relative, ``mailto:``, no valid host)."""
    try:
        scheme, authority, path, query, fragment = urlsplit(url.strip())
    except ValueError:  # urlsplit's word for a host that can be none
        return None
    found = _AUTHORITY.fullmatch(authority.lower())
    if scheme not in _DEFAULT_PORTS or not found:
        return None
    port = found["port"] or ""
    own = port == _DEFAULT_PORTS[scheme]
    return Address(scheme, found["host"] or found["ipv6"], "" if own else port, path, query, fragment)


def is_private(host: str) -> bool:
    """Whether a host is this machine or stands in its own network: ``localhost``, loopback and private IP literals."""
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
    """Return the address that a Wayback Machine address holds a copy of, and any address without a default port.

    The prefix ``/web/<timestamp>/`` counts on every host: a saved copy links to it by path alone, and joined to the
    page's own address such a link names the page's host.
    """
    url = url.strip()
    while found := _CAPTURE.match(url):
        url = f"{found[1]}://{url[found.end() :]}"
    own_port = _OWN_PORT.match(url)
    return (own_port[1] or own_port[2]) + url[own_port.end() :] if own_port else url


def tidy_query(query: str) -> str:
    """Return the query sorted and without the parameters that only tell how a reader came; "?" before it, if any is left."""
    if not query:
        return ""
    kept = sorted(part for part in query.split("&") if part and not _TRACKING.fullmatch(part.partition("=")[0]))
    return "?" + "&".join(kept) if kept else ""


def segments(path: str) -> list[str]:
    """Return the path's segments in one percent-encoding, without empty ones and stray white space."""
    parts = (part if _PLAIN.fullmatch(part) else _encoded(part) for part in path.split("/"))
    return [part for part in parts if part]


def _encoded(part: str) -> str:
    return quote_from_bytes(unquote_to_bytes(part.encode("utf-8", "surrogatepass")).strip(), _SAFE)
