"""A generated site of a thousand stories and more, with all that goes wrong on the way; it knows what a crawl of it has to leave.

The same seed makes the same site. Stories are in the markup of 2013 and of 2005, are reached by several forms of their
address, and link to their neighbours, to index pages, and to addresses that move, fail, are barred or never answer.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from newscrawl.items import Outcome, Relation
from tests.miniature import Reply, article, moved

if TYPE_CHECKING:
    from collections.abc import Iterable

VOCABULARY = """
anchor barge beacon bell bollard buoy cable canal cargo chart clerk cliff coil compass crane current customs deck delta
dock drift dune ebb engine estuary ferry flag fog fuel gale gauge gull hatch harbour hull island jetty keel kelp keeper
knot ladder lagoon lamp lantern ledger lens lighthouse lock mast mist mooring mud mussel night oar oil oyster paddle pier
pilot pebble quay reef rigging river rope rudder sail salt sand schooner seal shoal shore signal siren slip sluice spray
squall stern storm strait surf swell tar tide timber tow trawler tug valve vessel wake watch wave weir wharf winch wind
"""
WORDS = VOCABULARY.split()

NEW, OLD, ODD = 31_000_000, 4_100_000, 32_000_000
"""Where the numbers of stories in the markup of 2013 and of 2005 begin, and those of addresses that are no story."""
SECTIONS = ("europe", "africa", "asia", "technology", "business", "health")
SPECIAL = 100
"""Of each thing that goes wrong there is one for so many stories."""
ROBOTS = "User-agent: *\nDisallow: /news/uk-\n"
HOSTS = ("www.bbc.com", "www.bbc.co.uk", "m.bbc.co.uk", "news.bbc.co.uk")

Edge = tuple[str, str, str]


class BigSite(dict[str, Reply]):
    """What each address answers, and what is to come of it. ``turn`` changes the text of some stories: A, B, A …"""

    def __init__(self, stories: int = 1000, seed: int = 0, silent: int = 2) -> None:
        self._random = random.Random(seed)
        self.numbers = [self._number(at) for at in range(stories)]
        self.turn = 0
        self.turning = self.numbers[7::10]
        self.asked: Counter[str] = Counter()
        """Requests of each address."""
        self.outcomes: dict[str, Outcome] = {}
        """Request key -> what comes of its visit in a first crawl."""
        self.edges: set[Edge] = set()
        self.moved: dict[str, str] = {}
        """Id of a story that was moved -> the one it has now."""
        self.flaky: set[str] = set()
        """Addresses that answer 503 once."""
        self._texts = {number: (self._text(), self._text()) for number in self.numbers}
        self._links = {number: (self._neighbours(at), self._others(2)) for at, number in enumerate(self.numbers)}
        self._go_on = threading.Event()
        self._silent: set[str] = set()
        self._led_to: Counter[str] = Counter()
        """How many redirects lead to an address."""
        for host in HOSTS:
            self[f"http://{host}/robots.txt"] = Reply(ROBOTS, headers={"Content-Type": "text/plain"})
        self._add_odd_ones(max(2, stories // SPECIAL), silent)
        self._add_index_pages()
        self._add_stories()
        self.flaky.update(addresses(number)[0] for number in self._random.sample(self.numbers, stories // SPECIAL))

    # --- asked

    @property
    def seed(self) -> str:
        """The address a crawl starts at; every story can be reached from there."""
        return addresses(self.numbers[0])[0]

    @property
    def stories(self) -> set[str]:
        """The ids of all stories."""
        return {identity(number) for number in self.numbers}

    def get(self, url: str, default: Reply) -> Reply:  # type: ignore[override]
        self.asked[url] += 1
        if url in self._silent:
            self._go_on.wait(120)
        if url in self.flaky and self.asked[url] == 1:
            return Reply("try again", 503)
        return super().get(url, default)

    def edge(self, start: str, end: str, relation: str) -> Edge:
        """Return an edge that leads to where its end has moved."""
        return start, self.moved.get(end, end), relation

    def states(self, story: str) -> list[int]:
        """Return how often each state of a story was to be seen by crawls before each turn and after the last, in order."""
        turns = self.turn if int(story.removeprefix("bbc:")) in self.turning else 0
        return sorted(filter(None, [(turns + 2) // 2, (turns + 1) // 2]))

    def turn_over(self) -> None:
        """Give the stories that change their other text."""
        self.turn += 1
        for number in self.turning:
            self._add_story(number)

    def refetched(self, crawls: int = 1) -> int:
        """Return how many requests were more than crawls without a fault need; silent addresses are left out."""
        return sum(
            max(0, count - crawls * (1 + self._led_to[url]) - (url in self.flaky))
            for url, count in self.asked.items()
            if not url.endswith("/robots.txt") and url not in self._silent
        )

    def close(self) -> None:
        """Let go of whoever still waits for an answer."""
        self._go_on.set()

    # --- made

    def _number(self, at: int) -> int:
        return OLD + at if at % 4 == 3 else NEW + at

    def _text(self) -> str:
        return " ".join(self._random.choices(WORDS, k=60)).capitalize() + "."

    def _neighbours(self, at: int) -> list[int]:
        """Return the stories that only this one is sure to lead to, and some others."""
        return [*self.numbers[3 * at + 1 : 3 * at + 4], *self._others(2)]

    def _others(self, count: int) -> list[int]:
        return self._random.sample(self.numbers, count)

    def _add_odd_ones(self, count: int, silent: int) -> None:
        """Put addresses that lead to no story among the related links of some stories."""
        for at in range(count):
            number = self._random.choice(self.numbers)
            goal = addresses(number)[0]
            self._led_to[goal] += 2
            self.moved |= dict.fromkeys([identity(ODD + 2_000 + at), identity(ODD + 5_000 + at)], identity(number))
            self._odd(ODD + at, Outcome.HTTP_ERROR, Reply("gone", 404))
            self._odd(ODD + 1_000 + at, Outcome.NOT_A_STORY, Reply("<html></html>"))
            self._odd(ODD + 2_000 + at, Outcome.REDIRECTED, moved(goal))
            self._odd(ODD + 3_000 + at, Outcome.OFF_SITE, moved(f"http://elsewhere.example/{at}"))
            self._odd(ODD + 4_000 + at, Outcome.ROBOTS, Reply("barred"), section="uk")
            self._odd(
                ODD + 5_000 + at, Outcome.REDIRECTED, Reply(status=302, headers={"Location": address(ODD + 6_000 + at)})
            )
            self[address(ODD + 6_000 + at)] = moved(goal)
        for at in range(silent):
            self._silent.add(self._odd(ODD + 7_000 + at, Outcome.FAILED, Reply("late")))

    def _odd(self, number: int, outcome: Outcome, reply: Reply, section: str = "world") -> str:
        url = address(number, section)
        self[url] = reply
        self.outcomes[identity(number)] = outcome
        related, _ = self._links[self._random.choice(self.numbers)]
        related.append(number)
        return url

    def _add_index_pages(self) -> None:
        for section in SECTIONS:
            listed = self._others(20)
            items = "".join(f'<li><a href="{self._form(one)}">Story {one}</a></li>' for one in listed)
            self[index_address(section)] = Reply(
                f'<html><head><title>{section}</title></head><body><div id="main-content"><ul>{items}</ul></div></body></html>'
            )
            self.outcomes[index_key(section)] = Outcome.INDEX
            self._expect(index_key(section), listed, Relation.LISTED)

    def _add_stories(self) -> None:
        for number in self.numbers:
            self._add_story(number)
            related, section = self._links[number]
            key = identity(number)
            self.outcomes[key] = Outcome.NEW
            self._expect(key, related, Relation.RELATED)
            if number >= NEW:
                self._expect(key, section, Relation.SECTION)
                self.edges.add((key, index_key(section_of(number)), Relation.SECTION.value))

    def _expect(self, start: str, ends: Iterable[int], relation: Relation) -> None:
        self.edges |= {self.edge(start, identity(end), relation.value) for end in ends}

    def _add_story(self, number: int) -> None:
        related, section = self._links[number]
        text = self._texts[number][self.turn % 2 if number in self.turning else 0]
        links = [self._form(one) for one in related]
        if number >= NEW:
            reply = article(number, text, links, [*map(self._form, section), index_address(section_of(number))])
        else:
            reply = article_2005(number, text, links)
        for url in addresses(number):
            self[url] = reply

    def _form(self, number: int) -> str:
        """Return any form of an address."""
        if number >= ODD:
            return next(url for url in (address(number), address(number, "uk")) if url in self)
        return self._random.choice(addresses(number))


def identity(number: int) -> str:
    """Return the id of a story by its number."""
    return f"bbc:{number}"


def section_of(number: int) -> str:
    return SECTIONS[number % len(SECTIONS)]


def index_address(section: str) -> str:
    return f"http://www.bbc.com/news/{section}/"


def index_key(section: str) -> str:
    """Return the canonical address of an index page."""
    return f"https://www.bbc.com/news/{section}"


def address(number: int, section: str = "world") -> str:
    return f"http://www.bbc.com/news/{section}-{number}"


def addresses(number: int) -> list[str]:
    """Return forms of a story's address, all of which lead to it; the first is the one that is used for all else."""
    if number < NEW:
        paths = ("/2/hi/europe", "/1/hi/europe", "/2/low/europe")
        return [f"http://news.bbc.co.uk{path}/{number}.stm" for path in paths]
    return [
        address(number),
        f"http://www.bbc.co.uk/news/world-{number}",
        f"http://m.bbc.co.uk/news/world-{number}",
        f"http://www.bbc.com/news/mobile/world-{number}",
        f"http://www.bbc.com/news/{number}",
        f"http://www.bbc.com/news/world-{number}?at_medium=RSS&at_campaign=KARANGA",
        f"http://www.bbc.co.uk/news/world-{number}?ns_mchannel=social",
    ]


def article_2005(number: int, text: str, related: list[str]) -> Reply:
    """Return a story page in the markup of 2005, made of its number."""
    links = "".join(f'<div class="arr"><a href="{escape(url)}">To {escape(url[-9:])}</a></div>' for url in related)
    return Reply(
        f"""<html><head><title>BBC NEWS | Europe | Harbour {number}</title>
<meta name="OriginalPublicationDate" content="2005/04/{number % 27 + 1:02d} 07:12:30"/>
<meta name="UKFS_URL" content="/1/hi/europe/{number}.stm"/><meta name="IFS_URL" content="/2/hi/europe/{number}.stm"/>
<meta name="Headline" content="Harbour {number}"/><meta name="Section" content="Europe"/>
<meta name="Description" content="What the harbour master of pier {number} saw."/></head><body>
<a name="startcontent"></a><table><tr><td><div class="mxb"><div class="sh">The harbour of pier {number}</div></div></td></tr>
<tr><td><!-- S BO --><B>{escape(text)}</B><P>The boats of pier {number} were counted at noon.<P><!-- E BO --></td>
<td><div class="mvb"><div class="sah">SEE ALSO</div></div>{links}</td></tr></table></body></html>"""
    )
