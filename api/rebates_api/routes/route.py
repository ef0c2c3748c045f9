"""A route: its address, what a key needs for it, what it is told in the OpenAPI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from rebates_api.identity.gate import Needs
from rebates_api.web.ending import Ending, ending_of

if TYPE_CHECKING:
    from rebates_api.identity.caller import Caller
    from rebates_api.service import Service
    from rebates_api.web.seen import Seen

Handler = Callable[..., Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """One way in. `needs` has no default: a route is made with a decision or not at all."""

    method: str
    path: str
    handler: Handler
    needs: Needs
    summary: str
    answer: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    body_media: str = "application/json"
    answer_media: tuple[str, ...] = ("application/json",)
    status: int = 200
    problems: tuple[int, ...] = ()
    parameters: tuple[dict[str, Any], ...] = ()
    stores: bool = False  # takes a key of idempotency
    more: dict[int, str] = field(default_factory=dict)  # other good answers
    ending: Ending | None = None  # it will go
    sample: Any = None  # a body that works on the sample rules
    asked: str = ""  # the address as a call says it, where it has parts


class GuardedRoute(APIRoute):
    """Lets a caller in before anything else happens."""

    needs: Needs

    def get_route_handler(self) -> Callable[[Request], Any]:
        inner = super().get_route_handler()
        extra = self.openapi_extra or {}
        needs: Needs = extra["x-needs"]
        path, ending = self.path_format, ending_of(extra)

        async def guarded(request: Request) -> Response:
            await let_in(request, needs, path, ending)
            response: Response = await inner(request)
            return response

        return guarded


async def let_in(request: Request, needs: Needs, path: str, ending: Ending | None) -> None:
    """Lets the caller in, and notes who it is and by which route. Raises Problem."""
    seen: Seen = request.scope["seen"]
    seen.path, seen.ending = path, ending
    caller = await request.app.state.service.gate.admit(request.scope, needs)
    if caller is not None:
        seen.key, request.scope["caller"] = caller.id, caller


def service_of(request: Request) -> Service:
    """The worker's service."""
    service: Service = request.app.state.service
    return service


def seen_of(request: Request) -> tuple[Seen, Caller]:
    """What is known of the request, and who calls."""
    seen: Seen = request.scope["seen"]
    caller: Caller = request.scope["caller"]
    return seen, caller
