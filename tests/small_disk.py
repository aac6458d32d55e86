"""A disk of any size, or a read-only one, for the programs a test starts: a file system in memory that only they can see."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.miniature import ROOT, SCRAPY, environment

if TYPE_CHECKING:
    from pathlib import Path

MOUNT = 'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"'


def scrapy_on(disk: Path, options: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a scrapy command that finds such a disk in the folder; ``options`` are those of mount (``size=1m``, ``ro``)."""
    return python_on(disk, options, SCRAPY, *arguments, **env)


def python_on(disk: Path, options: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python so."""
    disk.mkdir(exist_ok=True)
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNT, "sh", options, str(disk)]
    command += [sys.executable, "-W", "error", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(None, **env), capture_output=True, text=True, timeout=60, check=False
    )
