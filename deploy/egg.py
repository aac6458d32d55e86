"""Build newscrawl's egg and deploy it: ``python -m deploy.egg``, which is ``make deploy``.

Scrapyd answers 200 to an egg that it cannot load too, keeps it, and from then on takes it for the newest version. So the
JSON of its answer decides here, and an egg that was refused is taken back.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
from scrapyd_client.exceptions import ErrorResponse

from deploy.target import Target

ROOT = Path(__file__).resolve().parent.parent
ANSWER_SECONDS = 120
"""How long Scrapyd may take to load an egg and list its spiders."""


def main() -> None:
    """Deploy and print what is deployed where; exit 1 with the reason if nothing is."""
    target = Target.from_config()
    version = str(int(time.time()))  # of several versions Scrapyd runs the highest
    with tempfile.TemporaryDirectory() as folder:
        answer = send(build(Path(folder)), target, version)
    if answer["status"] != "ok":
        with suppress(ErrorResponse):  # it was not even kept
            target.client.delversion(target.project, version)
        sys.exit(f"{answer['message'].strip()}\ndeploy: {target.url} refused the egg for the reason above")
    print(f"deployed {target.project} {version} to {target.url}, spiders: {answer['spiders']}")


def build(folder: Path) -> Path:
    """Return the egg, built in a folder away from the checkout: nothing of an earlier build gets into it."""
    command: list[str | Path] = [
        *(sys.executable, "-c", "import setuptools; setuptools.setup()", "--quiet"),
        *("egg_info", "--egg-base", folder),
        *("build", "--build-base", folder / "build"),
        *("bdist_egg", "--bdist-dir", folder / "egg", "--dist-dir", folder),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"{done.stderr.strip()}\ndeploy: the egg cannot be built for the reason above")
    return next(folder.glob("*.egg"))


def send(egg: Path, target: Target, version: str) -> dict[str, Any]:
    """Return Scrapyd's answer to the egg."""
    try:
        reply = requests.post(
            f"{target.url}/addversion.json",
            data={"project": target.project, "version": version},
            files={"egg": egg.read_bytes()},
            auth=target.client.auth,
            timeout=ANSWER_SECONDS,
        )
        reply.raise_for_status()
        answer: dict[str, Any] = reply.json()
    except requests.ConnectionError:
        sys.exit(f"deploy: nobody answers at {target.url}; make scrapyd runs a Scrapyd on this machine")
    except requests.RequestException as error:
        sys.exit(f"deploy: {target.url} took no egg: {error}")
    return answer


if __name__ == "__main__":
    main()
