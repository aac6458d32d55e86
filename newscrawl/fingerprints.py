"""Near-duplicate texts: the keys a text is looked up by, and how much of two texts is the same.

Words are taken in runs of a few, shingles; the Jaccard similarity J of two texts is the share of their shingles that both
have (Broder, "On the resemblance and containment of documents", 1997). Each of the n values of a MinHash is equal in two
texts with probability J. BANDS groups of ROWS values are the keys a text is looked up by: two texts have a key in common
with probability 1 - (1 - J^ROWS)^BANDS, an S-curve (Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", 3.4.2).

What the numbers below follow from: a changed word spoils at most three shingles of three words, so with one word in ten
replaced at least 0.7 of the shingles are left, and J is at least 0.54, on average 0.57. Unrelated news have a J below 0.01,
and one of 0.1 where they share much boilerplate. 32 bands of 3 find J = 0.57 with 0.998 and J = 0.54 with 0.996, but
J = 0.1 with 0.03 and J = 0.01 with 0.00003. Shorter shingles or bands would find unrelated texts, longer ones lose twins.

J cannot decide, though: one word in ten replaced here and there gives 0.57, a whole quarter of the text replaced 0.6. What
decides is ``similarity``, taken from the texts. No shingle crosses the end of a paragraph, so their order does not matter.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from itertools import chain
from typing import TYPE_CHECKING

from rensa import RMinHash

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

VERSION = 1 << 4 | RMinHash.ALGORITHM_VERSION
"""Of the method: this module's number and rensa's. It stands in every key, so texts keyed by other methods never meet."""

MIN_WORDS = 40
"""A shorter text has no twins: a caption, "This page has ended", a video with a line of summary."""
ALIKE = 0.84
"""From this similarity on two texts are twins: between one word in ten changed (0.89) and one in five (0.76 to 0.80)."""
WORTH_COMPARING = 0.3
"""Estimated J below which two texts are not compared: twins have 0.5 and more, the estimate errs by 0.05."""

BANDS, ROWS, SEED = 32, 3, 1997

_WIDTH = 3
"""Words a shingle has."""
_UNPARTED = (
    (re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"), 4),
    (re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"), 6),
)
"""Scripts that put no space between words, where each character is taken for one: Chinese and Japanese, Thai, Lao, Burmese
and Khmer; and how many of them a shingle has."""


class _Parting(dict[int, str | None]):
    """What each character becomes before the text is split at white space."""

    def __missing__(self, code: int) -> str | None:
        self[code] = part = _part(chr(code))
        return part


def _part(character: str) -> str | None:
    category = unicodedata.category(character)
    if character == "\n" or category == "Cf":  # a soft hyphen, a zero-width joiner
        return character if character == "\n" else None
    if category[0] in "CPSZ":
        return " "
    return f" {character} " if any(script.match(character) for script, _ in _UNPARTED) else character


_LAST_BITS = int.from_bytes(b"\x00\x01" * (1 + ROWS) * BANDS)
_PARTING = _Parting()
_PARTING_ASCII = bytes(ord(_part(chr(code)) or " ") for code in range(128)) + bytes(128)


class Passages:
    """The words of a text, by paragraph, and their shingles."""

    def __init__(self, text: str) -> None:
        """Take a plain text, one paragraph a line."""
        parted = _parted(text).split("\n")
        self.paragraphs = [words for line in parted if (words := line.split())]
        self.words = sum(map(len, self.paragraphs))
        """How many words there are."""
        self.width = _WIDTH if text.isascii() else _width(text, self.words)
        """How many words a shingle has."""

    def shingles(self, width: int) -> Iterable[list[str]]:
        """Return the shingles of each paragraph; one with fewer words is one shingle."""
        for words in self.paragraphs:
            runs = [words[start:] for start in range(min(width, len(words)))]
            yield list(map(" ".join, zip(*runs, strict=False)))


def _parted(text: str) -> str:
    if text.isascii():  # the same, several times as fast
        return text.lower().encode().translate(_PARTING_ASCII).decode()
    return unicodedata.normalize("NFC", text).lower().translate(_PARTING)


def _width(text: str, words: int) -> int:
    for script, width in _UNPARTED:
        if 2 * len(script.findall(text)) > words:
            return width
    return _WIDTH


def bands(text: str) -> list[bytes]:
    """Return the keys a text is looked up by, BANDS of 8 bytes; none for one that is too short to have twins.

    They hold the whole MinHash: a key is made of the method's version, its own number and the lower 16 bits of each of its
    ROWS values (that makes one in 65,536 different ones look equal; b-bit MinHash, Li and König 2010). The same text has the
    same keys in every process and on every machine.
    """
    passages = Passages(text)
    if passages.words < MIN_WORDS:
        return []
    minhash = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    minhash.update(list(chain.from_iterable(passages.shingles(passages.width))))
    values = struct.pack(f"<{BANDS * ROWS}H", *(value & 0xFFFF for value in minhash.digest()))
    return [bytes((VERSION, band)) + values[band * 2 * ROWS : (band + 1) * 2 * ROWS] for band in range(BANDS)]


def estimate(one: Sequence[bytes], other: Sequence[bytes]) -> float:
    """Return the Jaccard similarity of two texts as their keys tell it, with a standard error of 0.05; 0 without keys."""
    if not one or not other or one[0][0] != other[0][0]:
        return 0.0
    unequal = int.from_bytes(b"".join(one)) ^ int.from_bytes(b"".join(other))
    for shift in (8, 4, 2, 1):
        unequal |= unequal >> shift  # in the end the last bit of each value says whether any differs
    return 1 - (unequal & _LAST_BITS).bit_count() / (BANDS * ROWS)


def similarity(one: Passages, other: Passages) -> float:
    """Return how much of two texts is the same, 0 to 1: the share of the longer one's words in passages that both have.

    A passage is as long as a shingle less one word, or longer. Neither the order of paragraphs matters nor how changes are
    spread: with one word in ten replaced, the similarity is 0.89 where they are strewn over the text and 0.90 where they are
    one passage; with one in five 0.76 and 0.80.
    """
    width = min(one.width, other.width) - 1
    mine, its = list(one.shingles(width)), list(other.shingles(width))
    both = min(_covered(mine, set(chain.from_iterable(its))), _covered(its, set(chain.from_iterable(mine))))
    return both / max(one.words, other.words, 1)


def _covered(paragraphs: Iterable[list[str]], known: Collection[str]) -> int:
    """Return how many words stand in shingles that are known."""
    words = 0
    for shingles in paragraphs:
        width, end = shingles[0].count(" ") + 1, 0
        for start, shingle in enumerate(shingles):
            if shingle in known:
                words += width if start >= end else start + width - end
                end = start + width
    return words
