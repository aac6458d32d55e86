"""What pages made of components have in common: WebCore (``ssrcss-…``) and bbc.com's Next.js pages, since 2020.

A story is a row of ``[data-component=text-block]``, since early 2026 also ``[data-block=text]``; all other class names are
hashed and change by the month. What the same content system fills is named alike on both, so the rules for it stand here.

- Labels for screen readers ("Image caption", ", external", "Video") are hidden elements, and never text.
- An include may be left unclosed, and then seems to hold the text that follows.
- A list of links is no text, even where each begins with a label ("FACE MASKS: When do I need one?").
- Pictures that scripts load later stand in a ``<noscript>``, or only in the page's state.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from newscrawl.eras import FoundLink, LinkRule, Rule, listing
from newscrawl.eras.regions import Region, body, images, inline, insets
from newscrawl.eras.rules import attribute, block, description, meta, text, values_at
from newscrawl.items import Author, Relation, Target, Topic
from newscrawl.processors import collapse
from newscrawl.sites.bbc.eras import kinds, states
from newscrawl.sites.bbc.urls import target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Element, Page

HIDDEN = (".visually-hidden", "span[class*=VisuallyHidden]", "dt[class*=VisuallyHidden]", "span[class*=-Rank]")


def _components(names: str) -> tuple[str, ...]:
    return tuple(f"[data-component={name}]" for name in names.split())


def _blocks(names: str) -> tuple[str, ...]:
    return tuple(f"[data-block={name}]" for name in names.split())


STORY = Region(
    where=("main article", "article"),
    cut=(
        "article > header",
        *_components("headline-block byline-block sub-byline-block ad-slot advertisement-block uploader-block"),
        *_components("video-block media-block audio-block embed-block social-embed-block"),
        *_components(
            "podcast-promo-block event-promo-block riddle-block quiz-block telescope-block team-selector-block"
        ),
        *_components("links-block see-alsos related-internet-links tags tag-list tag-list-block topic-list"),
        *_components("topStories features elsewhere mostRead"),
        *_blocks("headline byline subByline metadata share media video audio embed socialEmbed social"),
        *_blocks("links promoList topicList eventPromo podcastPromo uploaderEmbed"),
        "[data-testid=links-grid]",
        "[data-testid=content-post]",
        "section[data-testid*=section-outer]",
        "aside",
    ),
    insets=(*_components("callout-block quote-block"), *_blocks("callout quote")),
    includes=(*_components("include-block"), *_blocks("include")),
    resumes=(
        *_components(
            "text-block crosshead-block subheadline-block unordered-list-block ordered-list-block image-block"
        ),
        *_blocks("text subheadline image"),
    ),
    fallbacks=("[data-component=image-block] noscript", "[data-block=image] noscript"),
    line_images=re.compile(r"_line(?:976|464)|grey_line"),
    no_pictures=re.compile(r"grey-placeholder|web_banner|banner_(?:top|bottom)|(?:white|transparent)_line"),
    credits=(
        "[data-component=image-block] img ~ span",
        "[data-component=image-block] [class*=Copyright]",
        "[data-block=image] [class*=Copyright]",
    ),
    loose_text=False,
)

_CARD_TITLE = "[data-testid=card-headline]"
_PROMO_TITLE = "[class*=PromoHeadline]"
_ANY_TITLE = f"{_CARD_TITLE}, {_PROMO_TITLE}, [class*=LinkPostHeadline]"
_BLOCK_TITLE = "[data-testid$=-title], h2:not([data-testid])"
_TOPICS = (*_components("tags tag-list tag-list-block topic-list"), *_blocks("topicList"))

_BY_HEADING = {
    "top stories": Relation.TOP_STORIES,
    "features": Relation.FEATURES,
    "most read": Relation.MOST_READ,
    "most watched": Relation.MOST_READ,
    "related internet links": Relation.EXTERNAL,
}
"""Relations of blocks that their heading alone tells apart."""


def _cards(relation: Relation, *where: str, title: str = _ANY_TITLE) -> tuple[LinkRule, ...]:
    """Read blocks of cards: an anchor may hold picture, title, summary and date, and only the title is the link's."""
    return tuple(
        dated(block(relation, place, items="a", title=title, outer=_BLOCK_TITLE, by_heading=_BY_HEADING))
        for place in where
    )


def dated(rule: LinkRule) -> LinkRule:
    """Add to the links of a rule when the page's state says that their targets were last changed."""

    def read(page: Page) -> Iterator[FoundLink]:
        changed = states.changed(page)
        for link in rule.read(page):
            yield replace(link, updated=link.updated or changed.get(states.place(page.absolute(link.href))))

    return LinkRule(rule.name, read)


_IN_ARTICLE = (
    *_cards(Relation.EXTERNAL, *_components("related-internet-links")),
    *_cards(Relation.RELATED, *_components("links-block see-alsos"), *_blocks("links promoList")),
    *_cards(Relation.RELATED, "[data-testid=links-grid]"),
    *(block(Relation.TOPIC, where, items="a", outer="h2") for where in _TOPICS),
    inline(STORY),
)


def _links_of_state(page: Page) -> Iterator[FoundLink]:
    if page.first("article") is None:
        rebuilt = states.rebuilt(page)
        yield from (replace(link, anchor=None) for rule in _IN_ARTICLE for link in rule.read(rebuilt))
        yield from states.cards(page)


def _asides(page: Page) -> Iterator[FoundLink]:
    if page.first("[data-block=headline]") is not None:
        yield from (link for rule in _cards(Relation.ELSEWHERE, "main aside") for link in rule.read(page))


LINKS = (
    *_IN_ARTICLE,
    *_cards(Relation.TOP_STORIES, *_components("topStories top-stories"), title=_PROMO_TITLE),
    *_cards(Relation.FEATURES, *_components("features"), title=_PROMO_TITLE),
    *_cards(Relation.MOST_READ, *_components("mostRead most-read"), title=_PROMO_TITLE),
    *_cards(Relation.ELSEWHERE, *_components("elsewhere"), title=_PROMO_TITLE),
    *_cards(Relation.TOPIC_ASIDE, "aside[data-testid*=section-outer]", title=_CARD_TITLE),
    *_cards(Relation.TOPIC_ASIDE, "section[data-testid*=section-outer]", title=_CARD_TITLE),
    LinkRule("asides around blocks", _asides),
    LinkRule("links of the state", _links_of_state),
)


def of_state(rule: Rule) -> Rule:
    """Read what a rule reads, in the markup that the state's contents make."""
    return Rule(f"{rule.name} of the state", lambda page: rule.read(states.rebuilt(page)))


def _for_placeholders(rule: Rule) -> Rule:
    """Read the state where pictures are not in the markup, nor then the lines that are pictures and set boxes apart."""
    return Rule(
        f"{rule.name} of the state, for placeholders",
        lambda page: rule.read(states.rebuilt(page)) if _has_placeholder(page) else None,
    )


def _in_markup_or_state(rule: Rule) -> tuple[Rule, ...]:
    return (_for_placeholders(rule), rule, of_state(rule))


def _has_placeholder(page: Page) -> bool:
    figures = (
        figure for where in ("[data-component=image-block]", "[data-block=image]") for figure in page.select(where)
    )
    return any(next(figure.iter("img"), None) is None for figure in figures)


def _bylines(where: str, name: str, role: str) -> Rule:
    """Read one author in each of these elements; what stands in the role's elements (a place, an account) is none of it."""

    def read(page: Page) -> list[Author]:
        return [
            Author(page.text(named), next(map(_own_text, page.select(role, person)), None))
            for person in page.select(where)
            for named in page.select(name, person)[:1]
        ]

    return Rule(where, read)


def _own_text(element: Element) -> str:
    return collapse((element.tail if element.tag == "br" else element.text) or "")


def _contributors(where: str) -> Rule:
    """Read the authors by the names of classes: the role stands beside the name."""

    def read(page: Page) -> list[Author]:
        names = page.select(f"{where} [class*=ContributorName]")
        return [
            Author(page.text(name), page.text(role) if (role := name.getnext()) is not None else None) for name in names
        ]

    return Rule(where, read)


def _people(page: Page) -> list[str]:
    stated = values_at(page.json_ld, "author")
    return [person["name"] for person in stated if isinstance(person, dict) and person.get("@type") == "Person"]


def _topics(page: Page) -> list[Topic]:
    anchors = next(filter(None, (page.select(f"{where} a") for where in _TOPICS)), [])
    return [
        Topic(page.text(a), a.get("href", "").rsplit("/", 1)[-1], page.absolute(a.get("href", ""))) for a in anchors
    ]


FIELDS: dict[str, tuple[Rule, ...]] = {
    "headline": (
        text("[data-component=headline-block] h1"),
        text("[data-block=headline] h1"),
        text("#main-heading"),
        text("main h1"),
        Rule("headline of the state", states.headline),
        meta("og:title"),
    ),
    "summary": (description(), Rule("description of the state", lambda page: states.metadata(page, "description"))),
    "body": _in_markup_or_state(body(STORY)),
    "authors": (
        Rule("byline of the state", states.authors),
        _bylines("[data-testid=byline-new-contributors] > div > div", "> span", "> div > span"),
        _bylines(
            "[data-testid=byline-contributors] div[data-testid^=byline-contributors-contributor]",
            "span",
            "[data-testid$=role-location]",
        ),
        _contributors("[data-component=byline-block]"),
        _contributors("[data-block=byline]"),
        _bylines("article > header p[class*=Contributor]", "strong", "br"),
        Rule("json-ld author", _people),
    ),
    "section": (
        Rule("section of the state", lambda page: states.metadata(page, "section", "name")),
        meta("article:section"),
    ),
    "topics": (Rule("topics of the state", states.topics), Rule("topics", _topics)),
    "language": (
        attribute("html", "lang"),
        Rule("language of the state", lambda page: states.metadata(page, "languageCode")),
    ),
    "images": _in_markup_or_state(images(STORY)),
    "insets": _in_markup_or_state(insets(STORY)),
    "kind": (Rule("kind", kinds.kind),),
    "duration": (Rule("duration", kinds.duration),),
}
"""But the dates: which of their sources goes before the others is an era's own."""


ADDRESSES = (Rule("addresses of the state", states.addresses),)


def _listed(page: Page) -> Iterator[FoundLink]:
    """Yield the stories of an index page by the titles of their cards; where it has no markup for them, those of its state."""
    found = listing.stories(page, lambda url: target(url) is Target.STORY)
    for link in found or states.listed(page):
        title = page.first(_ANY_TITLE, link.anchor) if link.anchor is not None else None
        yield link if title is None else replace(link, text=page.text(title) or link.text)


LISTED = (dated(LinkRule("stories", _listed)),)
