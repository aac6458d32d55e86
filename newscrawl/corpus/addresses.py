"""Which story a user means: from any form of its address to the keys the corpus may know it by."""

from __future__ import annotations

import re

from newscrawl import sites

_STORY_ID = re.compile(r"[a-z]+:(?!//)\S+")
_ASSET_NUMBER = re.compile(r"\d{5,}")
_WITHOUT_SCHEME = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?/\S*")


def is_address(words: str) -> bool:
    """Whether words are a story's id or address and not text to search for: ``bbc:21817201``, ``21817201``, a URL."""
    return "://" in words or any(form.fullmatch(words) for form in (_STORY_ID, _ASSET_NUMBER, _WITHOUT_SCHEME))


def keys_of(word: str) -> list[str]:
    """Return the ids and addresses under which the story may be stored, the word itself first."""
    if _STORY_ID.fullmatch(word):
        return [word]
    if _ASSET_NUMBER.fullmatch(word):
        return [f"{site.prefix}:{word}" for site in sites.SITES]
    url = f"http://{word}" if _WITHOUT_SCHEME.fullmatch(word) else word
    # what an address names is no permission to fetch it, so private hosts have their stories too
    site = sites.site_for(url, allow_private=True)
    named = [site.story_id(url), site.canonical_url(url)] if site else []
    return list(dict.fromkeys([url, *filter(None, named)]))
