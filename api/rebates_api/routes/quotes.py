"""`/v1/quotes` and `/v1/quotes:batch`: orders in, prices out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response, StreamingResponse

from rebates import Book, Order, OrderErrors, OrderProblem, Quote
from rebates.compile.watching import watched_by
from rebates.engine.orders import day_of
from rebates_api.identity.caller import Caller
from rebates_api.identity.gate import admit_account
from rebates_api.routes.asked import EXPLAIN, RULES, asked, explain_of, rules_of
from rebates_api.routes.models import ORDER_SAMPLE, BatchAnswer, OrderRequest, QuoteAnswer
from rebates_api.routes.route import Route, seen_of, service_of
from rebates_api.service import Service
from rebates_api.store.approvals import Kept, today
from rebates_api.store.database import StoreAway
from rebates_api.web.bodies import JSON, NDJSON, read_body
from rebates_api.web.problems import Problem, of_order
from rebates_api.web.seen import Seen
from rebates_api.wire.orders import PlainOrder, long_order, order_of, plain_of, plain_order
from rebates_api.wire.views import Explain, customer, document, full

PARAMETERS = ("explain", "rules")
SHORT_LINES = {"none": 500, "customer": 3, "full": 3}  # what is worked out at once; longer answers get a thread


async def quote(request: Request) -> Response:
    """Prices an order."""
    service = service_of(request)
    seen, caller = seen_of(request)
    given = asked(request, PARAMETERS)
    explain = explain_of(given, caller)
    body = await read_body(request, service.settings.body_bytes, service.settings.body_seconds)
    book = await service.book(rules_of(given))
    seen.rules = book.version
    headers = request.scope["headers"] if service.traces.on else None
    with service.traces.span("quote", headers):
        content = await _answer(service, seen, caller, book, body, explain)
    return Response(content, media_type=JSON)


async def batch(request: Request) -> Response:
    """Prices many orders, one on a line; each has its own answer, by one version of the rules."""
    service = service_of(request)
    seen, caller = seen_of(request)
    given = asked(request, PARAMETERS)
    explain = explain_of(given, caller)
    body = await read_body(request, service.settings.batch_bytes, service.settings.body_seconds, (NDJSON, JSON))
    book = await service.book(rules_of(given))
    seen.rules = book.version
    orders = [line for line in body.split(b"\n") if line.strip()]
    if not orders:
        raise of_order(
            [OrderProblem("R0522", "order", "the batch has no orders", "write one order on each line")], True
        )
    if len(orders) > service.settings.batch_orders:
        raise Problem("S4131", f"{len(orders)} orders are more than {service.settings.batch_orders}")
    seen.left = service.rate.take(caller.id, 0)  # before the first; each order is counted when it is priced
    return StreamingResponse(_answers(service, seen, caller, book, orders, explain), media_type=NDJSON)


async def _answers(
    service: Service, seen: Seen, caller: Caller, book: Book, orders: list[bytes], explain: Explain
) -> AsyncIterator[bytes]:
    for index, order in enumerate(orders):
        try:
            if len(order) > service.settings.body_bytes:
                raise Problem("S4131", f"the order is larger than {service.settings.body_bytes} bytes")
            with service.traces.span("quote", index=index):
                content = await _answer(service, seen, caller, book, order, explain)
            yield b'{"index":%d,"quote":%b}\n' % (index, content)
        except Problem as problem:
            service.metrics.problem(problem.code)
            told = msgspec.json.encode(problem.to_dict(seen.request_id) | {"headers": problem.headers})
            yield b'{"index":%d,"problem":%b}\n' % (index, told)


async def _answer(service: Service, seen: Seen, caller: Caller, book: Book, body: bytes, explain: Explain) -> bytes:
    """The answer to one order."""
    try:
        with service.traces.span("read order"):
            order = _read(service, body, explain)
    except OrderErrors as errors:
        raise of_order(errors.problems, caller.is_manager) from None
    admit_account(caller, book, order.account, _day(book, order))
    lines = len(order.lines)
    if lines > service.settings.order_lines:
        raise Problem("S4132", f"{lines} lines are more than {service.settings.order_lines}")
    seen.left = service.rate.take(caller.id, max(1, lines))
    seen.lines += lines
    if lines <= SHORT_LINES[explain]:
        made = _made(service, book, order, body, caller, explain)
    else:
        made = await service.long(lambda: _made(service, book, order, body, caller, explain))
    if isinstance(made, bytes):
        return made
    priced, content = made
    content["approval"] = None
    if content["status"] == "needs approval":
        content["approval"] = await _kept(service, priced, caller)
    with service.traces.span("write answer"):
        return msgspec.json.encode(content)


def _read(service: Service, body: bytes, explain: Explain) -> Order | PlainOrder:
    """The order of a body; a plain one where its numbers alone are asked for. Raises OrderErrors."""
    if explain != "none":
        return service.opaque.shown(order_of(body))
    return plain_order(body) or plain_of(order := order_of(body)) or service.opaque.shown(order)


def _made(
    service: Service, book: Book, order: Order | PlainOrder, body: bytes, caller: Caller, explain: Explain
) -> bytes | tuple[Quote, dict[str, Any]]:
    """The whole answer, where it is numbers alone; else the quote and what is told of it."""
    if isinstance(order, PlainOrder):
        whole = None if service.traces.recording else service.numbers.answer(book, order)
        if whole is not None:
            service.metrics.quoted(True)
            return whole
        order = order.order()
    service.metrics.quoted(False)
    try:
        with service.traces.span("price", lines=len(order.lines)):
            made = book.quote(order)
            if (
                service.traces.recording
            ):  # generated code knows no stages: the run time, which comes to the same, is seen
                with watched_by(service.traces.stage):
                    _ = book.quote(order).priced.lines
        with service.traces.span("explain"):
            content = document(made, explain)
            return made, content if caller.is_manager else service.opaque.hidden(content)
    except OrderErrors as errors:
        problems = errors.problems
        try:
            long_order(body)  # may find more than what stopped the pricing
        except OrderErrors as more:
            problems = more.problems
        raise of_order(problems, caller.is_manager) from None


async def _kept(service: Service, quote: Quote, caller: Caller) -> dict[str, Any] | None:
    """Keeps a quote that waits for an approval; nothing while the store is away: quotes go on."""
    try:
        return told(await service.aside(_keep, service, quote, caller), caller.is_manager)
    except Problem:
        return None


def _keep(service: Service, quote: Quote, caller: Caller) -> Kept:
    try:
        views = full(quote), service.opaque.hidden(customer(quote))
        manager, plain = (msgspec.json.encode(view, order="sorted").decode() for view in views)
        return service.approvals.keep(quote.order.account, quote.version, quote.approvals, manager, plain, caller.id)
    except StoreAway:
        service.store_away = True
        raise


def told(kept: Kept, is_manager: bool) -> dict[str, Any]:
    """What is said of an approval; roles and reasons are for managers."""
    found: dict[str, Any] = {
        "id": kept.id,
        "state": kept.state(today()),
        "until": None if kept.until is None else kept.until.isoformat(),
        "decisions": [
            {"decision": each.decision, "until": None if each.until is None else each.until.isoformat()}
            | ({"role": each.role, "reason": each.reason} if is_manager else {})
            for each in kept.decisions
        ],
    }
    return found | ({"roles": list(kept.roles)} if is_manager else {})


def _day(book: Book, order: Order | PlainOrder) -> Any:
    """The order's day, if it is one; a slip is told later."""
    try:
        return day_of(order.date, book.ground.zones)
    except ValueError:
        return None


ROUTES = (
    Route(
        "POST", "/v1/quotes", quote, "quote", "Price an order",
        answer=QuoteAnswer, body=OrderRequest, problems=(400, 404, 408, 409, 413, 415, 422, 429, 503),
        parameters=(EXPLAIN, RULES), sample=ORDER_SAMPLE,
    ),
    Route(
        "POST", "/v1/quotes:batch", batch, "quote", "Price up to 1,000 orders, one JSON object on a line",
        answer=BatchAnswer, body=OrderRequest, body_media=NDJSON, answer_media=(NDJSON,),
        problems=(400, 404, 408, 413, 415, 422, 429, 503), parameters=(EXPLAIN, RULES), sample=ORDER_SAMPLE,
    ),
)  # fmt: skip
