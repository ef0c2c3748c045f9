"""Posts that store: done once for each key of idempotency."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from rebates_api.routes.route import seen_of, service_of
from rebates_api.store.answers import Answer, OtherBody
from rebates_api.web.bodies import JSON
from rebates_api.web.problems import Finding, Problem

HEADER = "idempotency-key"
KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


async def once(request: Request, operation: str, body: bytes, work: Callable[[Connection], Answer]) -> Response:
    """Does the work, or tells what it came to before. Raises Problem S4222 for another body under the same key."""
    service = service_of(request)
    _, caller = seen_of(request)
    key = request.headers.get(HEADER)
    if key is not None and not KEY.fullmatch(key):
        detail = "a key of idempotency is 1 to 255 visible ASCII signs"
        raise Problem("S4221", detail, [Finding("S4221", detail, parameter="Idempotency-Key")])
    try:
        made = await service.aside(service.answers.once, caller.id, operation, key, body, work)
    except OtherBody:
        raise Problem("S4222") from None
    headers = {"Idempotency-Replayed": "true"} if made.replayed else {}
    return Response(made.text, made.status, headers, JSON)
