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

from newscrawl.eras import FoundLink, LinkRule, listing
from newscrawl.eras.regions import Region, inline
from newscrawl.eras.rules import block
from newscrawl.items import Relation, Target
from newscrawl.sites.bbc.eras import states
from newscrawl.sites.bbc.eras.calls import calls_among, may_call
from newscrawl.sites.bbc.eras.live_posts import INLINE as INLINE_OF_POSTS
from newscrawl.sites.bbc.urls import target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Element, Page

HIDDEN = (".visually-hidden", "span[class*=VisuallyHidden]", "dt[class*=VisuallyHidden]", "span[class*=-Rank]")


def _components(names: str) -> tuple[str, ...]:
    return tuple(f"[data-component={name}]" for name in names.split())


def _blocks(names: str) -> tuple[str, ...]:
    return tuple(f"[data-block={name}]" for name in names.split())


_LISTS = ("ul", "ol")
_TEXTS = ("p", "h2", "h3", *_LISTS)


def _calls(page: Page) -> Iterator[Element]:
    """Yield the calls on readers; a list belongs to one with all its items, or not at all."""
    for article in page.select("main article"):
        if may_call("".join(map(str, article.itertext())).lower()):
            texts = article.iter(*_TEXTS)
            yield from calls_among(
                page, (e for e in texts if not any(outer.tag in _LISTS for outer in e.iterancestors()))
            )


STORY = Region(
    where=("main article", "article", "[data-component=text-block]", "[data-block=text]"),
    no_text=_calls,
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
TOPICS = (*_components("tags tag-list tag-list-block topic-list"), *_blocks("topicList"))

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
    *(block(Relation.TOPIC, where, items="a", outer="h2") for where in TOPICS),
    inline(STORY),
)


def has_stray_text(page: Page) -> bool:
    """Whether an include that closes more than it opened has put some of the text outside of the story's element."""
    parts = page.select("[data-component=text-block]") + page.select("[data-block=text]")
    return any(next(part.iterancestors("article"), None) is None for part in parts)


def _links_of_state(page: Page) -> Iterator[FoundLink]:
    bare = page.first("article") is None
    rules = _IN_ARTICLE if bare else (inline(STORY),) if has_stray_text(page) else ()
    yield from (replace(link, anchor=None) for rule in rules for link in rule.read(states.rebuilt(page)))
    if bare:
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
    INLINE_OF_POSTS,
    LinkRule("asides around blocks", _asides),
    LinkRule("links of the state", _links_of_state),
)


_SERVICES = "main [data-testid=styled-link-container]"
"""Links of a front to the programme's app and help, which have addresses like stories'."""


def _listed(page: Page) -> Iterator[FoundLink]:
    """Yield the stories of an index page by the titles of their cards; where it has no markup for them, those of its state."""
    barred = set(page.select(_SERVICES))
    found = listing.stories(page, lambda url: target(url) is Target.STORY)
    for link in found or states.listed(page):
        if link.anchor is not None and not barred.isdisjoint(link.anchor.iterancestors()):
            continue
        title = page.first(_ANY_TITLE, link.anchor) if link.anchor is not None else None
        yield link if title is None else replace(link, text=page.text(title) or link.text)


LISTED = (dated(LinkRule("stories", _listed)),)
