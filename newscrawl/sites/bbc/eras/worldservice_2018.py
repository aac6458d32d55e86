"""World Service pages since 2018 (the open-source renderer Simorgh), in any of its languages and directions.

What was read off saved pages, and off the renderer's source (github.com/bbc/simorgh):

- Class names are hashes. Paragraphs, headings, lists and figures are ``<main>``'s own text; whatever stands in a ``<section>``
  or ``<aside>`` is a block of links, an advertisement or the byline.
- A block of links is labelled by the id of its heading, in English, in ``aria-labelledby`` or ``data-e2e``.
- A card may have two anchors, the first of them empty; the title of a video stands between hidden labels ("Video, ", the duration).
- Pictures below the first are in ``<noscript>``.
- Names and roles of the authors stand in the page's state; the list above the text has them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.eras import Era, FoundLink, LinkRule, Rule
from newscrawl.eras.regions import Region, body, images, inline, insets
from newscrawl.eras.rules import attribute, description, has, json_ld, meta, text
from newscrawl.items import Author, Kind, Relation, Topic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Element, Page

OLD_BYLINE = "main > div > div > ul:only-child"
BYLINE = "section[aria-labelledby=article-byline] ul"

STORY = Region(
    where=("main",),
    cut=(
        OLD_BYLINE,
        "main section",
        "main aside",
        "main [id^=end-of-]",
        "[data-testid=consentBanner]",
        ".twitter-tweet",
        ".instagram-media",
        ".tiktok-embed",
        "[data-e2e=media-player]",
    ),
    captions=("figcaption > p",),
    credits=("figure p > span[lang]",),
    fallbacks=("main figure noscript",),
    loose_text=False,
)

BLOCKS = {
    "related-content": Relation.RELATED,
    "scrollable-promos": Relation.RELATED,
    "recommendations": Relation.TOPIC_ASIDE,
    "related-topics": Relation.TOPIC,
    "top-stories": Relation.TOP_STORIES,
    "features-analysis": Relation.FEATURES,
    "latest-media": Relation.FEATURES,
    "most-read": Relation.MOST_READ,
    "most-watched": Relation.MOST_READ,
}
"""Blocks by their label, without "-heading" and in lower case."""


def _data(page: Page) -> dict[str, Any]:
    """Return the page's state; a page of the Next.js frame has it under another name, an AMP page has none."""
    state = page.embedded_state("SIMORGH_DATA")
    if state is None:
        state = (page.embedded_state("__NEXT_DATA__") or {}).get("props", {}).get("pageProps", {})
    found: dict[str, Any] = state.get("pageData") or {}
    return found


def _blocks_of(part: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (part.get("model") or {}).get("blocks") or []
    return found


def _words(part: dict[str, Any]) -> str:
    """Return the text at the bottom of a block of the state."""
    text: str | None = (part.get("model") or {}).get("text")
    return text or " ".join(filter(None, map(_words, _blocks_of(part))))


def _contributors(page: Page) -> Iterator[Author]:
    for byline in _blocks_of(_data(page).get("content") or {}):
        for person in _blocks_of(byline) if byline.get("type") in {"byline", "subByline"} else ():
            parts = {part.get("type"): _words(part) for part in _blocks_of(person)}
            if name := parts.get("name"):
                yield Author(name, parts.get("role"))


def _promo_byline(page: Page) -> Author | None:
    byline = (_data(page).get("promo") or {}).get("byline") or {}
    return Author(byline["name"], byline.get("title")) if byline.get("name") else None


def _listed_byline(page: Page) -> list[Author]:
    """Read the first two items of the list above the text: name and role, each after a hidden label or alone."""
    for where in (BYLINE, OLD_BYLINE):
        for element in page.select(where):
            lines = [told[-1] for item in element.iterchildren("li") if (told := _pieces(item))]
            return [Author(lines[0], next(iter(lines[1:]), None))] if lines else []
    return []


def _pieces(element: Element) -> list[str]:
    return [piece for piece in map(str, element.itertext()) if piece.strip()]


def _section(page: Page) -> str | None:
    return ((_data(page).get("relatedContent") or {}).get("section") or {}).get("name")


def _kind(page: Page) -> Kind | None:
    kind = (_data(page).get("metadata") or {}).get("type")
    if kind == "MAP":  # media asset page
        types = {part.get("type") for part in _blocks_of(_data(page).get("content") or {})}
        return Kind.AUDIO if "audio" in types else Kind.VIDEO
    return Kind.GALLERY if kind == "PGL" else None


def _labelled(page: Page) -> Iterator[tuple[Element, Relation, str | None]]:
    """Return the blocks of links with their heading."""
    for element in page.tree.iter("section", "aside"):
        names = [element.get(name) or "" for name in ("data-e2e", "aria-labelledby", "data-testid")]
        relation = next(filter(None, (BLOCKS.get(name.lower().removesuffix("-heading")) for name in names)), None)
        if relation:
            headings = (page.text(heading) for heading in page.index.get(f"#{names[1]}", ()))
            yield element, relation, next(headings, None)


def _links(page: Page) -> Iterator[FoundLink]:
    for element, relation, heading in _labelled(page):
        for anchor in element.iter("a"):
            yield FoundLink(anchor.get("href", ""), relation, _title(page, anchor), heading, anchor)


def _title(page: Page, anchor: Element) -> str:
    """Return the title without the hidden labels about it."""
    told = [span for part in page.select("span[role=text]", anchor) for span in part.iterchildren("span")]
    own = [span for span in told if not span.get("class")]
    return page.text(own[0]) if own else page.text(anchor)


def _topics(page: Page) -> list[Topic]:
    return [
        Topic(page.text(anchor), anchor.get("href", "").rsplit("/", 1)[-1], page.absolute(anchor.get("href", "")))
        for element, relation, _ in _labelled(page)
        if relation is Relation.TOPIC
        for anchor in element.iter("a")
    ]


WORLDSERVICE_2018 = Era(
    name="worldservice-2018",
    marker=has("h1#content"),
    fields={
        "headline": (text("h1#content"), json_ld("headline"), meta("og:title")),
        "summary": (description(),),
        "body": (body(STORY),),
        "authors": (
            Rule("SIMORGH_DATA contributors", lambda page: list(_contributors(page))),
            Rule("SIMORGH_DATA promo.byline", _promo_byline),
            Rule("byline list", _listed_byline),
        ),
        "section": (meta("article:section"), Rule("SIMORGH_DATA section", _section)),
        "topics": (Rule("related-topics", _topics),),
        "language": (attribute("html", "lang"), meta("og:locale")),
        "images": (images(STORY),),
        "insets": (insets(STORY),),
        "kind": (Rule("SIMORGH_DATA metadata.type", _kind),),
        "date_published": (json_ld("datePublished"), meta("article:published_time")),
        "date_modified": (json_ld("dateModified"), meta("article:modified_time"), json_ld("datePublished")),
    },
    links=(LinkRule("labelled blocks", _links), inline(STORY)),
)
