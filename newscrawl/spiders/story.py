"""StorySpider: seeds, the reading of responses, and the table of which links are followed."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Request, Spider

from newscrawl.extraction import read
from newscrawl.freshness import Saved
from newscrawl.items import UNDATED, Index, Link, Outcome, Relation, Story, Target, Visit
from newscrawl.page import Page
from newscrawl.spiders.arguments import CrawlArguments, parse_arguments

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from newscrawl.freshness import Known
    from newscrawl.sites import Site

FOLLOW: dict[tuple[Relation, Target], int] = {
    (Relation.RELATED, Target.STORY): 90,
    (Relation.INLINE, Target.STORY): 70,
    (Relation.TOPIC_ASIDE, Target.STORY): 60,
    (Relation.SECTION, Target.STORY): 50,
    (Relation.FEATURES, Target.STORY): 40,
    (Relation.ELSEWHERE, Target.STORY): 30,
    (Relation.TOP_STORIES, Target.STORY): 20,
    (Relation.MOST_READ, Target.STORY): 10,
    (Relation.TOPIC, Target.INDEX): 45,
    (Relation.SECTION, Target.INDEX): 35,
    (Relation.LISTED, Target.STORY): 30,
    (Relation.LISTED, Target.FEED): 25,  # a sitemap of sitemaps
}
"""(relation, target) -> how urgent within one depth. A pair that is not here is recorded and never requested."""

DEPTH_STEP = 100
"""Every story of one depth comes before any of the next: the near ones are what the story is about."""

ALWAYS_FOLLOWED = frozenset({Relation.LISTED})
"""An index page is only fetched for what it lists."""


NOTHING_READ = "the page holds neither a story nor a list of stories"


class StorySpider(Spider):
    """Follows stories of one site outward from the seeds. Subclasses name the site and a default seed."""

    site: ClassVar[Site]
    default_seed: ClassVar[str]
    arguments: CrawlArguments
    allow_private: bool
    seen: SeenKeys

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return a spider with its arguments checked. Raises ArgumentError."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.arguments = cls.check_arguments(kwargs, crawler.settings)
        spider.allow_private = crawler.settings.getbool("NEWSCRAWL_ALLOW_PRIVATE")
        spider.seen = SeenKeys()
        return spider

    @classmethod
    def check_arguments(cls, given: Mapping[str, str], settings: BaseSettings) -> CrawlArguments:
        """Return the arguments of a crawl as checked. Raises ArgumentError with what is allowed."""
        followable = {relation for relation, _ in FOLLOW} - ALWAYS_FOLLOWED
        private = settings.getbool("NEWSCRAWL_ALLOW_PRIVATE")
        return parse_arguments(
            given, site=cls.site, default_seed=cls.default_seed, followable=followable, allow_private=private
        )

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for each seed; a resumed crawl has asked for them and goes on with what is pending."""
        if self.arguments.resume:
            return
        for seed in self.arguments.seeds:
            visit = self._visit(seed, self.site.target(seed), priority=DEPTH_STEP)
            if self.seen.add(visit.request_key):
                yield self.request(visit)

    def request(self, visit: Visit) -> Request:
        """Return the request of a visit."""
        return Request(visit.url, callback=self.parse, priority=visit.priority, meta={"visit": visit})

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Story | Index | Request]:
        """Yield what the response is, one Story or Index, then the requests its links decide.

        @url http://www.bbc.com/news/world-middle-east-21817201
        @returns items 1 1
        """
        visit = self._landed(response)
        if visit.outcome is not Outcome.PENDING:
            return
        known: Known | None = response.meta.get("known")
        page = self._as_known(known, visit) if known else self._read(response)
        if page is None:
            visit.outcome, visit.reason = Outcome.NOT_A_STORY, NOTHING_READ
            return
        self._add_provenance(page, visit, response)
        if isinstance(page, Story) and not self._in_range(page, visit):
            return
        yield page
        asked: Visit = response.meta.get("redirected", visit)
        if isinstance(page, Story) or asked.target is not Target.STORY:  # a dead story may lead to the front page
            yield from self._follow(page, visit)

    def _landed(self, response: Response) -> Visit:
        """Return the visit of the page that answered: the one asked for, or of where the redirects led.

        A page that is visited under its own address anyway is not read twice.
        """
        asked = response.meta.get("visit") or self._visit(response.url, self.site.target(response.url))
        response.meta["visit"] = asked
        key = self.site.request_key(response.url)
        if key == asked.request_key:
            return asked
        asked.outcome, asked.reason = Outcome.REDIRECTED, f"to {response.url}"
        if not self.seen.add(key):
            return asked
        landed = self._visit(response.url, self.site.target(response.url), asked.depth, asked.relation)
        landed.priority, landed.discovered_from = asked.priority, asked.discovered_from
        response.meta["redirected"], response.meta["visit"] = asked, landed
        return landed

    def _read(self, response: Response) -> Story | Index | None:
        extraction = read(Page(response.body, response.url, _header(response, "Content-Type")), self.site)
        page = extraction.story or extraction.index
        self._count(extraction.era, page)
        if extraction.era == "generic" and isinstance(page, Story):
            self._tell_unclaimed(response)
        return page

    def _tell_unclaimed(self, response: Response) -> None:
        """Say of a page of unknown markup, in the log and in its visit, where it is kept or how to keep it."""
        record = response.meta.get("archive_record")
        kept = f"it is kept in {record}" if record else f"to keep it: scrapy explain {response.url} --save DIR"
        self.logger.warning("No page era claims %s: read by the generic rules; %s", response.url, kept)
        response.meta["visit"].reason = f"no page era claims it: read by the generic rules; {kept}"

    def _as_known(self, known: Known, visit: Visit) -> Story:
        """Return the story as the corpus holds it. If nobody was asked for it, nothing of it is to be written."""
        visit.saved, visit.reason = known.saved, known.reason
        if known.saved is not Saved.NOT_MODIFIED:
            visit.outcome = Outcome.UNCHANGED
        return known.story

    def _in_range(self, story: Story, visit: Visit) -> bool:
        """Return whether a story's date is asked for. One of unknown date is kept, and says so."""
        arguments = self.arguments
        unknown = story.date_published is None and (arguments.since or arguments.until)
        if unknown and UNDATED not in story.problems:
            story.problems.append(UNDATED)
        if arguments.in_range(story.date_published):
            return True
        visit.outcome, visit.reason = Outcome.OUT_OF_RANGE, f"published {story.date_published:%Y-%m-%d}"
        return False

    def _add_provenance(self, page: Story | Index, visit: Visit, response: Response) -> None:
        page.request_key = visit.request_key
        page.discovered_from, page.depth = visit.discovered_from, visit.depth
        if visit.outcome is Outcome.UNCHANGED:  # nobody was asked: who fetched it, and when, stays as it was
            return
        page.crawl_id = visit.crawl_id
        page.fetched_at = response.meta.get("archive_date") or _now()
        if isinstance(page, Story):
            asked = {visit.url, response.url, *response.meta.get("redirect_urls", ())}
            page.aliases = sorted(asked - {page.url})
            if "shown" not in response.meta:  # what a browser adds to a page has no part in them
                page.etag = _header(response, "ETag") or page.etag
                page.last_modified = _header(response, "Last-Modified") or page.last_modified

    def _follow(self, page: Story | Index, visit: Visit) -> Iterator[Request]:
        """Yield a request for each link that the policy follows and that nothing asked for yet.

        Only a story reached takes a step of depth; the index page between two stories takes none.
        """
        if visit.depth >= self.arguments.depth:
            return
        start = page.story_id if isinstance(page, Story) else page.url
        for link in page.links:
            urgency = self.urgency(link)
            if urgency is None or not self.seen.add(link.key):
                continue
            depth = visit.depth + (link.target is Target.STORY)
            found = self._visit(link.url, link.target, depth, link.relation, key=link.key)
            found.priority, found.discovered_from = urgency - DEPTH_STEP * depth, start
            if visit.outcome is Outcome.PENDING:  # else the page was not asked for, and its cards are as old as it
                found.target_updated_at = link.target_updated_at
            yield self.request(found)

    def urgency(self, link: Link) -> int | None:
        """Return how urgent a link is within its depth, None if this crawl does not follow it."""
        if link.relation not in self.arguments.follow and link.relation not in ALWAYS_FOLLOWED:
            return None
        urgency = FOLLOW.get((link.relation, link.target))
        return urgency if urgency and self.may_fetch(link.url) else None

    def may_fetch(self, url: str) -> bool:
        """Return whether an address is on the spider's site."""
        return self.site.owns(url, allow_private=self.allow_private)

    def _visit(
        self,
        url: str,
        target: Target,
        depth: int = 0,
        relation: Relation | None = None,
        *,
        priority: int = 0,
        key: str = "",
    ) -> Visit:
        return Visit(
            crawl_id=self.arguments.crawl_id,
            request_key=key or self.site.request_key(url),
            url=url,
            target=target,
            depth=depth,
            relation=relation,
            priority=priority,
            found_at=_now(),
        )

    def _count(self, era: str, page: Story | Index | None) -> None:
        """Count what was read by which rules, and every field that a rule failed on."""
        stats = self.crawler.stats
        stats.inc_value(f"newscrawl/era/{era}")
        for problem in page.problems if isinstance(page, Story) else ():
            stats.inc_value(f"newscrawl/problem/{problem.split(':', 1)[0]}")


class SeenKeys:
    """The request keys this process has decided on, as 8-byte hashes: about 60 bytes each instead of the strings."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def add(self, key: str) -> bool:
        """Add a key; return whether it is new."""
        size = len(self._hashes)
        self._hashes.add(self._hash(key))
        return len(self._hashes) > size

    def __contains__(self, key: str) -> bool:
        return self._hash(key) in self._hashes

    @staticmethod
    def _hash(key: str) -> int:
        return int.from_bytes(blake2b(key.encode(), digest_size=8).digest())


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _now() -> datetime:
    """Return the time in UTC with milliseconds, which is what MongoDB keeps."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
