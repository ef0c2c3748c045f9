"""`/v1/quotes/{id}` and its approval: a kept quote, and the decision on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import msgspec
from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from rebates_api.identity.caller import Caller
from rebates_api.routes.models import DECISION_SAMPLE, Approval, ApprovalBody, QuoteAnswer
from rebates_api.routes.quotes import told
from rebates_api.routes.route import Route, seen_of, service_of
from rebates_api.routes.stored import once
from rebates_api.routes.validated import validated
from rebates_api.service import Service
from rebates_api.store.answers import Answer
from rebates_api.store.approvals import Decided, Decision, Kept, today
from rebates_api.web.bodies import JSON, read_body
from rebates_api.web.problems import Finding, Problem


async def kept_quote(request: Request, id: str) -> Response:
    """A quote that needed an approval, with its numbers as they were, and what was decided."""
    service = service_of(request)
    _, caller = seen_of(request)
    kept = await _found(service, caller, id)
    body = msgspec.json.decode(kept.quote if caller.is_manager else kept.told)
    body["approval"] = told(kept, caller.is_manager)
    return Response(msgspec.json.encode(body), media_type=JSON)


async def decide(request: Request, id: str) -> Response:
    """Approves or refuses a quote, for a role that its guards name."""
    service = service_of(request)
    _, caller = seen_of(request)
    raw = await read_body(request, service.settings.body_bytes, service.settings.body_seconds)

    async def prepare() -> Callable[[Connection], Answer]:
        body = validated(ApprovalBody, raw)
        kept = await _found(service, caller, id)
        mine = [role for role in kept.roles if role in caller.roles and body.role in (None, role)]
        if not mine:
            raise Problem("S4032")
        until = _until(body)

        def work(connection: Connection) -> Answer:
            try:
                made = service.approvals.decide(
                    connection, id, mine, Decision("", body.decision, body.reason, until, caller.id, int(time.time()))
                )
            except Decided:
                raise Problem("S4091") from None
            return Answer(200, msgspec.json.encode(told(made, True)).decode())

        return work

    return await once(request, f"approval {id}", raw, prepare)


async def _found(service: Service, caller: Caller, id: str) -> Kept:
    """The kept quote. One that is not there and one of another's account are told alike."""
    kept: Kept | None = await service.aside(service.approvals.find, id[:64])
    if kept is None or not caller.may_see(service.rules.book, kept.account, today()):
        raise Problem("S4044")
    return kept


def _until(body: ApprovalBody) -> date | None:
    if body.until is None:
        return None
    try:
        return date.fromisoformat(body.until)
    except ValueError:
        finding = Finding("R0512", f"`{body.until[:40]}` is no day", "/until", help="write it like 2026-03-31")
        raise Problem("R0512", finding.detail, [finding]) from None


ROUTES = (
    Route(
        "GET", "/v1/quotes/{id}", kept_quote, "quote", "A quote that needed an approval, and what was decided",
        answer=QuoteAnswer, problems=(404, 503), asked="/v1/quotes/$QUOTE",
    ),
    Route(
        "POST", "/v1/quotes/{id}/approval", decide, "quote", "Approve or refuse a quote",
        answer=Approval, body=ApprovalBody, problems=(400, 404, 408, 409, 413, 415, 422, 503), stores=True,
        sample=DECISION_SAMPLE, asked="/v1/quotes/$QUOTE/approval",
    ),
)  # fmt: skip
