"""The forms of BBC addresses, as one table.

Sources: addresses on saved pages of 1998 to 2026, and the route table of the BBC's own open-source page renderer
(github.com/bbc/simorgh) for the shape of ids and the World Service.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from newscrawl.items import Target

COM, UK, HI = "https://www.bbc.com", "https://www.bbc.co.uk", "http://news.bbc.co.uk"


class Rule(NamedTuple):
    """One form of address."""

    target: Target
    home: str | None
    """Where the canonical address stands; None: on the host it came with."""
    page: str
    """Pattern of whole path segments, with the pieces below; ``{old}``, ``{new}`` and ``{hi_id}`` hold the asset id."""
    rest: str = ""
    """Pattern of what may follow and names no other page: slug, page number, file ending. Not in the canonical form."""


PIECES = {
    "any": r"[^/]+",
    "word": r"(?![^/]*\d{6})[a-z][a-z0-9_+-]*",
    # A section page or, as in /news/election/2015, an event's.
    "section": r"(?:(?![^/]*\d{6})[a-z][a-z0-9_+-]*|\d{4})",
    # world-middle-east-21817201 or 21817201: one series of numbers for all of the BBC since 1998, eight digits since 2010.
    "old": r"(?:[^/]*[-+])?(?P<id>\d{8,9})",
    # The numbers of 1997 to 2010.
    "hi_id": r"(?P<id>\d{4,9})",
    "hi": r"(?:[^/]+/){0,2}hi",
    # …o is an article or a video, …t a live page (and a topic).
    "new": r"(?P<id>c[a-zA-Z0-9]{10}[ot])",
    "form": r"(?:articles|erthyglau|sgeulachdan|videos|fideo|live|av)",
    "dated": r"\d{8}-[^/.]+",
    "magazine": r"(?:autos|capital|culture|earth|future|travel|worklife)",
    "lists": r"(?:arts|autos|business|capital|culture|earth|future|future-planet|home|innovation|live|travel|video|worklife)",
    "uk": r"(?:cymrufyw|naidheachdan|newsbeat|newsround|weather)",
    "lang": (
        r"(?:afaanoromoo|afrique|amharic|arabic|azeri|bengali|burmese|chinese|gahuza|gujarati|hausa|hindi|igbo|indonesia|"
        r"indonesian|japanese|korean|kyrgyz|magyar|marathi|mundo|nepali|pashto|persian|pidgin|polska|portuguese|punjabi|"
        r"romanian|russian|serbian|sinhala|somali|spanish|swahili|tamil|telugu|thai|tigrinya|turkce|turkish|ukchina|"
        r"ukrainian|urdu|uzbek|vietnamese|yoruba|zhongwen)(?:/(?:simp|trad|cyr|lat))?"
    ),
}

_STORY, _INDEX, _FEED, _PROGRAMME, _OTHER = Target.STORY, Target.INDEX, Target.FEED, Target.PROGRAMME, Target.OTHER

RULES = (
    # Feeds and sitemaps, whatever they belong to
    Rule(_FEED, None, r"(?:{any}/)*(?:(?:atom|index|rss|sitemap)\.xml|{any}\.rss)|sitemaps?/{any}\.xml"),
    # News today, and whatever else carries a new id
    Rule(_STORY, UK, r"{uk}/(?:{word}/)*{form}/{new}"),
    Rule(_STORY, COM, r"(?:{word}/)+{form}/{new}(?:/trad|/cyr)?", r"(?:/page/\d+|/simp|/lat)?"),
    Rule(_OTHER, COM, r"(?:news|sport|{lang})(?:/{word})*/(?:articles|videos)/{any}"),
    # News since 2010
    Rule(_OTHER, COM, r"news/(?:help|contact-us|terms|undefined)(?:/{any})*"),
    Rule(_OTHER, COM, r"news/business/market(?:s|[_-]data)(?:/{any})*"),
    Rule(_STORY, COM, r"news/{old}"),
    Rule(_STORY, COM, r"news/av/{old}", r"(?:/{any})?"),
    Rule(_STORY, COM, r"(?:news|{lang})/live/{old}", r"(?:/page/\d+)?"),
    Rule(_STORY, COM, r"news/video_and_audio/features/{any}/{old}"),
    Rule(_STORY, COM, r"(?:news|sport|{lang})/(?:resources/idt-{any}(?:/{any})?|extra/{any}/{any})"),
    Rule(_INDEX, COM, r"news/topics/{any}", r"(?:/{any})?"),
    Rule(_INDEX, COM, r"news(?:/{section}){{0,4}}"),
    # News from 1997 to 2010, with the programmes and services that shared its system
    Rule(_OTHER, HI, r"{hi}/(?:{any}/)*help/{any}"),
    Rule(_STORY, HI, r"{hi}/(?:{any}/)*{hi_id}\.stm"),
    Rule(_INDEX, HI, r"(?!(?:{any}/)*shared/)(?:{any}/)*default\.stm|{hi}(?:\.html|(?:/{word})*)|sport[123]"),
    # Sport
    Rule(_STORY, COM, r"sport(?:/{word})*/{old}"),
    Rule(
        _OTHER, COM, r"sport(?:/{word})*/(?:scores-fixtures|fixtures|results|tables?|top-scorers|undefined)(?:/{any})*"
    ),
    Rule(_INDEX, COM, r"sport(?:/{section}){{0,4}}"),
    # World Service
    Rule(_OTHER, COM, r"{lang}/(?:institutional|send)(?:/{any})*"),
    Rule(_STORY, COM, r"{lang}/{old}"),
    Rule(_STORY, COM, r"{lang}(?:/{word}){{1,3}}/\d{{4}}/\d\d/\d{{6}}_[^/.]+", r"(?:\.shtml)?"),
    Rule(_PROGRAMME, COM, r"{lang}/(?:bbc_\w+|podcasts|tv|tv_programmes)(?:/{any})*"),
    Rule(_INDEX, COM, r"{lang}/topics/{any}", r"(?:/{any})?"),
    Rule(_INDEX, COM, r"{lang}(?:/{word}){{0,3}}"),
    # Sites of their own
    Rule(_OTHER, UK, r"weather(?!/features/)(?:/{any})*"),
    Rule(_STORY, UK, r"{uk}/(?:(?:article|av|features)/)?{old}", r"(?:/{any})?"),
    Rule(_INDEX, UK, r"{uk}(?:/{word}){{0,3}}"),
    Rule(_STORY, UK, r"(?:democracylive|nature|science(?:/0)?)/{old}"),
    Rule(_STORY, COM, r"{magazine}/(?:article|feature|gallery|story)/{dated}", r"(?:/\d+)?"),
    Rule(_INDEX, COM, r"{lists}(?:/{word}){{0,4}}"),
    Rule(_STORY, UK, r"blogs/(?:{word}/)+(?:\d{{4}}/\d\d|posts|entries)/{any}"),
    Rule(_INDEX, UK, r"blogs(?:/{word}){{0,3}}"),
    # What is no story at all
    Rule(_PROGRAMME, COM, r"(?:audio|reel)(?:/{any})*"),
    Rule(
        _PROGRAMME,
        UK,
        r"(?:iplayer|mediaselector|podcasts|programmes|radio\w*|schedules|sounds|tv|worldserviceradio|5live)(?:/{any})*",
    ),
)

PATTERNS = tuple(
    (rule, re.compile(rf"(?P<page>{rule.page}){rule.rest}(?:(?<!/amp)\.(?:amp|app))?".format(**PIECES)))
    for rule in RULES
)
"""The rules, compiled; the first whose pattern is the whole path decides."""
