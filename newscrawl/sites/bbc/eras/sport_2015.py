"""BBC Sport pages of 2015 to 2023 (``.sp-story-body``): stories, and matches with a report and a stream of events.

What was read off saved pages:

- The date is in ``rnews:datePublished`` (GMT) and in seconds beside the headline: both are the last update.
- Below the headline of a match stands its report, in it a module (``morph-…``) with line-ups, figures and the stream of events,
  which have no time but the match's minute.
- The blocks beside the story are told by their ids; one of promotions is the BBC's ("Explore the BBC") or sport's own.
- A teaser's second anchor repeats its title after "Read more on".
"""

from __future__ import annotations

from newscrawl.eras import Era, Rule
from newscrawl.eras.regions import Region, body, images, inline, insets
from newscrawl.eras.rules import any_of, attribute, block, bylines, description, has, json_ld, meta, text, when
from newscrawl.items import Kind, Relation
from newscrawl.sites.bbc.eras import lx_stream

STORY = Region(
    where=("#story-body", ".sp-story-body"),
    cut=(
        ".bbccom_slot",
        ".sp-media-asset__smp",
        ".twitter-tweet",
        "#story-body [id^=morph-]",
        ".tab-selector",
        ".share-tools",
    ),
    insets=(".sp-story-body aside", ".sp-story-body .pull-out", ".sp-story-body__pullout", ".sp-story-body__table"),
    captions=("figcaption",),
    loose_text=False,
)

DATE = (meta("rnews:datePublished"), json_ld("datePublished"), attribute(".story-info time", "data-timestamp"))

PROMOTIONS = {
    "explore the bbc": Relation.ELSEWHERE,
    "elsewhere on the bbc": Relation.ELSEWHERE,
    "around the bbc": Relation.ELSEWHERE,
    "top stories": Relation.TOP_STORIES,
}

SPORT_2015 = Era(
    name="sport-2015",
    marker=any_of(has(".sp-story-body"), has("#responsive-story-page")),
    hidden=(".vh", ".gs-u-vh", ".off-screen", *lx_stream.HIDDEN),
    fields={
        "headline": (text(".story-headline"), meta("og:title")),
        "summary": (description(),),
        "body": (body(STORY),),
        "authors": (bylines(".story__byline .byline", "p.gel-long-primer", "p.gel-long-primer-bold"),),
        "section": (meta("article:section"), text(".story-info .section-tag a")),
        "language": (attribute("html", "lang"),),
        "images": (images(STORY),),
        "insets": (insets(STORY),),
        "posts": (Rule(".lx-stream-post", lx_stream.posts),),
        "kind": (when(has(".lx-stream-post"), Kind.LIVE),),
        "date_published": DATE,
        "date_modified": DATE,
    },
    links=(
        block(Relation.RELATED, "#also-related-links", items="li a", outer="h2, h3"),
        block(Relation.TOP_STORIES, "#top-stories", items=".article-block__title a", outer="h2"),
        *(
            block(Relation.FEATURES, where, items=items, title="h3", outer="h2", by_heading=PROMOTIONS)
            for where, items in (
                (".box-promo", ".multi-thumb-promo__link"),
                ("section[id^=multi-link-promo]", ".article-block__title a"),
            )
        ),
        block(Relation.MOST_READ, "#most-read", items="li a", outer="h2"),
        inline(STORY),
    ),
)
