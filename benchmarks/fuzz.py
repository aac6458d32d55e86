"""Read many damaged pages and tell what went wrong: ``python -m benchmarks.fuzz [COUNT] [FIRST]`` (50,000 from 0).

Prints one table: what was raised (with a mutant that shows it), what was slow, and which problems the pages' own reports
name, by rule. Exit 1 if anything was raised or took longer than a second of CPU. Two processes share the work.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.golden import FIXTURES
from tests.mutants import mutant

GROUP = 250
MAX_SECONDS = 1.0
SHOWN = 25


class Result(NamedTuple):
    """What one group of mutants gave."""

    raised: list[tuple[str, str]]
    slow: list[tuple[float, str]]
    slowest: tuple[float, str]
    problems: dict[str, tuple[int, str]]


def load() -> None:
    """Load what the generic era loads when it is first used: that takes time of its own."""
    for fixture in FIXTURES:
        fixture.extract()


def read_group(numbers: range) -> Result:
    """Read these mutants."""
    raised, times = [], []
    problems: Counter[str] = Counter()
    shown_by: dict[str, str] = {}
    for number in numbers:
        damaged = mutant(number)
        try:
            found, seconds = damaged.read()
        except Exception as error:  # what this is for
            raised.append((f"{type(error).__name__}: {str(error)[:80]}", damaged.name))
            continue
        times.append((seconds, damaged.name))
        for problem in found.problems:
            kind = ": ".join(part[:40] for part in problem.split(": ")[:3])
            problems[kind] += 1
            shown_by.setdefault(kind, damaged.name)
    slow = [one for one in times if one[0] > MAX_SECONDS]
    told = {kind: (times_seen, shown_by[kind]) for kind, times_seen in problems.items()}
    return Result(raised, slow, max(times, default=(0.0, "")), told)


def main() -> int:
    """Read the mutants, print the table, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=50_000)
    parser.add_argument("first", type=int, nargs="?", default=0)
    asked = parser.parse_args()
    last = asked.first + asked.count
    groups = [range(start, min(start + GROUP, last)) for start in range(asked.first, last, GROUP)]
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), initializer=load) as pool:
        results = list(track(pool.map(read_group, groups), total=len(groups), console=Console(stderr=True)))
    return show(results, asked.count)


def show(results: list[Result], count: int) -> int:
    """Print what the groups gave; return the exit code."""
    table = Table("What", "Times", "Shown by", title=f"{count:,} damaged pages")
    raised: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    shown_by: dict[str, str] = {}
    for result in results:
        for kind, name in result.raised:
            raised[kind] += 1
            shown_by.setdefault(kind, name)
        for kind, (times_seen, name) in result.problems.items():
            problems[kind] += times_seen
            shown_by.setdefault(kind, name)
    slow = sorted((one for result in results for one in result.slow), reverse=True)
    for kind, times_seen in raised.most_common():
        table.add_row(f"raised {kind}", f"{times_seen:,}", shown_by[kind])
    for seconds, name in slow[:SHOWN]:
        table.add_row(f"slow {seconds:.2f} s", "1", name)
    for kind, times_seen in problems.most_common(SHOWN):
        table.add_row(f"problem {kind}", f"{times_seen:,}", shown_by[kind])
    seconds, name = max(result.slowest for result in results)
    table.add_row(f"slowest {seconds:.3f} s", "1", name)
    Console(markup=False).print(table)
    return 1 if raised or slow else 0


if __name__ == "__main__":
    sys.exit(main())
