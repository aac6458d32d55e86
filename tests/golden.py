"""What was read from a page, in the form in which ``tests/pages/<site>/<era>/<id>.json`` says what is expected."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl import extract
from newscrawl.explaining.fixtures import told

if TYPE_CHECKING:
    from newscrawl.extraction import Extraction

__all__ = ["FIXTURES", "FOLDER", "Fixture", "told"]

FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Fixture:
    """A hand-built page and what is expected of it."""

    page: Path

    @property
    def name(self) -> str:
        return str(self.page.relative_to(FOLDER).with_suffix(""))

    @property
    def era(self) -> str:
        return self.page.parent.name

    @property
    def _json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.page.with_suffix(".json").read_text(encoding="utf-8"))
        return found

    @property
    def expected(self) -> dict[str, Any]:
        return {name: value for name, value in self._json.items() if name != "content_type"}

    def extract(self) -> Extraction:
        known = self._json
        return extract(self.page.read_bytes(), known["url"], content_type=known.get("content_type"))


FIXTURES = [Fixture(page) for page in sorted(FOLDER.glob("*/*/*")) if page.suffix in {".html", ".xml"}]
