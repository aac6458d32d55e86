"""Damaged pages: nothing is raised, nothing unusable is read, nothing takes long. ``python -m benchmarks.fuzz`` tries more."""

from __future__ import annotations

import pytest

from tests.golden import FIXTURES
from tests.mutants import MUTATIONS, PAGES, mutant

MUTANTS = 2000
GROUP = 50
MAX_SECONDS = 1.0


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Load what the generic era loads when it is first used: that takes time of its own."""
    for fixture in FIXTURES:
        fixture.extract()


@pytest.mark.parametrize("start", range(0, MUTANTS, GROUP))
def test_damaged_pages_are_read_without_failing(start: int) -> None:
    slow = []
    for number in range(start, start + GROUP):
        damaged = mutant(number)
        try:
            _, seconds = damaged.read()
        except Exception as error:
            error.add_note(damaged.name)
            raise
        if seconds > MAX_SECONDS:
            slow.append(f"{damaged.name}: {seconds:.1f} s")
    assert slow == []


def test_a_number_gives_one_mutant() -> None:
    assert mutant(7) == mutant(7)
    assert mutant(7).body != mutant(7 + len(PAGES)).body


def test_all_kinds_of_damage_are_done() -> None:
    done = " ".join(mutant(number).name for number in range(200))
    assert [mutation.__name__ for mutation in MUTATIONS if mutation.__name__ not in done] == []
