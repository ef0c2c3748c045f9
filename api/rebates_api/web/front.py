"""The outermost layer: gives every request an id, every answer its head, and counts and logs both."""

from __future__ import annotations

import os
import re
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from rebates_api.telemetry.logs import RequestLine, log, log_request
from rebates_api.telemetry.metrics import Metrics
from rebates_api.web.problems import Problem
from rebates_api.web.seen import Seen

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}", re.ASCII)
SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"private, no-store"),
)
CLOSED = 499  # the caller went away; nobody sees it but the log


class Front:
    """Wraps the whole application. HEAD is answered as GET is, without the body."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log_requests: bool) -> None:
        self.app, self.metrics, self.log_requests = app, metrics, log_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter_ns()
        seen = Seen(_request_id(scope["headers"]))
        scope["seen"] = seen
        status, head_alone = 0, scope["method"] == "HEAD"
        inner = {**scope, "method": "GET"} if head_alone else scope

        async def answer(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                names = {name for name, _ in headers}
                headers.append((b"request-id", seen.request_id.encode()))
                headers.extend(pair for pair in SAFE if pair[0] not in names)
                if seen.rules:
                    headers.append((b"rebates-rules", seen.rules.encode()))
                if seen.ending is not None:
                    headers.extend(seen.ending.headers())
                if seen.left is not None and b"ratelimit" not in names:
                    headers.extend(seen.left.headers())
            elif head_alone:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self.app(inner, receive, answer)
        except ClientDisconnect:
            status = status or CLOSED
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer and the log the whole story
            seen.code = "S5001"
            log.error(
                "fault", request_id=seen.request_id, path=seen.path, error=type(error).__name__, where=_where(error)
            )
            if not status:
                await Problem("S5001").response(seen.request_id)(inner, receive, answer)
        finally:
            spent = time.perf_counter_ns() - began
            self.metrics.request(seen.path, scope["method"], status, spent, seen.lines)
            if self.log_requests:
                log_request(
                    RequestLine(
                        seen.request_id, scope["method"], seen.path, status, seen.lines, seen.rules[:12],
                        spent // 1_000, datetime.now(UTC), seen.key or None, seen.code or None,
                    )
                )  # fmt: skip


def _request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """The caller's, if it is one that can stand in a log; else a new one."""
    for name, value in headers:
        if name == b"request-id" and REQUEST_ID.fullmatch(value):
            return value.decode("ascii")
    return os.urandom(8).hex()


def _where(error: BaseException) -> list[str]:
    """The places in the code, without the values that were there: those may be prices."""
    places, at = [], error.__traceback__
    while at is not None:
        places.append(f"{at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}")
        at = at.tb_next
    return places[-12:]
