"""Feeds and sitemaps are read as index pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl import extract
from newscrawl.extraction import Extraction, read
from newscrawl.items import Relation
from newscrawl.page import Page
from newscrawl.sites.bbc import BBC

ADDRESS = "https://www.bbc.co.uk/news/articles/c0lamp0lampo"
CHANGED = datetime(2026, 3, 5, 19, 3, 4, tzinfo=UTC)
RSS = f"""<?xml version="1.0" encoding="UTF-8"?><rss xmlns:atom="http://www.w3.org/2005/Atom" version="2.0"><channel>
<title><![CDATA[Lamps]]></title><link>https://www.bbc.co.uk/news</link>
<item><title><![CDATA[Lamp & light]]></title><guid isPermaLink="false">{ADDRESS}#2</guid>
<link>{ADDRESS}?at_medium=RSS&amp;at_campaign=rss</link><pubDate>Fri, 06 Mar 2026 07:08:09 GMT</pubDate></item>
<item><title>Radio</title><link>https://www.bbc.co.uk/sounds/play/p0000001</link></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Lamps</title><entry><title>Lamp &amp; light</title>
<link rel="alternate" href="{ADDRESS}"/><updated>2026-03-05T19:03:04Z</updated></entry></feed>"""
SITEMAP = f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{ADDRESS}</loc><lastmod>2026-03-05T19:03:04Z</lastmod>
<news:news><news:title>Lamp &amp; light</news:title></news:news></url></urlset>"""


def reading(text: str, url: str = "https://feeds.bbci.co.uk/news/rss.xml") -> Extraction:
    return read(Page(text.encode(), url, "text/xml"), BBC)


@pytest.mark.parametrize(
    ("era", "text", "changed"), [("rss", RSS, None), ("atom", ATOM, CHANGED), ("sitemap", SITEMAP, CHANGED)]
)
def test_every_format_lists_its_stories(era: str, text: str, changed: datetime | None) -> None:
    got = reading(text)
    assert got.index
    assert (got.era, got.index.page_era) == (era, era)
    assert [(one.key, one.relation, one.text, one.target_updated_at) for one in got.links] == [
        ("bbc:c0lamp0lampo", Relation.LISTED, "Lamp & light", changed)
    ]


def test_the_title_is_the_feeds_own() -> None:
    got = reading(RSS)
    assert got.index
    assert got.index.title == "Lamps"


def test_a_sitemap_of_sitemaps_lists_them() -> None:
    text = "<sitemapindex><sitemap><loc>https://www.bbc.com/sitemaps/https-sitemap-com-news-1.xml</loc></sitemap></sitemapindex>"
    got = reading(text, "https://www.bbc.com/sitemaps/https-index-com-news.xml")
    assert [one.target for one in got.links] == ["feed"]


@pytest.mark.parametrize(
    "text", ["", "<rss", "<rss><channel><item/></channel></rss>", RSS[:400], RSS.replace("&amp;", "&")]
)
def test_a_broken_feed_raises_nothing(text: str) -> None:
    assert all(one.key for one in reading(text).links)


def test_an_entity_of_a_document_is_never_read_from_this_machine() -> None:
    text = (
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title><link>' + ADDRESS
    )
    got = reading(text + "</link></item></channel></rss>")
    assert not any("root" in one.text for one in got.links)


@pytest.mark.parametrize(
    "body",
    [
        b'<urlset xmlns="&#xD800;"><url><loc>https://www.bbc.com/news/world-21001001</loc></url></urlset>',
        b'<urlset xmlns="&#55296;"><url><loc>https://www.bbc.com/news/world-21001001</loc></url></urlset>',
        b"<\xed\xa0\x80urlset><urlset",
        b"  <!-- <urlset -->",
    ],
)
def test_a_feed_of_half_characters_or_of_nothing_is_no_error(body: bytes) -> None:
    extract(body, "https://www.bbc.com/sitemaps/news.xml")
