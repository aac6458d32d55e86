"""World Service pages of 2010 to 2015 (``Topcat2``: ``.bodytext`` in the ``barlesque`` frame), in any of its languages.

What was read off saved pages:

- Metas are in lower case; ``dcterms.created`` and ``dcterms.modified`` are exact.
- The section is only in the title of the feed that belongs to it ("RSS - …").
- A list says by its class what it holds, its heading is in the page's language: ``li-relatedlinks``, ``li-relatedtopics`` …
- In a teaser the anchor holds the title and hidden labels ("Watch", the duration); its date and its own topic stand beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.eras import Era, FoundLink, LinkRule, Rule
from newscrawl.eras.regions import Region, body, images, inline, insets
from newscrawl.eras.rules import any_of, attribute, block, bylines, description, has, meta, meta_is, text
from newscrawl.items import Relation, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Element, Page

BOXES = (".bodytext .box", ".bodytext .list")

STORY = Region(
    where=(".story-body .bodytext", ".bodytext"),
    cut=(".emp", ".bbccom_slot", ".tools-container", ".tools-container-end", ".document-tools"),
    bylines=(".byline",),
    insets=BOXES,
    figures=(".image",),
    captions=(".caption",),
    loose_text=False,
)

BELOW = ".contextual-links"

LISTS = {
    "li-relatedlinks": Relation.RELATED,
    "li-relatedtopics": Relation.TOPIC,
    "li-relatedinternetlinks": Relation.EXTERNAL,
    "li-relatedbbclinks": Relation.ELSEWHERE,
}
"""Lists below the story by their class; any other is the editor's too."""

FEED = "RSS - "


def _section(page: Page) -> str | None:
    titles = (link.get("title", "") for link in page.tree.iter("link") if "atom" in link.get("type", ""))
    return next((title.removeprefix(FEED) for title in titles if title.startswith(FEED)), None)


def _topics(page: Page) -> list[Topic]:
    anchors = page.select(f"{BELOW} .li-relatedtopics a")
    return [Topic(page.text(anchor), url=page.absolute(anchor.get("href", ""))) for anchor in anchors]


def _below(page: Page) -> Iterator[FoundLink]:
    """Read the lists below the story; all stand under one heading, and each under its own."""
    for element in page.select(BELOW):
        outer = next(map(page.text, element.iterchildren("h2")), None)
        for part in page.select(".list", element):
            inner = next(map(page.text, page.select(".title", part)), None)
            for anchor in page.select("li a", part):
                if not _is_beside(anchor):
                    title = " / ".join(filter(None, (outer, inner)))
                    yield FoundLink(anchor.get("href", ""), _relation(part), page.text(anchor), title or None, anchor)


def _relation(part: Element) -> Relation:
    classes = part.get("class", "").split()
    return next((LISTS[name] for name in classes if name in LISTS), Relation.RELATED)


def _is_beside(anchor: Element) -> bool:
    """Whether the anchor is the topic that stands beside a title."""
    return any("topics" in parent.get("class", "").split() for parent in anchor.iterancestors("p"))


WORLDSERVICE_2012 = Era(
    name="worldservice-2012",
    marker=any_of(meta_is("generator", {"Topcat2": True}), has(".story-body .bodytext")),
    hidden=(".cta", ".duration", ".blq-hide"),
    fields={
        "headline": (text(".story-body h1"), text("#blq-content h1"), text("#blq-main h1"), text("h1")),
        "summary": (description(),),
        "body": (body(STORY),),
        "authors": (bylines(".byline", ".name", ".title, .role, .position", outside=BOXES),),
        "section": (Rule("feed title", _section),),
        "topics": (Rule(".li-relatedtopics", _topics),),
        "language": (attribute("html", "xml:lang"), attribute("html", "lang"), meta("dc.language")),
        "images": (images(STORY),),
        "insets": (insets(STORY),),
        "date_published": (meta("dcterms.created"),),
        "date_modified": (meta("dcterms.modified"), meta("dcterms.created")),
    },
    links=(
        LinkRule(f"lists of {BELOW}", _below),
        block(Relation.TOP_STORIES, ".topstories-list", outer=".title"),
        block(Relation.FEATURES, ".sidebar .li-specialfeatures", outer=".title"),
        block(Relation.FEATURES, ".sidebar .li-carousel", outer=".title"),
        block(Relation.MOST_READ, ".bx-livestats", outer=".title"),
        block(Relation.ELSEWHERE, ".sidebar .list", outer=".title"),
        inline(STORY),
    ),
)
