"""Bodies: of the right type, not too large, not too slow."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, MutableMapping
from types import CoroutineType, coroutine
from typing import Any

from starlette.requests import ClientDisconnect, Request

from rebates_api.web.problems import Problem

JSON = "application/json"
NDJSON = "application/x-ndjson"
CLOSE = {"Connection": "close"}  # what is left of the body is not read


async def read_body(request: Request, most: int, seconds: int, media: tuple[str, ...] = (JSON,)) -> bytes:
    """The whole body. Raises Problem: S4151 for its type, S4131 for its size, S4081 for its pace."""
    size = ""
    for name, value in request.scope["headers"]:
        if name == b"content-type":
            if not _is(value, media):
                raise Problem("S4151", f"the body is not {' or '.join(media)}", headers={"Accept": ", ".join(media)})
            media = ()
        elif name == b"content-length":
            size = value.decode("latin-1")
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise Problem("S4151", "a compressed body is not read", headers={"Accept-Encoding": "identity"})
    if media:
        raise Problem("S4151", f"the body has no type; this is {media[0]}", headers={"Accept": ", ".join(media)})
    if size.isdecimal() and (len(size) > 15 or int(size) > most):
        raise Problem("S4131", f"the body is larger than {most} bytes", headers=CLOSE)
    message = await _next(request, seconds)
    if not message.get("more_body"):
        body = message.get("body", b"")
        if len(body) > most:
            raise Problem("S4131", f"the body is larger than {most} bytes", headers=CLOSE)
        return bytes(body)
    parts, length = [message["body"]], len(message["body"])
    try:
        async with asyncio.timeout(seconds):
            while message.get("more_body"):
                message = await _next(request, seconds)
                parts.append(message.get("body", b""))
                length += len(parts[-1])
                if length > most:
                    raise Problem("S4131", f"the body is larger than {most} bytes", headers=CLOSE)
    except TimeoutError:
        raise Problem("S4081", headers=CLOSE) from None
    return b"".join(parts)


async def _next(request: Request, seconds: int) -> MutableMapping[str, Any]:
    receiving = request.receive()
    message: MutableMapping[str, Any]
    try:
        if isinstance(receiving, CoroutineType):
            receiving = _rest(receiving, receiving.send(None))
        async with asyncio.timeout(seconds):
            message = await receiving
    except StopIteration as there:  # nearly always: what came with the head needs no clock
        message = there.value
    except TimeoutError:
        raise Problem("S4081", headers=CLOSE) from None
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message


@coroutine
def _rest(begun: CoroutineType[Any, Any, Any], waits_for: object) -> Generator[Any, Any, Any]:
    """Goes on with what was begun and has to wait."""
    try:
        yield waits_for
    except BaseException:
        begun.close()
        raise
    return (yield from begun.__await__())


def _is(value: bytes, media: tuple[str, ...]) -> bool:
    kind, _, rest = value.decode("latin-1").lower().partition(";")
    rest = rest.strip().replace('"', "")
    return kind.strip() in media and rest in ("", "charset=utf-8", "charset=utf8")
