"""`/v1/checks`: rule text in, findings out; nothing is kept."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response

from rebates import RuleErrors
from rebates.engine.book import load_once
from rebates.syntax.render_json import as_dict
from rebates.tools.examples import run_examples
from rebates_api.routes.models import CHECK_SAMPLE, CheckAnswer, CheckBody
from rebates_api.routes.route import Route, service_of
from rebates_api.routes.validated import validated
from rebates_api.web.bodies import JSON, read_body
from rebates_api.web.problems import Finding, Problem

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}\.(rebates|csv)", re.ASCII)
DIAGNOSTIC = ("code", "severity", "file", "line", "column", "end_line", "end_column", "message", "help", "edits")


async def check(request: Request) -> Response:
    """Checks rule texts and tables as they would be loaded, and runs their examples."""
    service = service_of(request)
    raw = await read_body(request, service.settings.body_bytes, service.settings.body_seconds)
    body = validated(CheckBody, raw)
    wrong = [
        Finding("S4221", f"`{name[:80]}` is no file name", f"/files/{name[:80].replace('~', '~0').replace('/', '~1')}", help="write a name such as acme.rebates or items.csv")
        for name in body.files
        if not NAME.fullmatch(name)
    ]  # fmt: skip
    if not any(name.endswith(".rebates") for name in body.files):
        wrong.append(
            Finding("S4221", "there is no rule text", "/files", help="give one under a name such as acme.rebates")
        )
    if wrong:
        raise Problem("S4221", wrong[0].detail, wrong)
    found = await service.long(lambda: _checked(body))
    for each in found["findings"]:
        service.metrics.finding(each["code"])
    return Response(msgspec.json.encode(found), media_type=JSON)


def _checked(body: CheckBody) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="rebates-") as folder:
        for name, text in body.files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8", newline="")
        try:
            book = load_once(folder)
        except RuleErrors as errors:
            return {"holds": False, "version": None, "findings": _told(errors.diagnostics), "examples": []}
    examples = [
        {
            "agreement": result.agreement,
            "title": result.title,
            "holds": result.ok,
            "failed": [result.error] if result.error else [str(one.text) for one in result.checks if not one.ok],
        }
        for result in (run_examples(book) if body.examples else ())
    ]
    holds = all(each["holds"] for each in examples)
    return {"holds": holds, "version": book.version, "findings": _told(book.warnings), "examples": examples}


def _told(findings: Any) -> list[dict[str, Any]]:
    return [{name: whole[name] for name in DIAGNOSTIC} for whole in map(as_dict, findings)]


ROUTES = (
    Route(
        "POST", "/v1/checks", check, "rules", "Check rule text",
        answer=CheckAnswer, body=CheckBody, problems=(400, 408, 413, 415, 422, 503),
        sample=CHECK_SAMPLE,
    ),
)  # fmt: skip
