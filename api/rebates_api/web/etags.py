"""Entity tags: answers that depend on nothing but the rules, the caller's view and what was asked need not be sent twice."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response

PRIVATE = "private, no-cache"  # kept by the caller alone, and asked for again each time


def etag_of(*parts: str) -> str:
    """A tag of everything that the answer depends on."""
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


def unchanged(request: Request, etag: str) -> Response | None:
    """304 where the caller has it already."""
    given = request.headers.get("if-none-match")
    if given is None or len(given) > 4_000:
        return None
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    if etag not in tags and "*" not in tags:
        return None
    return Response(status_code=304, headers={"ETag": etag, "Cache-Control": PRIVATE})
