"""The settings that ``scrapy`` and Scrapyd run. The environment is read only here; components are named by dotted path."""

import os
from pathlib import Path

from newscrawl import __version__


def _project_folder() -> Path | None:
    """Return the checkout this package runs from, None where it was installed (an egg, site-packages)."""
    folder = Path(__file__).resolve().parent.parent
    return folder if (folder / "scrapy.cfg").is_file() else None


def _data_folder() -> str | None:
    if named := os.environ.get("NEWSCRAWL_DATA"):
        return str(Path(named).expanduser().resolve())
    folder = _project_folder()
    return str(folder / ".newscrawl") if folder else None


BOT_NAME = "newscrawl"
SPIDER_MODULES = ["newscrawl.spiders"]
COMMANDS_MODULE = "newscrawl.commands"

# --- newscrawl's own, from the environment
MONGO_URI = os.environ.get("MONGO_URI")
MONGO_DATABASE = os.environ.get("MONGO_DATABASE") or "newscrawl"
NEWSCRAWL_DATA = _data_folder()
NEWSCRAWL_OUTAGE_LIMIT = os.environ.get("NEWSCRAWL_OUTAGE_LIMIT") or 300
NEWSCRAWL_REPLAY = os.environ.get("NEWSCRAWL_REPLAY")
NEWSCRAWL_ARCHIVE = os.environ.get("NEWSCRAWL_ARCHIVE")
NEWSCRAWL_CONTACT = os.environ.get("NEWSCRAWL_CONTACT")
NEWSCRAWL_ALLOW_PRIVATE = os.environ.get("NEWSCRAWL_ALLOW_PRIVATE") == "1"
NEWSCRAWL_BROWSER = os.environ.get("NEWSCRAWL_BROWSER")

ADDONS = {
    "newscrawl.addons.ReplayAddon": 100,
    "newscrawl.addons.JobFolderAddon": 150,
    "newscrawl.addons.PrivateAddon": 200,
    "newscrawl.addons.ContactAddon": 300,
    "newscrawl.browser.addon.BrowserAddon": 400,
}

# --- polite on purpose: one request at a time and 1 to 2 seconds apart per host
USER_AGENT = f"newscrawl/{__version__} (research crawler; obeys robots.txt)"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "newscrawl"
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# few stand ready beside the one that is fetched: an end by Ctrl-C or cancel has to wait for them
CONCURRENT_REQUESTS = 4
DOWNLOAD_DELAY = 1.5
DOWNLOAD_DELAY_JITTER = 1 / 3
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.5
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 8 * 1024 * 1024
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the frontier says it, in words
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"
# live pages reload themselves once a minute by meta refresh; only one that is meant as a redirect is followed
METAREFRESH_MAXDELAY = 5

# --- closed doors
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
TWISTED_DNS_RESOLVER = "newscrawl.resolver.PublicResolver"

# --- components
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "newscrawl.middlewares.SiteOnlyMiddleware": 50,
    "newscrawl.backpressure.BackPressureMiddleware": 75,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newscrawl.middlewares.RobotsMiddleware": 100,
    # behind the bars and before everything that makes a request: what the corpus holds may answer it
    "newscrawl.conditional.FreshnessMiddleware": 150,
    # next to the network: it sees the bytes as they came
    "newscrawl.archive.RecordMiddleware": 950,
}
SPIDER_MIDDLEWARES = {
    # the crawl log knows depth and origin; a request dropped on the way would leave its visit pending
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "newscrawl.frontier.Frontier": 10,
}
ITEM_PIPELINES = {
    "newscrawl.pipelines.validate.ValidatePipeline": 100,
    "newscrawl.pipelines.duplicates.DuplicatesPipeline": 200,
    "newscrawl.pipelines.budget.BudgetPipeline": 300,
    "newscrawl.pipelines.mongo.MongoPipeline": 400,
}
# the spider decides by request_key what was seen; a redirect from http to https has the same one
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

# of links equally urgent the one that stands first on its page is followed first; Scrapy's own queue would begin at the end
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"

# --- what a user sees
EXTENSIONS = {
    "scrapy.extensions.logstats.LogStats": None,
    "newscrawl.extensions.progress.ProgressExtension": 100,
}
NEWSCRAWL_PROGRESS = True
LOG_LEVEL = "INFO"
LOG_FORMATTER = "newscrawl.logformatter.LogFormatter"
FEED_EXPORT_ENCODING = "utf-8"
