"""Pages of bbc.com since late 2023 (Next.js, ``data-component`` blocks) with the page's state in ``#__NEXT_DATA__``.

What was read off saved pages:

- The visible time is relative ("1 day ago"); the exact ones stand in JSON-LD, and in milliseconds in the state.
- The first ``<img>`` of a picture is a grey placeholder; its ``alt`` begins with the agency, which also stands beside the picture.
- A links-block inside the article is the editor's choice; the asides "Related" (``ohio``) and "More" (``alaska``) are filled by topic.
- The state tells of each card when its page was last changed, and of each topic whether it is an ongoing story.
- Where a story should be but is not (``notFoundPage``), there are many fresh cards: none of them has to do with the address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from newscrawl.eras import Era, Rule
from newscrawl.eras.regions import Region, body, images, inline, insets
from newscrawl.eras.rules import attribute, block, description, has, json_ld, text, when
from newscrawl.items import Author, Relation, Target, Topic
from newscrawl.processors import collapse

if TYPE_CHECKING:
    from newscrawl.page import Element, Page

STATE = "__NEXT_DATA__"

STORY = Region(
    where=("main article",),
    cut=(
        "[data-component=headline-block]",
        "[data-component=byline-block]",
        "[data-component=video-block]",
        "[data-component=links-block]",
        "[data-component=tags]",
        "[data-component=ad-slot]",
    ),
    credits=("[data-component=image-block] img ~ span",),
    no_pictures=re.compile(r"grey-placeholder"),
    loose_text=False,
)


def _props(page: Page) -> dict[str, Any]:
    state = page.embedded_state(STATE)
    found: dict[str, Any] = state["props"]["pageProps"] if state else {}
    return found


def _article(page: Page) -> dict[str, Any]:
    """Return what the state has of this page; its key is made from the address."""
    return next(iter(_props(page).get("page", {}).values()), {})


def _bylines(page: Page) -> list[Author]:
    return [
        Author(page.text(names[0]), _role(page, person))
        for person in page.select("[data-testid=byline-new-contributors] > div > div")
        if (names := page.select("> span", person))
    ]


def _role(page: Page, person: Element) -> str | None:
    """Return the first text below the name, without the account that follows it."""
    return next((collapse(span.text or "") for span in page.select("> div > span", person)), None)


def _topics(page: Page) -> list[Topic]:
    return [
        Topic(
            topic["title"], topic["url"].rsplit("/", 1)[-1], page.absolute(topic["url"]), topic.get("isEvent") is True
        )
        for topic in _article(page).get("topics", ())
    ]


def _section(page: Page) -> str | None:
    return (_props(page).get("metadata", {}).get("section") or {}).get("name")


NEXT_2023 = Era(
    name="next-2023",
    marker=has("#__NEXT_DATA__"),
    target=when(Rule("notFoundPage", lambda page: _props(page).get("type") == "notFoundPage"), Target.OTHER),
    fields={
        "headline": (text("[data-component=headline-block] h1"), text("h1")),
        "summary": (description(),),
        "body": (body(STORY),),
        "authors": (Rule("byline-new-contributors", _bylines),),
        "section": (Rule(f"{STATE} section", _section),),
        "topics": (Rule(f"{STATE} topics", _topics),),
        "language": (attribute("html", "lang"),),
        "images": (images(STORY),),
        "insets": (insets(STORY),),
        "date_published": (json_ld("datePublished"),),
        "date_modified": (json_ld("dateModified"),),
    },
    links=(
        block(
            Relation.RELATED,
            "[data-component=links-block]",
            items="a",
            title="[data-testid=card-headline]",
            outer="[data-testid=links-title]",
        ),
        block(Relation.TOPIC, "[data-component=tags]", items="a"),
        *(
            block(
                Relation.TOPIC_ASIDE,
                f"aside[data-testid^={aside}]",
                items="a",
                title="[data-testid=card-headline]",
                outer="[data-testid$=-title]",
            )
            for aside in ("ohio-section", "alaska-section")
        ),
        inline(STORY),
    ),
)
