"""Routes that will go: each answer says since when that is known, when they go, and what takes their place (RFC 9745, RFC 8594)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of the end of a route: told on day `since`, gone on day `until`, both in UTC; `instead` is the address to call."""

    since: date
    until: date
    instead: str

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"deprecation", b"@%d" % _midnight(self.since).timestamp()),
            (b"sunset", format_datetime(_midnight(self.until), usegmt=True).encode()),
            (b"link", f'<{self.instead}>; rel="successor-version"'.encode()),
        ]

    def documented(self) -> dict[str, Any]:
        """What the OpenAPI says of it."""
        return {
            "deprecated": True,
            "x-since": self.since.isoformat(),
            "x-until": self.until.isoformat(),
            "x-instead": self.instead,
        }


def ending_of(extra: Mapping[str, Any]) -> Ending | None:
    """The end that the OpenAPI of a route tells of."""
    if "x-until" not in extra:
        return None
    return Ending(date.fromisoformat(extra["x-since"]), date.fromisoformat(extra["x-until"]), extra["x-instead"])


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
