"""The table of BBC addresses: what each points at, its story id, its canonical form, near misses included."""

from __future__ import annotations

import pytest

from newscrawl.items import Target
from newscrawl.sites.bbc.forms import PATTERNS
from newscrawl.sites.bbc.urls import canonical_url, story_id, target, unwrap

COM, UK, HI = "https://www.bbc.com", "https://www.bbc.co.uk", "http://news.bbc.co.uk"
SEED = f"{COM}/news/world-middle-east-21817201"
HI_STORY = f"{HI}/1/hi/world/middle_east/3756650.stm"
NEW = f"{COM}/news/articles/c0qe1p1l6lvo"

STORIES: dict[str, tuple[str, list[str]]] = {
    # canonical address -> asset id, other addresses of the story
    SEED: (
        "21817201",
        [
            "http://www.bbc.com/news/world-middle-east-21817201",
            "http://www.bbc.co.uk/news/world-middle-east-21817201",
            "https://bbc.co.uk/news/world-middle-east-21817201",
            "http://m.bbc.co.uk/news/world-middle-east-21817201",
            "https://m.bbc.com/news/world-middle-east-21817201",
            "http://news.bbc.co.uk/news/world-middle-east-21817201",
            "HTTP://WWW.BBC.CO.UK/news/world-middle-east-21817201",
            "http://www.bbc.co.uk./news/world-middle-east-21817201",
            "http://www.bbc.co.uk:80/news/world-middle-east-21817201",
            "https://www.bbc.co.uk:443/news/world-middle-east-21817201",
            "https://reader:secret@www.bbc.co.uk/news/world-middle-east-21817201",
            "http://www.bbc.co.uk/news/world-middle-east-21817201/",
            "http://www.bbc.co.uk//news//world-middle-east-21817201",
            "http://www.bbc.co.uk/news/world%2Dmiddle%2deast-21817201",
            "http://www.bbc.co.uk/news/world-middle-east-21817201%20",
            "  http://www.bbc.co.uk/news/world-middle-east-21817201\n",
            "http://www.bbc.co.uk/news/world-middle-east-21817201#story_comments",
            "http://www.bbc.co.uk/news/world-middle-east-21817201?print=true",
            "http://www.bbc.co.uk/news/world-middle-east-21817201?at_medium=RSS&at_campaign=KARANGA#7",
            "http://www.bbc.co.uk/news/world-middle-east-21817201?ns_mchannel=social&ns_fee=0",
            "http://www.bbc.co.uk/news/world-middle-east-21817201?utm_source=a&ocid=b&xtor=c",
            "https://www.bbc.com/news/world-middle-east-21817201?intlink_from_url=https://www.bbc.com/news",
            "https://www.bbc.com/news/world-middle-east-21817201.amp",
            "https://www.bbc.com/news/world-middle-east-21817201.app",
            "https://www.bbc.co.uk/news/amp/world-middle-east-21817201",
            "https://www.bbc.co.uk/news/world-middle-east-21817201/amp",
            "http://www.bbc.co.uk/news/mobile/world-middle-east-21817201",
            # redirects and copies
            "http://www.bbc.co.uk/go/rss/int/news/-/news/world-middle-east-21817201",
            "http://news.bbc.co.uk/go/news/int/story/-/http://www.bbc.co.uk/news/world-middle-east-21817201",
            "http://news.bbc.co.uk/go/news/int/story/-/http:/www.bbc.co.uk/news/world-middle-east-21817201",
            "http://newsvote.bbc.co.uk/mpapps/pagetools/email/www.bbc.co.uk/news/world-middle-east-21817201",
            "http://web.archive.org/web/20130531014237/http://www.bbc.co.uk/news/world-middle-east-21817201",
            "https://web.archive.org/web/2013/https://www.bbc.com/news/world-middle-east-21817201?x=1",
            "http://web-beta.archive.org/web/20130531014237id_/http://www.bbc.co.uk:80/news/world-middle-east-21817201",
            "http://web.archive.org/web/20130531014237if_/http:/www.bbc.co.uk/news/world-middle-east-21817201",
            "http://www.bbc.co.uk/web/20130531014237/http://www.bbc.co.uk/news/world-middle-east-21817201",
        ],
    ),
    f"{COM}/news/10628994": ("10628994", ["http://news.bbc.co.uk/news/10628994"]),
    f"{COM}/news/uk-northern+ireland-10642799": (
        "10642799",
        ["http://www.bbc.co.uk/news/uk-northern%2Bireland-10642799"],
    ),
    f"{COM}/news/election-2015-32271505": ("32271505", []),
    f"{COM}/news/in-pictures-18967599": ("18967599", []),
    f"{COM}/news/blogs-magazine-monitor-22706881": ("22706881", []),
    f"{COM}/news/newsbeat-52618799": ("52618799", []),
    f"{COM}/news/stories-100000001": ("100000001", []),
    NEW: (
        "c0qe1p1l6lvo",
        [
            "http://www.bbc.co.uk/news/articles/c0qe1p1l6lvo",
            "https://www.bbc.co.uk/news/articles/c0qe1p1l6lvo.amp",
            "https://www.bbc.com/news/articles/c0qe1p1l6lvo?at_link_type=web_link#comments",
        ],
    ),
    f"{COM}/news/videos/c1aaaaaaaaao": ("c1aaaaaaaaao", []),
    f"{COM}/news/live/c2bbbbbbbbbt": ("c2bbbbbbbbbt", ["https://www.bbc.com/news/live/c2bbbbbbbbbt?page=2#asset:1"]),
    f"{COM}/news/live/world-52627824": ("52627824", ["https://www.bbc.co.uk/news/live/world-52627824/page/5"]),
    f"{COM}/news/av/10462599": ("10462599", ["https://www.bbc.com/news/av/10462599/a-slug"]),
    f"{COM}/news/av/world-12345678": (
        "12345678",
        [
            "http://www.bbc.co.uk/news/av/world-12345678/a-slug",
            "https://www.bbc.com/news/av/world-12345678/another-slug",
        ],
    ),
    f"{COM}/news/video_and_audio/features/magazine-37292399/37292399": ("37292399", []),
    # news.bbc.co.uk: /1/ is the British edition, /2/ the international one, /low/ the page without pictures
    HI_STORY: (
        "3756650",
        [
            "http://news.bbc.co.uk/1/low/world/middle_east/3756650.stm",
            "https://news.bbc.co.uk:443/1/hi/world/middle_east/3756650.stm?ls#top",
            "http://www.bbc.co.uk/1/hi/world/middle_east/3756650.stm",
            "http://news.bbc.co.uk/go/rss/-/1/hi/world/middle_east/3756650.stm",
            "http://news.bbc.co.uk/go/rss/int/news/-/1/hi/world/middle_east/3756650.stm",
            "http://newsvote.bbc.co.uk/mpapps/pagetools/print/news.bbc.co.uk/1/hi/world/middle_east/3756650.stm?ad=1",
            f"http://web.archive.org/web/2013/http://web.archive.org/web/2012/{HI_STORY}",
            "http://web.archive.org/web/2009cs_/http://news.bbc.co.uk/go/rss/-/1/hi/world/middle_east/3756650.stm",
        ],
    ),
    f"{HI}/2/hi/middle_east/3756650.stm": ("3756650", ["http://news.bbc.co.uk/2/low/middle_east/3756650.stm"]),
    f"{HI}/2/hi/3756650.stm": ("3756650", []),
    f"{HI}/1/hi/england/10249999.stm": ("10249999", []),
    f"{HI}/1/hi/in_depth/629/629/7036099.stm": ("7036099", []),
    f"{HI}/hi/english/uk/newsid_38000/38001.stm": (
        "38001",
        ["http://news.bbc.co.uk/low/english/uk/newsid_38000/38001.stm"],
    ),
    f"{HI}/today/hi/today/newsid_8061000/8061799.stm": ("8061799", []),
    f"{HI}/newsbeat/hi/newsbeat/newsid_8038000/8038999.stm": ("8038999", []),
    f"{HI}/sport1/hi/football/teams/l/liverpool/7177199.stm": ("7177199", []),
    f"{HI}/sport2/hi/cricket/7185099.stm": ("7185099", ["http://news.bbc.co.uk/sport2/low/cricket/7185099.stm"]),
    f"{HI}/sport3/worldcup2002/hi/newsid_2071000/2071299.stm": ("2071299", []),
    f"{HI}/chinese/simp/hi/newsid_7190000/newsid_7193800/7193865.stm": ("7193865", []),
    f"{HI}/chinese/trad/hi/newsid_7190000/newsid_7193800/7193865.stm": ("7193865/trad", []),
    # Sport
    f"{COM}/sport/football/18971248": ("18971248", ["http://www.bbc.co.uk/sport/0/football/18971248?print=true"]),
    f"{COM}/sport/15561699": ("15561699", ["http://www.bbc.co.uk/sport/0/15561699"]),
    f"{COM}/sport/football/52630497": ("52630497", ["https://www.bbc.co.uk/sport/amp/football/52630497#tab-0"]),
    f"{COM}/sport/northern-ireland/gaelic-games/52630499": ("52630499", []),
    f"{COM}/sport/av/52480999": ("52480999", []),
    f"{COM}/sport/av/africa/51364799": ("51364799", []),
    f"{COM}/sport/live/35716499": ("35716499", []),
    f"{COM}/sport/live/cricket/43512999": ("43512999", []),
    f"{COM}/sport/articles/c3ccccccccco": ("c3ccccccccco", []),
    f"{COM}/sport/football/articles/c3ccccccccco": ("c3ccccccccco", []),
    f"{COM}/sport/tennis/videos/c4dddddddddo": ("c4dddddddddo", []),
    f"{COM}/sport/cricket/live/c5eeeeeeeeet": ("c5eeeeeeeeet", []),
    # World Service; a language's other script is another text
    f"{COM}/burmese/burma-45989453": ("45989453", ["https://www.bbc.com/burmese/amp/burma-45989453"]),
    f"{COM}/mundo/noticias-internacional-51381799": ("51381799", []),
    f"{COM}/zhongwen/simp/world-65195334": ("65195334", ["http://www.bbc.co.uk/zhongwen/simp/world-65195334.amp"]),
    f"{COM}/zhongwen/simp/65237999": ("65237999", []),
    f"{COM}/zhongwen/trad/world-65195334": ("65195334/trad", []),
    f"{COM}/serbian/cyr/svet-65195399": ("65195399/cyr", []),
    f"{COM}/persian/articles/c6fffffffffo": ("c6fffffffffo", []),
    f"{COM}/zhongwen/articles/c7gggggggggo": (
        "c7gggggggggo",
        ["https://www.bbc.com/zhongwen/articles/c7gggggggggo/simp"],
    ),
    f"{COM}/zhongwen/articles/c7gggggggggo/trad": (
        "c7gggggggggo/trad",
        ["https://www.bbc.com/zhongwen/articles/c7gggggggggo/trad.amp"],
    ),
    f"{COM}/arabic/live/53833299": ("53833299", []),
    f"{UK}/cymrufyw/39393999": ("39393999", ["https://www.bbc.com/cymrufyw/39393999"]),
    f"{UK}/cymrufyw/erthyglau/c8hhhhhhhhho": ("c8hhhhhhhhho", []),
    f"{UK}/naidheachdan/sgeulachdan/c9iiiiiiiiio": ("c9iiiiiiiiio", []),
    # sites of their own
    f"{UK}/newsround/52618798": ("52618798", ["https://www.bbc.com/newsround/52618798"]),
    f"{UK}/newsround/articles/c1jjjjjjjjjo": ("c1jjjjjjjjjo", []),
    f"{UK}/newsbeat/22024699": ("22024699", []),
    f"{UK}/newsbeat/article/35716498": ("35716498", ["http://www.bbc.co.uk/newsbeat/article/35716498/a-slug"]),
    f"{UK}/weather/articles/c2kkkkkkkkko": ("c2kkkkkkkkko", []),
    f"{UK}/weather/features/52618797": ("52618797", []),
    f"{UK}/science/0/21970899": ("21970899", []),
    f"{UK}/democracylive/house-of-commons-28420599": ("28420599", []),
    # a test site
    "http://127.0.0.1:8000/news/uk-12345678": ("12345678", ["http://127.0.0.1:8000/news/uk-12345678/?at_medium=RSS#a"]),
    "http://localhost:8000/1/hi/uk/3756650.stm": ("3756650", ["http://localhost:8000/1/low/uk/3756650.stm"]),
    "http://[::1]:8000/news/articles/c0qe1p1l6lvo": ("c0qe1p1l6lvo", []),
}

STORIES_WITHOUT_ID: dict[str, list[str]] = {
    # canonical address -> other addresses
    f"{COM}/news/resources/idt-sh/a_long_read": ["http://www.bbc.co.uk/news/resources/idt-sh/a_long_read"],
    f"{COM}/news/resources/idt-6d083913-0bfb-4988": [],
    f"{COM}/sport/extra/7ruba7shs4/a-long-read": [],
    f"{COM}/persian/world/2012/07/120723_l10_a_name": [
        "http://www.bbc.co.uk/persian/world/2012/07/120723_l10_a_name.shtml"
    ],
    f"{COM}/zhongwen/simp/world/2012/07/120730_a_name": [],
    f"{COM}/future/story/20120723-a-slug": [
        "http://www.bbc.co.uk/future/story/20120723-a-slug/2",
        "http://www.bbc.com/future/story/20120723-a-slug?selectorSection=health",
    ],
    f"{COM}/future/article/20200511-a-slug": [
        "https://www.bbc.com/future/article/20200511-a-slug?ocid=ww.social.link.email",
        "https://www.bbc.com/future/article/20200511-a-slug%20",
        "https://www.bbc.com/future/article/20200511-a-slug.amp",
    ],
    f"{COM}/travel/feature/20130401-a-slug": [],
    f"{COM}/culture/article/20240202-a-slug": [],
    f"{COM}/worklife/article/20240130-a-slug": [],
    f"{UK}/blogs/thereporters/somebody/2010/08/a_post.html": [
        "http://www.bbc.co.uk/go/rss/-/blogs/thereporters/somebody/2010/08/a_post.html"
    ],
    f"{UK}/blogs/somebody/posts/A-Post": [],
    "http://10.0.0.7/future/article/20200511-a-slug": ["http://10.0.0.7:80/future/article/20200511-a-slug?utm_id=1"],
}

NO_STORIES: list[tuple[str, Target, str]] = [
    # address, target, canonical form
    ("http://www.bbc.co.uk/", Target.INDEX, f"{UK}/"),
    ("http://bbc.com", Target.INDEX, f"{COM}/"),
    ("http://m.bbc.co.uk", Target.INDEX, f"{UK}/"),
    ("https://www.bbc.com/", Target.INDEX, f"{COM}/"),
    ("http://news.bbc.co.uk/", Target.INDEX, f"{HI}/"),
    ("http://127.0.0.1:8000", Target.INDEX, "http://127.0.0.1:8000/"),
    ("http://www.bbc.co.uk/news", Target.INDEX, f"{COM}/news"),
    ("https://www.bbc.com/news/?utm_source=a", Target.INDEX, f"{COM}/news"),
    ("http://www.bbc.co.uk/news/mobile/", Target.INDEX, f"{COM}/news"),
    ("http://www.bbc.co.uk/go/blq/nav/news/-/news/", Target.INDEX, f"{COM}/news"),
    ("http://www.bbc.co.uk/news/world/middle_east/", Target.INDEX, f"{COM}/news/world/middle_east"),
    ("http://www.bbc.co.uk/news/election/2015", Target.INDEX, f"{COM}/news/election/2015"),
    (
        "https://www.bbc.com/news/topics/cx1m7zg0gzdt?page=2&at_x=1#top",
        Target.INDEX,
        f"{COM}/news/topics/cx1m7zg0gzdt?page=2",
    ),
    ("https://www.bbc.com/news/topics/cx1m7zg0gzdt/a-name", Target.INDEX, f"{COM}/news/topics/cx1m7zg0gzdt"),
    ("https://www.bbc.co.uk/news/correspondents/somebody", Target.INDEX, f"{COM}/news/correspondents/somebody"),
    ("http://news.bbc.co.uk/2/hi/middle_east/default.stm", Target.INDEX, f"{HI}/2/hi/middle_east/default.stm"),
    ("http://news.bbc.co.uk/2/low/default.stm", Target.INDEX, f"{HI}/2/hi/default.stm"),
    ("http://news.bbc.co.uk/1/hi.html", Target.INDEX, f"{HI}/1/hi.html"),
    ("http://news.bbc.co.uk/hi/arabic/news/", Target.INDEX, f"{HI}/hi/arabic/news"),
    ("http://news.bbc.co.uk/sport1/", Target.INDEX, f"{HI}/sport1"),
    ("http://www.bbc.co.uk/sport/0/", Target.INDEX, f"{COM}/sport"),
    ("http://www.bbc.co.uk/sport/0/football/premier-league/", Target.INDEX, f"{COM}/sport/football/premier-league"),
    ("https://www.bbc.com/sport/football/teams/arsenal", Target.INDEX, f"{COM}/sport/football/teams/arsenal"),
    ("https://www.bbc.co.uk/zhongwen/simp", Target.INDEX, f"{COM}/zhongwen/simp"),
    ("https://www.bbc.com/zhongwen/simp/topics/c83plve5vmjt", Target.INDEX, f"{COM}/zhongwen/simp/topics/c83plve5vmjt"),
    (
        "https://www.bbc.com/burmese/topics/667ecf35-a325-4eed-adf9-80aac7d58eaf/a-name",
        Target.INDEX,
        f"{COM}/burmese/topics/667ecf35-a325-4eed-adf9-80aac7d58eaf",
    ),
    ("https://www.bbc.com/burmese/media/video", Target.INDEX, f"{COM}/burmese/media/video"),
    ("https://www.bbc.co.uk/newsround", Target.INDEX, f"{UK}/newsround"),
    ("http://www.bbc.com/future/columns/in-depth", Target.INDEX, f"{COM}/future/columns/in-depth"),
    ("https://www.bbc.com/business/future-of-business", Target.INDEX, f"{COM}/business/future-of-business"),
    ("http://www.bbc.co.uk/blogs/thereporters/somebody/", Target.INDEX, f"{UK}/blogs/thereporters/somebody"),
    # feeds
    (
        "http://feeds.bbci.co.uk/news/world/rss.xml?edition=int",
        Target.FEED,
        "https://feeds.bbci.co.uk/news/world/rss.xml?edition=int",
    ),
    ("http://newsrss.bbc.co.uk/rss/a_b/uk/rss.xml", Target.FEED, "http://newsrss.bbc.co.uk/rss/a_b/uk/rss.xml"),
    ("http://www.bbc.co.uk/zhongwen/simp/index.xml", Target.FEED, f"{UK}/zhongwen/simp/index.xml"),
    ("https://www.bbc.com/sitemaps/https-index-com-news.xml", Target.FEED, f"{COM}/sitemaps/https-index-com-news.xml"),
    ("http://127.0.0.1:8000/news/rss.xml", Target.FEED, "http://127.0.0.1:8000/news/rss.xml"),
    # programmes
    ("http://www.bbc.co.uk/programmes/p01kjh5s?intc_type=promo", Target.PROGRAMME, f"{UK}/programmes/p01kjh5s"),
    (
        "https://www.bbc.co.uk/programmes/articles/4g8c0mkNmM190Zl0/a-slug",
        Target.PROGRAMME,
        f"{UK}/programmes/articles/4g8c0mkNmM190Zl0/a-slug",
    ),
    (
        "http://www.bbc.co.uk/iplayer/episode/b04g6vwn/A_Name/",
        Target.PROGRAMME,
        f"{UK}/iplayer/episode/b04g6vwn/A_Name",
    ),
    ("https://www.bbc.com/sounds/play/p0k65835", Target.PROGRAMME, f"{UK}/sounds/play/p0k65835"),
    ("https://www.bbc.com/audio/play/p0k65835", Target.PROGRAMME, f"{COM}/audio/play/p0k65835"),
    ("https://www.bbc.com/reel/video/p07bj7pk/a-slug", Target.PROGRAMME, f"{COM}/reel/video/p07bj7pk/a-slug"),
    ("https://www.bbc.com/hausa/bbc_hausa_radio/liveradio", Target.PROGRAMME, f"{COM}/hausa/bbc_hausa_radio/liveradio"),
    # BBC pages that are neither
    ("http://news.bbc.co.uk/1/hi/help/3223484.stm", Target.OTHER, f"{HI}/1/hi/help/3223484.stm"),
    ("http://www.bbc.co.uk/news/help/16617948", Target.OTHER, f"{COM}/news/help/16617948"),
    (
        "http://news.bbc.co.uk/1/shared/bsp/hi/a/html/default.stm",
        Target.OTHER,
        f"{HI}/1/shared/bsp/hi/a/html/default.stm",
    ),
    (
        "http://www.bbc.co.uk/news/business/market_data/shares/3/87062/one_month.stm",
        Target.OTHER,
        f"{COM}/news/business/market_data/shares/3/87062/one_month.stm",
    ),
    (
        "https://www.bbc.com/sport/football/premier-league/table",
        Target.OTHER,
        f"{COM}/sport/football/premier-league/table",
    ),
    (
        "https://www.bbc.com/sport/football/scores-fixtures/2019-09-20",
        Target.OTHER,
        f"{COM}/sport/football/scores-fixtures/2019-09-20",
    ),
    (
        "https://www.bbc.com/burmese/institutional/2014/01/000001_a",
        Target.OTHER,
        f"{COM}/burmese/institutional/2014/01/000001_a",
    ),
    ("https://www.bbc.co.uk/bitesize/articles/z8bfsk7", Target.OTHER, f"{UK}/bitesize/articles/z8bfsk7"),
    ("http://www.bbc.co.uk/weather", Target.OTHER, f"{UK}/weather"),
    ("https://www.bbc.com/weather/11609012", Target.OTHER, f"{UK}/weather/11609012"),
    ("http://www.bbc.co.uk/weather/2643743?day=1", Target.OTHER, f"{UK}/weather/2643743?day=1"),
    ("http://www.bbc.com/news/technology-39416299/comments", Target.OTHER, f"{COM}/news/technology-39416299/comments"),
    ("http://www.bbc.co.uk/history/a/", Target.OTHER, f"{UK}/history/a"),
    ("https://shop.bbc.com/", Target.OTHER, "https://shop.bbc.com/"),
    (
        "http://newsforums.bbc.co.uk/nol/thread.jspa?forumID=5704&edition=1",
        Target.OTHER,
        "http://newsforums.bbc.co.uk/nol/thread.jspa?edition=1&forumID=5704",
    ),
    # near misses
    ("http://www.bbc.co.uk/news/england/liverpool", Target.INDEX, f"{COM}/news/england/liverpool"),
    ("http://www.bbc.co.uk/liverpool/21817201", Target.OTHER, f"{UK}/liverpool/21817201"),
    ("http://www.bbc.co.uk/news/delivery", Target.INDEX, f"{COM}/news/delivery"),
    ("http://www.bbc.co.uk/newsalive/articles/c0qe1p1l6lvo/x", Target.OTHER, f"{UK}/newsalive/articles/c0qe1p1l6lvo/x"),
    ("http://www.bbc.co.uk/newsagents/world-21817201", Target.OTHER, f"{UK}/newsagents/world-21817201"),
    ("http://www.bbc.co.uk/sports/football/18971248", Target.OTHER, f"{UK}/sports/football/18971248"),
    ("http://www.bbc.co.uk/news/world-2181720", Target.OTHER, f"{UK}/news/world-2181720"),
    ("http://www.bbc.co.uk/news/world-middle-east-21817201x", Target.OTHER, f"{UK}/news/world-middle-east-21817201x"),
    (
        "http://www.bbc.co.uk/news/world-middle-east-21817201.html",
        Target.OTHER,
        f"{UK}/news/world-middle-east-21817201.html",
    ),
    ("http://www.bbc.co.uk/news/articles/c0qe1p1l6lv", Target.OTHER, f"{COM}/news/articles/c0qe1p1l6lv"),
    ("http://www.bbc.co.uk/news/article/c0qe1p1l6lvo.amps", Target.OTHER, f"{UK}/news/article/c0qe1p1l6lvo.amps"),
    ("http://news.bbc.co.uk/1/high/uk/3756650.stm", Target.OTHER, f"{HI}/1/high/uk/3756650.stm"),
    ("http://news.bbc.co.uk/1/hi/uk/3756650.stmx", Target.OTHER, f"{HI}/1/hi/uk/3756650.stmx"),
    (
        "http://www.bbc.co.uk/web/20130531014237*/http://www.bbc.co.uk/news/world-middle-east-21817201",
        Target.OTHER,
        None,
    ),
    ("http://newswm.bbc.co.uk/cgi-bin/edition.pl?qs=http://news.bbc.co.uk/1/hi/uk/3756650.stm", Target.OTHER, None),
    # other hosts
    ("http://example.org:80/a?b#c", Target.EXTERNAL, "http://example.org/a?b"),
    ("HTTPS://Example.ORG", Target.EXTERNAL, "https://example.org/"),
    ("http://example.org/A%2fb/?z=1&utm_source=x&a=%20", Target.EXTERNAL, "http://example.org/A%2fb/?a=%20&z=1"),
    ("http://twitter.com/#!/somebody", Target.EXTERNAL, "http://twitter.com/#!/somebody"),
    (
        "http://www.bbc.co.uk.example.org/news/world-21817201",
        Target.EXTERNAL,
        "http://www.bbc.co.uk.example.org/news/world-21817201",
    ),
    ("http://notbbc.co.uk/news/world-21817201", Target.EXTERNAL, "http://notbbc.co.uk/news/world-21817201"),
    ("http://www.bbc.co.uk@example.org/news/world-21817201", Target.EXTERNAL, "http://example.org/news/world-21817201"),
    ("http://93.184.215.14/news/world-21817201", Target.EXTERNAL, "http://93.184.215.14/news/world-21817201"),
    ("http://169.254.169.254/news/world-21817201", Target.EXTERNAL, "http://169.254.169.254/news/world-21817201"),
    ("http://www.bbc.co.uk/go/track/news/ext/-/http://example.org/a?z=1", Target.EXTERNAL, "http://example.org/a?z=1"),
    ("http://web.archive.org/web/2013/http://example.org/", Target.EXTERNAL, "http://example.org/"),
    # no web address
    ("", Target.OTHER, ""),
    ("/news/world-21817201", Target.OTHER, "/news/world-21817201"),
    ("//www.bbc.co.uk/news/world-21817201", Target.OTHER, "//www.bbc.co.uk/news/world-21817201"),
    ("www.bbc.co.uk/news/world-21817201", Target.OTHER, "www.bbc.co.uk/news/world-21817201"),
    (" mailto:somebody@bbc.co.uk ", Target.OTHER, "mailto:somebody@bbc.co.uk"),
    ("javascript:void(0)", Target.OTHER, "javascript:void(0)"),
    (
        "android-app://bbc.mobile/https/www.bbc.com/news/world-21817201",
        Target.OTHER,
        "android-app://bbc.mobile/https/www.bbc.com/news/world-21817201",
    ),
    ("http://[/news/world-21817201", Target.OTHER, "http://[/news/world-21817201"),
    ("http://www.bbc.co.uk:port/news/world-21817201", Target.OTHER, "http://www.bbc.co.uk:port/news/world-21817201"),
    ("http://", Target.OTHER, "http://"),
]


@pytest.mark.parametrize(
    ("url", "asset_id", "canonical"),
    [(url, number, page) for page, (number, others) in STORIES.items() for url in (page, *others)],
)
def test_story(url: str, asset_id: str, canonical: str) -> None:
    assert (target(url), story_id(url), canonical_url(url)) == (Target.STORY, f"bbc:{asset_id}", canonical)


@pytest.mark.parametrize(
    ("url", "canonical"), [(url, page) for page, others in STORIES_WITHOUT_ID.items() for url in (page, *others)]
)
def test_story_without_asset_id_is_known_by_its_canonical_url(url: str, canonical: str) -> None:
    assert (target(url), story_id(url), canonical_url(url)) == (Target.STORY, canonical, canonical)


@pytest.mark.parametrize(("url", "expected", "canonical"), NO_STORIES)
def test_no_story(url: str, expected: Target, canonical: str | None) -> None:
    assert (target(url), story_id(url)) == (expected, None)
    assert canonical is None or canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://web.archive.org/web/2013/http://www.bbc.co.uk:80/news/?a=b#c", "http://www.bbc.co.uk/news/?a=b#c"),
        ("http://www.bbc.co.uk/web/20130531014237js_/https:/www.bbc.com/a", "https://www.bbc.com/a"),
        ("https://www.bbc.com:443?a", "https://www.bbc.com?a"),
        ("http://www.bbc.com:443/", "http://www.bbc.com:443/"),
        ("http://www.bbc.com:8080/", "http://www.bbc.com:8080/"),
        ("http://news.bbc.co.uk/change.stm?http://news.bbc.co.uk:80/web/2013/http://a/", None),
        ("http://web.archive.org/web/2013*/http://www.bbc.co.uk/news", None),
        ("http://web.archive.org/website/2013/http://www.bbc.co.uk/news", None),
        ("/web/2013/http://www.bbc.co.uk/news", None),
    ],
)
def test_unwrap(url: str, expected: str | None) -> None:
    assert unwrap(url) == (expected or url)


def test_every_rule_has_a_row() -> None:
    rows = [*STORIES, *STORIES_WITHOUT_ID, *(canonical or url for url, _, canonical in NO_STORIES)]
    paths = [url.partition("://")[2].partition("/")[2].partition("?")[0] for url in rows]
    deciding = [next((rule for rule, pattern in PATTERNS if pattern.fullmatch(path)), None) for path in paths]
    assert [rule for rule, _ in PATTERNS if rule not in deciding] == []
