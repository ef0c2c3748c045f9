"""`/v1/rules`: what is in force, since when; reading it anew; the source as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response

from rebates_api.routes.asked import VERSION
from rebates_api.routes.models import RulesAnswer, VersionAnswer
from rebates_api.routes.route import Route, seen_of, service_of
from rebates_api.rules.archive import texts_of
from rebates_api.rules.in_force import State
from rebates_api.rules.loading import RulesBroken
from rebates_api.service import Service
from rebates_api.web.bodies import JSON
from rebates_api.web.etags import PRIVATE, etag_of, unchanged
from rebates_api.web.problems import Finding, Problem


async def rules(request: Request) -> Response:
    """The version in force, who serves it, and the versions that can be replayed."""
    service = service_of(request)
    return Response(msgspec.json.encode(await service.aside(_state, service, service.rules.state)), media_type=JSON)


async def reload(request: Request) -> Response:
    """Reads the rule files anew. A broken set leaves the last good one in force, and is told here."""
    service = service_of(request)
    seen, _ = seen_of(request)
    try:
        state = await service.aside(service.rules.reload, True)
    except RulesBroken as broken:
        findings = [
            Finding(
                one.code,
                one.message,
                help=one.help,
                file=one.span.source.name,
                line=one.span.line,
            )
            for one in broken.findings
            if one.severity == "error"
        ]
        findings += [Finding("R0602", f"the example `{title}` fails") for title in broken.failed]
        raise Problem("S4093", broken.reason, findings) from None
    seen.rules = state.book.version
    return Response(msgspec.json.encode(await service.aside(_state, service, state)), media_type=JSON)


async def version(request: Request, version: str) -> Response:
    """The files of a version as they were."""
    service = service_of(request)
    found = await service.aside(service.versions.sources, version) if VERSION.fullmatch(version) else None
    if found is None:
        raise Problem("S4042")
    tag = etag_of("source", version)
    if (same := unchanged(request, tag)) is not None:
        return same
    sources, since = found
    files = [{"name": name, "text": text} for name, text in texts_of(sources).items()]
    body = {"version": version, "since": _time(since), "files": files}
    return Response(msgspec.json.encode(body), headers={"ETag": tag, "Cache-Control": PRIVATE}, media_type=JSON)


def _state(service: Service, state: State) -> dict[str, Any]:
    return {
        "version": state.book.version,
        "since": _time(state.since),
        "agreements": len({each.name for each in state.book.rules.agreements}),
        "problem": state.problem.reason if state.problem is not None else None,
        "workers": service.versions.serving(),
        "kept": [{"version": each.version, "since": _time(each.since)} for each in service.versions.kept()],
    }


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


ROUTES = (
    Route("GET", "/v1/rules", rules, "rules", "The rules in force", answer=RulesAnswer, problems=(503,)),
    Route(
        "POST", "/v1/rules:reload", reload, "rules", "Read the rule files anew", answer=RulesAnswer, problems=(409, 503)
    ),
    Route(
        "GET", "/v1/rules/{version}", version, "rules", "The source of a version as it was",
        answer=VersionAnswer, problems=(404, 503), more={304: "not changed"}, asked="/v1/rules/$VERSION",
    ),
)  # fmt: skip
