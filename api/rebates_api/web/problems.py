"""Errors as `application/problem+json` (RFC 9457), all findings of a request at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from rebates.engine.orders import OrderProblem
from rebates.syntax.catalogue import ENTRIES
from rebates_api.web.codes import CODES

MEDIA = "application/problem+json"
RETRY_S = 1

# about the body that the caller wrote, not about the rules behind it: these may be told to anyone
ABOUT_THE_BODY = frozenset(
    "R0503 R0505 R0506 R0507 R0510 R0511 R0512 R0513 R0514 R0515 R0520 R0521 R0522 R0523 R0524 R0525 R0569 R0570".split()
)
STATUS = {
    "R0501": 409, "R0508": 409, "R0502": 404, "R0521": 413, "R0522": 400, "R0801": 409, "R0832": 409, "R0833": 409,
    "R0834": 404, "R0837": 409, "R0838": 409, "R0839": 409,
}  # fmt: skip
_PART = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")
_KEYED = re.compile(r"^((?:lines\[\d+\]\.)?(?:attributes|facts|choices|days))\.(.+)$", re.DOTALL)
_TOTAL = re.compile(r"^totals\[(['\"].*)\]$", re.DOTALL)


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong. `pointer` is a JSON Pointer into the body, or the name of a parameter."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None
    help: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None


class Problem(Exception):
    """A request that ends without what it asked for."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        errors: Iterable[Finding] = (),
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> None:
        known = CODES.get(code)
        self.code = code
        self.title = known.title if known is not None else ENTRIES[code].title
        self.status = status or (known.status if known is not None else STATUS.get(code, 422))
        self.detail, self.errors, self.headers = detail or self.title, tuple(errors), dict(headers or {})
        super().__init__(f"{code}: {self.detail}")

    def to_dict(self, request_id: str) -> dict[str, Any]:
        """The members of the problem."""
        return {
            "type": f"/v1/codes/{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "errors": self.errors,
            "request_id": request_id,
        }

    def response(self, request_id: str) -> Response:
        body = msgspec.json.encode(self.to_dict(request_id))
        return Response(body, self.status, self.headers, MEDIA)


def parameter(name: str, detail: str, help: str = "") -> Problem:
    """A parameter of the address that cannot be read."""
    return Problem("S4221", detail, [Finding("S4221", detail, parameter=name, help=help)])


def no_account(errors: Iterable[Finding] = ()) -> Problem:
    """For an account that is not there and for one that is not the caller's: there is one way to say it."""
    return Problem("S4043", errors=errors)


def of_order(problems: Iterable[OrderProblem], open: bool, below: str = "") -> Problem:
    """The problem of an order that cannot be read or priced. What the rules behind it say is told where `open`."""
    found = [_finding(one, open, below) for one in problems]
    first = found[0]
    statuses = {STATUS.get(one.code, 422) for one in found}
    status = statuses.pop() if len(statuses) == 1 else 422
    return Problem(first.code, first.detail, found, status=status)


def _finding(problem: OrderProblem, open: bool, below: str) -> Finding:
    told = open or problem.code in ABOUT_THE_BODY
    help = problem.help if open or problem.code not in ("R0503", "R0505") else ""
    return Finding(
        problem.code,
        problem.message if told else ENTRIES[problem.code].title,
        below + pointer(problem.where),
        help=help if told else "",
    )


def pointer(where: str) -> str:
    """The JSON Pointer (RFC 6901) of a field such as `lines[2].attributes.zone`."""
    if where in ("", "order", "free goods"):
        return ""
    total = _TOTAL.match(where)
    if total is not None:
        return f"/totals/{_escaped(str(ast.literal_eval(total[1])))}"
    keyed = _KEYED.match(where)
    if keyed is not None:
        return f"{pointer(keyed[1])}/{_escaped(keyed[2])}"
    return "".join(f"/{_escaped(index or name)}" for index, name in _PART.findall(where))


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
