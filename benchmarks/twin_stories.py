"""Invented stories of which some are made of others, so that it is known how alike they are."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import accumulate

Words = list[str]
Pair = frozenset[str]

SHARES = (0, 0.02, 0.05, 0.08, 0.09, 0.1, 0.1, 0.15, 0.21, 0.25, 0.3, 0.4)
"""How many of the words of a story are changed."""


class Corpus:
    """Invented stories, and what is known of the pairs that have to do with each other."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.labels: dict[Pair, tuple[str, float]] = {}
        """Pair -> how the one was made of the other, and which share of the words was changed."""


class Maker:
    """Makes stories, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        letters = "aeiou", "bcdfghklmnprstvw"
        made = {
            "".join(self.chance.choice(letters[at % 2]) for at in range(self.chance.randint(2, 9)))
            for _ in range(40_000)
        }
        self.words = sorted(made, key=lambda word: (len(word) // 4, self.chance.random()))
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))
        self.phrases = [self.some(self.chance.randint(3, 7)) for _ in range(300)]
        self.boilerplates = [self.some(self.chance.randint(20, 60)) for _ in range(6)]

    def some(self, number: int) -> Words:
        """Return so many words."""
        return self.chance.choices(self.words, cum_weights=self.weights, k=number)

    def story(self) -> list[Words]:
        """Return the paragraphs of a story of 80 to 1,200 words."""
        wanted = round(80 * 15 ** self.chance.random())
        paragraphs: list[Words] = []
        while (left := wanted - sum(map(len, paragraphs))) > 0:
            paragraph = self.some(min(left, self.chance.randint(15, 60)))
            if self._perhaps(0.3):
                place = self.chance.randrange(len(paragraph))
                paragraph[place:place] = self.chance.choice(self.phrases)
            paragraphs.append(paragraph)
        if self._perhaps(1 / 3):
            paragraphs.append(self.chance.choice(self.boilerplates))
        return paragraphs

    def strewn(self, story: list[Words], share: float) -> list[Words]:
        """Return a story with single words replaced, inserted and left out, and perhaps its paragraphs in another order."""
        kind = self.chance.choice(["replace", "insert", "delete", "all", "all"])
        places = [(line, at) for line, words in enumerate(story) for at in range(len(words))]
        chosen: dict[int, set[int]] = defaultdict(set)
        for line, at in self.chance.sample(places, round(share * len(places))):
            chosen[line].add(at)
        made = [self._edited(words, chosen[line], kind) for line, words in enumerate(story)]
        if self._perhaps(0.5):
            first, last = sorted(self.chance.sample(range(len(made) + 1), 2))
            made = made[first:last] + made[:first] + made[last:]
        return made

    def _edited(self, words: Words, places: set[int], kind: str) -> Words:
        made: Words = []
        for at, word in enumerate(words):
            edit = (
                "keep"
                if at not in places
                else kind
                if kind != "all"
                else self.chance.choice(["replace", "insert", "delete"])
            )
            made += {"keep": [word], "replace": self.some(1), "insert": [word, *self.some(1)], "delete": []}[edit]
        return made

    def passage(self, story: list[Words], share: float) -> list[Words]:
        """Return a story with one passage of other words."""
        words, ends = [word for line in story for word in line], list(accumulate(map(len, story)))
        number = round(share * len(words))
        start = self.chance.randint(0, len(words) - number)
        words[start : start + number] = self.some(number)
        return [words[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]

    def half(self, story: list[Words], share: float) -> list[Words]:
        """Return a story of which a share is new and the rest is another's."""
        words = [word for line in story for word in line]
        new = self.some(round(share * len(words)))
        kept = words[: len(words) - len(new)]
        return [kept, new] if self._perhaps(0.5) else [new, kept]

    def corpus(self, stories: int) -> Corpus:
        """Return so many stories, in an order that says nothing."""
        made = Corpus()
        ids = [f"bbc:{21_000_000 + number}" for number in range(stories)]
        self.chance.shuffle(ids)
        remaining = iter(ids)
        for first in remaining:
            story = self.story()
            made.texts[first] = text_of(story)
            way, share = self._way()
            if way and (second := next(remaining, None)):
                made.texts[second] = text_of(getattr(self, way)(story, share))
                made.labels[frozenset({first, second})] = (way, share)
        made.texts = dict(sorted(made.texts.items()))
        return made

    def _way(self) -> tuple[str, float]:
        way = self.chance.choices(["", "strewn", "passage", "half"], weights=[69, 20, 5, 6])[0]
        return way, 0.5 if way == "half" else self.chance.choice(SHARES)

    def _perhaps(self, probability: float) -> bool:
        return self.chance.random() < probability


def text_of(story: list[Words]) -> str:
    """Return the plain text of a story."""
    return "\n".join(" ".join(line).capitalize() + "." for line in story if line)
