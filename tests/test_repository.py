"""What the repository as a whole promises: nothing of a machine or of a real page in it, documents that match the code."""

from __future__ import annotations

import gzip
import html
import json
import os
import pkgutil
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import scrapy.commands
from packaging.requirements import Requirement

import newscrawl.commands
from newscrawl.commands.mongo import WORDS as MONGO_WORDS
from newscrawl.corpus_cli.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

ROOT = Path(__file__).parent.parent
RUN_LENGTH = 8
"""Words in a row that count as copied."""

FOREIGN = {
    "a path of somebody's machine": r"(?<![\w.~-])/(?:work|root|home|Users)/[\w.]",
    "the host of a package registry": r"pypi\.org|pythonhosted\.org|npmjs\.org|deb\.debian\.org",
    "work left undone": r"\b(?:TO[D]O|FIX[M]E|XX[X])\b",
}


def tracked_files() -> list[Path]:
    """Return the files git knows, whoever owns the checkout."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def content(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", errors="replace")


FILES = tracked_files()
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]
GUIDES = [path for path in DOCUMENTS if path.name in {"README.md", "CONTRIBUTING.md"} or path.parent.name == "docs"]
REQUIREMENTS = sorted(ROOT.glob("requirements*.txt"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_usual_files_are_there() -> None:
    usual = {
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "scrapy.cfg",
        "requirements.txt",
    }
    assert usual <= {relative(path) for path in FILES}


# --- nothing foreign


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_nothing_foreign_stands_in(path: Path) -> None:
    assert foreign(content(path)) == []


def foreign(text: str) -> list[str]:
    """Return what of FOREIGN stands in a text, with the place."""
    return [f"{what}: {hit[0]!r}" for what, pattern in FOREIGN.items() for hit in re.finditer(pattern, text)]


@pytest.mark.parametrize(
    "text",
    [
        "cd /" + "work/main",
        "/" + "root/.cache",
        "see https://py" + "pi.org/project/x",
        "# TO" + "DO: later",
        "FIX" + "ME",
    ],
)
def test_foreign_things_are_found(text: str) -> None:
    assert len(foreign(text)) == 1


@pytest.mark.parametrize(
    "text",
    ["http://www.bbc.com/home/news", "http://www.bbc.co.uk/go/-/home/d/", "the network/", "~/work/x", "XXXL", "Todo"],
)
def test_harmless_things_are_not(text: str) -> None:
    assert foreign(text) == []


# --- no text of a real page


def runs(text: str) -> set[str]:
    """Return every run of RUN_LENGTH words, without case and punctuation."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[start : start + RUN_LENGTH]) for start in range(len(words) - RUN_LENGTH + 1)}


def wording(label: dict[str, Any]) -> Iterator[str]:
    """Every text of a labelled page that somebody wrote."""
    yield from (label[field] for field in ("headline", "description") if label.get(field))
    for field, keys in {
        "body": ["text"],
        "insets": ["title", "text"],
        "images": ["alt", "caption"],
        "links": ["title"],
    }.items():
        yield from (part[key] for part in label.get(field) or [] for key in keys if part.get(key))


@cache
def real_runs() -> frozenset[str]:
    """Return the runs of the labelled real pages in NEWSCRAWL_PAGES; none where there are no such pages."""
    folder = os.environ.get("NEWSCRAWL_PAGES")
    labels = (path for path in Path(folder).glob("*.json") if path.suffixes == [".json"]) if folder else ()
    texts = (text for path in labels for text in wording(json.loads(path.read_bytes())))
    return frozenset().union(*map(runs, texts))


def copied(text: str, originals: frozenset[str]) -> frozenset[str]:
    """Return the runs that a text shares with the originals, as it stands or as a browser shows it."""
    shown = html.unescape(re.sub(r"<[^>]*>", " ", text))
    return originals & (runs(text) | runs(shown))


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_no_text_of_a_real_page_stands_in(path: Path) -> None:
    assert copied(content(path), real_runs()) == frozenset()


def test_a_copied_run_is_found() -> None:
    original = frozenset(runs("The harbour of Lower Quill was closed again, on Monday, for repairs."))
    assert copied("<p>HARBOUR of <b>Lower</b> Quill was closed&nbsp;again on</p>", original)
    assert not copied("the harbour of lower quill was closed", original)


# --- documents that match the code


def module_names(package: ModuleType) -> list[str]:
    return [module.name for module in pkgutil.iter_modules(package.__path__)]


WORDS: dict[tuple[str, ...], Iterable[str]] = {
    ("make",): re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE),
    ("scrapy",): [*module_names(newscrawl.commands), *module_names(scrapy.commands)],
    ("scrapy", "corpus"): VERBS,
    ("scrapy", "mongo"): MONGO_WORDS,
}
"""What may follow the first words of a call."""
OWN = [
    (*first, word) for first, words in WORDS.items() for word in words if word not in module_names(scrapy.commands)
] + [("scrapy", "crawl")]


def calls_in(text: str) -> Iterator[tuple[str, ...]]:
    """Every call of scrapy or make in a document's code, as words; settings before it and a path before scrapy left out."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    for line in [*(line for block in blocks for line in block.splitlines()), *spans]:
        call = re.match(r"(?:\$ )?(?:env -u \w+ )?(?:\w+=\S+ )*(?:\S*/)?((?:scrapy|make) [a-z].*)", line)
        if call:
            yield tuple(call[1].partition(" #")[0].split())


def unknown(call: tuple[str, ...]) -> bool:
    """Whether a word of a call is none that may stand there."""
    return any(
        call[:length] in WORDS and call[length].isalpha() and call[length] not in WORDS[call[:length]]
        for length in range(1, len(call))
    )


@pytest.mark.parametrize("path", DOCUMENTS, ids=relative)
def test_calls_in_documents_are_possible(path: Path) -> None:
    assert [" ".join(call) for call in calls_in(path.read_text(encoding="utf-8")) if unknown(call)] == []


@pytest.mark.parametrize("call", OWN, ids=" ".join)
def test_everything_one_can_call_is_documented(call: tuple[str, ...]) -> None:
    documented = (shown for path in GUIDES for shown in calls_in(path.read_text(encoding="utf-8")))
    assert any(shown[: len(call)] == call for shown in documented)


@pytest.mark.parametrize("call", ["make coffee", "scrapy fly", "scrapy corpus burn", "scrapy mongo eat all"])
def test_impossible_calls_are_found(call: str) -> None:
    assert unknown(tuple(call.split()))


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("```\n$ scrapy corpus show bbc:1\n```", ("scrapy", "corpus", "show", "bbc:1")),
        ("```console\nNEWSCRAWL_DATA=x .venv/bin/scrapy corpus stats  # counts\n```", ("scrapy", "corpus", "stats")),
        ("so `make demo` it is", ("make", "demo")),
    ],
)
def test_calls_are_found_in_documents(line: str, call: tuple[str, ...]) -> None:
    assert list(calls_in(line)) == [call]


@pytest.mark.parametrize("path", DOCUMENTS, ids=relative)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


# --- requirements


def requirement_lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=relative)
def test_requirements_have_ranges(path: Path) -> None:
    wanted = [Requirement(line) for line in requirement_lines(path) if line != "-r requirements.txt"]
    assert [str(one) for one in wanted if not bounded(one)] == []


def bounded(requirement: Requirement) -> bool:
    """Whether a requirement has a lower and an upper end, or is one version."""
    operators = {part.operator for part in requirement.specifier}
    return "==" in operators or {">=", "<"} <= operators
