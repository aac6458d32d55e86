"""Each kind of rule on a page of a few lines."""

from __future__ import annotations

from typing import Any

import pytest

from newscrawl.eras import Era, Rule, detect
from newscrawl.eras.rules import (
    after,
    always,
    any_of,
    attribute,
    block,
    bylines,
    description,
    has,
    json_ld,
    meta,
    meta_is,
    state,
    text,
    texts,
    when,
)
from newscrawl.items import Author, Kind, Relation
from newscrawl.page import Page

PAGE = """
<html lang="en-GB"><head>
<meta name="Section" content="Wales"><meta name="ID" content="123"><meta name="Type" content=" PGL ">
<script type="application/ld+json">{"@graph": [
  {"@type": "WebPage", "headline": "No", "about": [{"name": "A"}, {"name": "B"}]},
  {"@type": ["NewsArticle", "Thing"], "headline": "Yes", "author": [{"name": "Ann"}, {"name": "Bo"}], "none": null}]}</script>
<script>window.STATE = {"page": {"blocks": [{"id": 1}, {"id": 2}], "title": "T"}};</script>
<script>track('//stats.example/?first_pub=2013-01-28T05:24:04+00:00&title=x');</script>
</head><body>
<h1 class="title"> </h1><h1 class="title">Second</h1>
<p class="by"><b>Ann Lee</b> <i>Editor</i></p><div class="box"><p class="by"><b>Not Me</b></p></div>
</body></html>
"""


def page(markup: str = PAGE) -> Page:
    return Page(markup.encode(), "http://www.bbc.co.uk/news/uk-29990001")


ARTICLE = frozenset({"NewsArticle"})


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (has(".title", ".box .by"), True),
        (has(".title", ".absent"), False),
        (any_of(text(".absent"), text(".title")), "Second"),
        (any_of(text(".absent"), meta("absent")), None),
        (always(Kind.LIVE), Kind.LIVE),
        (when(has(".box"), "boxed"), "boxed"),
        (when(has(".absent"), "boxed"), None),
        (text(".title"), "Second"),
        (text(".absent"), None),
        (texts(".by b"), ["Ann Lee", "Not Me"]),
        (attribute("html", "lang"), "en-GB"),
        (attribute("html", "dir"), None),
        (meta("section"), "Wales"),
        (meta("id", "/news/{}"), "/news/123"),
        (meta("absent", "/news/{}"), None),
        (meta_is("type", {"PGL": Kind.GALLERY}), Kind.GALLERY),
        (meta_is("type", {"MAP": Kind.VIDEO}), None),
        (meta_is("absent", {"PGL": Kind.GALLERY}), None),
        (json_ld("headline"), ["No", "Yes"]),
        (json_ld("headline", types=ARTICLE), ["Yes"]),
        (json_ld("author", "name"), ["Ann", "Bo"]),
        (json_ld("about", "name", types=ARTICLE), []),
        (json_ld("none"), []),
        (state("STATE", "page", "title"), ["T"]),
        (state("STATE", "page", "blocks", "id"), [1, 2]),
        (state("STATE", "page", "blocks", 1, "id"), [2]),
        (state("STATE", "page", "blocks", 7, "id"), []),
        (state("STATE", "title", "page"), []),
        (state("ABSENT", "page"), []),
        (after("first_pub="), "2013-01-28T05:24:04+00:00"),
        (after("absent="), None),
        (after("title=", "never"), None),
        (bylines(".by", "b", "i", outside=(".box",)), [Author("Ann Lee", "Editor")]),
        (bylines(".by", "b", "i"), [Author("Ann Lee", "Editor"), Author("Not Me")]),
    ],
    ids=lambda value: value.name if isinstance(value, Rule) else "",
)
def test_rule(rule: Rule, value: Any) -> None:
    assert rule.read(page()) == value
    assert rule.name


@pytest.mark.parametrize(
    ("short", "whole", "expected"),
    [
        ("A clock", "", "A clock"),
        ("", "A clock", "A clock"),
        ("He said ", "He said 'no'", "He said 'no'"),
        ("The longer summary", "Another one", "The longer summary"),
        ("", "", ""),
    ],
)
def test_description_is_the_whole_one(short: str, whole: str, expected: str) -> None:
    found = page(f'<meta name="Description" content="{short}"><meta property="og:description" content="{whole}">')
    assert description().read(found) == expected


BLOCK = """<div class="more"><h2><a href="/index">More</a></h2>
<h3>See also</h3><ul><li><a href="/1"><b>One</b> <i>3 May</i></a></li></ul>
<h3><a class="report" href="/2">The report</a></h3><ul><li><h3><a href="/3">Three</a></h3></li></ul>
<h4>Elsewhere</h4><ul><li><a href="/4">Four</a></li></ul></div>
<div class="more"><ul><li><a href="/5">Five</a></li></ul></div>"""


def links(**options: Any) -> list[tuple[str, str, str, str | None]]:
    rule = block(Relation.RELATED, ".more", **options)
    return [(found.relation, found.href, found.text, found.group_title) for found in rule.read(page(BLOCK))]


def test_block_of_links() -> None:
    assert links(outer="h2") == [
        ("related", "/1", "One 3 May", "More"),
        ("related", "/3", "Three", "More"),
        ("related", "/4", "Four", "More"),
        ("related", "/5", "Five", None),
    ]


def test_block_with_headings_inside() -> None:
    assert links(
        outer="h2", inner="h3, h4", items="li > a, .report", title="b", by_heading={"elsewhere": Relation.ELSEWHERE}
    ) == [
        ("related", "/1", "One", "More / See also"),
        ("related", "/2", "The report", "More"),
        ("elsewhere", "/4", "Four", "More / Elsewhere"),
        ("related", "/5", "Five", None),
    ]


def test_block_may_say_when_a_target_changed() -> None:
    rule = block(Relation.RELATED, ".more", updated=lambda anchor: anchor.get("href"))
    assert [found.updated for found in rule.read(page(BLOCK))] == ["/1", "/3", "/4", "/5"]


def test_the_first_era_whose_marker_a_page_bears() -> None:
    eras = [Era(name=name, marker=has(name), fields={}) for name in (".absent", ".box", "h1")]
    found = detect(page(), eras)
    assert found is not None
    assert found.name == ".box"
    assert detect(page(), eras[:1]) is None
