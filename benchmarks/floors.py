"""What the price service is measured against, each served as it is: by one uvicorn worker with the same parser and loop.

    python -m benchmarks.floors echo|pydantic PORT CORE [RULES STORE]

- `echo`: a FastAPI route that decodes the body of an order with the service's own codec and writes it back with it.
- `pydantic`: the service itself, keys, limits, log and all, with a route whose body and answer are FastAPI's pydantic models.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
import uvicorn
from fastapi import FastAPI, Request
from pydantic import SecretStr
from starlette.responses import Response
from starlette.types import ASGIApp

from rebates import Line, Order
from rebates_api.app import create_app
from rebates_api.routes import ALL
from rebates_api.routes.models import OrderRequest, QuoteAnswer
from rebates_api.service import Service
from rebates_api.settings import Settings
from rebates_api.telemetry.logs import set_up
from rebates_api.web.bodies import JSON
from rebates_api.wire.orders import PlainOrder
from rebates_api.wire.views import numbers


def echo() -> ASGIApp:
    """Decodes and writes back."""
    app = FastAPI(openapi_url=None)
    decode, encode = msgspec.json.Decoder(PlainOrder).decode, msgspec.json.Encoder().encode

    @app.post("/v1/quotes")
    async def echoed(request: Request) -> Response:
        return Response(encode(decode(await request.body())), media_type=JSON)

    return app


def pydantic(rules: str, store: str) -> ASGIApp:
    """The service whose quotes go through pydantic on both sides."""
    settings = Settings(rules=Path(rules), store=SecretStr(store), lines_per_minute=0, watch=False)
    set_up(settings.log_level)
    service = Service(settings)
    service.open()
    app = create_app(service)
    inner: FastAPI = app.app.app.app  # type: ignore[attr-defined] # FastAPI, behind the front, what compresses, and the short way
    [needs] = {route.needs for route in ALL if route.path == "/v1/quotes"}

    @inner.post("/pydantic/quotes", openapi_extra={"x-needs": needs})
    async def quoted(order: OrderRequest) -> QuoteAnswer:
        plain = order.model_dump()
        lines = [Line(**line) for line in plain.pop("lines")]
        return QuoteAnswer.model_validate(numbers(service.rules.book.quote(Order(lines=lines, **plain))))

    return app


def main() -> None:
    kind, port, core, *more = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    app = echo() if kind == "echo" else pydantic(*more)
    uvicorn.run(app, port=int(port), log_config=None, access_log=False, loop="uvloop", http="httptools")


if __name__ == "__main__":
    main()
