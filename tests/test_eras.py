"""Every page era on hand-built pages: what is read is exactly what the JSON beside the page says."""

from __future__ import annotations

import pytest

from newscrawl.sites import SITES
from tests.golden import FIXTURES, FOLDER, Fixture, told

ERAS = [(site.prefix, era.name) for site in SITES for era in site.eras]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_reads_what_stands_on_the_page(fixture: Fixture) -> None:
    expected = fixture.expected
    del expected["url"]
    assert told(fixture.extract()) == {"era": fixture.era, **expected}


@pytest.mark.parametrize(("site", "era"), ERAS)
def test_era_has_a_page(site: str, era: str) -> None:
    pages = [fixture for fixture in FIXTURES if fixture.page.parent == FOLDER / site / era]
    assert pages, f"put a hand-built page under tests/pages/{site}/{era}/"


def test_era_names_are_unique() -> None:
    assert len(set(ERAS)) == len(ERAS)
