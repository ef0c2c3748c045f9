"""What schemathesis has to be told of JSON lines: how they are written and read."""

from __future__ import annotations

import json
from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def written(ctx: Any, value: Any) -> bytes:
    """One order on a line."""
    return json.dumps(value).encode("utf-8", "surrogatepass")


@schemathesis.deserializer("application/x-ndjson")
def read(ctx: Any, response: Any) -> Any:
    """The answer to the first order."""
    return json.loads(response.content.splitlines()[0])
