"""The Scrapyd that ``[deploy]`` in scrapy.cfg names."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Self

from scrapyd_client.pyclient import ScrapydClient
from scrapyd_client.utils import get_config


@dataclass(frozen=True)
class Target:
    """A project on a Scrapyd."""

    url: str
    """Without a slash at its end: scrapyd-client puts one there."""
    project: str
    client: ScrapydClient
    """With the user and password of scrapy.cfg, else of ~/.netrc."""

    @classmethod
    def from_config(cls) -> Self:
        """Return what scrapy.cfg says; exits 1 where it says nothing."""
        config = get_config()
        if "deploy" not in config:
            sys.exit("scrapy.cfg has no [deploy]: run this in the folder of newscrawl's checkout")
        section = config["deploy"]
        url = section["url"].rstrip("/")
        return cls(url, section["project"], ScrapydClient(url, section.get("username"), section.get("password")))
