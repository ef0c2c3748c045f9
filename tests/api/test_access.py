"""Who may do what: every route against every kind of caller. A route without a row here fails."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from rebates_api.routes import ALL
from rebates_api.store.database import Database
from rebates_api.store.keys import Keys
from tests.api.served import CHEAP, ORDER, RULES, SALE, Served, serving

WRONG = "rbk_000000000000_" + "0" * 64
NDJSON = {"Content-Type": "application/x-ndjson"}


@dataclass(frozen=True)
class Row:
    """A request that the caller `good` may make. `account` says that it is about one, which another's key must not see."""

    path: str
    good: str
    body: Any = None
    account: bool = False
    open: bool = False


def rows(kept: str) -> dict[tuple[str, str], Row]:
    on = "?date=2026-03-10"
    return {
        ("POST", "/v1/quotes"): Row("/v1/quotes", "alfa", ORDER, account=True),
        ("POST", "/v1/quotes:batch"): Row("/v1/quotes:batch", "alfa", ORDER),
        ("GET", "/v1/quotes/{id}"): Row(f"/v1/quotes/{kept}", "alfa", account=True),
        ("POST", "/v1/quotes/{id}/approval"): Row(
            f"/v1/quotes/{kept}/approval", "director", {"decision": "refuse", "reason": "no"}, account=True
        ),
        ("GET", "/v1/accounts/{id}/prices"): Row(f"/v1/accounts/ALFA/prices{on}", "alfa", account=True),
        ("GET", "/v1/accounts/{id}/terms"): Row(f"/v1/accounts/ALFA/terms{on}", "alfa", account=True),
        ("GET", "/v1/accounts/{id}/agreements"): Row(f"/v1/accounts/ALFA/agreements{on}", "alfa", account=True),
        ("GET", "/v1/accounts/{id}/statements"): Row(
            "/v1/accounts/ALFA/statements?period=2026-Q1", "alfa", account=True
        ),
        ("POST", "/v1/facts"): Row("/v1/facts", "alfa", SALE, account=True),
        ("GET", "/v1/accruals"): Row(f"/v1/accruals{on}&account=ALFA", "alfa", account=True),
        ("POST", "/v1/settlements"): Row("/v1/settlements", "admin", {"period": "2026-Q1"}),
        ("POST", "/v1/checks"): Row("/v1/checks", "manager", {"files": {"a.rebates": "agreement"}}),
        ("GET", "/v1/rules"): Row("/v1/rules", "manager"),
        ("POST", "/v1/rules:reload"): Row("/v1/rules:reload", "manager"),
        ("GET", "/v1/rules/{version}"): Row("/v1/rules/VERSION", "manager"),
        ("GET", "/healthz"): Row("/healthz", "", open=True),
        ("GET", "/readyz"): Row("/readyz", "", open=True),
        ("GET", "/metrics"): Row("/metrics", "admin"),
        ("GET", "/v1/codes/{code}"): Row("/v1/codes/S4011", "", open=True),
    }


def test_every_route_has_its_row() -> None:
    assert {(route.method, route.path) for route in ALL} == set(rows("").keys())


def ask(client: httpx.Client, method: str, row: Row, version: str) -> httpx.Response:
    headers = NDJSON if row.path.endswith(":batch") else {}
    content = None if row.body is None else json.dumps(row.body)
    if content is not None and not headers:
        headers = {"Content-Type": "application/json"}
    return client.request(method, row.path.replace("VERSION", version), content=content, headers=headers)


def test_every_route_against_every_caller(served: Served, alfa: httpx.Client) -> None:
    made = alfa.post("/v1/quotes", json=CHEAP | {"date": "2026-03-11"}).json()
    alfa.post("/v1/facts", json=SALE).raise_for_status()
    with served.client("admin") as admin:
        admin.post("/v1/settlements", json={"period": "2026-Q1"}).raise_for_status()
    with (
        served.client(None) as wrong,
        served.client(None) as nobody,
        served.client("nothing") as scopeless,
        served.client("foreign") as foreign,
    ):
        wrong.headers["Authorization"] = f"Bearer {WRONG}"
        for (method, _), row in rows(made["approval"]["id"]).items():
            if row.open:
                assert ask(nobody, method, row, made["version"]).status_code == 200, row.path
                continue
            for client, status, code in ((nobody, 401, "S4011"), (wrong, 401, "S4011"), (scopeless, 403, "S4031")):
                answer = ask(client, method, row, made["version"])
                assert (answer.status_code, answer.json()["code"]) == (status, code), row.path
            if row.account:
                answer = ask(foreign, method, row, made["version"])
                assert answer.status_code == 404, row.path
                assert answer.json()["code"] in ("S4043", "S4044")
            with served.client(row.good) as good:
                answer = ask(good, method, row, made["version"])
                assert answer.status_code == 200, (row.path, answer.text)


def test_a_revoked_key_and_an_expired_one_hold_no_more(served: Served) -> None:
    kept = Keys(Database(served.store))
    caller = next(each.caller for each in kept.entries() if each.caller.name == "web shop")
    first, text = kept.create(caller)
    second, other = kept.rotate(first.id, int(time.time()) - 1, None)
    with httpx.Client(base_url=served.url) as client:

        def status(key: str) -> int:
            answer = client.post("/v1/quotes", json=ORDER, headers={"Authorization": f"Bearer {key}"})
            return answer.status_code

        until = time.monotonic() + 20
        while status(other) != 200 and time.monotonic() < until:
            time.sleep(0.1)
        assert status(text) == 401  # its grace is over
        assert status(other) == 200
        kept.revoke(second.id)
        while status(other) == 200 and time.monotonic() < until:
            time.sleep(0.1)
        assert status(other) == 401


def test_without_keys_this_machine_alone_is_served_and_told_so(tmp_path: Path) -> None:
    with serving(tmp_path, with_keys=False) as running:
        with running.client() as client:
            client.event_hooks = {"response": []}
            assert client.post("/v1/quotes?explain=full", json=ORDER).status_code == 200
            rebound = client.post("/v1/quotes", json=ORDER, headers={"Host": "evil.example"})
            assert (rebound.status_code, rebound.json()["code"]) == (400, "S4002")
            assert client.get("/readyz").json()["ledger"] == "none"
            for answer in (
                client.post("/v1/facts", json=SALE),
                client.post("/v1/settlements", json={"period": "2026-Q1"}),
                client.get("/v1/accruals"),
                client.get("/v1/accounts/ALFA/statements?period=2026"),
            ):
                assert (answer.status_code, answer.json()["code"]) == (404, "S4045")
        assert running.logged("no keys")


def test_what_the_store_keeps_is_no_key(served: Served) -> None:
    file = Path(served.store.removeprefix("sqlite:///"))
    content = file.read_bytes()
    for key in served.keys.values():
        assert key.encode() not in content
        assert key.rpartition("_")[2].encode() not in content


def test_the_source_of_a_version_is_as_it_was(manager: httpx.Client) -> None:
    version = manager.get("/v1/rules").json()["version"]
    answer = manager.get(f"/v1/rules/{version}")
    files = {each["name"]: each["text"] for each in answer.json()["files"]}
    assert files == {file.name: file.read_text("utf-8") for file in RULES.iterdir()}
    again = manager.get(f"/v1/rules/{version}", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["../x.rebates", "a/b.csv", "a.txt", ".rebates"])
def test_names_of_checked_files_lead_nowhere_else(manager: httpx.Client, name: str) -> None:
    answer = manager.post("/v1/checks", json={"files": {name: "", "a.rebates": ""}})
    assert answer.status_code == 422
