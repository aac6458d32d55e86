"""The invented stories and what surrounds them, read from ``demo/stories/*.toml``.

Text in the TOML files is almost plain: blocks stand apart by a blank line, ``## `` begins a crosshead, ``- `` a list,
``[words](21817201)`` links to a story (or to an address), and ``{image 1}``, ``{quote}``, ``{box}``, ``{video}`` or
``{links}`` says where that part of the page stands.

A reference to something linked is one string: a story's id; an id and the address to use for it
(``21817201 https://m.bbc.co.uk/news/world-middle-east-21817201``); or ``Title | address`` for anything else.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

STORIES = Path(__file__).parent.parent / "stories"
INLINE_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
MARKER = re.compile(r"\{(\w+)(?: (\d+))?\}")
RELATIONS = {"internet": "external", "newstracker": "external", "around": "elsewhere"}
"""Style of a link group -> relation, where it is not the editor's choice."""


@dataclass(frozen=True)
class Block:
    """One piece of a body: ``paragraph``, ``heading``, ``list``, or the name of a marker."""

    type: str
    text: str = ""
    items: tuple[str, ...] = ()
    number: int = 1


@dataclass(frozen=True)
class Group:
    """One block of links under a heading."""

    title: str
    to: tuple[str, ...]
    style: str = "see-also"
    report: str | None = None
    """Name of the special report the group belongs to."""

    @property
    def relation(self) -> str:
        """Relation of the links of this group."""
        return RELATIONS.get(self.style, "related")


@dataclass(frozen=True)
class Section:
    """One section of the site: its name, its index page, its folders in the three kinds of address."""

    name: str
    index: str
    uk: str = ""
    world: str = ""
    slug: str = ""


@dataclass(frozen=True, kw_only=True)
class Story:
    """One invented story, in the state its latest capture shows."""

    id: str
    era: str
    section: str
    url: str
    headline: str
    summary: str
    body: str
    published: datetime
    index: str = ""
    """Short headline, used wherever other pages link here; the headline if not given."""
    modified: datetime | None = None
    captured: datetime | None = None
    kind: str = "article"
    language: str = "en-GB"
    authors: list[dict[str, str]] = field(default_factory=list)
    images: list[dict[str, str]] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    quote: dict[str, str] = field(default_factory=dict)
    box: dict[str, str] = field(default_factory=dict)
    video: dict[str, str] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    related: tuple[Group, ...] = ()
    section_stories: list[str] = field(default_factory=list)
    variant: str = ""
    """Which of several layouts of its era."""
    encoding: str = "utf-8"
    content_type: str = "text/html"
    wire: str = ""
    """``gzip`` or ``chunked``: how the response came over the wire."""
    captures: tuple[Story, ...] = ()
    """Its other captures: an earlier state, another address, another era."""
    unchanged: bool = False
    """Archived as a revisit: the server sent the same bytes as before."""

    @property
    def title(self) -> str:
        """What other pages call it."""
        return self.index or self.headline

    @property
    def updated(self) -> datetime:
        """When the page says it was last changed."""
        return self.modified or self.published

    @property
    def captured_at(self) -> datetime:
        """When its latest capture was made: some hours after the last change unless the data say otherwise."""
        return self.captured or self.updated + timedelta(hours=2, seconds=zlib.crc32(self.id.encode()) % 7200)

    @cached_property
    def blocks(self) -> list[Block]:
        """The body, block by block."""
        return [_block(part.strip()) for part in re.split(r"\n\s*\n", self.body.strip()) if part]

    @property
    def paragraphs(self) -> list[str]:
        """Plain text of the body: paragraphs, crossheads and list items in reading order; a list of links is none."""
        text_blocks = [
            block for block in self.blocks if not (block.items and all(map(INLINE_LINK.fullmatch, block.items)))
        ]
        return [plain(text) for block in text_blocks for text in (block.items or (block.text,)) if text]


@dataclass(frozen=True)
class Reference:
    """One link: its words, its address, and the story it leads to if that is one of ours."""

    title: str
    url: str
    story: Story | None = None


@dataclass(frozen=True)
class Archive:
    """Everything the miniature BBC consists of."""

    seed: str
    stories: dict[str, Story]
    sections: dict[str, Section]
    indexes: list[dict[str, Any]]
    promos: dict[str, list[str]]
    redirects: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    robots: list[dict[str, Any]]

    def refer(self, text: str) -> Reference:
        """Resolve one reference string (see the module's docstring)."""
        if " | " in text:
            title, url = text.split(" | ")
            return Reference(title, url)
        story_id, _, url = text.partition(" ")
        story = self.stories[story_id]
        return Reference(story.title, url or story.url, story)

    def section_block(self, story: Story) -> list[Reference]:
        """Return the stories of its section that a page shows: those the data name, else the three before it."""
        if story.section_stories:
            return [self.refer(text) for text in story.section_stories]
        older = [
            other
            for other in self.stories.values()
            if other.section == story.section and other.era == story.era and other.published < story.published
        ]
        latest = sorted(older, key=lambda other: other.published, reverse=True)
        return [self.refer(other.id) for other in latest[:3]]


def plain(text: str) -> str:
    """Text without the markup of inline links."""
    return INLINE_LINK.sub(r"\1", text)


def load(folder: Path = STORIES) -> Archive:
    """Read every file of the folder; ``site.toml`` holds what is no story."""
    site = tomllib.loads((folder / "site.toml").read_text(encoding="utf-8"))
    site["sections"] = {key: Section(**table) for key, table in site["sections"].items()}
    stories: dict[str, Story] = {}
    for path in sorted(folder.glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8")).get("story", []):
            if table["id"] in stories:
                raise ValueError(f"{path.name}: two stories have the id {table['id']}")
            stories[table["id"]] = _story(table)
    return Archive(stories=stories, **site)


def _story(table: dict[str, Any]) -> Story:
    """Make a story of its table; ``capture`` holds, for each other capture of it, what differs."""
    others = table.pop("capture", [])
    groups = tuple(Group(**{**group, "to": tuple(group["to"])}) for group in table.get("related", []))
    captures = tuple(_story({**table, **changes}) for changes in others)
    return Story(**{**table, "related": groups, "captures": captures})


def _block(part: str) -> Block:
    if marker := MARKER.fullmatch(part):
        return Block(marker[1], number=int(marker[2] or 1))
    if part.startswith("## "):
        return Block("heading", part.removeprefix("## "))
    if part.startswith("- "):
        return Block("list", items=tuple(" ".join(item.split()) for item in part.removeprefix("- ").split("\n- ")))
    return Block("paragraph", " ".join(part.split()))
