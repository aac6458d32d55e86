"""Pages of WebCore (``css-…``, later ``ssrcss-…``), 2020 to 2024, with their state in ``window.__INITIAL_DATA__``.

What was read off saved pages:

- Older stories were rendered anew in this markup; the ``datePublished`` of their JSON-LD may then be the last update, while
  the state's ``firstPublished`` is right. The visible time may be relative.
- The state is an object literal on some pages, on others JSON in a quoted string.
- The first pages load their pictures late: the markup has a ``<noscript>`` for them, or nothing at all.
- "Most Read" ends its titles with the rank; titles of videos stand twice, once for screen readers.
"""

from __future__ import annotations

from newscrawl.eras import Era, Rule
from newscrawl.eras.rules import any_of, attribute, has, json_ld, state
from newscrawl.sites.bbc.eras import live_posts, states
from newscrawl.sites.bbc.eras.component_fields import ADDRESSES, FIELDS
from newscrawl.sites.bbc.eras.components import HIDDEN, LINKS, LISTED
from newscrawl.sites.bbc.eras.generic import GENERIC

UPLOADED = (
    json_ld("uploadDate"),
    state(states.INITIAL, "data", "media-experience*", "data", "initialItem", "structuredData", "uploadDate"),
)
"""When a video was published, on a page of its own."""

REACT_2020 = Era(
    name="react-2020",
    marker=any_of(
        has("#main-heading"),
        has("[data-component=text-block]"),
        has(live_posts.WHERE),
        Rule(states.INITIAL, lambda page: f"window.{states.INITIAL}".encode() in page.body),
    ),
    target=GENERIC.target,
    hidden=HIDDEN,
    addresses=ADDRESSES,
    fields={
        **FIELDS,
        "date_published": (
            states.stated("firstPublished"),
            json_ld("datePublished"),
            *UPLOADED,
            attribute("article time", "datetime"),
        ),
        "date_modified": (
            json_ld("dateModified"),
            states.stated("lastPublished"),
            json_ld("datePublished"),
            *UPLOADED,
            attribute("article time", "datetime"),
        ),
    },
    links=LINKS,
    listed=LISTED,
)
