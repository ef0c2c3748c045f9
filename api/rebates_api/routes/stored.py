"""Posts that store: done once for each key of idempotency."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from rebates_api.routes.route import seen_of, service_of
from rebates_api.store.answers import Answer, Asked, OtherBody, Taken
from rebates_api.web.bodies import JSON
from rebates_api.web.problems import RETRY_S, Finding, Problem

if TYPE_CHECKING:  # it comes with `rebates[ledger]`
    from rebates.ledger.ledger import Ledger
    from rebates_api.service import Service

HEADER = "idempotency-key"
KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


T = TypeVar("T")
Work = Callable[[T], Answer]
Prepare = Callable[[], Awaitable[Work[T]]]
"""Reads and checks a body, and gives the work that it asks for. Raises Problem."""
OF_THE_BODY = (400, 404, 409, 422)


async def once(request: Request, operation: str, body: bytes, prepare: Prepare[Connection]) -> Response:
    """Does the work in the store. Under a key that was answered before it tells that answer.

    Raises Problem: S4222 for a key that stands for another body, whatever is wrong with this one; S4092 while the key's first
    request is not answered yet.
    """
    service = service_of(request)
    asked = _asked(request, operation, body)

    async def before(asked: Asked) -> Answer | None:
        return await service.aside(service.answers.before, asked)

    async def work() -> Answer:
        return await service.aside(service.answers.once, asked, await prepare())

    return await _done(service, asked, before, work)


async def posted(request: Request, operation: str, body: bytes, prepare: Prepare[Ledger], dry: bool) -> Response:
    """The same for work in the ledger; of a dry run nothing is kept. Raises Problem S4045 where there is no ledger, too."""
    service = service_of(request)
    asked = _asked(request, operation, body)

    async def before(asked: Asked) -> Answer | None:
        return await service.ledgered(service.ledger.before, asked)

    async def work() -> Answer:
        return await service.ledgered(service.ledger.write, await prepare(), asked, not dry)

    return await _done(service, None if dry else asked, before, work)


async def _done(
    service: Service,
    asked: Asked | None,
    before: Callable[[Asked], Awaitable[Answer | None]],
    work: Callable[[], Awaitable[Answer]],
) -> Response:
    try:
        if asked is None:
            return _answer(await work())
        with service.under_way.alone(asked):
            try:
                return _answer(await work())
            except Problem as problem:  # the key is older than what is wrong with the body now
                found = await before(asked) if problem.status in OF_THE_BODY else None
                if found is None:
                    raise
                return _answer(found)
    except OtherBody:
        raise Problem("S4222") from None
    except Taken:
        raise Problem("S4092", headers={"Retry-After": str(RETRY_S)}) from None


def _asked(request: Request, operation: str, body: bytes) -> Asked | None:
    """The request under its key, if it has one."""
    key = _key(request)
    return None if key is None else Asked(seen_of(request)[1].id, operation, key, body)


def _key(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not KEY.fullmatch(key):
        detail = "a key of idempotency is 1 to 255 visible ASCII signs"
        raise Problem("S4221", detail, [Finding("S4221", detail, parameter="Idempotency-Key")])
    return key


def _answer(made: Answer) -> Response:
    headers = {"Idempotency-Replayed": "true"} if made.replayed else {}
    return Response(made.text, made.status, headers, JSON)
