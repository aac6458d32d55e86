"""What a BBC address names, from the address alone: the story, its one canonical form, and what it points at.

Everything is decided by whole path segments, tried against ``RULES`` from the top; the host decides only whether the
rules apply (BBC hosts, and the private hosts of a test site). Sources: the addresses on saved pages of 1998 to 2026, and
the route table of the BBC's own open-source renderer (github.com/bbc/simorgh) for ids and the World Service.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from newscrawl.items import Target
from newscrawl.sites.addresses import Address, encoded, is_private, split, unwrap, without_tracking

__all__ = ["HOSTS", "PREFIX", "RULES", "Rule", "canonical_url", "story_id", "target", "unwrap"]

PREFIX = "bbc"
HOSTS = ("bbc.co.uk", "bbc.com", "feeds.bbci.co.uk")

_PIECES = {
    "old": r"(?:[^/]*[-+])?(?P<id>\d{8,9})",  # world-middle-east-21817201 or bare, one number space since 1998
    "new": r"(?P<id>c[a-zA-Z0-9]{10}[ot])",
    "any": r"[^/]+",
    "word": r"[a-z][a-z0-9_-]*",
    "hi": r"(?:{any}/){{0,2}}hi",
    "lang": "(?:"
    + "|".join(
        "afaanoromoo afrique amharic arabic azeri bengali burmese chinese cymrufyw gahuza gujarati hausa hindi igbo indonesia "
        "indonesian japanese korean kyrgyz magyar marathi mundo naidheachdan nepali pashto persian pidgin polska portuguese "
        "punjabi romanian russian serbian sinhala somali spanish swahili tamil telugu thai tigrinya turkce turkish ukchina "
        "ukrainian urdu uzbek vietnamese yoruba zhongwen".split()  # noqa: SIM905
    )
    + ")",
    "magazine": "(?:autos|capital|culture|earth|future|travel|worklife)",
    "dated": r"\d{8}-[^/]+",
}
_PIECES["hi"] = r"(?:[^/]+/){0,2}hi"


class Rule(NamedTuple):
    """One form of address."""

    page: str
    """Path pattern by whole segments; ``{old}``, ``{new}`` hold the asset id."""
    target: Target
    rest: str = ""
    """Pattern of further segments that name no other page (slug, page number): not part of the canonical form."""


_STORY, _INDEX, _FEED, _PROGRAMME, _OTHER = Target.STORY, Target.INDEX, Target.FEED, Target.PROGRAMME, Target.OTHER

RULES = (
    # feeds
    Rule(r"(?:{any}/)*(?:rss|index|atom)\.xml", _FEED),
    Rule(r"(?:{any}/)*{any}\.rss", _FEED),
    Rule(r"sitemaps?/{any}\.xml|sitemap\.xml", _FEED),
    # news.bbc.co.uk, 1997 to 2010
    Rule(r"{hi}/(?:{any}/)*help/{any}", _OTHER),
    Rule(r"{hi}/(?:{any}/)*(?P<id>\d{{4,9}})\.stm", _STORY),
    Rule(r"(?!.*/shared/)(?:{any}/)*default\.stm|{hi}(?:\.html)?|sport[123]|democracylive/hi", _INDEX),
    # News
    Rule(r"news/(?:help|contact-us|terms|undefined)(?:/{any})*", _OTHER),
    Rule(r"news/{old}", _STORY),
    Rule(r"news/av/{old}", _STORY, r"/{any}"),
    Rule(r"(?:news|newsround)/(?:articles|videos|av|live)/{new}", _STORY, r"/page/\d+"),
    Rule(r"(?:news|newsround)/live/{old}", _STORY, r"/page/\d+"),
    Rule(r"news/video_and_audio/features/{any}/{old}", _STORY),
    Rule(r"newsround/(?:av/)?{old}", _STORY),
    Rule(r"newsbeat/(?:article/)?{old}", _STORY, r"/{any}"),
    Rule(r"news/topics/{any}", _INDEX, r"/{any}"),
    Rule(r"(?:news|newsround|newsbeat)(?:/{word}){{0,4}}", _INDEX),
    # Sport
    Rule(r"sport(?:/{word}){{0,4}}/(?:articles|videos|live)/{new}", _STORY),
    Rule(r"sport(?:/{word}){{0,4}}/{old}", _STORY),
    Rule(
        r"sport(?:/{word}){{0,4}}/(?:scores-fixtures|fixtures|results|tables?|top-scorers|undefined)(?:/{any})*", _OTHER
    ),
    Rule(r"sport(?:/{word}){{0,4}}", _INDEX),
    # World Service, Cymru Fyw, Naidheachdan
    Rule(r"{lang}(?:/(?:simp|trad|cyr|lat))?/{old}", _STORY),
    Rule(r"{lang}/live/{old}", _STORY, r"/page/\d+"),
    Rule(r"{lang}/(?:articles|erthyglau|sgeulachdan|live|videos)/{new}", _STORY, r"/(?:simp|trad|cyr|lat)"),
    Rule(r"{lang}/(?:institutional|send)/.*", _OTHER),
    Rule(r"{lang}(?:/{any}){{1,3}}/\d{{4}}/\d{{2}}/\d{{6}}_[^/.]+", _STORY, r"\.shtml"),
    Rule(r"{lang}/(?:bbc_\w+|podcasts|tv|tv_programmes)(?:/{any})*", _PROGRAMME),
    Rule(r"{lang}(?:/{word}){{0,3}}", _INDEX),
    Rule(r"{lang}(?:/(?:simp|trad|cyr|lat))?/topics/{any}", _INDEX, r"/{any}"),
    # Future, Culture, Travel, Worklife
    Rule(r"{magazine}/(?:article|story|feature|gallery)/{dated}", _STORY, r"/\d+"),
    Rule(r"(?:{magazine}|arts|business|future-planet|home|innovation|live|video)(?:/{word}){{0,3}}", _INDEX),
    # programmes
    Rule(
        r"(?:audio|iplayer|mediaselector|podcasts|programmes|radio\w*|reel|schedules|sounds|tv|worldserviceradio)(?:/{any})*",
        _PROGRAMME,
    ),
)

_COMPILED = tuple((re.compile(rf"/(?P<page>{r.page})(?:{r.rest})?".format(**_PIECES)), r.target) for r in RULES)


class _Named(NamedTuple):
    """What one address names."""

    url: str
    story_id: str | None
    target: Target


@lru_cache(maxsize=16384)
def _named(url: str) -> _Named:
    address = split(unwrap(url))
    if address is None:
        return _Named(url.strip(), None, Target.OTHER)
    if not (_is_bbc(address.host) or is_private(address.host)):
        return _Named(_external(address), None, Target.EXTERNAL)
    wrapped = re.fullmatch(r"/(?:go/.*?/-|mpapps/pagetools/(?:print|email))(/.*)", address.path)
    if wrapped:
        return _named(_inside(wrapped[1][1:], address))
    return _bbc(address)


def _is_bbc(host: str) -> bool:
    return any(host == own or host.endswith("." + own) for own in HOSTS)


def _external(address: Address) -> str:
    path = address.path or "/"
    query = without_tracking(address.query)
    return f"{address.origin}{path}{'?' + query if query else ''}"


def _inside(rest: str, address: Address) -> str:
    query = f"?{address.query}" if address.query else ""
    if found := re.match(r"https?:/+", rest):
        return found[0].partition(":")[0] + "://" + rest[found.end() :] + query
    if re.match(r"[\w.-]+\.bbc\.(?:co\.uk|com)(?:/|$)", rest):
        return f"http://{rest}{query}"
    return f"{address.origin}/{rest}{query}"


_ALIASES = (
    (re.compile(r"\.amp$|/amp(?=/|$)"), ""),
    (re.compile(r"^/sport/0(?=/|$)"), "/sport"),
    (re.compile(r"^/news/mobile(?=/|$)"), "/news"),
    (re.compile(r"^(/\d)/low(?=/|$)"), r"\1/hi"),
)


def _bbc(address: Address) -> _Named:
    path = encoded("/" + "/".join(filter(None, address.path.split("/"))))
    for pattern, replacement in _ALIASES:
        path = pattern.sub(replacement, path)
    if address.host == "feeds.bbci.co.uk":
        return _Named(_page(address, path, address.query), None, Target.FEED)
    for pattern, kind in _COMPILED:
        if found := pattern.fullmatch(path):
            page = "/" + found["page"]
            if kind is not Target.STORY:
                return _Named(_page(address, page, address.query), None, kind)
            url = _page(address, page, "")
            number = found.groupdict().get("id")
            return _Named(url, f"{PREFIX}:{number}" if number else url, kind)
    return _Named(_page(address, path, address.query), None, Target.INDEX if path in {"/", ""} else Target.OTHER)


def _page(address: Address, path: str, query: str) -> str:
    query = without_tracking(query)
    return f"{_origin(address, path)}{path or '/'}{'?' + query if query else ''}"


_UK_ONLY = re.compile(
    r"/(?:bitesize|blogs|cymrufyw|iplayer|naidheachdan|newsbeat|newsround|programmes|radio\w*|sounds|weather)(?=/|$)"
)
_HI = re.compile(r"/(?:[^/]+/){0,2}hi(?=/|$)|.*\.stm$")
_WEB = re.compile(r"(?:(?:www|m|beta|news)\.)?bbc\.(?:co\.uk|com)")


def _origin(address: Address, path: str) -> str:
    if is_private(address.host):
        return address.origin
    if not _WEB.fullmatch(address.host):
        return f"https://{address.host}"
    if _HI.match(path):
        return "http://news.bbc.co.uk"
    if path in {"", "/"}:
        return (
            "http://news.bbc.co.uk"
            if address.host.startswith("news.")
            else f"https://www.{address.host.removeprefix('www.')}"
        )
    return "https://www.bbc.co.uk" if _UK_ONLY.match(path) else "https://www.bbc.com"


def story_id(url: str) -> str | None:
    """Return ``bbc:<asset id>``, else the canonical URL of a story without one; None if the address names no story."""
    return _named(url).story_id


def canonical_url(url: str) -> str:
    """Return the one form of an address; what is no absolute web address comes back stripped of white space."""
    return _named(url).url


def target(url: str) -> Target:
    """Return what an address points at."""
    return _named(url).target
