"""The page at `/docs`: every route in words, with a call that works on the sample rules. Nothing on it is fetched or runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

from rebates_api.openapi import IDEMPOTENCY, described, tag_of
from rebates_api.routes import ALL
from rebates_api.routes.route import Route

STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 3rem; border-bottom: 1px solid #8888 }
h3 { margin-top: 2rem }
h3 code { font-size: 1.05em }
pre { background: #8882; padding: .7rem 1rem; overflow-x: auto; border-radius: 4px }
table { border-collapse: collapse }
td, th { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0 }
"""
FIRST = """
<p>Calls stand here as a shell makes them: <code>URL</code> is where this service listens, <code>KEY</code> a key with the scope that the route
needs (<code>rebates keys create</code>), and accounts and items are those of the sample rules; a
statement is of what was settled. The whole as OpenAPI 3.1, for generators of
clients: <a href="openapi.json">openapi.json</a>.</p>
<p>Send a <code>Request-Id</code>, or take the one that comes back, and say it when you ask about a call. Answers that may be kept have an
<code>ETag</code>: sent back as <code>If-None-Match</code> it is answered by 304 until something changes. <code>RateLimit</code> says how many lines a
key may still have priced; after 429 and 503 wait for <code>Retry-After</code> seconds. A route that will go says so by
<code>Deprecation</code>, <code>Sunset</code> and a link to what takes its place.</p>
"""


def call_of(route: Route) -> str:
    """A call of a route, for a shell."""
    words = [f'curl -s "$URL{route.asked or route.path}"']
    if route.method != "GET" and route.body is None:
        words[0] = f'curl -s -X {route.method} "$URL{route.asked or route.path}"'
    if route.needs != "nothing":
        words.append('-H "Authorization: Bearer $KEY"')
    if route.body is not None:
        words.append(f'-H "Content-Type: {route.body_media}"')
        words.append(f"-d '{json.dumps(route.sample)}'")
    return " \\\n  ".join(words)


def page(schemas: Mapping[str, Any]) -> str:
    """The page, as HTML; `schemas` are those of the OpenAPI."""
    return "".join(_parts(schemas))


def _parts(schemas: Mapping[str, Any]) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>rebates: the price service</title>\n<style>{STYLE}</style>\n<h1>The price service</h1>\n"
    yield f"<p>{_code(described())}</p>{FIRST}"
    for tag, routes in groupby(sorted(ALL, key=tag_of), tag_of):
        yield f"<h2>{escape(tag)}</h2>\n"
        for route in routes:
            yield from _route(route, schemas)
    yield "</html>\n"


def _route(route: Route, schemas: Mapping[str, Any]) -> Iterator[str]:
    yield f'<h3 id="{route.handler.__name__}"><code>{route.method} {escape(route.path)}</code></h3>\n<p>{escape(route.summary)}. '
    yield "No key is needed. " if route.needs == "nothing" else f"Needs the scope <code>{route.needs}</code>. "
    if route.ending is not None:
        yield f"Goes on {route.ending.until}; call <code>{escape(route.ending.instead)}</code> instead. "
    if len(route.answer_media) > 1:
        yield f"By <code>Accept</code>: {', '.join(route.answer_media)}. "
    yield "</p>\n"
    told = [(each["name"], each.get("description", "")) for each in route.parameters]
    if route.stores:
        told.append((str(IDEMPOTENCY["name"]), str(IDEMPOTENCY["description"])))
    if route.body is not None:
        fields = schemas[route.body.__name__].get("properties", {})
        told += [(f"body: {name}", each.get("description", "")) for name, each in fields.items()]
    if told:
        rows = "".join(f"<tr><td><code>{escape(name)}</code><td>{_code(said)}\n" for name, said in told)
        yield f"<table>\n{rows}</table>\n"
    yield f"<pre>{escape(call_of(route))}</pre>\n"
    if route.problems:
        yield f"<p>Problems: {', '.join(map(str, sorted(route.problems)))}.</p>\n"


def _code(text: str) -> str:
    """Words in backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
