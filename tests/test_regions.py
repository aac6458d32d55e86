"""The walk through a story's text: what is body, what is an inset, a picture, a link, and what is nothing of these."""

from __future__ import annotations

import re
from typing import Any

import pytest

from newscrawl.eras.regions import Region
from newscrawl.items import Image, Inset
from newscrawl.page import Page

MARKED: dict[str, Any] = {
    "where": (".absent", ".story"),
    "ends": (".end",),
    "cut": (".tools", ("S CUT", "E CUT")),
    "bylines": (".byline",),
    "insets": (".box", ("S BOX", "E BOX")),
    "dividers": ("hr.line",),
    "line_images": re.compile("_line976"),
    "figures": ("figure", ("S PIC", "E PIC")),
    "captions": ("figcaption", ".cap"),
    "credits": (".credit",),
    "pictures": (".lazy",),
    "no_pictures": re.compile("placeholder"),
    "headings": ("h2", "h3", ".cross-head"),
    "quotes": ("blockquote", ".quote"),
}


def read(markup: str, **changes: Any) -> Any:
    page = Page(f'<div class="story">{markup}</div><p>After</p>'.encode(), "http://www.bbc.co.uk/news/uk-29990001")
    page.hide(".hidden")
    return Region(**(MARKED | changes)).read(page)


def blocks(markup: str, **changes: Any) -> list[str]:
    return [f"{block.type}: {block.text}" for block in read(markup, **changes).blocks]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One</p><p> Two \n<i>more</i>.</p>", ["paragraph: One", "paragraph: Two more."]),
        ("<p>One<p>Two", ["paragraph: One", "paragraph: Two"]),
        ("Loose text<p>One</p>tail", ["paragraph: Loose text", "paragraph: One", "paragraph: tail"]),
        ("<b>Bold first paragraph</b><p>One", ["paragraph: Bold first paragraph", "paragraph: One"]),
        ("<p>One<p><b>Cross-head</b><p>Two", ["paragraph: One", "heading: Cross-head", "paragraph: Two"]),
        ("<p>One<p><b>A sentence that is bold.</b>", ["paragraph: One", "paragraph: A sentence that is bold."]),
        ("<p>One<p><b>Q</b>: answer", ["paragraph: One", "paragraph: Q: answer"]),
        ("<p>One<p><b>" + "long " * 30 + "</b>", ["paragraph: One", "paragraph: " + "long " * 29 + "long"]),
        ('<span class="cross-head">Head</span><h2>Two</h2>', ["heading: Head", "heading: Two"]),
        ("<ul><li>One</li><li><p>Two</p></li></ul>", ["list-item: One", "list-item: Two"]),
        ("<ol><li>One<ul><li>Two</li></ul></li></ol>", ["list-item: One", "list-item: Two"]),
        ('<blockquote><p>Said</p></blockquote><p class="quote">So</p>', ["quote: Said", "quote: So"]),
        ("<div><div><p>Deep</p></div></div>", ["paragraph: Deep"]),
        ("<p>a<br>b</p>", ["paragraph: a b"]),
        ("<p> </p><p>\u00a0</p><p><br></p>", []),
        ('<p>One</p><h1>Title</h1><form><p>No</p></form><p class="tools">No</p>', ["paragraph: One"]),
        ('<p>One <span class="hidden">no</span>two</p>', ["paragraph: One two"]),
        ("<p>One</p><script>no</script><noscript><p>no</p></noscript><!-- no -->", ["paragraph: One"]),
        ('<p>One</p><div class="end"><p>No</p></div><p>No</p>', ["paragraph: One"]),
        ('<div><p>One</p><p class="end">No</p></div>tail', ["paragraph: One"]),
        ('<span class="byline">By Ann</span><p>One</p>', ["paragraph: One"]),
        (
            "<p>One</p><!-- S CUT --><p>No</p>no<!-- other --><!-- E CUT --><p>Two</p>",
            ["paragraph: One", "paragraph: Two"],
        ),
        ("<p>One<!-- S CUT --><table><td>no<!-- E CUT --></table> two</p>", ["paragraph: One", "paragraph: two"]),
    ],
)
def test_body(markup: str, expected: list[str]) -> None:
    assert blocks(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<p><a href="/x">Only a link</a></p>', []),
        ('<p><a href="/x"><b>Only</b> a link</a> </p>', []),
        ('<p>See <a href="/x">a link</a></p>', ["paragraph: See a link"]),
        ('<p><a href="/x">One</a> <a href="/y">two</a></p>', ["paragraph: One two"]),
        ('<p><a name="x">No link</a></p>', ["paragraph: No link"]),
        ('<ul><li><a href="/x">One</a></li><li><a href="/y">Two</a></li></ul>', []),
        ('<ul><li><a href="/x">One</a></li><li>Two</li></ul>', ["list-item: One", "list-item: Two"]),
        ('<h2><a href="/x">Heading</a></h2>', ["heading: Heading"]),
    ],
)
def test_what_is_nothing_but_a_link_is_no_body(markup: str, expected: list[str]) -> None:
    assert blocks(markup) == expected
    assert [found.href for found in read(markup).links] == re.findall('href="(.*?)"', markup)


def test_text_outside_of_blocks_may_be_none() -> None:
    markup = "no<div>no</div><p>One</p><ul><li>Two</li></ul>"
    assert blocks(markup, loose_text=False) == ["paragraph: One", "list-item: Two"]


def test_body_between_comments() -> None:
    markup = "<p>No</p><!-- S BO --><p>One</p><!-- S BO --><p>Two</p><!-- E BO --><p>No</p><!-- S BO --><p>No</p>"
    assert blocks(markup, between=("S BO", "E BO")) == ["paragraph: One", "paragraph: Two"]


@pytest.mark.parametrize(
    ("markup", "insets"),
    [
        ('<div class="box"><h2>Title</h2><p>One</p>two</div>', [Inset("Title", "One\ntwo")]),
        ('<div class="box"><p>One</p><h2>Not the title</h2></div>', [Inset(None, "One\nNot the title")]),
        ('<div class="box"><span class="byline">Ann</span><p>One</p></div>', [Inset(None, "Ann\nOne")]),
        ('<div class="box"><ul><li><a href="/x">A link</a></li></ul></div>', [Inset(None, "A link")]),
        ('<div class="box"><p class="tools">No</p></div>', []),
        ('<div class="box">a<div class="box">b</div></div>', [Inset(None, "b"), Inset(None, "a")]),
        ("<!-- S BOX --><table><td>One<tr><td>Two</table><!-- E BOX -->", [Inset(None, "One\nTwo")]),
        ('<hr class="line"><h2>Title</h2><p>One</p><hr class="line">', [Inset("Title", "One")]),
        ('<img src="/_line976.jpg"><p>One</p><img src="/_line976.jpg">', [Inset(None, "One")]),
        ('<hr class="line"><hr class="line"><p>One</p><hr class="line"><hr class="line">', [Inset(None, "One")]),
    ],
)
def test_insets(markup: str, insets: list[Inset]) -> None:
    found = read(f"<p>Before</p>{markup}<p>Behind</p>")
    assert found.insets == insets
    assert [block.text for block in found.blocks] == ["Before", "Behind"]


def test_lines_open_and_close_insets_in_turn() -> None:
    line = '<hr class="line">'
    markup = f"<p>1</p>{line}<p>2</p>{line}<p>3</p>{line}<p>4</p>{line}<p>5</p>"
    assert blocks(markup) == ["paragraph: 1", "paragraph: 3", "paragraph: 5"]


def test_a_last_line_by_itself_sets_nothing_apart() -> None:
    found = read('<p>1</p><hr class="line"><p>2</p><p><a href="/x">No body</a></p><p><img src="/a.jpg" alt="A"></p>')
    assert [block.text for block in found.blocks] == ["1", "2"]
    assert [image.alt for image in found.images] == ["A"]
    assert [link.href for link in found.links] == ["/x"]
    assert found.insets == []


def test_links_of_an_inset_are_grouped_under_its_title() -> None:
    found = read('<p><a href="/1">1</a> x</p><div class="box"><h2>Title</h2><p><a href="/2">2</a></p></div>')
    assert [(link.href, link.group_title) for link in found.links] == [("/1", None), ("/2", "Title")]


@pytest.mark.parametrize(
    ("markup", "images"),
    [
        ('<img src="/a.jpg" alt="A">', [Image("http://www.bbc.co.uk/a.jpg", "A")]),
        ('<p>x<img src="/a.jpg"></p>', [Image("http://www.bbc.co.uk/a.jpg")]),
        (
            '<figure><img src="/a.jpg" alt="A"><span>no</span><figcaption>Cap</figcaption><i class="credit">PA</i></figure>',
            [Image("http://www.bbc.co.uk/a.jpg", "A", "Cap", "PA")],
        ),
        (
            '<figure><img src="/placeholder.png"><div class="lazy" data-src="/b.jpg" data-alt="B"></div></figure>',
            [Image("http://www.bbc.co.uk/b.jpg", "B")],
        ),
        (
            '<!-- S PIC --><table><td><img src="/a.jpg" alt="A"><div class="cap">Cap</div></table><!-- E PIC -->',
            [Image("http://www.bbc.co.uk/a.jpg", "A", "Cap")],
        ),
        ('<div class="box"><img src="/a.jpg" alt="A">text</div>', []),
        ('<div class="tools"><img src="/a.jpg" alt="A"></div>', []),
        ('<img alt="No address">', [Image(None, "No address")]),
    ],
)
def test_images(markup: str, images: list[Image]) -> None:
    found = read(f"<p>Text</p>{markup}")
    assert found.images == images
    assert [block.text for block in found.blocks if block.text != "x"] == ["Text"]


def test_all_of_a_figure_is_its_caption_where_captions_are_not_marked() -> None:
    found = read('<figure><img src="/a.jpg"><span>All</span> of it</figure>', captions=())
    assert [image.caption for image in found.images] == ["All of it"]


def test_a_caption_outside_of_a_figure_is_no_body() -> None:
    assert blocks('<p>One</p><p class="cap">A video</p>') == ["paragraph: One"]


def test_a_page_without_the_region_has_no_content() -> None:
    found = read("<p>One</p>", where=(".absent",))
    assert (found.blocks, found.images, found.insets, found.links) == ([], [], [], [])


def test_a_region_is_walked_once_a_page() -> None:
    page = Page(b'<div class="story"><p>One</p></div>', "http://www.bbc.co.uk/")
    region = Region(**MARKED)
    assert region.read(page) is region.read(page)
