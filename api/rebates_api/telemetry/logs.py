"""Structured logs: one JSON object on a line of standard error. Only what is listed here ever gets into a line."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any, BinaryIO

import msgspec
import structlog

ALLOWED = frozenset(
    "event level timestamp request_id key method path status code lines rules microseconds error where "
    "worker workers port host version problem keys count seconds reason findings action name traces".split()
)


def _allowed(_: object, __: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Drops whatever is not on the list, and what is empty."""
    return {name: value for name, value in event.items() if name in ALLOWED and value is not None}


def _encoded(_: object, __: str, event: MutableMapping[str, Any]) -> bytes:
    return msgspec.json.encode(event)


def set_up(level: str) -> None:
    """Before anything is logged."""
    global _requests
    _requests = sys.stderr.buffer if level in ("debug", "info") else None
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _allowed,
            _encoded,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


log: Any = structlog.get_logger()
_requests: BinaryIO | None = None
_request = msgspec.json.Encoder().encode


class RequestLine(msgspec.Struct, omit_defaults=True):
    """The one line of a request, written by the shortest way; its fields are all that it says."""

    request_id: str
    method: str
    path: str
    status: int
    lines: int
    rules: str
    microseconds: int
    timestamp: datetime
    key: str | None = None
    code: str | None = None
    event: str = msgspec.field(default_factory=lambda: "request")
    level: str = msgspec.field(default_factory=lambda: "info")


def log_request(line: RequestLine) -> None:
    """One line of the log, where requests are logged."""
    if _requests is not None:
        _requests.write(_request(line) + b"\n")
        _requests.flush()
