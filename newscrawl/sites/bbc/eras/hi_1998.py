"""News pages until early 2003 (``news.bbc.co.uk``): the last design before ``hi-2003``, named blocks inside tables.

What was read off saved pages:

- Every block has a class of its own: ``.headlinestory``, ``.date``, ``.bodytext`` (paragraphs begin with a bare ``<P>``),
  ``.inlineimage`` (the first one stands before the text), ``.boxtext``, ``.rhslist`` (a list of links with its heading).
- ``OriginalPublicationDate`` (GMT) is the only date. Language is stated nowhere; the editions' addresses are those of English ones.

Older pages, with ``<font>`` for everything, are read by the generic era.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.eras import Era, FoundLink, LinkRule, Rule
from newscrawl.eras.regions import Region, body, inline, insets
from newscrawl.eras.rules import any_of, has, meta, text, when
from newscrawl.items import Image, Relation
from newscrawl.sites.bbc.eras.hi import ANYWHERE, ENGLISH_EDITION, OUTSIDE, by_words, date_in_words, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.page import Page

STORY = Region(where=(".bodytext",), cut=(".inlineimage",), insets=(".boxtext",))


def _images(page: Page) -> Iterator[Image]:
    """Read the pictures, in the text and before it."""
    for figure in page.select(".inlineimage"):
        caption = next(map(page.text, page.select(".caption", figure)), None)
        for image in figure.iter("img"):
            yield Image(page.absolute(image.get("src", "")), image.get("alt"), caption)


def _lists(page: Page) -> Iterator[FoundLink]:
    """Read the right column's lists; the words of its heading tell what a list is."""
    for block in page.select(".rhslist"):
        heading = next(map(page.text, page.select(".rhshead", block)), "")
        relation = by_words(heading, (*ANYWHERE, *OUTSIDE)) or Relation.RELATED
        for anchor in block.iter("a"):
            yield FoundLink(anchor.get("href", ""), relation, page.text(anchor), heading or None, anchor)


HI_1998 = Era(
    name="hi-1998",
    marker=any_of(has(".headlinestory"), has(".bodytext", ".rhslist")),
    addresses=(meta("UKFS_URL"), meta("IFS_URL")),
    fields={
        "headline": (text(".headlinestory"), meta("Headline")),
        "summary": (meta("Description"),),
        "body": (body(STORY),),
        "section": (meta("Section"), text(".crumbtraila a")),
        "language": (when(any_of(ENGLISH_EDITION, words(".date", "day,")), "en"),),
        "images": (Rule(".inlineimage", lambda page: list(_images(page))),),
        "insets": (insets(STORY),),
        "date_published": (meta("OriginalPublicationDate"), date_in_words(".date")),
        "date_modified": (meta("OriginalPublicationDate"), date_in_words(".date")),
    },
    links=(LinkRule("lists .rhslist", _lists), inline(STORY)),
)
