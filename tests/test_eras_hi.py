"""What the eras of ``news.bbc.co.uk`` make of markup that the hand-built pages do not have, or have in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newscrawl import extract
from newscrawl.items import Author, Inset
from newscrawl.page import Page
from newscrawl.sites.bbc.eras.hi import date_in_words

if TYPE_CHECKING:
    from newscrawl.extraction import Extraction
    from newscrawl.items import Story

URL = "http://news.bbc.co.uk/1/hi/uk/4990001.stm"


def page(text: str = "<P>One", beside: str = "", head: str = "", before: str = "") -> Extraction:
    """Read a page of 2005 with this text, and this in its right column."""
    markup = f"""<head>{head}</head><body>{before}<a name="startcontent"></a>
        <table><tr><td colspan=3><div class="mxb"><div class="sh">Title</div></div>
        <tr><td><font size=2><!-- S BO -->{text}<!-- E BO --></font><br><td>{beside}</table>"""
    return extract(markup.encode("cp1252"), URL)


def story(text: str = "<P>One", **parts: str) -> Story:
    found = page(text, **parts).story
    assert found is not None
    assert found.problems == []
    return found


def blocks(text: str, **parts: str) -> list[str]:
    return [f"{block.type}: {block.text}" for block in story(text, **parts).body]


def links(beside: str) -> list[tuple[str, str | None, str]]:
    return [(link.relation, link.group_title, link.text) for link in page(beside=beside).links]


# --- text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b>Bold</b><P>One<P><P>Two<P>", ["paragraph: Bold", "paragraph: One", "paragraph: Two"]),
        ("<P>One<P><B>Head</B> <P>Two", ["paragraph: One", "heading: Head", "paragraph: Two"]),
        ('<P>One<div class="ch2">Head</div>Two', ["paragraph: One", "heading: Head", "paragraph: Two"]),
        ('<P>One<ul class="bulletList"><li>a<li>b</ul>', ["paragraph: One", "list-item: a", "list-item: b"]),
        ('<P>One<div class="bull">a</div>', ["paragraph: One", "list-item: a"]),
        ('<P>One<P><!-- S ILIN --><div class="arr"><a href="/1/hi/uk/4990002.stm">See</a></div>', ["paragraph: One"]),
        ("<!-- S BO --><P>One", ["paragraph: One"]),
        (
            "<P>One<!-- S IINC --><P>data<table><tr><td>1</table><!-- E IINC --><P>Two",
            ["paragraph: One", "paragraph: Two"],
        ),
        ("<P>One<!-- E BO --><!-- S BO --><P>Two", ["paragraph: One"]),
        ('<P>One</font><div id="socialBookMarks"><P>Share</div><P>Two', ["paragraph: One"]),
        (
            '<P>One<div class="videoInStoryB"><p>Player<p class="caption">A film</div>Two',
            ["paragraph: One", "paragraph: Two"],
        ),
        ("<P>One<P>Send us your moles.<form><textarea></textarea></form><P>Small print", ["paragraph: One"]),
        ("<P>One<P>Send us your moles.", ["paragraph: One", "paragraph: Send us your moles."]),
        ("<P>One<!-- S IBOX --><table><tr><td>Box<!-- E IBOX -->Two", ["paragraph: One", "paragraph: Two"]),
    ],
)
def test_text(text: str, expected: list[str]) -> None:
    assert blocks(text) == expected


def test_text_begins_after_the_start_of_the_content() -> None:
    assert blocks("<P>One", before="<!-- S BO --><P>Alert<!-- E BO -->") == ["paragraph: One"]


@pytest.mark.parametrize("beside", ['<div class="puffbox">{}</div>', '<div class="seeAlsoH">SEE ALSO</div>{}'])
def test_text_of_a_box_is_never_the_story_s(beside: str) -> None:
    markup = f'<a name="startcontent"></a><div class="mxb"><h1>Title</h1></div>{beside}'.format(
        "<!-- S BO -->No<!-- E BO -->"
    )
    found = extract(markup.encode(), URL).story
    assert found is not None
    assert found.body == []


def test_text_without_its_comments() -> None:
    markup = """<div class="mxb"><h1>Title</h1></div><td class="storybody"><div><span class="byl">By Ann Lee</span></div>
        <p>One<table><td class="sibtbg"><div class="sih">FACTS</div>Box</table><p>Two<td class="storyextra"><p>No"""
    found = extract(f"<table><tr>{markup}</table>".encode(), URL).story
    assert found is not None
    assert [block.text for block in found.body] == ["One", "Two"]
    assert found.insets == [Inset("FACTS", "Box")]


# --- byline, date, language


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ('<span class="byl">By Ann Lee</span><br><span class="byd">BBC News, Rome</span>', [Author("Ann Lee", "BBC News, Rome")]),
        ('<span class="byl">By Ann Lee</span>', [Author("Ann Lee")]),
        ('<span class="byl">ANALYSIS<br>By Ann Lee</span>', [Author("Ann Lee")]),
        ('<span class="byl">Analysis by Ann Lee</span>', [Author("Ann Lee")]),
        ('<span class="byl">By Ann Lee and Bo Oz</span><br>Editors', [Author("Ann Lee", "Editors"), Author("Bo Oz", "Editors")]),
        ('<span class="byl">By Ann Lee</span><br><span class="byl">By Bo Oz</span>', [Author("Ann Lee"), Author("Bo Oz")]),
        ('<span class="byl">A POINT OF VIEW</span>', []),
        ("<b>By Ann Lee</b><br>\nBBC News,\nRome<br>", [Author("Ann Lee", "BBC News, Rome")]),
        ("<b>Diary</b><br>By Ann Lee", [Author("Ann Lee")]),
        ("", []),
    ],
)  # fmt: skip
def test_byline(byline: str, authors: list[Author]) -> None:
    found = story(f"<!-- S IBYL --><div>{byline}</div><!-- E IBYL --><P>One")
    bare = story(f"<P><!-- S IBYL -->{byline}<!-- other --><!-- E IBYL --><P>One")
    parted = story(f"<P><!-- S IBYL --><div>{byline}</div><!-- E IBYL --><P>One")  # the comments end in two elements
    for read in found, bare, parted:
        assert [block.text for block in read.body] == ["One"]
        assert read.authors == authors


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Last Updated: Friday, 5 August 2005, 06:30 GMT 07:30 UK", "2005-08-05T06:30:00+00:00"),
        ("Page last updated at 04:45 GMT, Monday, 2 February 2009", "2009-02-02T04:45:00+00:00"),
        ("Tuesday, 19 November, 2002, 16:20 GMT", "2002-11-19T16:20:00+00:00"),
        ("Tuesday, 19 November 2002", None),
        ("19 November 2002, 16:20 UK", None),
        ("", None),
    ],
)
def test_date_in_words(words: str, expected: str | None) -> None:
    assert date_in_words(".ds").read(Page(f'<p class="ds">{words}</p>'.encode(), URL)) == expected


def test_metadata_go_before_the_date_in_words() -> None:
    meta = '<meta name="OriginalPublicationDate" content="2005/08/05 06:30:08">'
    words = '<p class="ds"><span class="lu">Last Updated:</span> 6 August 2005, 10:00 GMT</p>'
    assert str(story(head=meta, before=words).date_published) == "2005-08-05 06:30:08+00:00"


@pytest.mark.parametrize(
    ("head", "language"),
    [
        ('<meta name="UKFS_URL" content="/1/hi/uk/4990001.stm">', "en"),
        ('<meta name="IFS_URL" content="/sport2/hi/golf/4990001.stm">', "en"),
        ('<meta name="UKFS_URL" content="/hi/russian/news/newsid_4990000/4990001.stm">', None),
        ("", None),
    ],
)
def test_language(head: str, language: str | None) -> None:
    assert story(head=head).language == language


# --- links


def arr(*titles: str) -> str:
    return "".join(f'<div class="arr"><a href="/1/hi/uk/499{len(t):04}.stm">{t}</a><br>12 Oct</div>' for t in titles)


@pytest.mark.parametrize(
    ("heading", "relation"),
    [
        ('<div class="sah">SEE ALSO:</div>', "related"),
        ('<div class="nlp">KEY STORIES</div>', "related"),
        ('<div class="nlp">RELATED INTERNET LINKS:</div>', "external"),
        ('<div class="nlp">RELATED BBC WEBLINKS</div>', "elsewhere"),
        ('<div class="nlp">AROUND THE BBC</div>', "elsewhere"),
        ('<div class="nlp">TOP UK STORIES NOW</div>', "top-stories"),
        ('<div class="snh">LATEST</div>', "top-stories"),
        ('<div class="topStoryH"><a href="/1/hi/uk/default.stm">TOP UK</a></div>', "top-stories"),
        ('<div class="nlp">MORE UK STORIES</div>', "section"),
        ('<div class="nlp">MORE ON MOLES</div>', "related"),
    ],
)
def test_relation_of_links_side_by_side(heading: str, relation: str) -> None:
    assert [found[0] for found in links(heading + arr("a", "bb"))] == [relation, relation]
    in_box = relation if relation in {"external", "elsewhere"} else "related"
    assert [found[0] for found in links(f'<div class="puffbox">{heading}{arr("a")}</div>')] == [in_box]


def test_links_without_a_heading_count_in_boxes_only() -> None:
    assert links(arr("a") + f'<div class="puffbox">{arr("bb")}</div>') == [("related", None, "bb")]


def test_a_box_does_not_take_over_the_heading_before_it() -> None:
    beside = f'<div class="sah">SEE ALSO</div>{arr("a")}<div class="puffbox">{arr("bb")}</div>'
    assert links(beside) == [("related", "SEE ALSO", "a"), ("related", None, "bb")]


def test_most_popular_and_features_are_known_without_their_headings() -> None:
    beside = (
        f'<div class="topStoryH">TOP UK STORIES</div>{arr("a")}<ul class="popstoryList"><li><a href="/1/hi/uk/4990002.stm">b</a>'
        '</ul><a class="pbl" href="/1/hi/uk/4990003.stm"><b>c</b><br>what it is</a>'
    )
    assert [(found[0], found[2]) for found in links(beside)] == [
        ("top-stories", "a"),
        ("most-read", "b"),
        ("features", "c"),
    ]


def test_picture_title_and_summary_are_one_link() -> None:
    anchors = "<img alt=A>", "<b>Title</b>", "What it says<br>"
    box = "".join(f'<a href="/1/hi/uk/4990002.stm">{anchor}</a>' for anchor in anchors)
    assert links(f'<div class="puffbox">{box}</div>') == [("related", None, "Title")]


def test_a_link_in_the_text_is_not_taken_for_one_beside_it() -> None:
    found = page(
        "<P>A <a href='/1/hi/uk/4990002.stm'>mole</a>" + arr("a"), '<div class="sah">SEE ALSO</div>' + arr("bb")
    )
    assert [(link.relation, link.text) for link in found.links] == [
        ("inline", "mole"),
        ("inline", "a"),
        ("related", "bb"),
    ]


def test_front_page_without_a_start_of_content() -> None:
    markup = (
        f'<div class="lhsl">News</div><div class="nlp">WALES</div>{arr("a", "bb")}<div id="footer">{arr("ccc")}</div>'
    )
    found = extract(markup.encode(), "http://news.bbc.co.uk/1/hi/wales/default.stm")
    assert found.era == "hi-2003"
    assert [(link.relation, link.group_title, link.text) for link in found.links] == [
        ("listed", "WALES", "a"),
        ("listed", "WALES", "bb"),
    ]


# --- hi-1998


def test_hi_1998_without_metadata() -> None:
    markup = """<td class="crumbtraila">You are in: <a href="/1/hi/uk/default.stm">UK</a></td><span class="date">Tuesday, 19 November,
        2002, 16:20 GMT</span><div class="headlinestory"><b>Title</b></div><div class="bodytext">One<P>Two"""
    found = extract(markup.encode(), URL)
    assert found.era == "hi-1998"
    assert found.story is not None
    assert (found.story.headline, found.story.text) == ("Title", "One\nTwo")
    assert (found.story.language, found.story.section) == ("en", "UK")
    assert str(found.story.date_published) == "2002-11-19 16:20:00+00:00"
