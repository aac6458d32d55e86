"""Calls on readers to write in: what is one, where it ends, and what only looks like one."""

from __future__ import annotations

import pytest

from newscrawl.page import Page
from newscrawl.sites.bbc.eras.calls import calls

ASKED = "<p>Were you on the pier? E-mail haveyoursay@bbc.co.uk.</p>"


def left(markup: str) -> list[str]:
    """Return the texts that stay."""
    page = Page(f"<div class='text'>{markup}</div>".encode(), "http://www.bbc.co.uk/news/uk-40990001")
    found = set(calls(".text")(page))
    return [text for child in page.select(".text > *") if child not in found and (text := page.text(child))]


@pytest.mark.parametrize(
    "call",
    [
        ASKED,
        "<p><i>Share your views by emailing <a href='mailto:haveyoursay@bbc.co.uk'>haveyoursay@bbc.co.uk</a>.</i></p>",
        "<p>Tweet: @BBC_HaveYourSay</p>",
        "<p>Tell us about your lighthouse using the form below.</p>",
        "<p>Have you seen a lighthouse? Please send us your stories.</p>",
        f"<h2>Have you seen one?</h2>{ASKED}",
        f"{ASKED}<p>Please include a contact number.</p><ul><li>WhatsApp: +44 7700 900000</li><li>SMS: 61124</li></ul>",
        f"{ASKED}<div><script>ad()</script></div><p>Please read our terms &amp; conditions and privacy policy.</p>",
    ],
)
def test_a_call_goes_with_its_heading_and_small_print(call: str) -> None:
    assert left(f"<p>It was dark.</p>{call}<p>The tide turned.</p>") == ["It was dark.", "The tide turned."]


@pytest.mark.parametrize(
    "text",
    [
        "Are you sure, he asked? She was.",
        "Follow Orla on Twitter.",
        "Got a story idea? The address is saltmere@bbc.co.uk",
        "The council said: send us your bills and we will pay.",
        "Please read our terms & conditions and privacy policy.",
        "He sent his contact number by WhatsApp.",
    ],
)
def test_a_sentence_is_none(text: str) -> None:
    assert left(f"<h2>Night</h2><p>{text}</p>") == ["Night", text]


def test_text_after_a_call_is_text_again() -> None:
    assert left(f"{ASKED}<p>The tide turned.</p><p>The contact number is in the book.</p>") == [
        "The tide turned.",
        "The contact number is in the book.",
    ]


def test_an_endless_question_takes_no_time() -> None:
    assert len(left(f"<p>Are you there{'? ' * 200_000}</p>")) == 1
