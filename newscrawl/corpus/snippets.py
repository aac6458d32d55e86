"""The piece of a text where the words searched for stand. MongoDB finds and ranks; it does not say where."""

from __future__ import annotations

import re

_PARTS = re.compile(r"-?\"[^\"]*\"|\S+")
_WORD = re.compile(r"\w+")
_SHORTEST_STEM, _LONGEST_ENDING = 4, 3


def matcher(search: str) -> re.Pattern[str] | None:
    """Return a pattern of the words in a text search, whatever their endings; None if it holds none. Excluded ones are left out."""
    wanted = (part for part in _PARTS.findall(search) if not part.startswith("-"))
    stems = {re.escape(_stem(word)) for part in wanted for word in _WORD.findall(part)}
    return re.compile(rf"\b(?:{'|'.join(sorted(stems, key=len, reverse=True))})\w*", re.IGNORECASE) if stems else None


def _stem(word: str) -> str:
    return word[: max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING)]


def snippet(text: str, words: re.Pattern[str] | None, length: int = 200) -> str:
    """Return about ``length`` characters of a text around the first match, its beginning if there is none."""
    found = words.search(text) if words else None
    start = max(0, found.start() - length // 3) if found else 0
    end = min(len(text), start + length)
    if start:
        start = text.rfind(" ", 0, start) + 1
    if end < len(text):
        end = max(text.rfind(" ", start, end), found.end() if found else start + 1)
    piece = " ".join(text[start:end].split())
    return ("… " if start else "") + piece + (" …" if end < len(text) else "")
