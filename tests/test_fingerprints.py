"""Nearly equal texts: what they have in common, and what unequal ones have not."""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.fingerprints import ALIKE, BANDS, MIN_WORDS, VERSION, Passages, bands, estimate, similarity

VOCABULARY = [f"w{number}" for number in range(5000)]
WEIGHTS = list(accumulate(1 / (rank + 3) for rank in range(5000)))


def words(length: int, seed: int) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, cum_weights=WEIGHTS, k=length)


def text(words: list[str], paragraph: int = 30) -> str:
    return "\n".join(" ".join(words[start : start + paragraph]) for start in range(0, len(words), paragraph))


def changed(words: list[str], share: float, seed: int) -> list[str]:
    """Replace a share of the words, strewn over the text."""
    chance, made = random.Random(seed), list(words)
    for place in chance.sample(range(len(made)), round(share * len(made))):
        made[place] = f"new{chance.randrange(10**9)}"
    return made


def alike(one: str, other: str) -> float:
    return similarity(Passages(one), Passages(other))


def found(one: str, other: str) -> bool:
    return bool(set(bands(one)) & set(bands(other))) and estimate(bands(one), bands(other)) >= 0.3


def test_the_keys_of_a_text_are_the_same_for_ever() -> None:
    keys = bands(" ".join(f"word{number}" for number in range(60)))
    assert (len(keys), len(set(keys))) == (BANDS, BANDS)
    assert [key.hex() for key in keys[:2]] == ["1200df46aa6e14f8", "1201ac8f3ac4b80e"]


def test_another_process_has_the_same_keys() -> None:
    told = "import sys; from newscrawl.fingerprints import bands; print(bands(sys.stdin.read()))"
    said = "Überfall · 水 " + text(words(60, 1))
    run = subprocess.run(
        [sys.executable, "-c", told], input=said, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert run.stdout.strip() == str(bands(said))


def test_a_key_names_the_version_of_the_method() -> None:
    assert [(len(key), key[0], key[1]) for key in bands(text(words(60, 1)))] == [
        (8, VERSION, at) for at in range(BANDS)
    ]


def test_keys_of_another_version_are_like_none() -> None:
    keys = bands(text(words(60, 1)))
    assert estimate(keys, keys) == 1
    assert (
        estimate(keys, [bytes([VERSION + 1]) + key[1:] for key in keys])
        == estimate(keys, [])
        == estimate([], keys)
        == 0
    )


@given(st.lists(st.integers(0, 95)), st.integers(1, 65535))
def test_the_estimate_is_the_share_of_equal_values(places: list[int], difference: int) -> None:
    keys = bands(text(words(60, 1)))
    values = [int.from_bytes(key[start : start + 2]) for key in keys for start in (2, 4, 6)]
    for place in set(places):
        values[place] ^= difference
    other = [
        key[:2] + b"".join(value.to_bytes(2) for value in values[3 * at : 3 * at + 3]) for at, key in enumerate(keys)
    ]
    assert estimate(keys, other) == pytest.approx(1 - len(set(places)) / 96)


@pytest.mark.parametrize("length", [0, 1, 3, MIN_WORDS - 1])
def test_a_short_text_has_no_keys(length: int) -> None:
    assert bands(text(words(length, 1))) == []


def test_a_text_of_the_least_length_has_keys() -> None:
    assert bands(text(words(MIN_WORDS, 1)))


@pytest.mark.parametrize("length", [80, 300, 1200])
@pytest.mark.parametrize("seed", range(5))
def test_a_tenth_of_the_words_replaced_makes_twins_and_a_fifth_none(length: int, seed: int) -> None:
    story = words(length, seed)
    near, far = changed(story, 0.1, seed), changed(story, 0.21, seed)
    assert alike(text(story), text(near)) >= ALIKE > alike(text(story), text(far))
    assert found(text(story), text(near))


@pytest.mark.parametrize("seed", range(5))
def test_a_passage_that_is_another_counts_by_its_length(seed: int) -> None:
    story = words(400, seed)
    assert alike(text(story), text(story[:360] + words(40, seed + 100))) == pytest.approx(0.9, abs=0.02)
    assert alike(text(story), text(story[:300] + words(100, seed + 100))) == pytest.approx(0.75, abs=0.03)
    assert alike(text(story), text(story[:200])) == pytest.approx(0.5, abs=0.02)


def test_half_a_text_in_common_is_no_twin_and_unrelated_texts_are_not_found() -> None:
    one, other = words(600, 1), words(600, 2)
    assert alike(text(one), text(one[:300] + other[:300])) < 0.6
    assert not found(text(one), text(other))


@given(st.permutations(range(12)), st.integers(0, 50))
def test_the_order_of_paragraphs_does_not_matter(order: list[int], seed: int) -> None:
    paragraphs = text(words(360, seed)).split("\n")
    moved = "\n".join(paragraphs[place] for place in order)
    assert bands(moved) == bands("\n".join(paragraphs))
    assert alike(moved, "\n".join(paragraphs)) == 1


@given(st.text(), st.text())
def test_similarity_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= alike(one, other) == alike(other, one) <= 1


@given(st.text(min_size=1))
def test_a_text_is_like_itself(said: str) -> None:
    assert alike(said, said) == bool(Passages(said).words)


@given(st.text(), st.integers(0, 20))
def test_keys_are_made_of_any_text(said: str, times: int) -> None:
    assert len(bands(said * times)) in {0, BANDS}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The dam held, he said.", "the dam held - he said"),
        ("\u201cIt\u2019s over\u201d", '"It\'s over"'),
        ("caf\u00e9", "cafe\u0301"),
        ("co\u00adoperate \u200bnow", "cooperate now"),
        ("a\u00a0b\u2009c", "a b c"),
    ],
)
def test_what_is_no_word_makes_no_difference(one: str, other: str) -> None:
    assert Passages(one).paragraphs == Passages(other).paragraphs


@pytest.mark.parametrize(
    ("said", "parted", "width"),
    [
        ("洪水冲垮了大坝。三人", ["洪", "水", "冲", "垮", "了", "大", "坝", "三", "人"], 4),
        ("ダムが決壊した", ["ダ", "ム", "が", "決", "壊", "し", "た"], 4),
        ("น้ำท่วม", list("น้ำท่วม"), 6),
        ("댐이 무너졌다", ["댐이", "무너졌다"], 3),
        ("सेल्वा बाँध टूटा।", ["सेल्वा", "बाँध", "टूटा"], 3),
        ("سد می‌شکند؟", ["سد", "میشکند"], 3),
        ("BBC 中文网 reports from the dam", ["bbc", "中", "文", "网", "reports", "from", "the", "dam"], 3),
    ],
)
def test_scripts_without_spaces_are_taken_by_characters(said: str, parted: list[str], width: int) -> None:
    passages = Passages(said)
    assert (passages.paragraphs, passages.width) == ([parted], width)


@pytest.mark.parametrize("first", [0x4E00, 0x0E01])
def test_twins_are_found_where_words_are_not_parted(first: int) -> None:
    chance = random.Random(7)
    story = [chr(first + chance.randrange(40)) + chr(first + chance.randrange(40)) for _ in range(300)]
    near, far = list(story), list(story)
    for made, share in ((near, 0.1), (far, 0.3)):
        for place in chance.sample(range(300), round(share * 300)):
            made[place] = chr(first + chance.randrange(40)) + chr(first + chance.randrange(40))
    assert alike("".join(story), "".join(near)) >= ALIKE > alike("".join(story), "".join(far))
    assert found("".join(story), "".join(near))


def test_a_text_said_ten_times_is_not_the_text() -> None:
    story = text(words(100, 1))
    assert alike(story, "\n".join([story] * 10)) == pytest.approx(0.1)
