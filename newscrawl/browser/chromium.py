"""Which browser is there, and how it is started."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from newscrawl import sites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.settings import BaseSettings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What a system's browser is called, Debian's first."""

LAUNCH_SECONDS = 30


class BrowserError(Exception):
    """The browser cannot be used as asked; ``str`` is one line that says what to do."""


def wanted(settings: BaseSettings) -> bool:
    """Whether ``NEWSCRAWL_BROWSER`` asks for the browser. Raises BrowserError for a value that means nothing."""
    said = settings["NEWSCRAWL_BROWSER"] or "off"
    if said not in {"auto", "off"}:
        raise BrowserError(f"NEWSCRAWL_BROWSER={said!r} is not allowed: write auto, or off, which is the default")
    return bool(said == "auto")


def check(settings: BaseSettings) -> None:
    """See that there is a browser if one will be used. Raises BrowserError with one line that says what to do."""
    if wanted(settings) and not settings["NEWSCRAWL_REPLAY"] and not (on_path() or playwrights_own()):
        raise BrowserError(
            "NEWSCRAWL_BROWSER=auto, but there is no browser: `apt-get install chromium` or `playwright install chromium`"
        )


def on_path() -> str | None:
    """Return where the system's own Chromium or Chrome is, None if there is none on PATH."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def playwrights_own() -> bool:
    """Whether ``playwright install chromium`` has been run; only its driver knows where that would have put it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).is_file()


def launch_options(*, allow_private: bool) -> dict[str, Any]:
    """Return Playwright's options for starting the browser.

    Chromium keeps its sandbox, which does not work for root. It resolves no name but those of sites and proxies, so
    that a redirect within it, which is not asked about, can lead nowhere else; with ``allow_private`` it resolves all.
    """
    path = on_path()
    which = {"executable_path": path} if path else {"channel": "chromium"}
    rules = ", EXCLUDE ".join(["MAP * ~NOTFOUND", *_resolvable()])
    return which | {
        "chromium_sandbox": getattr(os, "geteuid", lambda: 1)() != 0,
        "args": [] if allow_private else [f"--host-resolver-rules={rules}"],
        "timeout": LAUNCH_SECONDS * 1000,
        "handle_sigint": False,  # after Ctrl-C the crawl finishes the page it is at
    }


def _resolvable() -> Iterator[str]:
    for site in sites.SITES:
        for host in (*site.hosts, *site.asset_hosts):
            yield from (host, f"*.{host}")
    yield from filter(None, (urlsplit(proxy).hostname for proxy in getproxies().values()))
