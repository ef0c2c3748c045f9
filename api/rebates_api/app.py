"""The application: every route of `routes.ALL`, behind the front."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from rebates import __version__
from rebates_api.openapi import complete, described, documented
from rebates_api.routes import ALL
from rebates_api.routes.route import GuardedRoute
from rebates_api.service import Service
from rebates_api.web.codes import CODES
from rebates_api.web.front import Front
from rebates_api.web.problems import Problem

LEAST_GZIP = 1_000
BY_STATUS = {404: "S4041", 405: "S4051", 400: "S4001", 413: "S4131"}


def create_app(service: Service) -> ASGIApp:
    """The whole service as one ASGI application."""
    app = fast_api()
    app.state.service = service
    return Front(
        GZipMiddleware(app, minimum_size=LEAST_GZIP, compresslevel=5), service.metrics, service.settings.log_requests
    )


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
    return await _problem(request, Problem(code, CODES[code].title, headers=headers))
