"""Pages of the miniature BBC: a story or an index page, rendered in the markup of its era."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from . import state
from .content import INLINE_LINK

if TYPE_CHECKING:
    from collections.abc import Callable

    from .content import Archive, Group, Reference, Story

TEMPLATES = Path(__file__).parent.parent / "templates"


class Renderer:
    """Renders the pages of one archive."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.environment.filters.update(
            linked=self._linked,
            json=_json,
            ms=_milliseconds,
            iso=_iso,
            slashed=_slashed,
            gmt=_clock(ZoneInfo("UTC")),
            london=_clock(ZoneInfo("Europe/London")),
            new_york=_clock(ZoneInfo("America/New_York")),
        )

    def story(self, story: Story) -> str:
        """HTML of a story in its era's markup."""
        groups = [self._group(group) for group in story.related]
        return self._render(
            story.era,
            url=story.url,
            section=self.archive.sections[story.section],
            story=story,
            groups=groups,
            section_block=self.archive.section_block(story),
            state=state.of(story, self.archive, groups),
        )

    def index(self, index: dict[str, Any]) -> str:
        """HTML of an index page in its era's markup."""
        parts = [{**part, "links": [self.archive.refer(text) for text in part["to"]]} for part in index["parts"]]
        return self._render(
            f"{index['era']}.index", url=index["url"], index=index, parts=parts, state=state.of_index(index, parts)
        )

    def missing(self, url: str, era: str) -> str:
        """HTML of an era's page for an address that leads nowhere."""
        return self._render(f"{era}.missing", url=url, state=state.of_missing(self._promos(era, "top", url)))

    def _render(self, template: str, url: str, **context: Any) -> str:
        era = template.removesuffix(".index").removesuffix(".missing")
        parts = urlsplit(url)
        return self.environment.get_template(f"{template}.html").render(
            url=url,
            host=parts.netloc,
            path=parts.path,
            top_stories=self._promos(era, "top", url),
            most_read=self._promos(era, "read", url),
            features=self._promos(era, "features", url),
            elsewhere=self._promos(era, "elsewhere", url),
            href=lambda link: _href(url, link),
            image_name=_image_name,
            **context,
        )

    def _promos(self, era: str, kind: str, url: str) -> list[Reference]:
        """Return promotions of one kind, beginning elsewhere for each page."""
        promos = self.archive.promos.get(f"{era}.{kind}", [])
        start = zlib.crc32(url.encode()) % len(promos) if promos else 0
        return [self.archive.refer(text) for text in (promos[start:] + promos[:start])[:5]]

    def _group(self, group: Group) -> dict[str, Any]:
        return {
            "title": group.title,
            "report": group.report,
            "style": group.style,
            "links": [self.archive.refer(text) for text in group.to],
        }

    def _linked(self, text: str, attributes: str = "", after: str = "") -> Markup:
        """Text with its inline links as anchors."""
        parts, end = [Markup()], 0
        for match in INLINE_LINK.finditer(text):
            target = match[2] if "://" in match[2] else self.archive.stories[match[2]].url
            anchor = Markup(f'<a{attributes} href="%s">%s{after}</a>') % (target, match[1])  # noqa: S704 - ours
            parts += [escape(text[end : match.start()]), anchor]
            end = match.end()
        return Markup().join([*parts, escape(text[end:])])


def _href(page_url: str, link: Reference) -> str:
    """Return the address as a page of the BBC writes it: without scheme and host where the host is its own."""
    page = urlsplit(page_url)
    return link.url.removeprefix(f"{page.scheme}://{page.netloc}") or "/"


def _image_name(link: Reference) -> str:
    """Return a number for a link's thumbnail, the same on every page."""
    return f"_{zlib.crc32(link.url.encode()) % 9_000_000 + 40_000_000}_thumb"


def _json(value: Any) -> Markup:
    """Return a value as JSON that may stand inside a script element."""
    return Markup(json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/"))  # noqa: S704


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _slashed(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y/%m/%d %H:%M:%S")


def _clock(zone: ZoneInfo) -> Callable[..., str]:
    """Return a filter that says the time in a zone; ``%-d`` is the day without a zero, on every platform."""

    def clock(moment: datetime, pattern: str = "%H:%M") -> str:
        local = moment.astimezone(zone)
        return local.strftime(pattern.replace("%-d", str(local.day)))

    return clock
