"""The download handler: scrapy-playwright's, started only when a page needs it, fenced in, and limited in time."""

from __future__ import annotations

import asyncio
import base64
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from playwright._impl._errors import TargetClosedError
from playwright.async_api import Error as PlaywrightError
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod
from scrapy_playwright.provider import PlaywrightBrowserProvider

from newscrawl import sites
from newscrawl.browser.fence import Fence
from newscrawl.browser.settling import settle

if TYPE_CHECKING:
    from typing import Self

    from playwright.async_api import Browser, Page
    from playwright.async_api import Request as PartRequest
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler

DIRECT = "direct"
"""Name of the browser context that uses no proxy."""

CLOSING_SECONDS = 5

_handlers: dict[Crawler, BrowserHandler] = {}
"""Each running crawl's."""


class NotShown(Exception):  # noqa: N818
    """The browser failed on a page: it broke off, took too long, or did not start."""


class BrowserHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Answers requests with ``playwright`` in their meta by the page as a browser shows it, all others as Scrapy does."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.abort_request = self._refuses
        self.config.target_closed_max_retries = 0  # retried as every failed download is: in its turn, and counted
        self._agent = crawler.settings["USER_AGENT"]
        self._fence = Fence(allow_private=crawler.settings.getbool("NEWSCRAWL_ALLOW_PRIVATE"), resolve=_resolve)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the crawler's one handler: Scrapy asks for one for http and one for https."""
        if crawler not in _handlers:
            _handlers[crawler] = cls(crawler)
        return _handlers[crawler]

    async def close(self) -> None:
        """Close the browser."""
        if _handlers.pop(self._crawler, None):
            await super().close()

    async def download_request(self, request: Request) -> Response:
        """Return the response. Raises NotShown where the browser has none."""
        if not request.meta.get("playwright"):
            return cast("Response", await super().download_request(request))
        request.meta.update(self._page_settings(request))
        limit = request.meta.get("download_timeout")
        try:
            await self._maybe_launch_browser()
            async with asyncio.timeout(limit):
                response = await super().download_request(request)
        except TimeoutError as error:
            raise self._failure(f"the browser took more than {limit:g} seconds") from error
        except PlaywrightError as error:
            raise self._failure(f"the browser reported: {error.message.strip().splitlines()[0]}") from error
        finally:
            await self._close_page(request)
        self.stats.inc_value("newscrawl/browser/shown")
        return _elsewhere(request, response) or response

    def _page_settings(self, request: Request) -> dict[str, Any]:
        """Return what scrapy-playwright is told in a request's meta. The page is closed here, where time runs out too."""
        proxy = request.meta.get("proxy")
        return {
            "playwright_context": proxy or DIRECT,
            "playwright_context_kwargs": {
                "user_agent": self._agent,
                "service_workers": "block",  # what they load would pass by the fence
                "accept_downloads": False,
                "proxy": playwright_proxy(proxy, request.headers.get("Proxy-Authorization")) if proxy else None,
            },
            "playwright_include_page": True,
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
            "playwright_page_methods": [PageMethod(settle)],
            "playwright_page_event_handlers": {"popup": lambda window: window.close()},
        }

    async def _close_page(self, request: Request) -> None:
        page = request.meta.pop("playwright_page", None)
        if page is None:
            return
        with suppress(TimeoutError, PlaywrightError):  # it is closed, or the browser it was in is gone
            async with asyncio.timeout(CLOSING_SECONDS):
                await page.close()

    def _failure(self, reason: str) -> NotShown:
        self.stats.inc_value("newscrawl/browser/failed")
        return NotShown(reason)

    # --- a browser that has died

    def _browser_disconnected_callback(self) -> None:
        """Forget it at once; upstream first closes what died with it, and meanwhile the next page would meet it."""
        if hasattr(self, "browser") and not self.browser.is_connected():
            self._forget_browser()

    async def _create_page(self, request: Request, spider: Spider) -> Page:
        """Return a new page, in a new browser if the one that was there has died and nobody has been told yet."""
        try:
            return cast("Page", await super()._create_page(request, spider))
        except TargetClosedError:
            self._forget_browser()
            return cast("Page", await super()._create_page(request, spider))

    def _forget_browser(self) -> None:
        self.context_wrappers.clear()
        self.__dict__.pop("browser", None)

    # --- the fence

    async def _refuses(self, part: PartRequest) -> bool:
        direct = self.context_wrappers.get(DIRECT)
        is_direct = direct is not None and part.frame.page.context is direct.context
        refused = await self._fence.refuses(part.resource_type, part.url, direct=is_direct)
        if refused:
            self.stats.inc_value("newscrawl/browser/refused")
        return refused

    async def _create_browser_context(self, *args: Any, **kwargs: Any) -> Any:
        """Close what ``abort_request`` does not stand before: the windows that a page opens, and sockets."""
        wrapper = await super()._create_browser_context(*args, **kwargs)
        await wrapper.context.route("**", lambda route: route.abort())  # pages of ours have a route of their own
        await wrapper.context.route_web_socket("**", lambda socket: socket.close())
        return wrapper


class LazyProvider(PlaywrightBrowserProvider):  # type: ignore[misc]
    """Starts Playwright's driver (a process of 250 MB) with the first browser, not with the crawl."""

    async def start(self) -> None:
        """Do nothing yet."""

    async def launch_browser(self) -> Browser:
        """Return a new browser."""
        if self.playwright is None:
            await super().start()
        return cast("Browser", await super().launch_browser())


async def _resolve(host: str) -> str:
    """Return a host's address from the crawl's own resolver, which refuses private ones unless they are allowed."""
    from twisted.internet import reactor

    return await maybe_deferred_to_future(reactor.resolve(host))  # type: ignore[arg-type]


def playwright_proxy(url: str, authorization: bytes | None) -> dict[str, str]:
    """Return a proxy as Playwright takes it: Scrapy keeps user and password in a header of the request."""
    if authorization is None:
        return {"server": url}
    user, _, password = base64.b64decode(authorization.split()[1]).decode("latin-1").partition(":")
    return {"server": url, "username": user, "password": password}


def _elsewhere(request: Request, response: Response) -> Response | None:
    """Return a redirect where the browser ended on another page: the crawl goes there itself, if it may."""
    site = sites.site_for(request.url, allow_private=True)
    if site is None or site.request_key(response.url) == site.request_key(request.url):
        return None
    return Response(request.url, status=302, headers={"Location": response.url}, flags=response.flags)
