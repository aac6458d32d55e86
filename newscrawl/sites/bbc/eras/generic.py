"""Pages of no known era: what standards give (JSON-LD, OpenGraph, metas), and trafilatura for the text."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from newscrawl.eras import Era, FoundLink, LinkRule, Rule
from newscrawl.eras.rules import always, attribute, description, json_ld, meta, text, when
from newscrawl.items import Block, BlockType, Image, Relation, Target
from newscrawl.processors import collapse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Element, Page

_TYPES = {"head": BlockType.HEADING, "item": BlockType.LIST_ITEM, "quote": BlockType.QUOTE, "p": BlockType.PARAGRAPH}
_ARTICLE = frozenset(
    {"NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "Article", "LiveBlogPosting", "VideoObject"}
)
_AUTHOR = json_ld("author", types=_ARTICLE)
_NO_PAGE = re.compile(
    r"(?:bbc\W+)?(?:(?:error\W+)?404\b|(?:sorry\W+)?(?:page|file) (?:cannot be|can't be|not) found\b|before you continue\b|consent\b)",
    re.IGNORECASE,
)
"""Titles of pages that stand where a story should: not found, consent asked for."""

MOST_BYTES = 3_000_000
"""Pages of more bytes are not given to trafilatura: 5 MB of short paragraphs take it 19 s, and meanwhile nothing else happens."""


@cache
def _extractor() -> Any:
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # that it finds no text is ours to say
    return bare_extraction


def _main_text(page: Page) -> Element | None:
    """Return what trafilatura takes for the text, as its own TEI-like tree. Raises ValueError for a page too large for it."""
    if len(page.body) > MOST_BYTES:
        raise ValueError(f"{len(page.body)} bytes are too much to search for the text")
    if "trafilatura" not in page.memo:
        markup = etree.tostring(page.tree, encoding="unicode", method="html")  # the page's own may nest too deep for it
        document = _extractor()(markup, url=page.url, include_links=True, include_images=False, include_comments=False)
        page.memo["trafilatura"] = None if document is None else document.body
    found: Element | None = page.memo["trafilatura"]
    return found


def _blocks(page: Page) -> list[Block]:
    tree = _main_text(page)
    if tree is None:
        return []
    titles = {page.text(element) for element in page.tree.iter("h1")}
    found = (Block(_TYPES[str(e.tag)], _text(e)) for e in tree.iter(*_TYPES) if not _within_block(e))
    return [block for block in found if block.text not in titles]


def _text(element: Element) -> str:
    return collapse("".join(map(str, element.itertext())))


def _within_block(element: Element) -> bool:
    return any(parent.tag in _TYPES for parent in element.iterancestors())


def _links(page: Page) -> Iterator[FoundLink]:
    tree = _main_text(page)
    for reference in tree.iter("ref") if tree is not None else ():
        yield FoundLink(reference.get("target", ""), Relation.INLINE, _text(reference))


def _authors(page: Page) -> list[str]:
    """Return the persons among the authors: the BBC itself is stated as one too."""
    stated = [{"name": author} if isinstance(author, str) else author for author in _AUTHOR.read(page)]
    return [author["name"] for author in stated if author.get("@type", "Person") == "Person" and author.get("name")]


def _images(page: Page) -> list[Image]:
    address = page.open_graph.get("image")
    return [Image(page.absolute(address), page.open_graph.get("image:alt"))] if address else []


def _is_no_page(page: Page) -> bool:
    titles = (page.text(element) for element in page.tree.iter("title", "h1"))
    return any(map(_NO_PAGE.match, titles))


GENERIC = Era(
    name="generic",
    marker=always(),
    target=when(Rule("no page", _is_no_page), Target.OTHER),
    fields={
        "headline": (
            json_ld("headline", types=_ARTICLE),
            text("h1"),
            meta("og:title"),
            meta("Headline"),
            text("title"),
        ),
        "summary": (description(), json_ld("description", types=_ARTICLE)),
        "body": (Rule("trafilatura", _blocks),),
        "authors": (Rule("json-ld author", _authors),),
        "section": (meta("Section"), meta("article:section"), json_ld("articleSection", types=_ARTICLE)),
        "language": (attribute("html", "lang"), attribute("html", "xml:lang")),
        "images": (Rule("meta og:image", _images),),
        "date_published": (
            json_ld("datePublished", types=_ARTICLE),
            meta("article:published_time"),
            meta("DCTERMS.created"),
            meta("OriginalPublicationDate"),
        ),
        "date_modified": (
            json_ld("dateModified", types=_ARTICLE),
            meta("article:modified_time"),
            meta("DCTERMS.modified"),
            meta("OriginalPublicationDate"),
        ),
    },
    links=(LinkRule("inline trafilatura", _links),),
)
