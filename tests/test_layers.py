"""Who may import whom, as docs/architecture.md says; who may touch MongoDB and the environment; how long a file may be."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = "newscrawl"
MAX_LINES = 300
DRIVERS = {"pymongo", "bson", "gridfs", "motor"}
READERS = {"environ", "environb", "getenv", "getenvb"}
"""What of ``os`` reads the environment."""


def read_layers(document: str) -> dict[str, set[str]]:
    """Return layer -> layers it may import, from the rows "| `layer` | `one`, `other` | … |"."""
    rows = re.findall(r"^\| `(\w+)` \| ((?:`\w+`(?:, )?)*) ?\|", document, flags=re.MULTILINE)
    return {layer: set(re.findall(r"\w+", allowed)) for layer, allowed in rows}


LAYERS = read_layers((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
FILES = sorted((ROOT / PACKAGE).rglob("*.py"))
SOURCES = [path for folder in (PACKAGE, "demo", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> str:
    return module.split(".")[1] if "." in module else PACKAGE


def imported(tree: ast.AST, package: str) -> Iterator[str]:
    """Every module imported anywhere in a file, in full; of ``from newscrawl import items`` the module ``newscrawl.items``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _imported_from(node, package)


def _imported_from(node: ast.ImportFrom, package: str) -> Iterator[str]:
    above = package.split(".")[: 1 - node.level or None] if node.level else []
    module = ".".join([*above, *filter(None, [node.module])])
    if module == PACKAGE:
        yield from (
            f"{PACKAGE}.{alias.name}" if alias.name in LAYERS else PACKAGE
            for alias in node.names
            if alias.name != "__version__"
        )
    else:
        yield module


def environment_reads(tree: ast.AST) -> Iterator[str]:
    """Each use of the environment, but for ``os.environ | {…}``, which hands it on to a program."""
    handed_on = {node.left for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (f"os.{alias.name}" for alias in node.names if alias.name in READERS)
        elif isinstance(node, ast.Attribute) and node.attr in READERS and node not in handed_on:
            yield f"os.{node.attr}"


def violations(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """Return what a module does that its layer may not."""
    tree, layer = ast.parse(source), layer_of(module)
    package = module if is_package else module.rpartition(".")[0]
    imports = set(imported(tree, package))
    used = {layer_of(name) for name in imports if name.split(".")[0] == PACKAGE} - {layer}
    drivers = DRIVERS & {name.split(".")[0] for name in imports}
    return [
        *(f"{layer} imports {other}" for other in sorted(used - LAYERS[layer])),
        *(f"{layer} imports {driver}" for driver in sorted(drivers) if layer not in {"storage", "corpus"}),
        *(f"{layer} reads {name}" for name in environment_reads(tree) if layer != "settings"),
    ]


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_only_what_its_layer_may(path: Path) -> None:
    module = module_name(path)
    assert layer_of(module) in LAYERS, "a new layer needs its row in docs/architecture.md"
    assert violations(module, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py") == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_the_table_names_layers_only() -> None:
    assert {"items", "storage", "commands"} <= LAYERS.keys()
    assert set().union(*LAYERS.values()) <= LAYERS.keys()


def test_the_table_has_no_circle() -> None:
    settled: set[str] = set()
    while ready := {layer for layer, allowed in LAYERS.items() if allowed <= settled} - settled:
        settled |= ready
    assert settled == LAYERS.keys()


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("newscrawl.items", "import newscrawl.page", ["items imports page"]),
        ("newscrawl.items", "from newscrawl import page", ["items imports page"]),
        ("newscrawl.items", "from . import page", ["items imports page"]),
        ("newscrawl.items", "from .page import Page", ["items imports page"]),
        ("newscrawl.sites.bbc.urls", "from ...storage import StoryStore", ["sites imports storage"]),
        (
            "newscrawl.spiders.story",
            "def f():\n    from newscrawl.storage.store import StoryStore",
            ["spiders imports storage"],
        ),
        ("newscrawl.spiders.story", "from newscrawl import settings", ["spiders imports settings"]),
        ("newscrawl.eras", "from newscrawl import extract", ["eras imports newscrawl"]),
        ("newscrawl.frontier", "from pymongo.errors import PyMongoError", ["frontier imports pymongo"]),
        ("newscrawl.pipelines.mongo", "import bson.json_util as json", ["pipelines imports bson"]),
        ("newscrawl.commands.crawl", "import os\nos.environ['MONGO_URI']", ["commands reads os.environ"]),
        ("newscrawl.archive", "import os as system\nsystem.getenv('X')", ["archive reads os.getenv"]),
        ("newscrawl.archive", "from os import environ", ["archive reads os.environ"]),
        (
            "newscrawl.embedded",
            "import os\nrun(env=os.environ | {'A': os.environ['B']})",
            ["embedded reads os.environ"],
        ),
    ],
)
def test_what_is_forbidden_is_caught(module: str, source: str, found: list[str]) -> None:
    assert violations(module, source) == found


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "newscrawl.storage.store",
            "from pymongo import MongoClient\nfrom newscrawl.items import Story\nfrom newscrawl.storage import schema",
        ),
        ("newscrawl.settings", "import os\nos.environ.get('MONGO_URI')"),
        ("newscrawl.embedded.keeper", "import os\nrun(env=os.environ | {'PYTHONPATH': '.'})"),
        ("newscrawl.items", "from newscrawl import __version__\nimport os.path"),
    ],
)
def test_what_is_allowed_is_let_through(module: str, source: str) -> None:
    assert violations(module, source) == []


def test_a_package_resolves_relative_imports_from_itself() -> None:
    assert violations("newscrawl.sites", "from .bbc import BBC", is_package=True) == []
    assert violations("newscrawl.sites", "from ..storage import StoryStore", is_package=True) == [
        "sites imports storage"
    ]
