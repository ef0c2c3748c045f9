"""The application: every route of `routes.ALL`, behind the front."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rebates import __version__
from rebates_api.openapi import complete, described, documented
from rebates_api.page import page
from rebates_api.routes import ALL
from rebates_api.routes.route import GuardedRoute, let_in
from rebates_api.routes.statements import NOTHING_RUNS
from rebates_api.service import Service
from rebates_api.web.codes import CODES
from rebates_api.web.forms import takes_gzip
from rebates_api.web.front import Front
from rebates_api.web.problems import Problem

LEAST_GZIP = 1_000
BY_STATUS = {404: "S4041", 405: "S4051", 400: "S4001", 413: "S4131"}


def create_app(service: Service) -> ASGIApp:
    """The whole service as one ASGI application."""
    app = fast_api()
    app.state.service = service
    return Front(Compressed(Direct(app)), service.metrics, service.settings.log_requests)


class Compressed:
    """Answers to callers who take gzip are compressed; others do not pay for the question."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.compressing = GZipMiddleware(app, minimum_size=LEAST_GZIP, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        takes = scope["type"] == "http" and any(
            name == b"accept-encoding" and b"gzip" in value and takes_gzip(value.decode("latin-1"))
            for name, value in scope["headers"]
        )
        await (self.compressing if takes else self.app)(scope, receive, send)


class Direct:
    """Takes requests for addresses without parameters straight to their routes, which halves the time of a short one.

    What FastAPI would do for such a route is done here: the gate, the handler, its problems. All else is left to FastAPI.
    """

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.routes = {(route.method, route.path): route for route in ALL if "{" not in route.path}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if route is None:
            await self.app(scope, receive, send)
            return
        scope["app"] = self.app
        request = Request(scope, receive)
        try:
            await let_in(request, route.needs, route.path, route.ending)
            response = await route.handler(request)
        except Problem as problem:
            response = await _problem(request, problem)
        await response(scope, receive, send)


def fast_api() -> FastAPI:
    """The routes and their documentation, without a service behind them."""
    app = FastAPI(
        title="rebates",
        version=__version__,
        summary="Prices from the text of commercial agreements, exact and explained",
        description=described(),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        separate_input_output_schemas=False,
    )
    app.router.redirect_slashes = False
    app.router.route_class = GuardedRoute
    for route in ALL:
        app.add_api_route(
            route.path,
            route.handler,
            methods=[route.method],
            operation_id=route.handler.__name__,
            **documented(route),
        )
    app.router.add_route("/openapi.json", _openapi, methods=["GET"], include_in_schema=False)
    app.router.add_route("/docs", _docs, methods=["GET"], include_in_schema=False)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _fault)
    app.openapi = _complete(app, app.openapi)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    async with service.running():
        yield


def _complete(app: FastAPI, made: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """The OpenAPI of FastAPI, with the bodies that are decoded by hand."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = complete(made())
        return app.openapi_schema

    return openapi


async def _openapi(request: Request) -> Response:
    """The OpenAPI; it holds no rule, account or price."""
    request.scope["seen"].path = "/openapi.json"
    return Response(msgspec.json.encode(request.app.openapi()), media_type="application/json")


async def _docs(request: Request) -> Response:
    """The same for people."""
    request.scope["seen"].path = "/docs"
    headers = {"Content-Security-Policy": NOTHING_RUNS}
    return HTMLResponse(page(request.app.openapi()["components"]["schemas"]), headers=headers)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    seen = request.scope["seen"]
    seen.code = error.code
    request.app.state.service.metrics.problem(error.code)
    return error.response(seen.request_id)


async def _fault(request: Request, error: Exception) -> Response:
    """Ours: the caller is told so, and no more; the front logs where it was."""
    return await _problem(request, Problem("S5001"))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = BY_STATUS.get(error.status_code, "S4001" if error.status_code < 500 else "S5001")
    headers = dict(error.headers or {})
    if headers.get("Allow") == "GET":
        headers["Allow"] = "GET, HEAD"  # as the front answers it
    return await _problem(request, Problem(code, CODES[code].title, headers=headers))
