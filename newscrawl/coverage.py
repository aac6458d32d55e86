"""Which fields the stories of an era have, and whether that is less than usual: the first sign that markup has changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import exp, inf, lgamma
from typing import TYPE_CHECKING

from newscrawl.items import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from newscrawl.items import Story

STORIES = "stories"
"""Counted beside the fields: how many stories were read."""
FIELDS = (
    "headline", "summary", "body", "authors", "section", "topics", "language", "images", "date_published", "date_modified",
    "related", "links",
)  # fmt: skip
"""``body`` is that or posts, ``related`` links of that relation, ``links`` any. All others are fields of a story."""
GENERIC = "generic"
ANY, CLAIMED = "all pages", "page era"
"""Era and field by which a drift says that fewer pages than usual are claimed by an era of their own."""

FALSE_ALARMS = 0.01
"""In so many of the crawls that are as ever a drift may be told of nevertheless."""

Coverage = dict[str, dict[str, int]]
"""Era -> field, or ``STORIES`` -> how many stories have it."""


def fields_of(story: Story) -> Iterator[str]:
    """Yield which of ``FIELDS`` a story has."""
    held = {
        "body": story.body or story.posts,
        "related": [link for link in story.links if link.relation is Relation.RELATED],
    }
    return (name for name in FIELDS if (held[name] if name in held else getattr(story, name)))


def covered(stories: Iterable[Story]) -> Coverage:
    """Return the coverage of stories that were read from their pages."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for story in stories:
        counts[story.page_era].update([STORIES, *fields_of(story)])
    return {era: dict(fields) for era, fields in counts.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A field that fewer stories of an era have than usual, by more than chance explains."""

    era: str
    field: str
    having: int
    stories: int
    """Of these ``having`` have the field."""
    usually_having: int
    usual_stories: int
    """Those of earlier crawls."""

    def __str__(self) -> str:
        now, usual = self.having / self.stories, self.usually_having / self.usual_stories
        return (
            f"{self.era}: {self.field} on {now:.0%} of {self.stories:,} stories, usually on {usual:.0%} (of "
            f"{self.usual_stories:,}). If the markup has changed, scrapy explain URL shows what no rule finds any more"
        )


def drifts(now: Coverage, usual: Coverage) -> list[Drift]:
    """Return the fields whose share among the stories of an era has fallen.

    A share has fallen if Fisher's exact test (one-sided) says so: were the stories of this crawl drawn from the same urn as the
    earlier ones, then how many of them have the field would be distributed hypergeometrically, and so few would be found
    with a probability of at most ``FALSE_ALARMS``, divided by the number of shares that are compared (Bonferroni). It is exact for
    any number of stories: 3 without authors where usually half have none are no sign, nor is anything after 3 earlier ones.
    """
    pairs = list(_compared(now, usual))
    return [one for one in pairs if _chance(one) * len(pairs) < FALSE_ALARMS]


def _compared(now: Coverage, usual: Coverage) -> Iterator[Drift]:
    for era in sorted(now.keys() & usual.keys() - {GENERIC}):
        yield from (_pair(era, name, now[era], usual[era]) for name in FIELDS if usual[era].get(name))
    claimed, before = _claimed(now), _claimed(usual)
    if claimed[STORIES] and before[CLAIMED]:
        yield _pair(ANY, CLAIMED, claimed, before)


def _claimed(coverage: Coverage) -> dict[str, int]:
    stories = {era: fields[STORIES] for era, fields in coverage.items()}
    return {STORIES: sum(stories.values()), CLAIMED: sum(stories.values()) - stories.get(GENERIC, 0)}


def _pair(era: str, name: str, now: Mapping[str, int], usual: Mapping[str, int]) -> Drift:
    return Drift(
        era=era,
        field=name,
        having=now.get(name, 0),
        stories=now[STORIES],
        usually_having=usual[name],
        usual_stories=usual[STORIES],
    )


def _chance(pair: Drift) -> float:
    """Return the probability of so few stories with the field, or fewer, if nothing had changed; 1 where they are not fewer.

    P(X <= k) = sum over i <= k of C(K, i) C(N - K, n - i) / C(N, n), where K of all N stories have the field and n are of
    this crawl (Fisher, Statistical Methods for Research Workers, 21.02).
    """
    n, k = pair.stories, pair.having
    everything, having = n + pair.usual_stories, k + pair.usually_having
    if k * pair.usual_stories >= pair.usually_having * n:
        return 1.0
    total = 0.0
    for i in range(k, max(0, n - everything + having) - 1, -1):
        term = exp(_ways(having, i) + _ways(everything - having, n - i) - _ways(everything, n))
        total += term
        if term < total * 1e-12:  # below the mode each term is smaller than the one before it
            break
    return total


def _ways(n: int, k: int) -> float:
    """Return the logarithm of the binomial coefficient."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) if 0 <= k <= n else -inf
