"""What a BBC address names, from the address alone: the story, its one canonical form, and what it points at.

Whole path segments decide, by the table in ``forms``; of the host it only counts that it is the BBC's, or a private one
(a test site). Whether a page may be fetched is another question: ``Site.owns``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from newscrawl.items import Target
from newscrawl.sites.addresses import Address, is_private, segments, split, tidy_query, unwrap
from newscrawl.sites.bbc.forms import PATTERNS, Rule

__all__ = ["HOSTS", "PREFIX", "canonical_url", "story_id", "target", "unwrap"]

PREFIX = "bbc"
HOSTS = ("bbc.co.uk", "bbc.com", "feeds.bbci.co.uk")

_BBC_HOST = re.compile("(?:.+[.])?(?:" + "|".join(map(re.escape, HOSTS)) + ")")
_WEB_HOST = re.compile(r"(?:(?:www|m|beta)\.)?(bbc\.(?:co\.uk|com))")
_FRONT_HOST = re.compile(r"(?:(?:www|m|beta|news)\.)?bbc\.(?:co\.uk|com)")
_WRAPPER = re.compile(r"/go/(?:.*?/)?-/(?P<path>.*)|/mpapps/pagetools/(?:print|email)/(?P<address>.*)", re.DOTALL)
_OTHER_SCRIPT = re.compile(r"/(trad|cyr)(?=/|$)")

_SAME_PAGE = (
    (re.compile(r"(sport)(?:/0)+(?=/|$)"), r"\1"),
    (re.compile(r"(news)(?:/mobile)+(?=/|$)"), r"\1"),
    (re.compile(r"(\d|sport\d)/low(?=/)"), r"\1/hi"),
    (re.compile(r"low/english(?=/)"), "hi/english"),
)
"""Other paths of the same page, told by how they begin."""


class _Named(NamedTuple):
    """What one address names."""

    url: str
    story_id: str | None
    target: Target


def story_id(url: str) -> str | None:
    """Return ``bbc:<asset id>``, for a story without an asset id its canonical URL; None if the address names no story.

    A story in the other script of its language (Chinese ``trad``, Serbian ``cyr``) is another text under the same asset
    id: ``bbc:<asset id>/trad``.
    """
    return _named(url).story_id


def canonical_url(url: str) -> str:
    """Return the one form of an address: same page, same string; what is no web address comes back stripped.

    A story keeps no query; elsewhere it is sorted and loses tracking. Addresses of other hosts change no more than that.
    """
    return _named(url).url


def target(url: str) -> Target:
    """Return what an address points at; OTHER for what is no web address and for BBC pages that no rule knows."""
    return _named(url).target


@lru_cache(maxsize=8192)
def _named(url: str) -> _Named:
    address = _resolved(url)
    if address is None:
        return _Named(url.strip(), None, Target.OTHER)
    if not _is_known(address.host):
        return _Named(_external_url(address), None, Target.EXTERNAL)
    return _named_page(address)


def _resolved(url: str) -> Address | None:
    """Take the address apart, after looking through the archive's prefix and the BBC's own redirects."""
    address = split(unwrap(url))
    while address and _is_known(address.host) and (found := _WRAPPER.fullmatch(address.path)):
        address = split(unwrap(_inside(found, address)))
    return address


def _is_known(host: str) -> bool:
    return _BBC_HOST.fullmatch(host) is not None or is_private(host)


def _inside(found: re.Match[str], address: Address) -> str:
    query = f"?{address.query}" if address.query else ""
    if found["address"]:
        return f"http://{found['address']}{query}"
    scheme, slash, rest = (found["path"] or "").partition(":/")
    if slash and scheme in {"http", "https"}:
        return f"{scheme}://{rest.lstrip('/')}{query}"
    return f"{address.origin}/{found['path'] or ''}{query}"


def _external_url(address: Address) -> str:
    fragment = (
        "#" + address.fragment if address.fragment.startswith("!") else ""
    )  # names a page on old script-built sites
    return address.origin + (address.path or "/") + tidy_query(address.query) + fragment


def _named_page(address: Address) -> _Named:
    path = "/".join(part for part in segments(address.path) if part != "amp")
    for beginning, replacement in _SAME_PAGE:
        path = beginning.sub(replacement, path, count=1) if beginning.match(path) else path
    for rule, pattern in PATTERNS:
        if found := pattern.fullmatch(path):
            return _by_rule(rule, found, address)
    front = not path and (_FRONT_HOST.fullmatch(address.host) or is_private(address.host))
    url = f"{_own_host(address)}/{path}{tidy_query(address.query)}"
    return _Named(url, None, Target.INDEX if front else Target.OTHER)


def _by_rule(rule: Rule, found: re.Match[str], address: Address) -> _Named:
    home = _own_host(address) if rule.home is None or is_private(address.host) else rule.home
    url = f"{home}/{found['page']}"
    if rule.target is not Target.STORY:
        return _Named(url + tidy_query(address.query), None, rule.target)
    return _Named(url, _asset_id(found) or url, rule.target)


def _asset_id(found: re.Match[str]) -> str | None:
    number = found.groupdict().get("id")
    script = _OTHER_SCRIPT.search(found["page"])
    return number and f"{PREFIX}:{number}" + (script[0] if script else "")


def _own_host(address: Address) -> str:
    if is_private(address.host):
        return address.origin
    if web := _WEB_HOST.fullmatch(address.host):
        return f"https://www.{web[1]}"
    return f"{'http' if address.host.startswith('news') else 'https'}://{address.host}"
