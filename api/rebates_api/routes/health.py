"""`/healthz`, `/readyz`, `/metrics`, and what a code means."""

from __future__ import annotations

from contextlib import suppress

import msgspec
from fastapi import Request
from starlette.responses import Response

from rebates.syntax.catalogue import ENTRIES
from rebates_api.routes.models import CodeAnswer, HealthAnswer, ReadyAnswer
from rebates_api.routes.route import Route, service_of
from rebates_api.service import Service
from rebates_api.telemetry.metrics import CONTENT
from rebates_api.web.bodies import JSON
from rebates_api.web.codes import CODES
from rebates_api.web.problems import Problem


async def healthz(request: Request) -> Response:
    """The process answers."""
    return Response(b'{"status":"ok"}', media_type=JSON)


async def readyz(request: Request) -> Response:
    """Rules are loaded and quotes are given; what is not as it should be is said."""
    service = service_of(request)
    state = service.rules.state
    settled: bool | None = None
    with suppress(Problem):
        settled = await service.aside(_settled, service)
    ledger = "none"
    if service.ledger.there:
        ledger = "away"
        with suppress(Problem):
            await service.ledgered(service.ledger.answers)
            ledger = "there"
    body = {
        "status": "ready",
        "version": state.book.version,
        "rules": "as the files are" if state.problem is None else "the last good ones; the files are broken",
        "reason": state.problem.reason if state.problem is not None else None,
        "store": "away" if settled is None else "there",
        "ledger": ledger,
        "settled": settled,
    }
    return Response(msgspec.json.encode(body), media_type=JSON)


def _settled(service: Service) -> bool:
    return set(service.versions.serving().values()) <= {service.rules.book.version}


async def metrics(request: Request) -> Response:
    """Figures for Prometheus."""
    return Response(service_of(request).metrics.text(), headers={"Content-Type": CONTENT})


async def code(request: Request, code: str) -> Response:
    """What a code of a problem means, why it is not let pass, and what to do."""
    known = CODES.get(code) or ENTRIES.get(code)
    if known is None:
        raise Problem("S4041", "there is no such code")
    body = {"code": known.code, "title": known.title, "why": known.why, "mend": known.mend}
    return Response(msgspec.json.encode(body), headers={"Cache-Control": "public, max-age=3600"}, media_type=JSON)


ROUTES = (
    Route("GET", "/healthz", healthz, "nothing", "The process answers", answer=HealthAnswer),
    Route("GET", "/readyz", readyz, "nothing", "Quotes are given", answer=ReadyAnswer),
    Route("GET", "/metrics", metrics, "admin", "Figures for Prometheus", answer_media=("text/plain",)),
    Route(
        "GET", "/v1/codes/{code}", code, "nothing", "What a code means",
        answer=CodeAnswer, problems=(404,), asked="/v1/codes/S4291",
    ),
)  # fmt: skip
