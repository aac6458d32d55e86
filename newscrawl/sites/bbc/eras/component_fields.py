"""The fields of stories made of components: in the markup, and where that lacks them in the page's state.

The state goes first where it tells more: authors are certain there (the classes of a byline are hashed), and topics may be
ongoing stories.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.eras import Rule
from newscrawl.eras.regions import body, images, insets
from newscrawl.eras.rules import attribute, description, meta, text, values_at
from newscrawl.items import Author, Topic
from newscrawl.processors import collapse
from newscrawl.sites.addresses import unwrap
from newscrawl.sites.bbc.eras import kinds, live_posts, states
from newscrawl.sites.bbc.eras.components import STORY, TOPICS, has_stray_text

if TYPE_CHECKING:
    from newscrawl.page import Element, Page


def _of_state(rule: Rule) -> Rule:
    """Read the state where the markup has no text."""
    return Rule(
        f"{rule.name} of the state",
        lambda page: None if STORY.read(page).blocks else rule.read(states.rebuilt(page)),
    )


def _rather_of_state(rule: Rule) -> Rule:
    """Read the state where the markup has less: pictures are yet to come, or text has got out of its place."""
    return Rule(
        f"{rule.name} of the state, whole",
        lambda page: rule.read(states.rebuilt(page)) if _has_placeholder(page) or has_stray_text(page) else None,
    )


def _has_placeholder(page: Page) -> bool:
    """Whether a picture is not in the markup; so may lines be that are pictures and set boxes apart."""
    figures = page.select("[data-component=image-block]") + page.select("[data-block=image]")
    return any(next(figure.iter("img"), None) is None for figure in figures)


def _in_markup_or_state(rule: Rule) -> tuple[Rule, ...]:
    return (_rather_of_state(rule), rule, _of_state(rule))


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
    anchors = next(filter(None, (page.select(f"{where} a") for where in TOPICS)), [])
    named = ((page.text(anchor), unwrap(page.absolute(anchor.get("href", "")))) for anchor in anchors)
    return [Topic(name, states.topic_id(address), address) for name, address in named]


FIELDS: dict[str, tuple[Rule, ...]] = {
    "headline": (
        text("[data-component=headline-block] h1"),
        text("[data-block=headline] h1"),
        text("#main-heading"),
        text("main h1"),
        Rule("headline of the state", states.headline),
        meta("og:title"),
    ),
    "summary": (description(), states.stated("description")),
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
    "section": (states.stated("section", "name"), meta("article:section")),
    "topics": (Rule("topics of the state", states.topics), Rule("topics", _topics)),
    "language": (attribute("html", "lang"), states.stated("languageCode")),
    "images": _in_markup_or_state(images(STORY)),
    "insets": _in_markup_or_state(insets(STORY)),
    "posts": live_posts.POSTS,
    "kind": (Rule("kind", kinds.kind),),
    "duration": (Rule("duration", kinds.duration),),
}
"""But the dates: which of their sources goes before the others is an era's own."""

ADDRESSES = (Rule("addresses of the state", states.addresses),)
"""The same story by its other id."""
