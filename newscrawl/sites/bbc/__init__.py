"""The BBC."""

from __future__ import annotations

from newscrawl.sites import Site
from newscrawl.sites.bbc.urls import HOSTS, PREFIX, canonical_url, story_id, target

BBC = Site(name="BBC", prefix=PREFIX, hosts=HOSTS, story_id=story_id, canonical_url=canonical_url, target=target)
