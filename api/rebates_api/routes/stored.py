"""Posts that store: done once for each key of idempotency."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from rebates_api.routes.route import seen_of, service_of
from rebates_api.store.answers import Answer, Asked, OtherBody
from rebates_api.web.bodies import JSON
from rebates_api.web.problems import Finding, Problem

if TYPE_CHECKING:  # it comes with `rebates[ledger]`
    from rebates.ledger.ledger import Ledger

HEADER = "idempotency-key"
KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


async def once(request: Request, operation: str, body: bytes, work: Callable[[Connection], Answer]) -> Response:
    """Does the work, or tells what it came to before. Raises Problem S4222 for another body under the same key."""
    service = service_of(request)
    _, caller = seen_of(request)
    key = _key(request)
    try:
        made = await service.aside(service.answers.once, caller.id, operation, key, body, work)
    except OtherBody:
        raise Problem("S4222") from None
    return _answer(made)


async def posted(
    request: Request, operation: str, body: bytes, work: Callable[[Ledger], Answer], dry: bool
) -> Response:
    """The same for work in the ledger; of a dry run nothing is kept. Raises Problem S4222, S4045 where there is no ledger."""
    service = service_of(request)
    _, caller = seen_of(request)
    key = _key(request)
    asked = None if key is None else Asked(caller.id, operation, key, body)
    try:
        made = await service.ledgered(service.ledger.write, work, asked, not dry)
    except OtherBody:
        raise Problem("S4222") from None
    return _answer(made)


def _key(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not KEY.fullmatch(key):
        detail = "a key of idempotency is 1 to 255 visible ASCII signs"
        raise Problem("S4221", detail, [Finding("S4221", detail, parameter="Idempotency-Key")])
    return key


def _answer(made: Answer) -> Response:
    headers = {"Idempotency-Replayed": "true"} if made.replayed else {}
    return Response(made.text, made.status, headers, JSON)
