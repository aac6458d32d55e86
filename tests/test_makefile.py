"""The Makefile, without installing anything: what it lists, refuses, and keeps away from."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder whose name has spaces in it, with what make reads."""
    folder = tmp_path / "a check out"
    folder.mkdir()
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    command = ["make", "-j2", *arguments]
    return subprocess.run(command, cwd=folder, env={**own, **environment}, capture_output=True, text=True, check=False)


def interpreter(folder: Path, body: str) -> str:
    """Put an executable script in place of Python."""
    path = folder / "py thon"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_make_alone_lists_every_target(checkout: Path) -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert phony
    listed = re.findall(r"^make (\w+) +\S", make(checkout).stdout, flags=re.MULTILINE)
    assert listed == phony[1].split()


@pytest.mark.parametrize(("version", "accepted"), [((3, 10), 0), ((3, 11), 1), ((3, 13), 1), ((3, 14), 0)])
def test_only_supported_pythons_are_taken(checkout: Path, version: tuple[int, int], accepted: int) -> None:
    real = shutil.which("python3")
    pretend = (
        f"""[ "$1" = -c ] && exec "{real}" -c "import sys; sys.version_info = {(*version, 0)}; $2"; mkdir -p .venv"""
    )
    result = make(checkout, ".venv/.made", f"PYTHON={interpreter(checkout, pretend)}")
    assert (checkout / ".venv" / ".made").exists() == bool(accepted)
    refusals = [line for line in result.stderr.splitlines() if not line.startswith("make: ")]
    assert len(refusals) == 1 - accepted
    assert accepted or f"this is 3.{version[1]}" in refusals[0]


def test_the_second_time_nothing_is_installed(checkout: Path) -> None:
    count = """[ "$1" = -c ] && exit 0; mkdir -p .venv/bin; printf '#!/bin/sh\\necho installs\\n' >.venv/bin/python; chmod +x .venv/bin/python"""
    python = f"PYTHON={interpreter(checkout, count)}"
    assert make(checkout, "venv", python).stdout.count("installs\n") == 1
    assert make(checkout, "venv", python).stdout.count("installs\n") == 0
    os.utime(checkout / ".venv" / ".installed", (0, 0))  # as if requirements.txt had changed since
    assert make(checkout, "venv", python).stdout.count("installs\n") == 1


def test_the_demo_keeps_away_from_what_is_exported(checkout: Path) -> None:
    exported = {
        "MONGO_URI": "mongodb://mine",
        "MONGO_DATABASE": "mine",
        "NEWSCRAWL_CONTACT": "me",
        "http_proxy": "http://proxy",
    }
    steps = [line for line in make(checkout, "-n", "demo", **exported).stdout.splitlines() if "-m scrapy" in line]
    assert len(steps) == 5
    for step in steps:
        assert all(f"-u {name} " in step for name in exported)
        assert f'NEWSCRAWL_DATA="{checkout}/.newscrawl/demo"' in step


def test_the_seed_reaches_the_crawl_as_it_is(checkout: Path) -> None:
    seed = "http://www.bbc.com/news/1?a=b&c='d'#e f"
    (checkout / ".venv" / "bin").mkdir(parents=True)
    python = checkout / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\nfor each; do echo "[$each]"; done\n', encoding="utf-8")
    python.chmod(0o755)
    for stamp in (".made", ".installed"):
        (checkout / ".venv" / stamp).touch()
    assert f"[seed={seed}]" in make(checkout, "crawl", f"SEED={seed}").stdout
    assert f"[seed={seed}]" in make(checkout, "crawl", SEED=seed).stdout
    assert "seed=" not in make(checkout, "crawl").stdout


def test_clean_leaves_the_corpus_and_the_sources(checkout: Path) -> None:
    kept = {".newscrawl", ".newscrawl/mongo", "newscrawl", "tests", "demo"}
    for folder in (*kept, ".venv", ".newscrawl/demo", "newscrawl/__pycache__"):
        (checkout / folder).mkdir(parents=True, exist_ok=True)
    assert make(checkout, "clean").returncode == 0
    assert {str(path.relative_to(checkout)) for path in checkout.rglob("*") if path.is_dir()} == kept
