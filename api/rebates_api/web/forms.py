"""The form of an answer that `Accept` asks for."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from rebates_api.web.problems import Problem


def chosen(request: Request, offered: Sequence[str]) -> str:
    """The first form that is asked for, or the first that there is where any will do. Raises Problem S4061."""
    accepted = request.headers.get("accept", "*/*")[:1_000]
    for part in accepted.split(","):
        wanted = part.partition(";")[0].strip().lower()
        if wanted == "*/*":
            return offered[0]
        for each in offered:
            if wanted in (each, f"{each.partition('/')[0]}/*"):
                return each
    raise Problem(
        "S4061",
        f"there is {', '.join(offered[:-1])} and {offered[-1]}" if len(offered) > 1 else f"there is {offered[0]}",
    )
