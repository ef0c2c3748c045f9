"""What of several forms or encodings a caller would take, and how gladly."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.requests import Request

from rebates_api.web.problems import Problem

WEIGHT = re.compile(r"q\s*=\s*([01])(?:\.([0-9]{0,3}))?", re.ASCII | re.IGNORECASE)
MOST = 1_000  # signs of a header that are read


def weighed(header: str) -> dict[str, int]:
    """What a header such as `Accept` names, in small letters, the dearest first; in thousandths, so that 0 is a refusal."""
    found: dict[str, int] = {}
    for part in header[:MOST].split(","):
        name, *rest = (each.strip() for each in part.split(";"))
        weight = 1_000
        for each in rest:
            if (said := WEIGHT.fullmatch(each)) is not None:
                weight = min(1_000, int(said[1]) * 1_000 + int((said[2] or "").ljust(3, "0")))
        if name:
            found[name.lower()] = weight
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def takes_gzip(accepted: str) -> bool:
    """Whether a caller reads gzip; one that refuses it by `q=0` does not."""
    return weighed(accepted).get("gzip", 0) > 0


def chosen(request: Request, offered: Sequence[str]) -> str:
    """The form that is asked for most gladly, or the first that there is where any will do. Raises Problem S4061."""
    wanted = weighed(request.headers.get("accept", "*/*"))
    left = [each for each in offered if wanted.get(each) != 0]
    for name, weight in wanted.items():
        for each in left if weight else ():
            if name in ("*/*", each, f"{each.partition('/')[0]}/*"):
                return each
    raise Problem(
        "S4061",
        f"there is {', '.join(offered[:-1])} and {offered[-1]}" if len(offered) > 1 else f"there is {offered[0]}",
    )
