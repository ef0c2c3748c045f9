"""Parameters of the address: read strictly, an unknown one is named."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import parse_qsl

from fastapi import Request

from rebates_api.identity.caller import Caller
from rebates_api.web.problems import Problem, parameter
from rebates_api.wire.views import Explain

VERSION = re.compile(r"[0-9a-f]{64}", re.ASCII)
NOTHING: dict[str, str] = {}
PAGE, MOST_PAGE = 200, 1_000

RULES = {
    "name": "rules",
    "in": "query",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "description": "a version of the rules, to replay a former quote exactly; without it the one in force",
}
EXPLAIN = {
    "name": "explain",
    "in": "query",
    "schema": {"type": "string", "enum": ["none", "customer", "full"], "default": "customer"},
    "description": "how much is told; `full` is for managers",
}
DATE = {
    "name": "date",
    "in": "query",
    "schema": {"type": "string", "format": "date"},
    "description": "the day; without it today in UTC",
}
ACCOUNT = {
    "name": "account",
    "in": "query",
    "schema": {"type": "string", "maxLength": 200},
    "description": "only what this account earns or is paid",
}
DRY_RUN = {
    "name": "dry_run",
    "in": "query",
    "schema": {"type": "string", "enum": ["true", "false"], "default": "false"},
    "description": "all is checked and told, nothing is kept",
}
PERIOD = {
    "name": "period",
    "in": "query",
    "required": True,
    "schema": {
        "type": "string",
        "maxLength": 40,
        "pattern": r"^\d{4}(-(Q[1-4]|H[12]|0[1-9]|1[0-2]))?$|^\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}$",
    },
    "description": "2026, 2026-H1, 2026-Q2, 2026-05 or D..D",
}
AS_OF = {
    "name": "as_of",
    "in": "query",
    "schema": {"type": "string", "format": "date-time"},
    "description": "as it was known at this moment; without it as it is known now",
}
CURSOR = {
    "name": "cursor",
    "in": "query",
    "schema": {"type": "string", "maxLength": 2000},
    "description": "`next` of the page before",
}
LIMIT = {
    "name": "limit",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST_PAGE, "default": PAGE},
    "description": "the most rows of a page",
}
LANGUAGE = {
    "name": "language",
    "in": "query",
    "schema": {"type": "string", "enum": ["en", "id"], "default": "en"},
    "description": "of a page or a workbook",
}


def asked(request: Request, known: Collection[str]) -> dict[str, str]:
    """The parameters by name. Raises Problem S4221 for an unknown one and for one that stands twice."""
    query = request.scope["query_string"]
    return _read(query, tuple(known)) if query else NOTHING


@lru_cache(1_000)
def _read(query: bytes, known: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except (ValueError, UnicodeDecodeError):
        raise Problem("S4221", "the parameters cannot be read") from None
    for name, value in pairs:
        if name not in known:
            raise parameter(name[:80], "there is no such parameter", f"known: {', '.join(sorted(known)) or 'none'}")
        if name in found:
            raise parameter(name, "the parameter stands twice", "keep one of them")
        found[name] = value
    return found


def explain_of(given: dict[str, str], caller: Caller) -> Explain:
    """How much is told."""
    match given.get("explain", "customer"):
        case "none":
            return "none"
        case "customer":
            return "customer"
        case "full":
            if not caller.is_manager:
                raise Problem("S4031", "the full explanation is told to keys with the view of a manager")
            return "full"
        case other:
            raise parameter("explain", f"`{other[:40]}` is no way to explain", "write none, customer or full")


def rules_of(given: dict[str, str]) -> str | None:
    """The version to answer by."""
    version = given.get("rules")
    if version is not None and not VERSION.fullmatch(version):
        raise parameter("rules", "this is no version of rules", "give the 64 signs of `version` in a quote")
    return version


def day_of(given: dict[str, str]) -> date:
    """The day that is asked about."""
    text = given.get("date")
    if text is None:
        return datetime.now(UTC).date()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            day = date.fromisoformat(text)
            if 1900 <= day.year <= 2200:
                return day
    except ValueError:
        pass
    raise parameter("date", f"`{text[:40]}` is no day from 1900 to 2200", "write it like 2026-03-10")


def number_of(given: dict[str, str], name: str, default: int, most: int) -> int:
    """A whole number from 1."""
    text = given.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[1-9]\d{0,5}", text, re.ASCII) or int(text) > most:
        raise parameter(name, f"`{text[:40]}` is no whole number from 1 to {most}")
    return int(text)


def is_dry(given: dict[str, str]) -> bool:
    """Whether nothing is to be kept."""
    text = given.get("dry_run", "false")
    if text not in ("true", "false"):
        raise parameter("dry_run", f"`{text[:40]}` is neither true nor false")
    return text == "true"
