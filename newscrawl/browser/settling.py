"""How long a page is waited for in the browser, and how a consent wall is passed there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from newscrawl.browser.need import BUTTONS, Need, needed, wall
from newscrawl.page import Page
from newscrawl.sites import site_for

if TYPE_CHECKING:
    from playwright.async_api import Page as Tab

SETTLING_SECONDS = 10
"""How long a page may take, once it has come, until it holds its story."""

QUIET_SECONDS = 3
"""How long of that the network may take to fall silent; a live page's never does."""

PAUSE = 0.5
"""Seconds between two looks."""

CLICK = f"number => document.querySelectorAll('{BUTTONS}')[number].click()"


async def settle(tab: Tab) -> None:
    """Wait until a page in the browser holds its story, or time is up; click once through a consent wall."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLING_SECONDS):
            await _settle(tab)


async def _settle(tab: Tab) -> None:
    clicked = False
    while not tab.is_closed():
        with suppress(PlaywrightError):  # between two documents there is nothing to look at
            page = await _quiet(tab)
            why = _needed(page)
            if why is None:
                return
            if why is Need.CONSENT and not clicked and (asks := wall(page)):
                clicked = True
                await tab.evaluate(CLICK, asks.button)
        await asyncio.sleep(PAUSE)


async def _quiet(tab: Tab) -> Page:
    """Return the page as it stands when its network has fallen silent."""
    with suppress(PlaywrightTimeout):
        await tab.wait_for_load_state("networkidle", timeout=QUIET_SECONDS * 1000)
    return Page((await tab.content()).encode(), tab.url, "text/html; charset=utf-8")


def _needed(page: Page) -> Need | None:
    site = site_for(page.url, allow_private=True)
    return needed(page, site) if site else None
