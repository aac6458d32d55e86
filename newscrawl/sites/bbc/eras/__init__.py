"""The BBC's page eras, one a module, in the order in which they are tried."""

from __future__ import annotations

from newscrawl.eras.feeds import FEEDS
from newscrawl.sites.bbc.eras.amp import AMP
from newscrawl.sites.bbc.eras.feature_2012 import FEATURE_2012
from newscrawl.sites.bbc.eras.feature_2020 import FEATURE_2020
from newscrawl.sites.bbc.eras.front import FRONT
from newscrawl.sites.bbc.eras.gel_2010 import GEL_2010
from newscrawl.sites.bbc.eras.generic import GENERIC
from newscrawl.sites.bbc.eras.hi_1998 import HI_1998
from newscrawl.sites.bbc.eras.hi_2003 import HI_2003
from newscrawl.sites.bbc.eras.live_2020 import LIVE_2020
from newscrawl.sites.bbc.eras.newsround_2019 import NEWSROUND_2019
from newscrawl.sites.bbc.eras.next_2023 import NEXT_2023
from newscrawl.sites.bbc.eras.react_2020 import REACT_2020
from newscrawl.sites.bbc.eras.responsive_2015 import RESPONSIVE_2015
from newscrawl.sites.bbc.eras.sport_2012 import SPORT_2012
from newscrawl.sites.bbc.eras.sport_2015 import SPORT_2015
from newscrawl.sites.bbc.eras.worldservice_2012 import WORLDSERVICE_2012
from newscrawl.sites.bbc.eras.worldservice_2018 import WORLDSERVICE_2018

ERAS = (
    *FEEDS,
    GEL_2010,
    LIVE_2020,
    AMP,
    FRONT,
    RESPONSIVE_2015,
    HI_1998,
    HI_2003,
    WORLDSERVICE_2012,
    WORLDSERVICE_2018,
    FEATURE_2012,
    FEATURE_2020,
    SPORT_2012,
    SPORT_2015,
    NEWSROUND_2019,
    NEXT_2023,
    REACT_2020,
    GENERIC,  # claims every page: stays last
)
