"""The OpenAPI 3.1 of the service, made from the routes. The file of it in the repository is compared with this by a test."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from rebates_api.routes import ALL
from rebates_api.routes.models import MoneyBody, ProblemAnswer
from rebates_api.routes.route import Route
from rebates_api.web.problems import MEDIA

REF = "#/components/schemas/{model}"
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "does the work once: the same key gives the same answer; with another body it is refused (422), and so is a second "
    "request before the first is answered (409)",
}


def described() -> str:
    """What the first lines of the documentation say."""
    return (
        "Money and quantities are texts, exact to the last digit; a JSON number is refused. Every answer names the version of "
        "the rules that made it; `?rules=VERSION` replays it. Errors are `application/problem+json`, all of a request at once."
    )


def documented(route: Route) -> dict[str, Any]:
    """What FastAPI is told of a route that decodes its body and writes its answer by hand."""
    extra: dict[str, Any] = {"x-needs": route.needs}
    extra["security"] = [] if route.needs == "nothing" else [{"key": []}]
    if route.ending is not None:
        extra |= route.ending.documented()
    parameters = [*route.parameters, *([IDEMPOTENCY] if route.stores else [])]
    if parameters:
        extra["parameters"] = parameters
    if route.body is not None:
        media: dict[str, Any] = {"schema": {"$ref": REF.format(model=route.body.__name__)}}
        media["example"] = route.sample
        extra["requestBody"] = {"required": True, "content": {route.body_media: media}}
    statuses = {*route.problems, 500}
    if route.needs != "nothing":
        statuses |= {400, 401, 403}
    responses: dict[int | str, dict[str, Any]] = {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA: {"schema": {"$ref": REF.format(model=ProblemAnswer.__name__)}}},
        }
        for status in sorted(statuses)
    }
    for status, said in route.more.items():
        responses[status] = {"description": said}
    good: dict[str, Any] = {"description": "as asked"}
    schema = {"$ref": REF.format(model=route.answer.__name__)} if route.answer is not None else {"type": "string"}
    good["content"] = {
        media: {"schema": schema if media.endswith("json") else {"type": "string"}} for media in route.answer_media
    }
    responses[route.status] = good
    return {
        "summary": route.summary,
        "description": (route.handler.__doc__ or "").strip(),
        "tags": [tag_of(route)],
        "responses": responses,
        "openapi_extra": extra,
        "response_class": Response,
        "status_code": route.status,
    }


def complete(made: dict[str, Any]) -> dict[str, Any]:
    """Adds the models, the key, and takes out what FastAPI says of bodies that it does not read."""
    schemas: dict[str, Any] = {}
    models: list[type[BaseModel]] = [
        model for route in ALL for model in (route.body, route.answer) if model is not None
    ]
    models += [ProblemAnswer, MoneyBody]
    for model in {each.__name__: each for each in models}.values():
        whole = model.model_json_schema(ref_template=REF, mode="validation")
        schemas |= whole.pop("$defs", {})
        schemas[model.__name__] = whole
    made["components"] = {
        "schemas": dict(sorted(schemas.items())),
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "a key of `rebates keys create`, or a bearer token",
            }
        },
    }
    for operations in made["paths"].values():
        for operation in operations.values():
            if not _tells(operation, "422"):
                operation["responses"].pop("422", None)
    return made


def _tells(operation: dict[str, Any], status: str) -> bool:
    """Whether a status is one of ours."""
    return MEDIA in operation["responses"].get(status, {}).get("content", {})


def tag_of(route: Route) -> str:
    """The resource that a route is of."""
    parts = route.path.strip("/").split("/")
    return parts[1].partition(":")[0] if parts[0] == "v1" else "running"
