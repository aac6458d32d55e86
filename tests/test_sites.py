"""Who owns an address, and what keys its request."""

from __future__ import annotations

import subprocess
import sys

import pytest

import newscrawl.sites
from newscrawl.sites import SITES, site_for

BBC = SITES[0]


@pytest.mark.parametrize(
    ("url", "owned", "with_private"),
    [
        ("http://www.bbc.co.uk/news", True, True),
        ("https://bbc.com", True, True),
        ("http://NEWS.BBC.CO.UK:80/1/hi/default.stm", True, True),
        ("https://feeds.bbci.co.uk/news/rss.xml", True, True),
        ("https://ichef.bbci.co.uk/a.jpg", False, False),
        ("http://notbbc.com/", False, False),
        ("http://bbc.com.example.org/", False, False),
        ("http://www.bbc.com@example.org/", False, False),
        ("http://web.archive.org/web/2013/http://www.bbc.co.uk/news", False, False),
        ("http://127.0.0.1:8000/news", False, True),
        ("http://localhost/news", False, True),
        ("http://[::1]:8000/news", False, True),
        ("http://192.168.1.5/news", False, True),
        ("http://169.254.169.254/news", False, False),
        ("http://93.184.215.14/news", False, False),
        ("http://127.0.0.1.example.org/news", False, False),
        ("http://127.1/news", False, False),
        ("ftp://www.bbc.co.uk/news", False, False),
        ("www.bbc.co.uk/news", False, False),
        ("", False, False),
    ],
)
def test_owns(url: str, owned: bool, with_private: bool) -> None:
    assert (BBC.owns(url), BBC.owns(url, allow_private=True)) == (owned, with_private)


def test_request_key_is_the_story_id_else_the_canonical_url() -> None:
    assert BBC.request_key("http://m.bbc.co.uk/news/uk-12345678?at_x=1") == "bbc:12345678"
    assert BBC.request_key("http://www.bbc.co.uk/news/uk/#top") == "https://www.bbc.com/news/uk"


def test_site_for() -> None:
    assert site_for("http://www.bbc.co.uk/news/uk-12345678") is BBC
    assert site_for("http://web.archive.org/web/2013/http://www.bbc.co.uk/news") is BBC
    assert site_for("http://example.org/news/uk-12345678") is None
    assert site_for("http://127.0.0.1/news/uk-12345678") is None
    assert site_for("http://127.0.0.1/news/uk-12345678", allow_private=True) is BBC


def test_sites_are_loaded_when_first_asked_for() -> None:
    code = "import sys, newscrawl.sites as s; assert 'newscrawl.sites.bbc' not in sys.modules; assert s.SITES[0].name == 'BBC'"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
    with pytest.raises(AttributeError, match="NO_SITES"):
        newscrawl.sites.NO_SITES  # noqa: B018
