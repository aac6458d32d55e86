"""Stories of Newsround, the news for children, since 2019 (``.newsround-story-body``).

What programs that read these pages agree on; metadata are the usual ones, and read by the generic era's rules:

- Every part of a story has a class of its own, after the part's name: ``__text``, ``__crosshead``. Older stories that were rendered
  anew have another one for the header (``newsround-legacy-…``).
"""

from __future__ import annotations

from newscrawl.eras import Era
from newscrawl.eras.regions import Region, body, images, inline, insets
from newscrawl.eras.rules import any_of, has, meta, text
from newscrawl.sites.bbc.eras.generic import GENERIC

STORY = Region(
    where=(".newsround-story-body__content", ".newsround-story-body"),
    insets=(".newsround-story-body aside",),
    headings=("h2", "h3", "h4", ".newsround-story-body__crosshead"),
    loose_text=False,
)

NEWSROUND_2019 = Era(
    name="newsround-2019",
    marker=any_of(has(".newsround-story-body"), has(".newsround-story-header__title-text")),
    hidden=(".gs-u-vh", ".visually-hidden"),
    fields={
        **GENERIC.fields,
        "headline": (
            text(".newsround-story-header__title-text"),
            text(".newsround-legacy-story-header__title-text"),
            meta("og:title"),
        ),
        "body": (body(STORY), *GENERIC.fields["body"]),
        "images": (images(STORY), *GENERIC.fields["images"]),
        "insets": (insets(STORY),),
    },
    links=(inline(STORY),),
)
