"""Feeds and sitemaps, read as index pages: RSS, Atom and sitemaps with Google's news extension.

The formats: https://www.rssboard.org/rss-specification, RFC 4287, https://www.sitemaps.org/protocol.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.eras import Era, FoundLink, LinkRule, Rule
from newscrawl.items import Relation, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Element, Page


def _entries(page: Page, name: str) -> Iterator[Element]:
    # formats stand in namespaces or, in old feeds and in copies that lost them, in none
    return page.xml.iter(f"{{*}}{name}")


def _said(entry: Element, *names: str) -> str:
    """Return the text of the first of these children that has any."""
    for name in names:
        for child in entry.iterfind(f"{{*}}{name}"):
            if text := "".join(map(str, child.itertext())).strip():
                return text
    return ""


def _rss(page: Page) -> Iterator[FoundLink]:
    for item in _entries(page, "item"):
        # a guid is the address and "#" with the number of the version
        address = _said(item, "link") or _said(item, "guid")
        # pubDate says when a story appeared and stays when it is edited: it tells nothing of the last change
        yield FoundLink(address, Relation.LISTED, _said(item, "title") or address)


def _atom(page: Page) -> Iterator[FoundLink]:
    for entry in _entries(page, "entry"):
        links = [link for link in entry.iterfind("{*}link") if link.get("rel", "alternate") == "alternate"]
        address = links[0].get("href", "") if links else ""
        yield FoundLink(
            address, Relation.LISTED, _said(entry, "title") or address, updated=_said(entry, "updated") or None
        )


def _sitemap(page: Page) -> Iterator[FoundLink]:
    for entry in (*_entries(page, "url"), *_entries(page, "sitemap")):
        address = _said(entry, "loc")
        title = next((_said(news, "title") for news in entry.iterfind("{*}news")), "")
        yield FoundLink(address, Relation.LISTED, title or address, updated=_said(entry, "lastmod") or None)


def _feed(name: str, *roots: str, read: LinkRule) -> Era:
    return Era(
        name=name,
        marker=Rule(f"root {' or '.join(roots)}", lambda page: page.xml.tag.rpartition("}")[2] in roots),
        target=Rule(name, lambda _: Target.INDEX),
        title=Rule(
            "title", lambda page: next((_said(part, "title") for part in page.xml.iter("{*}channel", "{*}feed")), None)
        ),
        fields={},
        listed=(read,),
        lists=frozenset({Target.STORY, Target.FEED}),  # a sitemap may list sitemaps
    )


FEEDS = (
    _feed("rss", "rss", "RDF", read=LinkRule("item", _rss)),
    _feed("atom", "feed", read=LinkRule("entry", _atom)),
    _feed("sitemap", "urlset", "sitemapindex", read=LinkRule("loc", _sitemap)),
)
"""In front of all eras of pages: their marker costs nothing where the response is no XML."""
