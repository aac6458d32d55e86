"""The downloader middleware that asks for a story only if it has to, and then only for what has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, cast

from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from newscrawl.freshness import UNASKED, Known, Saved, spared
from newscrawl.frontier import Frontier
from newscrawl.items import Target

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler

    from newscrawl.freshness import Held
    from newscrawl.items import Story, Visit

NOT_MODIFIED = 304
CONDITIONS = ("If-None-Match", "If-Modified-Since")
OURS = ("known", "conditional", "handle_httpstatus_list")
"""What this middleware says in ``request.meta``."""


class FreshnessMiddleware:
    """Answers for stories that the corpus holds and that are as they were; off in a replay, which costs nobody anything.

    A story that is fresh, or of which a card says that it has not changed, is answered at once; for another one the
    request carries what its server gave to tell states apart by. Where the state held is the current one, ``request.meta``
    gets ``known`` (freshness.Known): the story with its links, which takes the place of its page.
    """

    def __init__(self, crawler: Crawler) -> None:
        if crawler.settings["NEWSCRAWL_REPLAY"]:
            raise NotConfigured
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware. Raises NotConfigured in a replay."""
        return cls(crawler)

    @cached_property
    def _frontier(self) -> Frontier:
        return cast("Frontier", self._crawler.get_spider_middleware(Frontier))

    async def process_request(self, request: Request) -> Response | None:
        """Return an answer if nobody has to be asked; else make the request conditional if the corpus holds its story."""
        for name in CONDITIONS:  # of the address that redirected here
            request.headers.pop(name, None)
        for name in OURS:
            request.meta.pop(name, None)
        held = await self._held(request)
        if held is None:
            return None
        if answer := await self._spared(request, held):
            return answer
        if conditions := held.validators(request.url):
            request.headers.update(conditions)
            request.meta.update(conditional=held, handle_httpstatus_list=[NOT_MODIFIED])
        return None

    async def _held(self, request: Request) -> Held | None:
        """Return what is held of the story an address names; None where its page is to be fetched as if nothing were.

        That goes for one that is gone, and for one that this very crawl fetched: it was cut off before the visit was
        settled, or comes by another address.
        """
        if "visit" not in request.meta or "playwright" in request.meta or not self._frontier.opened:
            return None
        spider = self._frontier.spider
        if spider.arguments.refresh.in_full or spider.site.target(request.url) is not Target.STORY:
            return None
        held = await self._frontier.store.held(spider.site.request_key(request.url))
        return held if held and not held.gone and held.crawl_id != spider.arguments.crawl_id else None

    async def _spared(self, request: Request, held: Held) -> Response | None:
        spider = self._frontier.spider
        visit: Visit = request.meta["visit"]
        if spider.site.request_key(request.url) != visit.request_key:  # a card speaks of what it points at
            visit = replace(visit, target_updated_at=None)
        found = spared(held, visit, spider.arguments.refresh, datetime.now(UTC))
        story = await self._story(held) if found else None
        if not (found and story):
            return None
        request.meta.update(known=Known(story, *found), handle_httpstatus_list=[NOT_MODIFIED])
        return Response(request.url, status=NOT_MODIFIED, flags=[UNASKED])

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the answer; of "not modified" with the story it speaks of, or, if that has changed here, ask again."""
        held: Held | None = request.meta.get("conditional")
        if response.status != NOT_MODIFIED or held is None:
            return response
        story = await self._story(held)
        if story is None:
            return request.replace(dont_filter=True)
        request.meta["known"] = Known(story, Saved.NOT_MODIFIED, f"not modified ({NOT_MODIFIED})")
        return response

    async def _story(self, held: Held) -> Story | None:
        """Return the story held, None if it is in another state by now, or forgotten."""
        story = await self._frontier.store.story(held.story_id)
        return story if story and story.content_hash == held.content_hash else None
