"""The spider for BBC News stories."""

from typing import ClassVar

from newscrawl.sites.bbc import BBC
from newscrawl.spiders.story import StorySpider


class BBCStorySpider(StorySpider):
    """Collects a BBC News story: from a seed article along "More on this story" and section links."""

    name = "bbc_story"
    site = BBC
    allowed_domains: ClassVar = list(BBC.hosts)
    default_seed = "http://www.bbc.com/news/world-middle-east-21817201"
