"""What holds of every answer, whatever it is about: forms by `Accept`, gzip, ends that are announced."""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import httpx
import pytest
from fastapi import Request
from pydantic import SecretStr
from starlette.responses import Response

from rebates_api import app
from rebates_api.routes import ALL
from rebates_api.routes.models import ORDER_SAMPLE
from rebates_api.routes.route import Route
from rebates_api.service import Service
from rebates_api.settings import Settings
from rebates_api.web.ending import Ending
from rebates_api.web.forms import weighed
from tests.api.served import ORDER, RULES, Served, serving

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ROOT / "docs" / "howto" / "service.md"
PRICES = "/v1/accounts/ALFA/prices?date=2026-03-10"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip; q=0.000, identity", None),
        ("br;q=1", None),
    ],
)
def test_gzip_for_those_who_take_it(served: Served, accepted: str, encoding: str | None) -> None:
    with served.client("manager") as client:
        answer = client.get(
            "/v1/rules/" + client.get("/v1/rules").json()["version"], headers={"Accept-Encoding": accepted}
        )
    assert answer.headers.get("content-encoding") == encoding
    assert answer.json()["files"]


@pytest.mark.parametrize(
    ("accepted", "form"),
    [
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("image/png, text/csv;q=0.1", "text/csv"),
        ("*/*, application/json;q=0", "text/csv"),
        ("application/json;q=0", None),
        ("image/png", None),
    ],
)
def test_the_form_that_is_asked_for_most_gladly(alfa: httpx.Client, accepted: str, form: str | None) -> None:
    answer = alfa.get(PRICES, headers={"Accept": accepted})
    if form is None:
        assert (answer.status_code, answer.json()["code"]) == (406, "S4061")
    else:
        assert answer.headers["content-type"].partition(";")[0] == form


@pytest.mark.parametrize(
    "path", ["/healthz", "/v1/rules", PRICES, "/v1/accounts/NOBODY/prices", "/openapi.json", "/v1/quotes"]
)
@pytest.mark.parametrize("who", ["manager", None])
def test_head_is_get_without_the_body(served: Served, path: str, who: str | None) -> None:
    with served.client(who) as client:
        whole, head = (client.request(method, path, headers={"Request-Id": "same"}) for method in ("GET", "HEAD"))
    assert head.status_code == whole.status_code
    assert head.content == b""
    names = ("date", "transfer-encoding")
    assert [{k: v for k, v in each.headers.items() if k not in names} for each in (head,)] == [
        {k: v for k, v in whole.headers.items() if k not in names}
    ]


def test_weights_are_read_without_trust() -> None:
    assert weighed("A;q=0.25, b ; Q=1.000;x=y,, c;q=nonsense, d;q=1.9") == {
        "b": 1_000,
        "c": 1_000,
        "d": 1_000,
        "a": 250,
    }
    assert list(weighed("x," * 100_000)) == ["x"]


def test_a_route_that_will_go_says_so_in_every_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def old(request: Request) -> Response:
        return Response(b"{}", media_type="application/json")

    async def old_one(request: Request, id: str) -> Response:
        return await old(request)

    async def old_closed(request: Request) -> Response:
        return await old(request)

    ending = Ending(date(2026, 3, 1), date(2027, 3, 1), "/v1/quotes")
    ends = (
        Route("GET", "/v1/old", old, "nothing", "Goes", ending=ending),
        Route("GET", "/v1/old/{id}", old_one, "nothing", "Goes", ending=ending),
        Route("GET", "/v1/closed", old_closed, "admin", "Goes", ending=ending),
    )
    monkeypatch.setattr(app, "ALL", (*ALL, *ends))
    service = Service(Settings(rules=RULES, store=SecretStr(f"sqlite:///{tmp_path / 'store.db'}"), watch=False))
    service.open()
    monkeypatch.setattr(service.gate, "on_loopback", False)

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app.create_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return [await client.get(path) for path in ("/v1/old", "/v1/old/7", "/v1/closed", "/healthz")]

    answers = asyncio.run(ask())
    documented = app.fast_api().openapi()["paths"]
    service.database.close()
    assert [answer.status_code for answer in answers] == [200, 200, 401, 200]
    for answer in answers[:3]:
        assert answer.headers["deprecation"] == "@1772323200"  # 2026-03-01T00:00:00Z
        assert answer.headers["sunset"] == "Mon, 01 Mar 2027 00:00:00 GMT"
        assert answer.headers["link"] == '</v1/quotes>; rel="successor-version"'
    assert "deprecation" not in answers[3].headers
    assert documented["/v1/old"]["get"]["deprecated"] is True
    assert "deprecated" not in documented["/healthz"]["get"]


def test_the_lines_that_a_key_has_left_are_told(tmp_path: Path) -> None:
    """Ten at once, one more each minute."""
    settings = Settings(
        rules=RULES,
        store=SecretStr(f"sqlite:///{tmp_path / 'store.db'}"),
        watch=False,
        lines_per_minute=1,
        burst_lines=10,
    )
    service = Service(settings)
    service.open()

    def order(lines: int) -> bytes:
        return json.dumps(ORDER | {"lines": ORDER["lines"] * lines}).encode()

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app.create_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            plain, lines = {"Content-Type": "application/json"}, {"Content-Type": "application/x-ndjson"}
            lines["Accept-Encoding"] = "identity"  # else the head waits for the first answer
            path = "/v1/quotes?explain=none"
            many = b"\n".join([order(1)] * 3)
            return [
                *[await client.post(path, content=order(count), headers=plain) for count in (4, 4, 4, 11)],
                await client.post("/v1/quotes:batch?explain=none", content=many, headers=lines),
                await client.post(path, content=order(1), headers=plain),
            ]

    first, second, third, large, batch, last = asyncio.run(ask())
    service.database.close()
    assert [each.status_code for each in (first, second, third, large, batch, last)] == [200, 200, 429, 413, 200, 429]
    for each, left, seconds in ((first, 6, 240), (second, 2, 480), (third, 2, 120), (batch, 2, 480), (last, 0, 60)):
        assert each.headers["ratelimit-policy"] == '"lines";q=10;w=600'
        assert each.headers["ratelimit"] == f'"lines";r={left};t={seconds}'
    assert (third.headers["retry-after"], third.json()["code"]) == ("120", "S4291")
    assert large.json()["code"] == "S4132"
    answers = [json.loads(line) for line in batch.text.splitlines()]
    assert ["quote" in each for each in answers] == [True, True, False]
    assert (answers[2]["problem"]["code"], answers[2]["problem"]["headers"]["Retry-After"]) == ("S4291", "60")


def test_what_the_page_of_the_service_says_works(tmp_path: Path) -> None:
    """Every call on it, made by a shell on the sample rules, by keys that may."""
    rules = Path(shutil.copytree(ROOT / "rules" / "nusantara", tmp_path / "rules"))
    bonus = re.findall(r'title="prices/bonus.rebates"\n(.*?)```', SERVICE.read_text("utf-8"), re.DOTALL)[0]
    (rules / "bonus.rebates").write_text(bonus, "utf-8")
    with serving(tmp_path, rules, ledger=tmp_path / "ledger.db") as served:
        with served.client(None) as nobody:
            answer = nobody.get("/docs")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        calls = [html.unescape(each) for each in re.findall("<pre>(.*?)</pre>", answer.text, re.DOTALL)]
        assert len(calls) == len(ALL)
        with served.client("admin") as admin:
            cheap = {"item": "MANGO-1000", "quantity": "60 carton", "net_price": "IDR 130_000"}
            quote = admin.post("/v1/quotes", json=ORDER_SAMPLE | {"lines": [cheap]}).json()
        said = {"URL": served.url, "QUOTE": quote["approval"]["id"], "VERSION": quote["version"]}
        for call in sorted(calls, key=lambda each: "statements" in each):  # which are of what was settled
            key = served.keys["director" if "/approval" in call else "admin"]
            done = subprocess.run(
                ["sh", "-c", f"{call} -o /dev/null -w '%{{http_code}}'"],
                env=os.environ | said | {"KEY": key},
                capture_output=True,
                text=True,
                check=True,
            )
            assert done.stdout == "200", call
