"""News and sport pages of 2003 to mid-2010: tables on ``news.bbc.co.uk`` (``/1/``, ``/2/``, ``/low/``, ``sport1``, ``sport2``), their fronts, archived copies.

What was read off saved pages:

- Comments are the structure: the text stands between the first ``S BO`` after ``startcontent`` and ``E BO`` (boxes of links use
  the two again), in it pictures (``IIMA``), boxes (``IBOX``), the byline (``IBYL``), included fragments (``IINC``: forms, data).
- The headline is ``.mxb .sh`` until 2007, then ``.mxb h1``; Magazine pages have a banner in an ``h1`` before it.
- ``OriginalPublicationDate`` (GMT) is the only date and equals the visible "Last updated".
- The right column is flat: headings (``.nlp``, ``.sah`` …) and links (``.arr``) side by side, each link under the last heading.
  Only in-depth boxes (``.puffbox``) have an element of their own, and there the box decides, not its inner headings.
- In "From other news sites" the anchor is the publisher, the title stands beside it.
- Pages before 2008 do not state their language; that their fixed labels are English does.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import dropwhile
from typing import TYPE_CHECKING

from lxml import etree

from newscrawl.eras import Era, FoundLink, LinkRule, Rule
from newscrawl.eras.regions import Region, body, images, inline, insets
from newscrawl.eras.rules import any_of, attribute, has, meta, meta_is, text, when
from newscrawl.items import Author, Block, Kind, Relation, Target
from newscrawl.page import BLOCKS
from newscrawl.processors import collapse
from newscrawl.sites.bbc.eras.hi import ANYWHERE, ENGLISH_EDITION, OUTSIDE, by_words, date_in_words, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Element, Page

START = "a[name=startcontent]"

COMMENT_FORM = "form:has(textarea)"

STORY = Region(
    where=("body",),
    begins=(START,),
    between=("S BO", "E BO"),
    ends=(
        COMMENT_FORM,  # what follows it is small print
        "#socialBookMarks",
        ".storyextra",
        ".puffbox",
        ".seeAlsoH",
        ".topStoryH",
        "#popStory",
    ),
    cut=(
        ("S IINC", "E IINC"),
        ("caption", "END - caption"),
        *(f".{medium}InStory{size}" for medium in ("video", "audio") for size in "ABCDE"),
        ".emp",
    ),
    bylines=(("S IBYL", "E IBYL"),),
    insets=(("S IBOX", "E IBOX"), ".qboxflr"),
    figures=(("S IIMA", "E IIMA"),),
    captions=(".cap", ".caption"),
    no_pictures=re.compile(r"/shared/img/|/furniture/"),
    headings=("h2", "h3", "h4", "h5", "h6", ".ch2", ".sih", ".sihf", ".qboxflr > .lp"),
    items=(".bull",),
)

BARE = replace(
    STORY,
    where=(".storybody",),
    begins=(),
    between=None,
    bylines=(".byl", ".byd"),
    insets=(".sibtbg", ".sib606", ".qboxflr"),
)
"""The same where the comments are lost."""

HEADINGS = {
    ".mph1": Relation.RELATED,
    ".nlp": Relation.RELATED,
    ".sah": Relation.RELATED,
    ".seeAlsoH": Relation.RELATED,
    ".av1h": Relation.RELATED,
    ".snh": Relation.TOP_STORIES,
    ".topStoryH": Relation.TOP_STORIES,
    "#popStory": Relation.MOST_READ,
}
"""Of the right column, its boxes and the features below the story; what the links under them are, if neither words nor items tell."""

ITEMS = {
    ".arr a": None,
    ".popstoryList a": Relation.MOST_READ,
    "a.shl": Relation.FEATURES,
    "a.pbl": Relation.FEATURES,
    ".puffbox a": Relation.RELATED,
}
"""Links of the blocks; of what relation they are, if their place tells."""

FOOTERS = ("#footer a", "#footer1 a", "#sportfooter a", ".servicev4 a", "#blq-footer a")

NO_STORY = re.compile(r"home|faqs?|contact us|about(?: us| (?:the|this) programme| these results)?", re.I)
"""Links of a programme's pages to one another, and the small print of "From other news sites"."""

CALL = re.compile(
    r"\b(?:send|tell|e-?mail) us\b|\byour (?:comments|experiences|pictures|stories|views)\b|\bform below\b", re.I
)
"""Says so above a form for readers' comments."""

AGE = re.compile(r"\s+-\s+[\w\s]+ ago$")
BY = re.compile(r"(?:\w+ )?by\b[:\s]*", re.I)
LINE = "\u2028"


def _comments(page: Page) -> dict[str, Element]:
    """Return the first comment of each text."""
    if "comments" not in page.memo:
        found = [(collapse(comment.text or ""), comment) for comment in page.tree.iter(etree.Comment)]
        page.memo["comments"] = dict(reversed(found))
    comments: dict[str, Element] = page.memo["comments"]
    return comments


def comment(text: str) -> Rule:
    """Tell whether the page has a comment of this text."""
    return Rule(f"comment {text}", lambda page: text in _comments(page))


def _text(page: Page) -> list[Block]:
    """Read the text without the call for comments that ends it above a form."""
    blocks = STORY.read(page).blocks
    if page.first(COMMENT_FORM) is None:
        return blocks
    return list(dropwhile(lambda block: CALL.search(block.text), reversed(blocks)))[::-1]


def _authors(page: Page) -> list[Author]:
    """Read the byline: a line "By …" is a name, the line after it the role. Other lines name a column."""
    lines = _byline(page)
    return [
        Author(BY.sub("", name, count=1), None if BY.match(role) else role or None)
        for name, role in zip(lines, [*lines[1:], ""], strict=False)
        if BY.match(name)
    ]


def _byline(page: Page) -> list[str]:
    comments = _comments(page)
    if "S IBYL" in comments and "E IBYL" in comments:
        return _lines_between(page, comments["S IBYL"], comments["E IBYL"])
    return [line for name in page.select(".byl") for line in page.lines(name)]


def _lines_between(page: Page, start: Element, end: Element) -> list[str]:
    """Return the lines from one comment to another; an unclosed ``<P>`` may have taken in the first of the two only."""
    text = ""
    for node in (start, *start.iterancestors()):
        text += node.tail or ""
        for beside in node.itersiblings():
            if beside is end:
                return list(filter(None, map(collapse, text.split(LINE))))
            apart = LINE if beside.tag in BLOCKS or beside.tag == "br" else ""
            lines = [] if page.is_silent(beside) else page.lines(beside)
            text += apart + LINE.join(lines) + apart + (beside.tail or "")
    return []


def _anchors(page: Page) -> Iterator[tuple[Element, str, Relation | None]]:
    """Return the page's anchors with the heading they stand under and what the heading's class tells; headings' own are left out."""
    headings = {element: relation for selector, relation in HEADINGS.items() for element in page.select(selector)}
    boxes = set(page.select(".puffbox"))
    own: set[Element] = set()
    heading, relation = "", None
    for element in page.tree.iter("*"):
        if element in headings:
            heading, relation = page.text(element) or heading, headings[element]
            own.update(element.iter("a"))
        elif element in boxes:
            heading = ""
        elif element.tag == "a" and element not in own:
            yield element, heading, relation


def _blocks(page: Page) -> Iterator[FoundLink]:
    """Read all blocks beside and below the story; of several links to one address under one heading the first has the title."""
    items = {element: relation for selector, relation in ITEMS.items() for element in page.select(selector)}
    boxed, tracked = set(page.select(".puffbox a")), set(page.select("#newstracker a"))
    seen = set()
    for anchor, heading, by_class in _anchors(page):
        if anchor not in items or not (heading or anchor in boxed):
            continue
        title = _title_beside(page, anchor) if anchor in tracked else _title(page, anchor)
        place = (heading, anchor.get("href", "").strip())
        if title and place not in seen and not NO_STORY.fullmatch(title):
            seen.add(place)
            told = by_words(heading, ANYWHERE) or items[anchor] or by_words(heading, OUTSIDE)
            yield FoundLink(place[1], told or by_class or Relation.RELATED, title, heading or None, anchor)


def _title(page: Page, anchor: Element) -> str:
    """Return the first line; below it may stand a summary."""
    return next(iter(page.lines(anchor)), "")


def _title_beside(page: Page, publisher: Element) -> str:
    beside = publisher.getnext()
    return "" if beside is None else AGE.sub("", page.text(beside))


def _listed(page: Page) -> Iterator[FoundLink]:
    """Read the links of a front page between its navigation and its footer."""
    start, footers = page.first(START), {anchor for selector in FOOTERS for anchor in page.select(selector)}
    anchors = _anchors(page) if start is None else dropwhile(lambda found: found[0] is not start, _anchors(page))
    for anchor, heading, _ in anchors:
        if anchor not in footers:
            yield FoundLink(anchor.get("href", ""), Relation.LISTED, _title(page, anchor), heading or None, anchor)


HI_2003 = Era(
    name="hi-2003",
    marker=any_of(has(".mxb .sh"), has(".mxb h1"), has(".storybody"), has(".lhsl"), comment("S BO")),
    target=meta_is("contentFlavor", {"STORY": Target.STORY, "INDEX": Target.INDEX}),
    addresses=(meta("UKFS_URL"), meta("IFS_URL")),
    fields={
        "headline": (
            text(".mxb .sh"),
            text(".mxb h1"),
            text(".sh"),
            *(text(f"{START} + h{level}") for level in range(1, 5)),  # low graphics
            meta("Headline"),
        ),
        "summary": (meta("Description"),),
        "body": (Rule(f"body {STORY.name}", _text), body(BARE)),
        "authors": (Rule("lines of IBYL", _authors),),
        "section": (meta("Section"),),
        "language": (
            attribute("html", "xml:lang"),
            attribute("html", "lang"),
            when(any_of(words(".lu", "[Uu]pdated"), ENGLISH_EDITION), "en"),
        ),
        "images": (images(STORY), images(BARE)),
        "insets": (insets(STORY), insets(BARE)),
        "kind": (when(has("#mediaAsset"), Kind.VIDEO),),
        "date_published": (meta("OriginalPublicationDate"), date_in_words(".ds")),
        "date_modified": (meta("OriginalPublicationDate"), date_in_words(".ds")),
    },
    links=(LinkRule("blocks under headings", _blocks), inline(STORY)),
    listed=(LinkRule("main column", _listed),),
)
