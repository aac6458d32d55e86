"""Rows as lines of JSON."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters but the line feed, and those that turn the direction of text: they could forge what is shown."""


def json_line(row: Any) -> str:
    """Return a row as JSON: datetimes ISO 8601 with Z, bytes in hexadecimal, control characters escaped."""
    line = json.dumps(row, ensure_ascii=False, default=_plain, separators=(",", ":"))
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        precision = "milliseconds" if value.microsecond else "seconds"
        return value.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, bytes):
        return value.hex()
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")
