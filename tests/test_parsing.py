"""Pages that nest without end: nothing a reader sees is lost, and the tree stays shallow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from newscrawl import extract
from newscrawl.items import BlockType
from newscrawl.parsing import DEEPEST, parse
from tests.golden import FIXTURES, told
from tests.mutants import OPENERS
from tests.reading import story_of

if TYPE_CHECKING:
    from newscrawl.page import Element

DEEP = 50_000


def depth(root: Element) -> int:
    return max(sum(1 for _ in element.iterancestors()) for element in root.iter())


def words(root: Element) -> list[str]:
    return "".join(map(str, root.itertext())).split()


@pytest.mark.parametrize(
    "opener", [*OPENERS, b"<ul><li><div>", b"<a href=x><div>", b"<p><font>", b"<p title='a\"b&lt;'>"]
)
def test_no_depth_loses_what_comes_after(opener: bytes) -> None:
    root = parse(b"<body><p>before " + opener * DEEP + b"<h2 id=x>after</h2> <p>the <b>end</b></body>")
    assert words(root) == ["before", "after", "the", "end"]
    assert root.find(".//h2[@id='x']") is not None
    assert depth(root) < 256


def test_elements_that_differ_are_kept_far_deeper() -> None:
    opened = "".join(f"<div id=d{number}>{number} " for number in range(DEEP))
    root = parse(f"<body>{opened}<p>end".encode())
    assert words(root) == [*map(str, range(DEEP)), "end"]
    assert depth(root) < 2 * DEEPEST
    assert root.find(f".//div[@id='d{DEEPEST - 10}']") is not None


def test_what_is_no_text_stays_what_it_is() -> None:
    inside = "<!-- S BO --><script>if (a < b && c) {}</script><p title='\"a\" & b'>1 &lt; 2 &amp; 3<br>4<img src=x alt=y></p>"
    root = parse(f"<body>{'<div>' * DEEP}{inside}<!-- E BO --></body>".encode())
    assert [str(node.text) for node in root.iter() if not isinstance(node.tag, str)] == [" S BO ", " E BO "]
    assert root.findtext(".//script") == "if (a < b && c) {}"
    paragraph: Any = root.find(".//p")
    assert (paragraph.get("title"), "|".join(paragraph.itertext())) == ('"a" & b', "1 < 2 & 3|4")
    assert root.find(".//img[@alt='y']") is not None


def test_texts_of_blocks_that_are_left_out_stay_apart() -> None:
    root = parse(f"<body>{'<div>' * DEEP}one<div>two</div>three".encode())
    assert [element.tail for element in root.iter("br") if element.tail] == ["one", "two", "three"]


@pytest.mark.parametrize("opener", ["<div>", "<b>", "<blockquote>", "<table><tr><td>", "<div class=x>text"])
def test_a_body_in_there_is_read_whole(opener: str) -> None:
    found = story_of(
        f"<h1>Title</h1><p>First.</p>{opener * DEEP}<h2>Night</h2><p>Second <i>one</i>.</p><ul><li>Third</ul>"
    )
    blocks = {(block.type, block.text) for block in found.body}
    assert blocks >= {(BlockType.PARAGRAPH, "First."), (BlockType.HEADING, "Night"), (BlockType.LIST_ITEM, "Third")}
    assert (found.body[-2].text, found.problems) == ("Second one.", [])


@pytest.mark.parametrize("era", ["gel-2010", "hi-2003", "responsive-2015", "next-2023", "generic"])
def test_a_page_inside_of_all_that_is_read_the_same(era: str) -> None:
    fixture = next(fixture for fixture in FIXTURES if fixture.era == era)
    whole = fixture.page.read_bytes()
    start = whole.index(b">", whole.index(b"<body")) + 1
    found = extract(whole[:start] + b"<div>" * DEEP + whole[start:], fixture.expected["url"])
    assert told(found) == told(fixture.extract())
