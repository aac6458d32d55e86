"""What was read from a page, in the form in which ``tests/pages/<site>/<era>/<id>.json`` says what is expected."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl import extract

if TYPE_CHECKING:
    from newscrawl.extraction import Extraction
    from newscrawl.items import Index, Link, Story

FOLDER = Path(__file__).parent / "pages"
LEFT_OUT = {"links", "content_hash", "extractor_version", "page_era"}


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
    def expected(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.page.with_suffix(".json").read_text(encoding="utf-8"))
        return found

    def extract(self) -> Extraction:
        return extract(self.page.read_bytes(), self.expected["url"])


FIXTURES = [Fixture(page) for page in sorted(FOLDER.glob("*/*/*")) if page.suffix in {".html", ".xml"}]


def told(found: Extraction) -> dict[str, Any]:
    """Return everything that was read and is not empty; of blocks and links one line each."""
    parts = {"era": found.era, "story": _told_item(found.story), "index": _told_item(found.index)}
    return {name: part for name, part in parts.items() if part} | {"links": [_told_link(link) for link in found.links]}


def _told_item(item: Story | Index | None) -> dict[str, Any]:
    if item is None:
        return {}
    fields = {name: value for name, value in asdict(item).items() if value and name not in LEFT_OUT}
    if "body" in fields:
        fields["body"] = [f"{block['type']}: {block['text']}" for block in fields["body"]]
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return {name: _plain(part) for name, part in value.items() if part} if isinstance(value, dict) else value


def _told_link(link: Link) -> str:
    group = f" | {link.group_title}" if link.group_title else ""
    updated = f" | changed {link.target_updated_at.isoformat()}" if link.target_updated_at else ""
    return f"{link.relation} {link.target}{group} | {link.text} | {link.url}{updated}"
