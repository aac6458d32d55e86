"""What today's pages carry beside their markup: JSON-LD and the page state of ``#__NEXT_DATA__``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .content import Archive, Block, Reference, Story, plain

if TYPE_CHECKING:
    from datetime import datetime

PUBLISHER = {"@type": "NewsMediaOrganization", "name": "BBC News"}
IMAGES = "https://ichef.bbci.co.uk/news"
BODY = {"paragraph", "heading", "list", "image"}
"""Blocks that the states hold too."""


def of(story: Story, archive: Archive, groups: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a story's page states beside its markup: ``ld`` and the state of its era."""
    if story.era == "next-2023":
        return {"ld": _json_ld(story), "next": _next(story, archive, groups)}
    if story.era == "react-2020":
        return {"ld": _json_ld(story), "initial": _initial(story)}
    if story.era == "worldservice-2018":
        return {"ld": _json_ld(story), "simorgh": _simorgh(story)}
    if story.era == "live-2020":
        return {"ld": _live(story)}
    return {"ld": _article(story), "canonical": archive.stories[story.id].url}


def of_index(index: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the state of an index page."""
    sections = [_section(part["title"], part["links"]) for part in parts]
    page = {"sections": sections, "id": f"urn:bbc:tipo:index:{index['section']}", "title": index["title"]}
    return {"next": _page(_key(index["url"]), page, "indexPage", {})}


def of_missing(cards: list[Reference]) -> dict[str, Any]:
    """Return the state of the page for an address that leads nowhere: fresh cards about other things."""
    page = {"sections": [_section("Most read", cards)], "id": "not-found"}
    return {"next": _page("not-found", page, "notFoundPage", {})}


def _json_ld(story: Story) -> dict[str, Any]:
    authors = [{"@type": "Person", "name": author["name"]} for author in story.authors]
    return {
        "@context": "http://schema.org",
        "@type": "ReportageNewsArticle",
        "url": story.url,
        "publisher": PUBLISHER,
        "datePublished": _instant(story.published),
        "dateModified": _instant(story.updated),
        "description": story.summary,
        "headline": story.headline,
        "image": {"@type": "ImageObject", "url": f"{IMAGES}/1024/branded_news/{_lead(story)}"},
        "mainEntityOfPage": story.url,
        "author": authors or [PUBLISHER],
    }


def _article(story: Story) -> dict[str, Any]:
    """Return the JSON-LD of 2015-2019, which states one instant."""
    return {
        "@context": "http://schema.org",
        "@type": "Article",
        "url": story.url,
        "publisher": {"@type": "Organization", "name": "BBC News"},
        "headline": story.headline,
        "mainEntityOfPage": story.url,
        "articleBody": story.summary,
        "datePublished": story.updated.isoformat(),
    }


def _live(story: Story) -> dict[str, Any]:
    posts = [
        {
            "@type": "BlogPosting",
            "headline": post["headline"],
            "datePublished": _instant(post["time"]),
            "url": f"{story.url}#post_{post['id']}",
            "articleBody": plain(post["text"]).replace("\n", " ").strip(),
        }
        for post in story.posts
    ]
    return {
        "@context": "http://schema.org",
        "@type": "LiveBlogPosting",
        "url": story.url,
        "headline": story.headline,
        "description": story.summary,
        "publisher": PUBLISHER,
        "datePublished": _instant(story.published),
        "dateModified": _instant(story.updated),
        "coverageStartTime": _instant(story.published),
        "liveBlogUpdate": posts,
    }


def _initial(story: Story) -> dict[str, Any]:
    """Return the state of 2020-2024: ``firstPublished`` is the true one, and the pictures are real."""
    pictures = iter(story.images)
    blocks = [
        _picture(next(pictures)) if block.type == "image" else _body(story, block)
        for block in story.blocks
        if block.type in BODY
    ]
    metadata = {
        "assetId": story.id,
        "assetUri": urlsplit(story.url).path,
        "firstPublished": _ms(story.published),
        "lastPublished": _ms(story.updated),
        "languageCode": "en-gb",
        "description": story.summary,
    }
    article = {"metadata": metadata, "headline": story.headline, "content": {"model": {"blocks": blocks}}}
    key = f"article?language=en-GB&uri={urlsplit(story.url).path}"
    return {"data": {key: {"name": "article", "data": article}}, "route": {"name": "article"}}


def _simorgh(story: Story) -> dict[str, Any]:
    """Return the state of World Service pages."""
    metadata = {
        "firstPublished": _ms(story.published),
        "lastPublished": _ms(story.updated),
        "language": story.language,
        "tags": {"about": [{"thingLabel": topic.split(" | ")[0]} for topic in story.topics]},
    }
    promo = {"headlines": {"headline": story.headline}, "byline": {"name": story.authors[0]["name"]}}
    return {"status": 200, "pageData": {"metadata": metadata, "promo": promo}, "path": urlsplit(story.url).path}


def _picture(image: dict[str, str]) -> dict[str, Any]:
    model = {"alt": image["alt"], "copyright": image["credit"], "src": f"{IMAGES}/976/cpsprodpb/{image['file']}"}
    return {"type": "image", "model": {"caption": _text(image["caption"]), "image": model}}


def _next(story: Story, archive: Archive, groups: list[dict[str, Any]]) -> dict[str, Any]:
    section = archive.sections[story.section]
    page = {
        "id": f"urn:bbc:optimo:asset:{story.id}",
        "contents": [*_contents(story), *(_links(group) for group in groups)],
        "topics": [_topic(topic) for topic in story.topics],
        "onwardJourney": [
            {"type": "ohio", "title": "Related", "content": [_card(card) for card in _same_topic(story, archive)]}
        ],
        "section": [{"title": section.name, "url": urlsplit(section.index).path}],
    }
    metadata = {
        "contributors": ", ".join(author["name"] for author in story.authors),
        "description": story.summary,
        "firstPublished": _ms(story.published),
        "lastPublished": _ms(story.updated),
        "lastUpdated": _ms(story.updated) + 3_600_000,
        "section": {"name": section.name, "uri": urlsplit(section.index).path},
        "seoHeadline": story.headline,
    }
    return _page(_key(story.url), page, "article", metadata)


def _same_topic(story: Story, archive: Archive) -> list[Reference]:
    """Return the three latest stories of the same topics when the page was captured."""
    others = [
        other
        for other in archive.stories.values()
        if set(other.topics) & set(story.topics) and other.id != story.id and other.published < story.captured_at
    ]
    latest = sorted(others, key=lambda other: other.published, reverse=True)[:3]
    return [Reference(other.title, other.url, other) for other in latest]


def _topic(topic: str) -> dict[str, Any]:
    """Read a topic written ``Name | id`` or ``Name | id | event``."""
    name, topic_id, *event = topic.split(" | ")
    return {"title": name, "url": f"/news/topics/{topic_id}", "isEvent": bool(event)}


def _contents(story: Story) -> list[dict[str, Any]]:
    head = [
        _content("headline", _text(story.headline)),
        {"type": "timestamp", "model": {"timestamp": _ms(story.updated)}},
    ]
    return head + [
        _body(story, block) for block in story.blocks if block.type in {"paragraph", "heading", "list", "image"}
    ]


def _body(story: Story, block: Block) -> dict[str, Any]:
    if block.type == "image":
        image = story.images[block.number - 1]
        raw = {
            "type": "rawImage",
            "model": {"locator": image["file"], "originCode": "cpsprodpb", "copyrightHolder": image["credit"]},
        }
        return {"type": "image", "model": {"blocks": [_content("altText", _text(image["alt"])), raw]}}
    if block.type == "list":
        items = [{"type": "listItem", "model": {"blocks": [_paragraph(item)]}} for item in block.items]
        return {"type": "text", "model": {"blocks": [{"type": "unorderedList", "model": {"blocks": items}}]}}
    return _content("subheadline", _text(block.text)) if block.type == "heading" else _text(block.text)


def _links(group: dict[str, Any]) -> dict[str, Any]:
    links = [{"type": "link", "model": {"locator": link.url, "blocks": [_text(link.title)]}} for link in group["links"]]
    return {"type": "links", "model": {"blocks": [_content("title", _text(group["title"])), *links]}}


def _card(link: Reference) -> dict[str, Any]:
    card: dict[str, Any] = {"title": link.title, "href": link.url, "isLiveNow": False}
    if link.story:
        dates = {"firstUpdated": _ms(link.story.published), "lastUpdated": _ms(link.story.updated)}
        card |= {"metadata": {"contentType": "article", **dates}, "description": link.story.summary}
    return card


def _section(title: str, links: list[Reference]) -> dict[str, Any]:
    return {"type": "nevada", "title": title, "content": [_card(link) for link in links]}


def _page(key: str, page: dict[str, Any], kind: str, metadata: dict[str, Any]) -> dict[str, Any]:
    properties = {"page": {key: page}, "metadata": metadata, "pageKey": key, "type": kind}
    return {"props": {"pageProps": properties}, "page": "/[...slug]", "isFallback": False}


def _content(kind: str, *blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "model": {"blocks": list(blocks)}}


def _text(text: str) -> dict[str, Any]:
    return _content("text", _paragraph(text))


def _paragraph(text: str) -> dict[str, Any]:
    fragment = {"type": "fragment", "model": {"text": plain(text), "attributes": []}}
    return {"type": "paragraph", "model": {"text": plain(text), "blocks": [fragment]}}


def _key(url: str) -> str:
    return "@" + "".join(f'"{part}",' for part in urlsplit(url).path.strip("/").split("/"))


def _lead(story: Story) -> str:
    return story.images[0]["file"] if story.images else "default/poster.png"


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
