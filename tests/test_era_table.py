"""docs/page-eras.md: its tables are what the code says, and what it quotes is in the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from newscrawl.sites.bbc import ERAS
from tests.era_table import PAGE, pages_of, renewed
from tests.golden import FOLDER

if TYPE_CHECKING:
    from newscrawl.eras import Era

DOCUMENT = PAGE.read_text(encoding="utf-8")
ROOT = PAGE.parent.parent


def test_the_tables_are_those_of_the_code() -> None:
    assert renewed(DOCUMENT) == DOCUMENT, "an era has changed: python -m tests.era_table writes the tables anew"


@pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)
def test_an_era_says_which_pages_it_reads(era: Era) -> None:
    assert pages_of(era)


def test_a_page_without_a_place_for_tables_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the tables"):
        renewed("# Page eras\n")


def test_the_quoted_era_is_the_code_of_it() -> None:
    source = (ROOT / "newscrawl/sites/bbc/eras/newsround_2019.py").read_text(encoding="utf-8")
    quoted = re.search(r"```python\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    assert quoted
    lines = [line.strip() for line in quoted[1].splitlines() if line.strip() and line.strip() != "…"]
    assert [line for line in lines if line not in source] == []


def test_the_files_it_names_are_there() -> None:
    named = re.findall(r"`((?:newscrawl|tests|benchmarks)/[\w./-]+)`", DOCUMENT)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert (FOLDER / "bbc" / "newsround-2019").is_dir()
