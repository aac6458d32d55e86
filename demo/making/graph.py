"""What a crawl of the archive ought to find, worked out from the stories alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .content import INLINE_LINK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .content import Archive, Reference, Story

SECTION_ERAS = {"gel-2010", "responsive-2015"}
"""Eras whose stories carry a block of other stories of their section."""


class Edge(NamedTuple):
    """One link of a story's page, by the block it stands in."""

    relation: str
    link: Reference


def edges(archive: Archive, story: Story) -> Iterator[Edge]:
    """Yield the links of a story's own making: not the promotions that surround it."""
    for group in story.related:
        yield from (Edge(group.relation, archive.refer(text)) for text in group.to)
    if story.era in SECTION_ERAS:
        yield from (Edge("section", link) for link in archive.section_block(story))
    for target in (match[2] for block in story.blocks for match in INLINE_LINK.finditer(block.text)):
        yield Edge("inline", archive.refer(target))


def depths(archive: Archive, seed: str, relations: set[str]) -> dict[str, int]:
    """Return each story that can be reached from the seed's id, with the fewest steps to it."""
    found, frontier = {seed: 0}, [seed]
    while frontier:
        steps = found[frontier[0]] + 1
        near = {
            edge.link.story.id
            for story_id in frontier
            for edge in edges(archive, archive.stories[story_id])
            if edge.relation in relations and edge.link.story
        }
        frontier = sorted(near - found.keys())
        found |= dict.fromkeys(frontier, steps)
    return found
