"""What is known of a request while it runs: for the head of its answer, the log and the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rebates_api.web.ending import Ending
    from rebates_api.web.rate import Left

NOBODY = "-"


class Seen:
    """One request."""

    __slots__ = ("code", "ending", "key", "left", "lines", "path", "request_id", "rules")

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.key = ""  # its id, never the key itself
        self.path = NOBODY  # of the route, never the address as called
        self.lines = 0
        self.rules = ""
        self.code = ""
        self.left: Left | None = None
        self.ending: Ending | None = None
