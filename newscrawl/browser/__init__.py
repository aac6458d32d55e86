"""The browser: a page that shows its story only to one is fetched once more in Chromium, by scrapy-playwright.

``NEWSCRAWL_BROWSER=auto`` switches it on, through the add-on. Nothing of Playwright is imported before that.
"""

from newscrawl.browser.chromium import BrowserError, check

__all__ = ["BrowserError", "check"]
