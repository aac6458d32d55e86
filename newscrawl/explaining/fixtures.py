"""A page and what was read from it in the form of the test pages, ``tests/pages/<site>/<era>/<id>.html`` and ``.json``."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newscrawl.page import Page

if TYPE_CHECKING:
    from pathlib import Path

    from newscrawl.explaining import Explanation
    from newscrawl.extraction import Extraction
    from newscrawl.items import Index, Link, Story

LEFT_OUT = {"links", "content_hash", "extractor_version", "page_era"}


def save(told_of: Explanation, folder: Path) -> tuple[Path, Path]:
    """Write the page's bytes and what was read from them; return both paths. Raises OSError; never overwrites."""
    page = told_of.page
    base = folder / file_name(told_of.key)
    html, expected = base.with_suffix(".xml" if len(page.xml) else ".html"), base.with_suffix(".json")
    folder.mkdir(parents=True, exist_ok=True)
    told_json = skeleton(told_of.found, page.url, _needed_header(page))
    text = json.dumps(told_json, ensure_ascii=False, indent=2) + "\n"
    with html.open("xb") as stream:
        stream.write(page.body)
    with expected.open("x", encoding="utf-8") as stream:
        stream.write(text)
    return html, expected


def file_name(key: str) -> str:
    """Return a story's id without its site, or the last part of an address, as a name without suffix."""
    last = re.split(r"[/:]", key.partition("?")[0].rstrip("/"))[-1]
    return re.sub(r"[^\w-]+", "_", last.removesuffix(".stm"))[:80] or "page"


def _needed_header(page: Page) -> str | None:
    """Return the Content-Type under which a page was served, if the page alone does not tell its charset."""
    return page.content_type if Page(page.body, page.url).charset != page.charset else None


def skeleton(found: Extraction, url: str, content_type: str | None = None) -> dict[str, Any]:
    """Return what the JSON beside a test page holds: the folder it lies in names the era."""
    header = {"content_type": content_type} if content_type else {}
    return {"url": url} | header | {name: part for name, part in told(found).items() if name != "era"}


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
