"""Raw words in, values out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawl.items import Author, Block, BlockType, Image, Inset, Post, Relation, Story, Target, Topic
from newscrawl.loaders import StoryLoader, link


def loaded(field: str, *values: Any) -> Any:
    loader = StoryLoader()
    loader.add_value(field, list(values))
    story: Story = loader.load_item()
    return getattr(story, field)


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        ("headline", " Clock  &amp; tower\n", "Clock & tower"),
        ("headline", " ", None),
        ("section", "US &amp; Canada", "US & Canada"),
        ("language", "EN-gb", "en-GB"),
        ("language", "none of them", None),
        ("date_published", "2013/01/28 12:45:51", datetime(2013, 1, 28, 12, 45, 51, tzinfo=UTC)),
        ("date_modified", 1359377151000, datetime(2013, 1, 28, 12, 45, 51, tzinfo=UTC)),
        ("date_published_raw", " 2013/01/28  12:45 ", "2013/01/28 12:45"),
        ("duration", "PT1M", 60),
        ("duration", 60, 60),
        ("body", Block(BlockType.QUOTE, " a\n b "), [Block(BlockType.QUOTE, "a b")]),
        ("body", Block(text="\u00a0"), []),
        ("authors", "By Ann Lee and Bo Oz", [Author("Ann Lee"), Author("Bo Oz")]),
        ("authors", Author("By Ann Lee", " Editor,\n Wales "), [Author("Ann Lee", "Editor, Wales")]),
        ("authors", Author("By Ann Lee", " "), [Author("Ann Lee")]),
        ("authors", "BBC News", []),
        ("images", Image(" ", " ", " Image caption  A tower "), [Image(None, None, "A tower")]),
        ("insets", Inset(" ", " a\n\n b  c "), [Inset(None, "a\nb c")]),
        ("posts", Post("1", None, " Ann ", " a  b "), [Post("1", None, "Ann", "a b")]),
        ("topics", "Clocks &amp; towers", [Topic("Clocks & towers")]),
        ("topics", Topic(" Clocks ", "c1"), [Topic("Clocks", "c1")]),
        ("topics", " ", []),
    ],
)
def test_values_are_normalised(field: str, raw: Any, value: Any) -> None:
    assert loaded(field, raw) == value


def test_the_first_value_of_a_single_field_counts() -> None:
    assert loaded("headline", "", "One", "Two") == "One"


def test_all_values_of_a_list_count() -> None:
    assert loaded("topics", "One", "Two") == [Topic("One"), Topic("Two")]


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(ValueError, match="no date"):
        loaded("date_published", "last Tuesday")


def test_a_story_that_was_given_nothing_has_its_defaults() -> None:
    assert StoryLoader().load_item() == Story()


def test_link_collapses_its_texts() -> None:
    made = link(
        "http://a.example/",
        Relation.RELATED,
        text=" A\n title ",
        group_title=" See  also ",
        position=3,
        target=Target.EXTERNAL,
        story_id=None,
        key="http://a.example/",
    )
    assert (made.text, made.group_title, made.position) == ("A title", "See also", 3)
    assert made.target_updated_at is None
