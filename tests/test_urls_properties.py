"""What holds for every address, not only for those of the table."""

from __future__ import annotations

import string
from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.items import Target
from newscrawl.sites import SITES
from newscrawl.sites.bbc.urls import canonical_url, story_id, target, unwrap

thorough = settings(deadline=None, max_examples=200)

HOSTS = ["www.bbc.co.uk", "www.bbc.com", "bbc.com", "m.bbc.co.uk", "news.bbc.co.uk", "newsvote.bbc.co.uk"]
OTHER_HOSTS = [
    "feeds.bbci.co.uk",
    "127.0.0.1:8000",
    "localhost",
    "[::1]",
    "example.org",
    "web.archive.org",
    "shop.bbc.com",
]
WORDS = (  # noqa: SIM905
    "news sport live av articles videos amp mobile 0 1 2 hi low english world middle_east default.stm "
    "3756650.stm go rss - world-middle-east-21817201 18971248 c0qe1p1l6lvo c0qe1p1l6lvo.amp amp.amp page "
    "topics zhongwen simp trad future story 20120723-a-slug mpapps pagetools print web 20130531014237 "
    "http: https: news.bbc.co.uk help programmes rss.xml %20 %2F %25 2012 07 120723_l10_a.shtml sport1 "
    "blogs weather newsround . .. é %E9 %zz default.stm.amp "
).split()
TRACKING = [
    "at_medium=RSS",
    "at_x",
    "utm_source=a",
    "ns_fee=0",
    "intlink_from_url=/news",
    "fbclid=1",
    "ocid=x",
    "xtor=AL",
]

segments = st.one_of(st.sampled_from(WORDS), st.text(string.ascii_letters + string.digits + "-_.+%~&=;", max_size=8))
paths = st.lists(segments, max_size=7).map("/".join)
parameters = st.lists(
    st.sampled_from(["a=1", "b=2", "page=3", "a", "c=%20", "z=é", "url=http://www.bbc.com/news"]), max_size=4
)
bbc_hosts = st.sampled_from(HOSTS)
hosts = st.sampled_from(HOSTS + OTHER_HOSTS)
anything = st.one_of(
    st.text(), st.builds("{}://{}".format, st.sampled_from(["http", "HTTPS", "//", "mailto"]), st.text())
)


def _address(host: str, path: str, query: list[str], scheme: str = "http") -> str:
    return f"{scheme}://{host}/{path}" + ("?" + "&".join(query) if query else "")


addresses = st.builds(_address, hosts, paths, parameters, st.sampled_from(["http", "https"]))
addresses_or_garbage = st.one_of(addresses, anything)


def _named(url: str) -> tuple[Target, str | None, str]:
    return target(url), story_id(url), canonical_url(url)


@thorough
@given(addresses_or_garbage)
def test_nothing_raises_and_every_part_agrees(url: str) -> None:
    kind, story, canonical = _named(url)
    assert (story is not None) == (kind is Target.STORY)
    assert story is None or story == canonical or story.startswith("bbc:")


@thorough
@given(addresses_or_garbage)
def test_the_canonical_form_names_the_same_and_is_its_own(url: str) -> None:
    assert _named(canonical_url(url)) == _named(url)
    assert unwrap(unwrap(url)) == unwrap(url)


@thorough
@given(addresses_or_garbage)
def test_the_request_key_of_a_page_is_one(url: str) -> None:
    key = SITES[0].request_key(url)
    assert key == SITES[0].request_key(canonical_url(url))
    assert key.startswith("bbc:") or SITES[0].request_key(key) == key


@thorough
@given(st.data(), hosts, paths, parameters)
def test_order_of_the_query_is_irrelevant(data: st.DataObject, host: str, path: str, query: list[str]) -> None:
    shuffled = data.draw(st.permutations(query))
    assert _named(_address(host, path, shuffled)) == _named(_address(host, path, query))


@thorough
@given(st.data(), hosts, paths, parameters, st.lists(st.sampled_from(TRACKING), min_size=1, max_size=3))
def test_tracking_is_irrelevant(
    data: st.DataObject, host: str, path: str, query: list[str], tracking: list[str]
) -> None:
    mixed = data.draw(st.permutations(list(chain(query, tracking))))
    assert _named(_address(host, path, mixed)) == _named(_address(host, path, query))


@thorough
@given(addresses, st.text(string.ascii_letters + "=&/?-", max_size=12))
def test_the_fragment_is_irrelevant(url: str, fragment: str) -> None:
    assert _named(f"{url}#{fragment}") == _named(url)


@thorough
@given(bbc_hosts, paths, parameters)
def test_the_scheme_is_irrelevant_on_bbc_hosts(host: str, path: str, query: list[str]) -> None:
    assert _named(_address(host, path, query, "https")) == _named(_address(host, path, query))


@thorough
@given(st.sampled_from(HOSTS[:4]), st.sampled_from(HOSTS[:4]), paths, parameters)
def test_bbc_co_uk_and_bbc_com_hold_the_same_stories(one: str, other: str, path: str, query: list[str]) -> None:
    url, alias = _address(one, path, query), _address(other, path, query)
    assert (target(url), story_id(url)) == (target(alias), story_id(alias))
    if target(url) is Target.STORY:
        assert canonical_url(url) == canonical_url(alias)


@thorough
@given(
    addresses,
    st.sampled_from(["web.archive.org", "web-beta.archive.org", "www.bbc.co.uk", "127.0.0.1:8000"]),
    st.from_regex(r"[12]\d{3,13}([a-z]{2}_)?", fullmatch=True),
)
def test_an_archives_prefix_is_irrelevant(url: str, host: str, stamp: str) -> None:
    assert _named(f"http://{host}/web/{stamp}/{url}") == _named(url)
