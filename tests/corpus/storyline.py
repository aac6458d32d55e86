"""An invented story over twenty years, written through the real store: what the tests of the corpus ask about."""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.items import (
    Author,
    Block,
    BlockType,
    Image,
    Index,
    Kind,
    Link,
    Outcome,
    Relation,
    Story,
    Target,
    Topic,
    Visit,
)
from newscrawl.processors import content_hash
from newscrawl.storage import PageRecord, Server, StoryStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

DAM, OPENED, VALLEY, INQUIRY = "bbc:21817201", "bbc:10200001", "bbc:4200001", "bbc:22600001"
FLOOD, RESCUE, MINISTER = "bbc:21830002", "bbc:21830003", "bbc:21840004"
TEN_YEARS, UNDATED, MISSING = "bbc:c0dam10years", "bbc:21700009", "bbc:9900001"
PERSIAN, CHINESE, FRENCH, MIXED, UNSAID = (
    "bbc:c0persian01",
    "bbc:c0chinese01",
    "bbc:c0french001",
    "bbc:c0mixed0001",
    "bbc:c0unsaid001",
)
INDEX_PAGE = "https://www.bbc.co.uk/news/world/middle_east"
CRAWL = "20240102T030405-ab12"
FETCHED = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)

ADDRESSES = {
    VALLEY: "http://news.bbc.co.uk/2/hi/middle_east/4200001.stm",
    TEN_YEARS: "https://www.bbc.com/news/articles/c0dam10years",
}


def address(story_id: str) -> str:
    """Return the canonical address of a story."""
    number = story_id.removeprefix("bbc:")
    kind = "articles/" if number.startswith("c0") else "world-middle-east-"
    return ADDRESSES.get(story_id, f"https://www.bbc.co.uk/news/{kind}{number}")


def link(to: str, relation: Relation = Relation.RELATED, text: str = "A title", group: str | None = None) -> Link:
    """Return an edge to a story, or to an index page."""
    if to.startswith("http"):
        return Link(url=to, relation=relation, target=Target.INDEX, text=text, group_title=group, key=to)
    url = address(to)
    return Link(url=url, relation=relation, target=Target.STORY, text=text, group_title=group, story_id=to, key=to)


def story(
    story_id: str, headline: str, day: str | None = None, *texts: str, links: Sequence[Link] = (), **fields: Any
) -> Story:
    """Return a story published on ``day`` (ISO, UTC) that CRAWL fetched."""
    body = [Block(text=text) for text in texts or (headline + ".",)]
    given = {"section": "Middle East", "language": "en-GB", "page_era": "gel-2010", "fetched_at": FETCHED} | fields
    return Story(
        story_id=story_id,
        url=address(story_id),
        headline=headline,
        body=given.pop("body", body),
        date_published=datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None,
        links=[replace(one, position=position) for position, one in enumerate(links)],
        content_hash=content_hash([headline, *texts]),
        extractor_version=1,
        crawl_id=CRAWL,
        request_key=story_id,
        **given,
    )


def dam_story() -> Story:
    """Return the story that everything else hangs on, with something in every field."""
    return story(
        DAM, "Selva dam holds as river rises", "2013-03-17T10:15",
        links=[
            link(OPENED, text="Selva dam opened after six years", group="More on this story"),
            link(VALLEY, text="Valley to be flooded for dam", group="More on this story"),
            link(MISSING, text="Who owns the water?", group="More on this story"),
            link(FLOOD, Relation.INLINE, text="evacuated in the night"),
            link(INDEX_PAGE, Relation.SECTION, text="Middle East"),
            link(MINISTER, Relation.SECTION, text="Minister resigns over dam", group="More Middle East stories"),
        ],
        summary="Engineers say the Selva dam will stand, while families leave the lower town.",
        body=[
            Block(text="The Selva dam held on Sunday as the river rose to its highest level since records began."),
            Block(BlockType.HEADING, "Sirens at night"),
            Block(text="Sirens sounded twice. Nine hundred families were told to leave the lower town."),
            Block(BlockType.QUOTE, "We took the children and the sewing machine, said Mira Oldan."),
            Block(BlockType.LIST_ITEM, "Level at noon: 41.2 metres"),
        ],
        authors=[Author("Tessa Quill", "Selva correspondent")],
        topics=[Topic("Selva dam", id="c0selvadam01")],
        images=[Image(url="https://ichef.bbci.co.uk/news/selva.jpg", alt="The dam at dusk", caption="Water stood a metre below the rim")],
        aliases=["http://www.bbc.com/news/world-middle-east-21817201"],
        date_published_raw="2013/03/17 10:15:00",
        sources={"headline": "h1.story-header"},
    )  # fmt: skip


def storyline() -> list[Story]:
    """Return the stories: one in 2004, one in 2010, a burst in March 2013, an inquiry, a look back in 2023, one undated."""
    old = {"page_era": "hi-2003"}
    return [
        dam_story(),
        story(VALLEY, "Valley to be flooded for dam", "2004-01-10", links=[link(INDEX_PAGE, Relation.SECTION)], **old),
        story(OPENED, "Selva dam opened after six years", "2010-06-02", links=[link(VALLEY)]),
        story(FLOOD, "Flood water reaches lower town", "2013-03-18T06:00", links=[link(DAM), link(RESCUE)]),
        story(RESCUE, "Hundreds rescued from roofs", "2013-03-18T19:30", links=[link(DAM)]),
        story(MINISTER, "Minister resigns over dam", "2013-03-20T08:00", links=[link(DAM), link(VALLEY)], section="Politics"),
        story(INQUIRY, "Inquiry blames dam builders", "2013-12-01", links=[link(DAM), link(MINISTER, Relation.INLINE)]),
        story(
            TEN_YEARS, "Ten years after the Selva flood", "2023-03-17", links=[link(INQUIRY), link(DAM, Relation.TOPIC_ASIDE)],
            page_era="next-2023", language="en", also_ids=["bbc:65000010"], kind=Kind.GALLERY,
        ),
        story(UNDATED, "How a dam is built", links=[link(DAM)]),
    ]  # fmt: skip


def languages() -> list[Story]:
    """Return stories that MongoDB's text index would refuse, or stem each in its own way."""
    new = {"section": "World", "page_era": "next-2023"}
    return [
        story(PERSIAN, "سد سلوا پابرجا ماند", "2013-03-17", "مردم شهر را ترک کردند.", language="fa", **new),
        story(CHINESE, "塞尔瓦大坝", "2013-03-17", "大坝 经受住了 洪水。", language="zh", **new),
        story(FRENCH, "Le barrage tient bon", "2013-03-17", "Les élections sont reportées.", language="fr", **new),
        story(MIXED, "Elections postponed", "2013-03-17", "Voices in many tongues.", language="mul", **new),
        story(UNSAID, "Dams of the world", "2013-03-17", "Elections and floods.", language=None, **new),
    ]


def index_page() -> Index:
    """Return the section's page."""
    return Index(
        url=INDEX_PAGE, title="Middle East", page_era="gel-2010", links=[link(DAM, Relation.LISTED), link(FLOOD, Relation.LISTED)],
        crawl_id=CRAWL, request_key=INDEX_PAGE, fetched_at=FETCHED,
    )  # fmt: skip


def visit_of(page: Story | Index, **fields: Any) -> Visit:
    """Return the visit that fetched a page."""
    outcome = Outcome.PENDING if isinstance(page, Story) else Outcome.INDEX
    found = {"url": page.url, "depth": page.depth, "discovered_from": page.discovered_from, "found_at": FETCHED}
    return Visit(crawl_id=page.crawl_id or "", request_key=page.request_key or "", outcome=outcome, **(found | fields))


def record(page: Story | Index, found: Iterable[Visit] = ()) -> PageRecord:
    """Return what a page brings to the store."""
    return PageRecord(visit_of(page), list(found), page, store_story=isinstance(page, Story))


def collect(server: Server, *batches: Sequence[PageRecord], end: str | None = "finished") -> None:
    """Write batches as the crawls their pages name would have, in order; ``end``: why they finished, None if they did not."""
    by_crawl: Mapping[str, list[Sequence[PageRecord]]] = defaultdict(list)
    for batch in batches:
        by_crawl[batch[0].visit.crawl_id].append(batch)
    for crawl_id, written in by_crawl.items():
        asyncio.run(_collect(server, crawl_id, written, end))


async def _collect(server: Server, crawl_id: str, batches: Sequence[Sequence[PageRecord]], end: str | None) -> None:
    client = await server.connect_async()
    store = StoryStore(client, server.database, crawl_id, on_settled=lambda done: None)
    await store.prepare()
    await store.begin(
        {"spider": "bbc_story", "seeds": [address(DAM)], "arguments": {"depth": 2, "follow": "related,section"}}
    )
    for batch in batches:
        for one in batch:
            await store.add(one)
        await store.flush()
    if end:
        await store.end(end)
    await store.close()


@contextmanager
def storyline_server(mongo: Server) -> Iterator[Server]:
    """Yield a server whose database holds the storyline and the stories in other languages."""
    server = Server(mongo.uri, f"storyline-{uuid.uuid4().hex[:12]}")
    collect_storyline(server)
    collect(server, [record(page) for page in languages()])
    yield server
    with server.connect() as client:
        client.drop_database(server.database)


def collect_storyline(server: Server) -> None:
    """Write the storyline, its index page, a revision of the dam story and the visits of one crawl."""
    pages = storyline()
    for page in pages[1:]:
        page.discovered_from, page.depth = DAM, 1
    first = replace(
        dam_story(),
        fetched_at=FETCHED - timedelta(days=2),
        crawl_id="20231231T000000-0001",
        headline="Selva dam may not hold",
    )
    first.content_hash = content_hash(["Selva dam may not hold"])
    found = [visit_of(page, relation=Relation.RELATED) for page in pages[1:]]
    waiting = Visit(
        crawl_id=CRAWL, request_key=MISSING, url=address(MISSING), relation=Relation.RELATED, depth=1, priority=-10,
        discovered_from=DAM, found_at=FETCHED,
    )  # fmt: skip
    failed = Visit(
        crawl_id=CRAWL, request_key="https://www.bbc.co.uk/news/gone", url="https://www.bbc.co.uk/news/gone", depth=1,
        outcome=Outcome.HTTP_ERROR, http_status=404, reason="the server answered 404", found_at=FETCHED,
    )  # fmt: skip
    answered = {
        "relation": Relation.RELATED,
        "http_status": 200,
        "bytes": 48_210,
        "milliseconds": 312,
        "answered_at": FETCHED,
    }
    settled = [PageRecord(visit_of(page, **answered), [], page, store_story=True) for page in pages[1:]]
    collect(
        server,
        [record(first)],
        [record(pages[0], [*found, waiting])],
        [*settled, record(index_page()), PageRecord(failed)],
    )
