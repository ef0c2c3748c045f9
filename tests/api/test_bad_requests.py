"""Whatever is sent, the answer is a problem that says what is wrong; nothing stops the service."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from rebates.syntax.catalogue import ENTRIES
from rebates_api.app import create_app
from rebates_api.routes import ALL
from rebates_api.service import Service
from rebates_api.settings import Settings
from rebates_api.web.codes import CODES
from rebates_api.web.problems import pointer
from tests.api.served import ORDER, RULES, Served, secrets_in

JSON = {"Content-Type": "application/json"}


def line(**fields: Any) -> dict[str, Any]:
    return ORDER | {"lines": [{"item": "COLA", "quantity": "60 carton"} | fields]}


def quantity(text: str) -> bytes:
    """An order whose quantity is this JSON."""
    return json.dumps(line(quantity="Q")).replace('"Q"', text).encode()


CASES: dict[str, tuple[bytes, int, str, str | None]] = {
    "nothing": (b"", 400, "R0522", ""),
    "cut off": (json.dumps(ORDER).encode()[:40], 400, "R0522", ""),
    "no JSON": (b"account=ALFA", 400, "R0522", ""),
    "bad UTF-8": (json.dumps(ORDER).encode().replace(b"ALFA", b"AL\xff\xfe"), 400, "R0522", ""),
    "half a letter": (json.dumps(ORDER).encode().replace(b"COLA", b"\\ud800"), 422, "R0525", "/lines/0/item"),
    "a list": (b"[]", 422, "R0525", ""),
    "null": (b"null", 422, "R0525", ""),
    "deep": (b"[" * 200_000, 400, "R0522", ""),
    "deep inside": (json.dumps(line(attributes={"a": "A"})).encode().replace(b'"A"', b"[" * 900 + b"]" * 900), 422, "R0515", "/lines/0/attributes/a"),
    "number": (quantity("60"), 422, "R0510", "/lines/0/quantity"),
    "float": (quantity("60.5"), 422, "R0510", "/lines/0/quantity"),
    "not a number": (quantity("NaN"), 422, "R0510", "/lines/0/quantity"),
    "infinity": (quantity("-Infinity"), 422, "R0510", "/lines/0/quantity"),
    "exponent": (quantity("1e1000000"), 422, "R0510", "/lines/0/quantity"),
    "exponent as text": (quantity('"1e10000000 carton"'), 422, "R0510", "/lines/0/quantity"),
    "exponent in an object": (quantity('{"number":"1e1000000","unit":"carton"}'), 422, "R0510", "/lines/0/quantity/number"),
    "many digits": (quantity(f'"{"9" * 60} carton"'), 422, "R0510", "/lines/0/quantity"),
    "many digits as a number": (quantity("9" * 100_000), 422, "R0510", "/lines/0/quantity"),
    "digits of another script": (quantity('"\\uff16\\uff10 carton"'), 422, "R0510", "/lines/0/quantity"),
    "underscores in an object": (quantity('{"number":"6_0","unit":"carton"}'), 422, "R0510", "/lines/0/quantity/number"),
    "blanks in an object": (quantity('{"number":" 60 ","unit":"carton"}'), 422, "R0510", "/lines/0/quantity/number"),
    "an object with more": (quantity('{"number":"60","unit":"carton","x":"1"}'), 422, "R0524", "/lines/0/quantity/x"),
    "amount as a number": (json.dumps(line(price={"amount": 9.99, "currency": "EUR"})).encode(), 422, "R0511", "/lines/0/price/amount"),
    "unknown field": (json.dumps(ORDER | {"colour": "red"}).encode(), 422, "R0524", "/colour"),
    "unknown field of a line": (json.dumps(line(colour="red")).encode(), 422, "R0524", "/lines/0/colour"),
    "a key twice": (b'{"account":"BRAVO","account":"ALFA","date":"2026-03-10","lines":[{"item":"COLA","quantity":"60 carton"}]}', 422, "R0520", "/account"),
    "a key twice, one written otherwise": (b'{"acc\\u006funt":"ALFA","account":"ALFA","date":"2026-03-10","lines":[{"item":"COLA","quantity":"60 carton"}]}', 422, "R0520", "/account"),
    "a key twice in a line": (b'{"account":"ALFA","date":"2026-03-10","lines":[{"item":"COLA","item":"COLA","quantity":"60 carton"}]}', 422, "R0520", "/lines/0/item"),
    "no lines": (json.dumps(ORDER | {"lines": []}).encode(), 422, "R0507", None),
    "no account": (json.dumps({"date": "2026-03-10", "lines": []}).encode(), 422, "R0523", "/account"),
    "unknown item": (json.dumps(line(item="WINE")).encode(), 422, "R0503", "/lines/0/item"),
    "unknown unit": (json.dumps(line(quantity="1 barrel")).encode(), 422, "R0505", "/lines/0/quantity"),
    "zero": (json.dumps(line(quantity="0 carton")).encode(), 422, "R0506", "/lines/0/quantity"),
    "bad date": (json.dumps(ORDER | {"date": "2026-02-30"}).encode(), 422, "R0512", "/date"),
    "another currency": (json.dumps(line(price="USD 9.00")).encode(), 409, "R0508", "/lines/0/price"),
    "no agreement on the day": (json.dumps(ORDER | {"date": "2031-01-01"}).encode(), 409, "R0501", None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_bad_body(alfa: httpx.Client, name: str) -> None:
    content, status, code, where = CASES[name]
    began = time.monotonic()
    answer = alfa.post("/v1/quotes?explain=none", content=content, headers=JSON)
    assert time.monotonic() - began < 20
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["request_id"] == answer.headers["request-id"]
    if where is not None:
        assert where in [each["pointer"] for each in body["errors"]]


def test_all_slips_of_a_body_are_told_at_once(alfa: httpx.Client) -> None:
    lines = [
        {"item": "COLA", "quantity": 60},
        {"item": "", "quantity": "1 carton", "price": {"amount": "x", "currency": "EUR"}},
    ]
    body = alfa.post("/v1/quotes", json={"account": "ALFA", "date": "2026-13-01", "lines": lines, "x": 1}).json()
    assert {each["pointer"] for each in body["errors"]} == {
        "/date", "/lines/0/quantity", "/lines/1/item", "/lines/1/price/amount", "/x",
    }  # fmt: skip


def test_an_empty_body_on_every_route(served: Served) -> None:
    with served.client("admin") as client:
        for route in ALL:
            path = route.path.replace("{id}", "ALFA").replace("{version}", "0" * 64).replace("{code}", "S4011")
            answer = client.request(route.method, path)
            assert answer.status_code < 500, path
            if route.body is not None:
                assert answer.json()["code"] == "S4151", path
                answer = client.request(route.method, path, content=b"", headers={"Content-Type": route.body_media})
                assert answer.json()["code"] == "R0522", path


ANYWHERE: dict[str, bytes] = {
    "cut off": b'{"a": [1, ',
    "bad UTF-8": b'{"a": "\xff\xfe"}',
    "deep": b"[" * 200_000,
    "deep and whole": b'{"a":' * 900 + b"1" + b"}" * 900,
    "a key twice": b'{"account": "ALFA", "account": "ALFA"}',
    "a huge number": b'{"id": ' + b"9" * 100_000 + b"}",
    "an endless exponent": b'{"decision": 1e1000000, "period": 1e1000000, "net": 1e1000000}',
    "not a number": b"NaN",
    "null": b"null",
    "a list of lists": b"[[[]]]",
    "zeros": b"\0" * 1_000,
}


@pytest.mark.parametrize("name", ANYWHERE)
def test_a_bad_body_on_every_route(served: Served, name: str) -> None:
    with served.client("admin") as client:
        for route in ALL:
            if route.body is None:
                continue
            path = route.path.replace("{id}", "ALFA")
            answer = client.request(
                route.method, path, content=ANYWHERE[name], headers={"Content-Type": route.body_media}
            )
            told = (
                json.loads(answer.text.splitlines()[0]).get("problem") if answer.status_code == 200 else answer.json()
            )
            assert 400 <= told["status"] < 500, (path, told)
            assert told["code"] in CODES or told["code"] in ENTRIES
            wrong_type = client.request(
                route.method, path, content=ANYWHERE[name], headers={"Content-Type": "text/xml"}
            )
            assert wrong_type.json()["code"] == "S4151", path


def test_other_types_sizes_and_methods(alfa: httpx.Client) -> None:
    body = json.dumps(ORDER).encode()
    for headers in (
        {"Content-Type": "text/plain"},
        {},
        {"Content-Type": "application/json; charset=latin-1"},
        JSON | {"Content-Encoding": "gzip"},
    ):
        assert alfa.post("/v1/quotes", content=body, headers=headers).json()["code"] == "S4151"
    assert alfa.post("/v1/quotes", content=b" " * 1_000_001, headers=JSON).json()["code"] == "S4131"
    chunked = alfa.post("/v1/quotes", content=iter([b" " * 600_000, b" " * 600_000]), headers=JSON)
    assert chunked.json()["code"] == "S4131"
    assert alfa.delete("/v1/quotes").json()["code"] == "S4051"
    assert alfa.delete("/v1/quotes").headers["allow"] == "POST"
    assert alfa.delete("/v1/rules").headers["allow"] == "GET, HEAD"
    assert alfa.get("/v1/quotes/").json()["code"] in ("S4041", "S4044")
    assert alfa.get("/v1/none").json()["code"] == "S4041"
    assert alfa.get("/v1/codes/S9999").json()["code"] == "S4041"
    for query in ("explain=loud", "rules=1", "explain=none&explain=full", "x=1", "%ff=1"):
        assert alfa.post(f"/v1/quotes?{query}", content=body, headers=JSON).json()["code"] == "S4221", query
    for query in ("date=2026-3-1", "limit=0", "limit=1001", "cursor=abc", "date=1066-10-14"):
        assert alfa.get(f"/v1/accounts/ALFA/prices?{query}").json()["code"] == "S4221", query


def test_a_hundred_megabytes_are_refused_before_they_are_read(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as wire:
        wire.sendall(
            b"POST /v1/quotes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer " + served.keys["alfa"].encode() + b"\r\nContent-Length: 100000000\r\n\r\n"
        )
        assert wire.recv(4_000).startswith(b"HTTP/1.1 413")


def test_what_is_no_http_is_closed(served: Served, alfa: httpx.Client) -> None:
    for raw in (
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/quotes HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", served.port), timeout=20) as wire:
            wire.sendall(raw)
            answer = wire.recv(4_000)
            assert not answer or b" 400 " in answer[:20]
    assert alfa.post("/v1/quotes", json=ORDER).status_code == 200


def test_a_fault_of_ours_is_a_problem_too_and_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(Settings(rules=RULES, store=SecretStr(f"sqlite:///{tmp_path / 'store.db'}"), watch=False))
    service.open()

    def broken(*_: object) -> None:
        raise KeyError("5.8181817")

    monkeypatch.setattr(service.gate, "admit", broken)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(service), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.post("/v1/quotes", json=ORDER)

    answer = asyncio.run(ask())
    service.database.close()
    assert (answer.status_code, answer.json()["code"]) == (500, "S5001")
    assert answer.headers["content-type"] == "application/problem+json"
    assert not secrets_in(answer.text)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("order", ""),
        ("lines[2].quantity", "/lines/2/quantity"),
        ("lines[0].attributes.a.b/c~d", "/lines/0/attributes/a.b~1c~0d"),
        ("attributes.x[1]", "/attributes/x[1]"),
        ("totals['a.b']", "/totals/a.b"),
        ("facts.racks last year", "/facts/racks last year"),
    ],
)
def test_fields_as_pointers(where: str, expected: str) -> None:
    assert pointer(where) == expected
