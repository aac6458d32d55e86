"""One response: which encoding it is in, what is looked up in it, what of it a reader sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.page import Page

if TYPE_CHECKING:
    from newscrawl.page import Element

URL = "http://www.bbc.co.uk/news/uk-29990001"


def page(markup: str, url: str = URL) -> Page:
    return Page(markup.encode(), url)


def only(found: list[Element]) -> Element:
    (element,) = found
    return element


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("<p>café \u2013 “ok”</p>".encode(), None, "café \u2013 “ok”"),
        ('<meta charset="iso-8859-1"><p>café</p>'.encode(), None, "café"),
        ('<meta charset="iso-8859-1"><p>café \u2013 ok</p>'.encode("cp1252"), None, "café \u2013 ok"),
        ("<p>café \u2013 ok</p>".encode("cp1252"), None, "café \u2013 ok"),
        ("<p>café</p>".encode("cp1252"), "text/html; charset=utf-8", "café"),
        ("<p>жизнь</p>".encode("cp1251"), "text/html; charset=windows-1251", "жизнь"),
        ('<meta charset="gb2312"><p>中文网</p>'.encode("gb2312"), None, "中文网"),
        ("\ufeff<p>café</p>".encode(), None, "café"),
        ("\ufeff<p>café</p>".encode("utf-16-le"), None, "café"),
        ("<p>éèà".encode() + b"\xff" + "ü</p>".encode(), None, "éèà\ufffdü"),
        ("<p>naïve café".encode()[:-1], None, "naïve caf\ufffd"),
        (b"<p>a\0b</p>", None, "ab"),
        (b'<meta charset="no-such-thing"><p>caf\xe9</p>', None, "café"),
        (b"<p>caf\xe9 \x81</p>", None, "café \ufffd"),
    ],
)
def test_bytes_are_decoded_by_what_decodes_them(body: bytes, content_type: str | None, text: str) -> None:
    found = Page(body, URL, content_type)
    assert found.text(only(found.select("p"))) == text


@pytest.mark.parametrize("body", [b"", b" ", b"\0\0", b"<!-- -->", b"\x89PNG\r\n\x1a\n\0\xff", b"<", b"<?xml?>"])
def test_what_is_no_page_is_an_empty_one(body: bytes) -> None:
    found = Page(body, URL)
    assert found.tree.tag == "html"
    assert found.select("p") == []
    assert [found.metas, found.open_graph, found.rels, found.json_ld] == [{}, {}, {}, []]


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    found = Page(body, URL)
    found.text(found.tree)
    assert found.index is found.index


def test_unclosed_tags_and_a_page_of_five_megabytes() -> None:
    found = page("<div class=a><p>one<p>two" + "<p>more</p>" * 400_000)
    assert [found.text(element) for element in found.select(".a > p")[:3]] == ["one", "two", "more"]
    assert len(found.select(".a p")) == 400_002


def test_a_title_that_is_never_closed_does_not_swallow_the_page() -> None:
    found = page("<html><head><TITLE>News\n<meta name=a content=b></head><body><p>text</p>")
    assert found.text(only(found.select("p"))) == "text"
    assert found.metas == {"a": "b"}


MARKUP = """
<body>
<div class="story-feature related narrow" id="one"><h2>Related</h2><ul><li><a href="/a">A</a></li></ul></div>
<div class="story-feature wide"><p>Inset</p><div class="related"><a href="/b">B</a></div></div>
<section data-component="links-block"><a data-testid="card" href="/c">C</a><a href="/d">D</a></section>
</body>
"""


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        (".story-feature", ["RelatedA", "InsetB"]),
        (".story-feature.related", ["RelatedA"]),
        (".related.story-feature", ["RelatedA"]),
        ("div.related a", ["A", "B"]),
        ("#one > h2", ["Related"]),
        (".story-feature > a", []),
        (".story-feature h2, .story-feature p", ["Related", "Inset"]),
        (".story-feature div a", ["B"]),
        (".story-feature:not(.wide) a", ["A"]),
        ("[data-component=links-block] a", ["C", "D"]),
        ('[data-component="links-block"] a', ["C", "D"]),
        ("a[data-testid=card]", ["C"]),
        ("[href='/d']", ["D"]),
        ("h2", ["Related"]),
        ("body > section", ["CD"]),
        (".none a", []),
    ],
)
def test_select(selector: str, texts: list[str]) -> None:
    found = page(MARKUP)
    assert ["".join(map(str, element.itertext())).strip() for element in found.select(selector)] == texts


@pytest.mark.parametrize(("selector", "count"), [("> ul", 1), ("ul a", 1), ("a", 1), ("> a", 0), ("h2, a", 2)])
def test_select_within(selector: str, count: int) -> None:
    found = page(MARKUP)
    assert len(found.select(selector, only(found.select("#one")))) == count


def test_select_gives_each_element_once_in_order() -> None:
    found = page('<div class="x"><div class="x"><p>1</p></div><p>2</p></div>')
    assert [found.text(element) for element in found.select(".x p")] == ["1", "2"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a <b>b</b>c</p>", "a bc"),
        ("<p>a<br>b</p>", "a b"),
        ("<p>a<!-- no -->b</p>", "ab"),
        ("<p>a<script>no</script>b<style>no</style></p>", "ab"),
        ('<p>a<span class="hidden"> no<i>no</i></span> b</p>', "a b"),
        ("<p>&amp;amp; &lt;b&gt;</p>", "&amp; <b>"),
    ],
)
def test_text_is_what_a_reader_sees(markup: str, text: str) -> None:
    found = page(markup)
    found.hide(".hidden", ".absent")
    assert found.text(only(found.select("p"))) == text


def test_text_of_blocks_is_not_glued() -> None:
    found = page("<div><h3>Title</h3><p>Summary</p>end</div>")
    assert found.text(only(found.select("div"))) == "Title Summary end"


@pytest.mark.parametrize(
    ("href", "absolute"),
    [
        ("/news/x", "http://www.bbc.co.uk/news/x"),
        ("http://a.example/b", "http://a.example/b"),
        (" https://a.example/b ", "https://a.example/b"),
        ("//a.example/b", "http://a.example/b"),
        ("x", "http://www.bbc.co.uk/news/x"),
        ("../x", "http://www.bbc.co.uk/x"),
        ("/a/../x", "http://www.bbc.co.uk/x"),
        ("?page=2", "http://www.bbc.co.uk/news/uk-29990001?page=2"),
        ("/web/2013/http://a.example/", "http://www.bbc.co.uk/web/2013/http://a.example/"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("http://[bad", "http://[bad"),
        ("//[bad", "//[bad"),
    ],
)
def test_absolute(href: str, absolute: str) -> None:
    assert page("").absolute(href) == absolute


def test_absolute_keeps_to_the_base_that_the_page_names() -> None:
    found = page('<base href="http://news.bbc.co.uk/2/hi/">')
    assert found.absolute("/1.stm") == "http://news.bbc.co.uk/1.stm"
    assert found.absolute("europe/1.stm") == "http://news.bbc.co.uk/2/hi/europe/1.stm"


def test_metas() -> None:
    found = page(
        '<meta name="Headline" content="One"><meta name="headline" content="Two"><meta name="empty" content=" ">'
        '<meta property="og:URL" content="/x"><meta name="twitter:card" value="summary"><meta charset="utf-8">'
    )
    assert found.metas == {"headline": "One", "og:url": "/x", "twitter:card": "summary"}
    assert found.open_graph == {"url": "/x"}


def test_rels_are_absolute() -> None:
    found = page('<link rel="Canonical" href="/a"><link rel="alternate amphtml" href="/b"><link href="/c">')
    root = "http://www.bbc.co.uk"
    assert found.rels == {"canonical": [f"{root}/a"], "alternate": [f"{root}/b"], "amphtml": [f"{root}/b"]}


def test_json_ld_is_flattened_and_a_malformed_one_is_said() -> None:
    found = page(
        '<script type="application/ld+json">{"@graph": [{"a": 1}, {"b": 2}]}</script>'
        '<script type="application/ld+json">[{"c": "line\nbreak"}]</script>'
        '<script type="application/ld+json">{"d": </script>'
    )
    assert [part for part in found.json_ld if "@graph" not in part] == [{"a": 1}, {"b": 2}, {"c": "line\nbreak"}]
    (problem,) = found.problems
    assert problem.startswith("json-ld: ")


@pytest.mark.parametrize(
    "script",
    [
        '<script id="STATE" type="application/json">{"a": [1]}</script>',
        '<script>x = 1; window.STATE = {"a": [1]}; y = 2</script>',
        '<script>window.STATE="{\\"a\\": [1]}";</script>',
    ],
)
def test_embedded_state(script: str) -> None:
    found = page(f"<script>window.OTHER_STATE_X = 0</script>{script}")
    assert found.embedded_state("STATE") == {"a": [1]}
    assert found.embedded_state("STATE") is found.embedded_state("STATE")
    assert found.embedded_state("NONE") is None
    assert found.problems == []


def test_embedded_state_that_is_no_json_is_said() -> None:
    found = page("<script>window.STATE = {a: function () {}}</script>")
    assert found.embedded_state("STATE") is None
    assert len(found.problems) == 1
