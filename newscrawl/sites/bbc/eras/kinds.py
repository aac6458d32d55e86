"""What sort of story a page of components is, and how long its video is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.eras.rules import values_at
from newscrawl.items import Kind
from newscrawl.sites.bbc.eras import live_posts, states

if TYPE_CHECKING:
    from newscrawl.page import Page

_KINDS = {
    # as bbc.com's state says
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "live": Kind.LIVE,
    "gallery": Kind.GALLERY,
    # as the content system says
    "MAP": Kind.VIDEO,
    "LIV": Kind.LIVE,
    "PGL": Kind.GALLERY,
    # as JSON-LD says
    "VideoObject": Kind.VIDEO,
    "AudioObject": Kind.AUDIO,
    "LiveBlogPosting": Kind.LIVE,
}
_MEDIA = (states.INITIAL, "data", "media-experience*", "data", "initialItem", "mediaItem", "media", "items")
_CLIP = ("contents", "model", "blocks", "model", "blocks", "model", "versions", "duration")


def kind(page: Page) -> Kind | None:
    """Return the kind that the state gives, else JSON-LD's; one with posts is live; None for an article."""
    media = list(states.told(page, _MEDIA))
    if any("radio" in str(part.get("kind")) or "audio" in str(part.get("kind")) for part in media):
        return Kind.AUDIO
    if media:
        return Kind.VIDEO
    said = [*states.told(page, (*states.PROPS, "type")), states.metadata(page, "type")]
    types = list(values_at(page.json_ld, "@type"))
    if not any(said) and not any(str(name).endswith("Article") for name in types):
        said += types
    live = Kind.LIVE if page.first(live_posts.WHERE) is not None else None
    return next(filter(None, (_KINDS.get(str(name)) for name in said)), live)


def duration(page: Page) -> Any:
    """Return how long the video or sound is, of a page that is one; a story's own videos do not count."""
    if kind(page) not in {Kind.VIDEO, Kind.AUDIO}:
        return None
    stated = (
        *values_at(page.json_ld, "duration"),
        *states.told(page, (*_MEDIA, "duration")),
        *states.story(page, *_CLIP),
    )
    return next(iter(stated), None)
