"""BBC Sport pages of 2012 to 2015 (``#storypage-container``).

What was read off saved pages:

- The lead picture and the sidebar of tools stand before the article; the byline stands in its headline.
- ``.story-feature`` is an inset, but where it is an image.
- In a teaser the anchor holds the title (a match's with its score) and a counter of comments; its date and tag stand beside it.
- "Also related to this story" below the text repeats "Related to this story" beside it: two blocks.
"""

from __future__ import annotations

from newscrawl.eras import Era
from newscrawl.eras.regions import Region, body, images, inline, insets
from newscrawl.eras.rules import any_of, attribute, block, bylines, description, has, meta, meta_is, text
from newscrawl.items import Relation, Target

INSETS = (".story-feature:not(.image)", ".article .pull-out")

STORY = Region(
    where=("#storypage-container .layout-block-a", "#lead, .article[role=main]", ".article"),
    cut=(
        "#headline",
        "#article-sidebar",
        "#also-related-links",
        ".share-tools-footer",
        ".bbccom_advert_placeholder",
        ".emp",
        ".videoInStoryA",
        ".videoInStoryB",
        ".videoInStoryC",
        "#comments",
        ".hypertabs",
    ),
    ends=(".comment-introduction", "#comment-form"),
    bylines=(".byline",),
    insets=INSETS,
    figures=(".story-feature.image", ".caption"),
    captions=(),
    headings=("h2", "h3", "h4", "h5", "h6", ".cross-head"),
    loose_text=False,
)

SPORT_2012 = Era(
    name="sport-2012",
    marker=any_of(has("#storypage-container"), has("#storypage-aside")),
    target=meta_is("contentFlavor", {"STORY": Target.STORY, "INDEX": Target.INDEX}),
    hidden=(".hidden", ".gvl3-icon", ".icon-gvl3", ".external-link-icon", "h2.quote", ".endquote"),
    addresses=(meta("UKFS_URL"), meta("IFS_URL")),
    fields={
        "headline": (text(".story-header"), text("#headline h1"), meta("og:title"), meta("Headline")),
        "summary": (description(),),
        "body": (body(STORY),),
        "authors": (bylines(".byline", ".byline-name", ".byline-title", outside=INSETS),),
        "section": (meta("Section"),),
        "language": (attribute("html", "xml:lang"), attribute("html", "lang")),
        "images": (images(STORY),),
        "insets": (insets(STORY),),
        "date_published": (meta("DCTERMS.created"), meta("OriginalPublicationDate")),
        "date_modified": (meta("DCTERMS.modified"), meta("OriginalPublicationDate"), meta("DCTERMS.created")),
    },
    links=(
        block(Relation.RELATED, "#also-related-links", items="li > a", outer="h3"),
        block(Relation.RELATED, ".story-related .see-also", items="li > a", outer="h2"),
        block(Relation.ELSEWHERE, ".story-related .featured-links", items="li > a", outer="h2"),
        block(Relation.SECTION, ".more-from-hyperpuff-container", items="li > a, h3 > a", outer="h2"),
        block(Relation.TOP_STORIES, "#range-top-stories", items="li > a, h3 > a", outer="h2"),
        block(Relation.MOST_READ, ".livestats", outer="h2", inner="h3"),
        block(Relation.ELSEWHERE, "#promotional-content", items="li > a, h3 > a", outer="h2"),
        inline(STORY),
    ),
)
