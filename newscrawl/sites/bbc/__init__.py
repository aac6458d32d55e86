"""The BBC."""

from __future__ import annotations

from newscrawl.sites import Site
from newscrawl.sites.bbc.eras import ERAS
from newscrawl.sites.bbc.urls import HOSTS, PREFIX, canonical_url, story_id, target

__all__ = ["BBC", "ERAS"]

BBC = Site(
    name="BBC",
    prefix=PREFIX,
    hosts=HOSTS,
    story_id=story_id,
    canonical_url=canonical_url,
    target=target,
    eras=ERAS,
    asset_hosts=("bbci.co.uk", "bbcimg.co.uk"),
)
