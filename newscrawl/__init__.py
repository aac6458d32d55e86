"""newscrawl collects a BBC News story as it unfolded: the stories, their links and what each said when."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.extraction import Extraction

__version__ = "0.1.0"


def extract(body: bytes, url: str, *, content_type: str | None = None) -> Extraction:
    """Read one page as served: no crawl, no settings, no network.

    ``url`` is the address it was served from: it says which site's rules apply and which story it is. ``content_type`` is the HTTP
    header, if there was one. Returns the story (None where the page is none) or the index, and the typed links.
    """
    from newscrawl.extraction import Extraction, read
    from newscrawl.page import Page
    from newscrawl.sites import site_for

    site = site_for(url, allow_private=True)
    return read(Page(body, url, content_type), site) if site else Extraction()
