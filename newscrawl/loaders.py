"""The only place where what a page says becomes what an item holds.

A story goes through ``StoryLoader``; links are many (a page has 50 and more) and go through ``link``, with the same functions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from itemloaders import ItemLoader
from itemloaders.processors import Identity, MapCompose, TakeFirst

from newscrawl.items import Author, Block, Image, Inset, Link, Post, Story, Topic
from newscrawl.processors import caption, collapse, instant, language, names, plain, seconds

if TYPE_CHECKING:
    from datetime import datetime

    from newscrawl.items import Relation, Target


def authors(value: Author | str) -> list[Author]:
    """Return one author for each name of a byline; all have its role."""
    raw = value if isinstance(value, Author) else Author(value)
    return [Author(name, plain(raw.role or "") or None) for name in names(plain(raw.name))]


def _block(block: Block) -> Block | None:
    text = collapse(block.text)
    return Block(block.type, text) if text else None


def _image(image: Image) -> Image:
    return Image(
        url=(image.url or "").strip() or None,
        alt=plain(image.alt or "") or None,
        caption=caption(image.caption or "") or None,
        credit=caption(image.credit or "") or None,
    )


def _inset(inset: Inset) -> Inset:
    return Inset(collapse(inset.title or "") or None, "\n".join(filter(None, map(collapse, inset.text.splitlines()))))


def _post(post: Post) -> Post:
    return replace(post, text=collapse(post.text), author=collapse(post.author or "") or None)


def _topic(topic: Topic | str) -> Topic | None:
    found = topic if isinstance(topic, Topic) else Topic(topic)
    name = plain(found.name)
    return replace(found, name=name) if name else None


class StoryLoader(ItemLoader):
    """Makes a ``Story`` of raw values; a value that is none (no date, no language) raises or is left out."""

    default_item_class = Story
    default_output_processor = TakeFirst()
    headline_in = summary_in = section_in = MapCompose(plain)
    language_in = MapCompose(language)
    date_published_in = date_modified_in = MapCompose(str, instant)
    date_published_raw_in = date_modified_raw_in = MapCompose(str, collapse)
    duration_in = MapCompose(str, seconds)
    body_in, body_out = MapCompose(_block), Identity()
    authors_in, authors_out = MapCompose(authors), Identity()
    images_in, images_out = MapCompose(_image), Identity()
    insets_in, insets_out = MapCompose(_inset), Identity()
    posts_in, posts_out = MapCompose(_post), Identity()
    topics_in, topics_out = MapCompose(_topic), Identity()


def link(
    url: str,
    relation: Relation,
    *,
    text: str,
    group_title: str | None,
    position: int,
    target: Target,
    story_id: str | None,
    key: str,
    updated: datetime | None = None,
) -> Link:
    """Return the edge, its texts collapsed; ``updated``: when the page says its target was last changed."""
    return Link(
        url=url,
        relation=relation,
        target=target,
        text=collapse(text),
        group_title=group_title and collapse(group_title),
        position=position,
        story_id=story_id,
        key=key,
        target_updated_at=updated,
    )
