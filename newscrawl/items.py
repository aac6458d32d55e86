"""What a crawl collects, as dataclasses, and the closed vocabularies it is described in.

Field names are schema.org's in snake_case (BBC pages' own JSON-LD uses them); times that newscrawl makes end in ``_at``.
Every datetime is timezone-aware UTC. Every field has a default: what is required is decided by validation, not here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Relation(StrEnum):
    """Why a page links to another: the block the link stands in."""

    RELATED = "related"
    """The editor's choice: "More on this story", "See also", links-block."""
    TOPIC_ASIDE = "topic-aside"
    """Filled by topic, not by an editor: the "Related" and "More" asides of 2023+ pages."""
    TOPIC = "topic"
    """A tag of the story."""
    SECTION = "section"
    """The story's section and its other stories ("More Middle East stories")."""
    INLINE = "inline"
    """In the running text or in its boxes."""
    FEATURES = "features"
    ELSEWHERE = "elsewhere"
    TOP_STORIES = "top-stories"
    MOST_READ = "most-read"
    EXTERNAL = "external"
    """A block of links to other sites ("From other news sites")."""
    LISTED = "listed"
    """An index page, feed or sitemap lists the story."""
    ALTERNATE = "alternate"
    """The same story elsewhere: AMP, other id, other language."""
    TWIN = "twin"
    """Another story with nearly the same text; written by the store."""


class Target(StrEnum):
    """What a URL points at, from the URL alone."""

    STORY = "story"
    INDEX = "index"
    FEED = "feed"
    PROGRAMME = "programme"
    EXTERNAL = "external"
    OTHER = "other"


class Kind(StrEnum):
    """What sort of story it is."""

    ARTICLE = "article"
    LIVE = "live"
    VIDEO = "video"
    AUDIO = "audio"
    GALLERY = "gallery"


class BlockType(StrEnum):
    """What a piece of the body is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    QUOTE = "quote"


class Outcome(StrEnum):
    """What came of a visit."""

    PENDING = "pending"
    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    INDEX = "index"
    REDIRECTED = "redirected"
    OFF_SITE = "off-site"
    ROBOTS = "robots"
    NOT_IN_ARCHIVE = "not-in-archive"
    HTTP_ERROR = "http-error"
    FAILED = "failed"
    OUT_OF_RANGE = "out-of-range"
    NOT_A_STORY = "not-a-story"
    REJECTED = "rejected"

    @property
    def stored(self) -> bool:
        """Whether it counts towards ``max_stories``: the story stands in the corpus because of this visit."""
        return self in {Outcome.NEW, Outcome.REVISED, Outcome.UNCHANGED}


UNDATED = "date_published: unknown, kept although a range was asked for"
"""Problem of a story that a crawl noted, not the rules that read it."""


@dataclass(slots=True)
class Block:
    """One piece of the body, in reading order."""

    type: BlockType = BlockType.PARAGRAPH
    text: str = ""
    """Plain text, white space collapsed, never empty."""


@dataclass(slots=True)
class Author:
    """One name of the byline."""

    name: str = ""
    """Without "By"."""
    role: str | None = None
    """Job title or programme as the page words it, None if absent."""


@dataclass(slots=True)
class Topic:
    """One tag of the story."""

    name: str = ""
    id: str | None = None
    """The BBC's topic id (``cg41ylwvwgmt``), None on pages older than topics."""
    url: str | None = None
    is_event: bool = False
    """The page marks it as an ongoing story."""


@dataclass(slots=True)
class Image:
    """One picture of the article (not of its insets, promos or videos)."""

    url: str | None = None
    """Absolute; None where the page gives only a placeholder."""
    alt: str | None = None
    caption: str | None = None
    """Without the hidden label "Image caption"."""
    credit: str | None = None


@dataclass(slots=True)
class Inset:
    """A box beside the text: pull quote, fact box, "Analysis". Never part of the body."""

    title: str | None = None
    text: str = ""


@dataclass(slots=True)
class Post:
    """One post of a live page, or one event of a match page."""

    id: str | None = None
    """The page's own id of the post, None if it has none."""
    time: datetime | None = None
    """UTC; None where the page gives only a match minute."""
    author: str | None = None
    text: str = ""


@dataclass(slots=True)
class Link:
    """One edge of the story graph: this page points at that address, in that block."""

    url: str = ""
    """Absolute address as the page gives it, without a Wayback prefix or a default port."""
    relation: Relation = Relation.INLINE
    target: Target = Target.OTHER
    text: str = ""
    """The link's own title, without date, summary, rank or icon text."""
    group_title: str | None = None
    """Heading of the block, or "outer / inner"; None if it has none."""
    position: int = 0
    """Order on the page over all blocks, from 0."""
    story_id: str | None = None
    """Of the story pointed at, None if the address is no story's."""
    key: str = ""
    """What the edge points at: ``story_id``, else the canonical URL."""
    target_updated_at: datetime | None = None
    """When the page says its target was last changed (UTC), None if it does not."""


@dataclass(slots=True, kw_only=True)
class Story:
    """One BBC article in the state one response showed."""

    story_id: str = ""
    """Site prefix and the BBC's asset id (``bbc:21817201``), else the canonical URL."""
    url: str = ""
    """Canonical address."""
    aliases: list[str] = field(default_factory=list)
    """Other addresses of this story that this fetch saw (asked for, redirected through)."""
    also_ids: list[str] = field(default_factory=list)
    """Other story ids of the same article (old and new id), from page state or canonical link."""
    kind: Kind = Kind.ARTICLE
    headline: str | None = None
    """The visible one."""
    summary: str | None = None
    body: list[Block] = field(default_factory=list)
    authors: list[Author] = field(default_factory=list)
    section: str | None = None
    """As the page names it."""
    topics: list[Topic] = field(default_factory=list)
    language: str | None = None
    """BCP 47 as the page states it; None if it does not."""
    images: list[Image] = field(default_factory=list)
    insets: list[Inset] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    duration: int | None = None
    """Seconds, of a video or audio story."""
    date_published: datetime | None = None
    date_published_raw: str | None = None
    """The page's own words for it."""
    date_modified: datetime | None = None
    date_modified_raw: str | None = None
    page_era: str = ""
    """The generation of markup it was read from (``gel-2010``), or ``generic``."""
    sources: dict[str, str] = field(default_factory=dict)
    """Field -> the rule that gave it."""
    problems: list[str] = field(default_factory=list)
    """What could not be read, as "field: reason"; each is counted."""
    extractor_version: int = 0
    """Version of the rules that read it."""
    content_hash: str = ""
    """SHA-256 over normalised headline, summary, body and posts: what makes a revision."""
    links: list[Link] = field(default_factory=list)
    crawl_id: str | None = None
    request_key: str | None = None
    """Key of the visit that fetched it."""
    discovered_from: str | None = None
    """Key of the page whose link led here, None for a seed."""
    depth: int = 0
    """Steps from the seed (0)."""
    fetched_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    """The HTTP header, verbatim."""

    @property
    def text(self) -> str:
        """The body as plain text, one block a line; of a live page its posts."""
        return "\n".join(part.text for part in (self.body or self.posts))


@dataclass(slots=True, kw_only=True)
class Index:
    """A page that lists stories: front, section or topic page, feed, sitemap."""

    url: str = ""
    """Canonical address; also its key as the start of ``listed`` edges."""
    title: str | None = None
    page_era: str = ""
    links: list[Link] = field(default_factory=list)
    """Relation ``listed``; ``position`` is the rank, ``group_title`` the part of the page."""
    crawl_id: str | None = None
    request_key: str | None = None
    discovered_from: str | None = None
    depth: int = 0
    fetched_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Visit:
    """One URL that one crawl decided to fetch, and what came of it."""

    crawl_id: str = ""
    request_key: str = ""
    """``story_id``, else the canonical URL."""
    url: str = ""
    relation: Relation | None = None
    """Of the edge that led here, None for a seed."""
    target: Target = Target.STORY
    depth: int = 0
    priority: int = 0
    discovered_from: str | None = None
    target_updated_at: datetime | None = None
    """When the page that led here says that this one was last changed."""
    outcome: Outcome = Outcome.PENDING
    reason: str | None = None
    """Why, in a sentence a user understands; None where the outcome says all."""
    saved: str | None = None
    """What made a request, or the body of its answer, needless (``freshness.Saved``); None where the page was sent."""
    http_status: int | None = None
    bytes: int | None = None
    """Length of the body as received."""
    milliseconds: int | None = None
    """Download latency."""
    archive_record: str | None = None
    """``file.warc.gz@offset`` of the response, None if nothing was recorded."""
    answered_at: datetime | None = None
    """When the answer came; of a replayed one, when it was archived. None if there was none."""
    found_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def visit_id(self) -> str:
        """``_id`` in the visits collection."""
        return f"{self.crawl_id}|{self.request_key}"
