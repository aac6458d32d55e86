"""An invented corpus as large as years of collecting would make it: the stage for ``benchmarks.queries``.

Words, sections, authors and topics follow Zipf's law, as in real text; edges are skewed as on real pages, where each of a few
hubs (most read, top stories, section leads) is pointed at by very many stories, while the editor's links join near neighbours
in time. Everything follows from the seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product
from typing import TYPE_CHECKING, Any

from pymongo import WriteConcern

from newscrawl.fingerprints import bands
from newscrawl.items import Author, Block, Link, Relation, Story, Target, Topic
from newscrawl.processors import content_hash
from newscrawl.storage import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pymongo.database import Database

Document = dict[str, Any]

CRAWL = "20240101T000000-bench"
FETCHED = datetime(2024, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime(1998, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
ERAS = [(2003, "hi-1998"), (2010, "hi-2003"), (2015, "gel-2010"), (2020, "responsive-2015"), (2023, "react-2020")]
SECTIONS = [
    "World", "UK", "Middle East", "Europe", "Africa", "Asia", "Business", "Politics", "Health", "Science", "Technology",
    "Education", "Entertainment", "Magazine", "Wales", "Scotland",
]  # fmt: skip
LANGUAGES = ["en-GB"] * 18 + ["fa", "ru"]
SYLLABLES = [a + b for a, b in product("bdfgklmnprstvz", "aeiou")]
WORDS, AUTHORS, TOPICS, HUBS = 40_000, 2_000, 800, 1_000
REVISED = 0.04
"""The share of stories that have two states."""
BATCH = 1_000

SHARES = {Relation.RELATED: 4, Relation.SECTION: 3, Relation.INLINE: 1, Relation.TOP_STORIES: 1, Relation.MOST_READ: 1}
"""Of ten edges, how many are of each relation."""


@dataclass(frozen=True, slots=True)
class Zipf:
    """Draws from a list, the first most often."""

    values: Sequence[str]
    weights: Sequence[float]

    @classmethod
    def over(cls, values: Sequence[str]) -> Zipf:
        """Return draws in which the k-th value has the weight 1/k."""
        return cls(values, list(accumulate(1 / rank for rank in range(1, len(values) + 1))))

    def draw(self, chance: random.Random, count: int) -> list[str]:
        """Return so many values."""
        return chance.choices(self.values, cum_weights=self.weights, k=count)


def word(number: int) -> str:
    """Return an invented word; of each number another. The word of a small number is frequent in the corpus."""
    syllables = [SYLLABLES[number % 70], SYLLABLES[number // 70 % 70], SYLLABLES[number // 4900 % 70]]
    return "".join(syllables) + "q"


def story_id(number: int) -> str:
    """Return the id of a story of the corpus; they are numbered by date."""
    return f"bbc:{20_000_000 + number}"


def address(number: int) -> str:
    """Return the canonical address of a story of the corpus."""
    return f"https://www.bbc.co.uk/news/world-{20_000_000 + number}"


class Generator:
    """Makes stories and their edges, one after the other."""

    def __init__(self, stories: int, edges: int, seed: int) -> None:
        self.chance = random.Random(seed)
        self.stories, self.edges_each = stories, edges // stories
        self.words = Zipf.over([word(number) for number in range(WORDS)])
        self.authors = Zipf.over([f"Author {word(number).title()}" for number in range(AUTHORS)])
        self.topics = Zipf.over([f"Topic {word(number)}" for number in range(TOPICS)])
        self.sections = Zipf.over(SECTIONS)
        self.hubs = Zipf.over([str(self.chance.randrange(stories)) for _ in range(HUBS)])
        self.relations = [relation for relation, share in SHARES.items() for _ in range(share)]

    def _text(self, count: int) -> str:
        return " ".join(self.words.draw(self.chance, count)).capitalize() + "."

    def story(self, number: int) -> Story:
        """Return a story without its links."""
        published = FIRST + (LAST - FIRST) * (number / self.stories) + timedelta(minutes=self.chance.randrange(60))
        headline, summary = self._text(8), self._text(18)
        body = [Block(text=self._text(35)) for _ in range(self.chance.randint(3, 8))]
        return Story(
            story_id=story_id(number),
            url=address(number),
            headline=headline,
            summary=summary,
            body=body,
            authors=[Author(name) for name in self.authors.draw(self.chance, 1)],
            section=self.sections.draw(self.chance, 1)[0],
            topics=[Topic(name) for name in sorted(set(self.topics.draw(self.chance, 2)))],
            language=self.chance.choice(LANGUAGES),
            date_published=published,
            page_era=next((era for year, era in ERAS if published.year < year), "next-2023"),
            sources={"headline": "h1"},
            extractor_version=1,
            content_hash=content_hash([headline, summary, *(block.text for block in body)]),
            crawl_id=CRAWL,
            request_key=story_id(number),
            depth=self.chance.randint(1, 6),
            fetched_at=FETCHED,
        )

    def links(self, number: int) -> list[Link]:
        """Return a story's links: the editor's to near neighbours in time, those of its boxes to hubs."""
        relations = [self.relations[position % len(self.relations)] for position in range(self.edges_each)]
        return [self._link(number, relation, position) for position, relation in enumerate(relations)]

    def _link(self, number: int, relation: Relation, position: int) -> Link:
        if relation in {Relation.RELATED, Relation.INLINE}:
            other = max(0, number - 1 - int(self.chance.expovariate(1 / 300)))
        else:
            other = int(self.hubs.draw(self.chance, 1)[0])
        return Link(
            url=address(other),
            relation=relation,
            target=Target.STORY,
            text=f"To {story_id(other)}",
            position=position,
            story_id=story_id(other),
            key=story_id(other),
        )

    def all(self) -> Iterator[Story]:
        """Yield every story with its links."""
        for number in range(self.stories):
            story = self.story(number)
            story.links = self.links(number)
            yield story


def story_document(story: Story) -> Document:
    """Return a story as the store keeps it."""
    provenance = {name: value for name in documents.PROVENANCE if (value := getattr(story, name)) is not None}
    seen = {"first_seen_at": FETCHED, "last_seen_at": FETCHED, "aliases": [], "content_hashes": [story.content_hash]}
    first = {"first_crawl_id": CRAWL, "content_crawl_id": CRAWL, "state_since": FETCHED}
    return {"_id": story.story_id, "bands": bands(story.text)} | documents.content(story) | provenance | seen | first


def revision_document(story: Story, at: datetime) -> Document:
    """Return the state of a story as the store keeps it."""
    key = {"_id": f"{story.story_id}|{story.content_hash}", "story_id": story.story_id, "crawl_id": CRAWL}
    return key | documents.content(story) | {"fetched_at": at, "seen": [{"first": at, "last": at}]}


def edge_documents(story: Story) -> Iterator[Document]:
    """Yield a story's edges as the store keeps them."""
    for key, link in documents.first_edges(story).items():
        yield {
            "_id": key, "from": story.story_id, "to": link.key, "relation": link.relation.value, "url": link.url,
            "target": link.target.value, "text": link.text, "position": link.position, "first_seen_at": FETCHED,
            "last_seen_at": FETCHED, "fetched_at": FETCHED,
        }  # fmt: skip


def visit_document(story: Story) -> Document:
    """Return the visit that fetched a story."""
    return {
        "_id": f"{CRAWL}|{story.story_id}", "crawl_id": CRAWL, "request_key": story.story_id, "url": story.url,
        "depth": story.depth, "priority": 0, "outcome": "new", "target": "story", "found_at": FETCHED,
        "settled_at": FETCHED,
    }  # fmt: skip


def fill(database: Database[Document], stories: int, edges: int, seed: int, tell: Callable[[int], None]) -> None:
    """Write the corpus into an empty database whose collections exist; indexes are made after it. ``tell`` hears the count."""
    fast = database.with_options(write_concern=WriteConcern(w=1, j=False))
    rows: dict[str, list[Document]] = {name: [] for name in ("stories", "links", "revisions", "visits")}
    generator = Generator(stories, edges, seed)
    for number, story in enumerate(generator.all(), start=1):
        rows["stories"].append(document := story_document(story))
        rows["links"] += edge_documents(story)
        rows["revisions"].append(revision_document(story, FETCHED))
        rows["visits"].append(visit_document(story))
        if generator.chance.random() < REVISED:
            before = generator.story(number - 1)
            rows["revisions"].append(revision_document(before, FETCHED - timedelta(days=1)))
            document["content_hashes"].append(before.content_hash)
        if number % BATCH == 0 or number == stories:
            for name, written in rows.items():
                fast[name].insert_many(written, ordered=False)
                written.clear()
            tell(number)
    crawl = {"_id": CRAWL, "spider": "bbc_story", "seeds": [address(0)], "arguments": {"depth": 6}}
    times = {"started_at": FETCHED, "heartbeat_at": FETCHED, "ended_at": FETCHED, "finish_reason": "finished"}
    fast.crawls.insert_one(crawl | times | {"counts": {"new": stories}})
