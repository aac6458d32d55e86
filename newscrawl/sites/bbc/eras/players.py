"""What the players of 2015 to 2020 tell of the one video or sound that a page is about; no era itself.

An article's players stand in its text and are no part of it: only "media asset pages" have a kind and a duration of their own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from newscrawl.eras import Rule
from newscrawl.eras.rules import any_of, has, values_at
from newscrawl.items import Kind

if TYPE_CHECKING:
    from newscrawl.page import Page

MEDIA_PAGE = any_of(has("#asset-type-map"), has(".vxp-media__headline"))


def _playing(page: Page) -> dict[str, Any]:
    """Return what the page's first player is to play: the first of its playlist, or in 2015 the only one."""
    player = page.first("[data-playable], [data-media-meta]") if MEDIA_PAGE.read(page) else None
    if player is None:
        return {}
    told = json.loads(player.get("data-playable") or player.get("data-media-meta") or "")
    played: dict[str, Any] = next(values_at(told, "settings", "playlistObject", "items", 0), told)
    return {"kind": player.get("data-media-type"), **played}


def _sound(page: Page) -> Kind | None:
    kind = str(_playing(page).get("kind")).lower()
    return Kind.AUDIO if "audio" in kind or "radio" in kind else None


SOUND = Rule("player", _sound)
"""That it is one to hear only."""

DURATION = Rule("player", lambda page: _playing(page).get("duration"))
