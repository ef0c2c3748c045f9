"""Facts posted, accruals, settlements and statements over HTTP; amounts worked by hand from the year bonus of 2 % from 500."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from pypdf import PdfReader

from rebates.ledger.ledger import Ledger
from rebates.ledger.reckoned import prove
from rebates_api.store.answers import Asked, Taken
from rebates_api.store.under_way import UnderWay
from tests.api.served import SALE, SECRETS, Served, serving

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BRAVO = SALE | {"id": "INV-B", "account": "BRAVO", "net": "8765.43"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with a ledger of its own, empty before the first test of this file."""
    folder = tmp_path_factory.mktemp("kept")
    with serving(folder, lines_per_minute=0, ledger=folder / "ledger.db") as running:
        yield running


def ledger_of(running: Served) -> Ledger:
    return Ledger.open(running.store.removeprefix("sqlite:///").replace("store.db", "ledger.db"))


def facts_in(running: Served, first_letters: str) -> list[str]:
    with ledger_of(running) as ledger:
        return [fact.id for fact in ledger.facts() if fact.id.startswith(first_letters)]


def test_a_quarter_is_accrued_settled_and_stated(kept: Served) -> None:
    """600 in the first quarter: 2 % is 12.00. 500 more in the second: 22.00, less 12.00."""
    with kept.client("alfa") as alfa, kept.client("admin") as admin:
        sales = [SALE | {"net": "600"}, SALE | {"id": "INV-2", "date": "2026-05-04", "net": "500"}, BRAVO]
        admin.post("/v1/facts", json=sales).raise_for_status()
        own = alfa.get("/v1/accruals?date=2026-03-31").json()["accruals"]
        assert {each["title"] for each in own} == {"Year bonus", "Promotion bonus"}
        bonus = next(each for each in own if each["title"] == "Year bonus")
        assert bonus["earned"] == {"amount": "12", "currency": "EUR"}
        assert bonus["next"]["missing"] == "9400"
        assert bonus["settled"]["amount"] == "0"
        assert not {"rule", "payee", "booked"} & bonus.keys()
        costly = next(each for each in own if each["title"] == "Promotion bonus")
        assert costly["earned"]["amount"] == "6"  # 1 % of 600, for goods that cost more than 10
        assert costly["measure"] is costly["next"] is None
        whole = admin.get("/v1/accruals?date=2026-03-31").json()["accruals"]
        assert {each["payee"] for each in whole} == {"ALFA", "BRAVO"}

        early = admin.post("/v1/settlements", json={"period": "2099"})
        assert (early.status_code, early.json()["code"]) == (409, "R0833")
        assert alfa.post("/v1/settlements", json={"period": "2026-Q1"}).status_code == 403
        tried = admin.post("/v1/settlements?dry_run=true", json={"period": "2026-Q1"}).json()
        assert tried["run"] is None
        done = admin.post("/v1/settlements", json={"period": "2026-Q1"}, headers={"Idempotency-Key": "q1"}).json()
        assert done == tried | {"run": 1, "dry_run": False, "entries": done["entries"]}
        again = admin.post("/v1/settlements", json={"period": "2026-Q1"}, headers={"Idempotency-Key": "q1"})
        assert again.json() == done
        assert again.headers["idempotency-replayed"] == "true"
        second = admin.post("/v1/settlements", json={"period": "2026-Q2"}).json()

        def dues(settled: Any) -> list[tuple[str, str, str]]:
            [alfas] = [each for each in settled["settlements"] if each["agreement"] == "alfa_2026"]
            return [(each["title"], each["paid"]["amount"], each["due"]["amount"]) for each in alfas["dues"]]

        assert dues(done) == [("Year bonus", "0", "12"), ("Promotion bonus", "0", "6")]
        assert dues(second) == [("Year bonus", "12", "10"), ("Promotion bonus", "6", "5")]
        third = admin.post("/v1/settlements", json={"period": "2026-Q2"}).json()
        assert [due for _, _, due in dues(third)] == ["0", "0"]  # a second run pays nothing

        path = "/v1/accounts/ALFA/statements?period=2026-Q2"
        stated = alfa.get(path)
        row = stated.json()["rows"][0]
        assert stated.json()["due"] == [{"amount": "15", "currency": "EUR"}]
        assert (row["earned"]["amount"], row["paid"]["amount"], row["due"]["amount"]) == ("22", "12", "10")
        assert [fact["id"] for fact in row["facts"]] == ["INV-1", "INV-2"]
        assert row["months"] == [
            {"month": "2026-03", "net": {"amount": "600", "currency": "EUR"}},
            {"month": "2026-05", "net": {"amount": "500", "currency": "EUR"}},
        ]
        assert "from EUR    500  2%" in row["text"]
        assert not {"rule", "place"} & row.keys()
        assert "runs" not in stated.json()
        assert alfa.get(path, headers={"If-None-Match": stated.headers["etag"]}).status_code == 304
        assert admin.get(path).json()["runs"] == [2, 3]
        page = alfa.get(f"{path}&language=id", headers={"Accept": "text/html"})
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "Year bonus" in page.text
        sheet = alfa.get(path, headers={"Accept": XLSX})
        cells = [
            str(cell.value)
            for sheet in openpyxl.load_workbook(io.BytesIO(sheet.content))
            for row in sheet
            for cell in row
        ]
        assert "Year bonus" in cells
        assert not [secret for secret in SECRETS if any(secret in cell for cell in cells)]
        pdf = alfa.get(path, headers={"Accept": "application/pdf"})
        assert pdf.content.startswith(b"%PDF-")
        assert "Year bonus" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
        assert alfa.get(path, headers={"Accept": "image/png"}).json()["code"] == "S4061"
        for query, wrong in (("", "period"), ("?period=2026-Q5", "period"), ("?period=2026&as_of=x", "as_of")):
            problem = alfa.get(f"/v1/accounts/ALFA/statements{query}").json()
            assert (problem["code"], problem["errors"][0]["parameter"]) == ("S4221", wrong)
        never = alfa.get("/v1/accounts/ALFA/statements?period=2027")
        assert (never.status_code, never.json()["code"]) == (404, "R0834")


def test_an_invoice_posted_twice_counts_once(kept: Served) -> None:
    sale = SALE | {"id": "T-1"}
    with kept.client("alfa") as alfa:
        tried = alfa.post("/v1/facts?dry_run=true", json=sale).json()
        assert (tried["added"], tried["before"], tried["dry_run"]) == (1, 0, True)
        assert facts_in(kept, "T-") == []
        first = alfa.post("/v1/facts", json=sale, headers={"Idempotency-Key": "mail-1"})
        assert first.status_code == 200
        assert (first.json()["added"], first.json()["before"]) == (1, 0)
        again = alfa.post("/v1/facts", json=sale, headers={"Idempotency-Key": "mail-1"})
        assert again.content == first.content
        assert again.headers["idempotency-replayed"] == "true"
        plain = alfa.post("/v1/facts", json=sale).json()  # without a key its own id does
        assert (plain["added"], plain["before"]) == (0, 1)
        other_body = alfa.post("/v1/facts", json=sale | {"id": "T-2"}, headers={"Idempotency-Key": "mail-1"})
        assert (other_body.status_code, other_body.json()["code"]) == (422, "S4222")
        other = alfa.post("/v1/facts", json=[sale, sale | {"id": "T-3"}, sale | {"net": "1.00"}])
        assert (other.status_code, other.json()["code"]) == (409, "R0801")
        assert [each["pointer"] for each in other.json()["errors"]] == ["/2/id"]
        many = alfa.post("/v1/facts", json=[sale, sale | {"id": "T-3"}]).json()
        assert (many["added"], many["before"]) == (1, 1)
    assert facts_in(kept, "T-") == ["T-1", "T-3"]


def test_pages_of_accruals_are_of_one_list(kept: Served) -> None:
    """What is posted and settled between two pages is in neither; a cursor is of its own list alone."""
    path = "/v1/accruals?date=2026-08-31"
    with kept.client("admin") as admin, kept.client("alfa") as alfa:
        admin.post(
            "/v1/facts", json=[SALE | {"id": "PAGE-1", "date": "2026-08-03"}, BRAVO | {"id": "PAGE-2"}]
        ).raise_for_status()
        whole = admin.get(path).json()
        assert whole["next"] is None
        assert len(whole["accruals"]) > 2
        first = admin.get(f"{path}&limit=1")
        pages, following = first.json()["accruals"], first.json()["next"]
        assert first.headers["link"] == f'<?cursor={following}&limit=1>; rel="next"'
        cursor = following
        admin.post("/v1/facts", json=SALE | {"id": "PAGE-3", "date": "2026-08-04", "net": "9999"}).raise_for_status()
        while following is not None:
            page = admin.get(f"/v1/accruals?limit=1&cursor={following}").json()
            assert (page["date"], len(page["accruals"])) == ("2026-08-31", 1)
            pages, following = pages + page["accruals"], page["next"]
        assert pages == whole["accruals"]
        assert admin.get(path).json()["accruals"] != pages
        mine = alfa.get("/v1/accruals?date=2026-08-31&account=ALFA&limit=1").json()["next"]
        assert alfa.get(f"/v1/accruals?account=ALFA&cursor={mine}").status_code == 200
        for query in (
            f"/v1/accruals?date=2026-07-31&cursor={cursor}",
            f"/v1/accruals?account=ALFA&cursor={cursor}",
            f"/v1/accruals?cursor={cursor[:-1]}",
            f"/v1/accounts/ALFA/prices?cursor={cursor}",
            f"{path}&limit=1001",
        ):
            assert admin.get(query).json()["code"] == "S4221", query


def test_a_key_that_stands_for_another_body_is_told_before_what_is_wrong_with_this_one(kept: Served) -> None:
    sale, key = SALE | {"id": "K-1"}, {"Idempotency-Key": "keyed-1"}
    with kept.client("alfa") as alfa, kept.client("admin") as admin:
        first = alfa.post("/v1/facts", json=sale, headers=key)
        assert first.status_code == 200
        for body in (b"{}", b"{", b"[]", json.dumps(sale | {"net": 1}).encode(), json.dumps(BRAVO).encode()):
            other = alfa.post("/v1/facts", content=body, headers=key | {"Content-Type": "application/json"})
            assert (other.status_code, other.json()["code"]) == (422, "S4222"), body
            alone = alfa.post("/v1/facts", content=body, headers={"Content-Type": "application/json"})
            assert alone.status_code in (400, 404, 422), body
            assert alone.json()["code"] != "S4222", body
        assert alfa.post("/v1/facts", json={}, headers={"Idempotency-Key": "keyed-2"}).json()["code"] == "R0800"
        mended = alfa.post("/v1/facts", json=sale | {"id": "K-2"}, headers={"Idempotency-Key": "keyed-2"})
        assert mended.status_code == 200  # what was refused used no key up
        assert alfa.post("/v1/facts", json=sale, headers=key).content == first.content
        period = {"Idempotency-Key": "keyed-3"}
        assert admin.post("/v1/settlements", json={"period": "2025-Q1"}, headers=period).status_code == 200
        wrong = admin.post("/v1/settlements", json={"period": "x"}, headers=period)
        assert (wrong.status_code, wrong.json()["code"]) == (422, "S4222")


def test_while_the_first_is_not_answered_a_second_under_its_key_is_409(kept: Served) -> None:
    """Another program holds the ledger: the first waits for it, all others are told so at once."""
    file = kept.store.removeprefix("sqlite:///").replace("store.db", "ledger.db")
    holding = sqlite3.connect(file, isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")
    headers = {"Idempotency-Key": "flying"}
    with kept.client("alfa") as alfa, ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(alfa.post, "/v1/facts", json=SALE | {"id": "F-1"}, headers=headers) for _ in range(4)]
        answers = [next(done).result() for done in [as_completed(sent)] for _ in range(3)]
        holding.execute("ROLLBACK")
        holding.close()
        assert {(each.status_code, each.json()["code"]) for each in answers} == {(409, "S4092")}
        assert {int(each.headers["retry-after"]) for each in answers} == {1}
        assert sorted(each.result().status_code for each in sent) == [200, 409, 409, 409]
        again = alfa.post("/v1/facts", json=SALE | {"id": "F-1"}, headers=headers)
        assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    assert facts_in(kept, "F-") == ["F-1"]


def test_sixteen_at_once_post_one_fact(kept: Served) -> None:
    with kept.client("alfa") as alfa, ThreadPoolExecutor(16) as pool:

        def post(_: int) -> httpx.Response:
            while (
                answer := alfa.post("/v1/facts", json=SALE | {"id": "S-1"}, headers={"Idempotency-Key": "once"})
            ).status_code == 409:
                time.sleep(0.05)
            return answer

        answers = list(pool.map(post, range(16)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert facts_in(kept, "S-") == ["S-1"]


def test_a_key_is_under_way_in_all_workers_of_a_machine(tmp_path: Path) -> None:
    asked, other = Asked("rbk_1", "facts", "k", b"{}"), Asked("rbk_2", "facts", "k", b"{}")
    code = (
        "import sys; from pathlib import Path; from rebates_api.store.answers import Asked\n"
        "from rebates_api.store.under_way import UnderWay\n"
        "with UnderWay(Path(sys.argv[1])).alone(Asked('rbk_1', 'facts', 'k', b'{}')):\n"
        "    print('there', flush=True); sys.stdin.read()"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "keys"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "there\n"
    here = UnderWay(tmp_path / "keys")
    with pytest.raises(Taken), here.alone(asked):
        pass
    with here.alone(other), pytest.raises(Taken), here.alone(other):
        pass
    worker.kill()  # whoever dies holds nothing
    worker.communicate()
    with here.alone(asked), here.alone(other):
        pass


BAD = SALE | {"id": "W-1"}  # one that no other test posts
WRONG: dict[str, tuple[Any, int, str, list[str]]] = {
    "a number": (BAD | {"net": 582}, 422, "R0804", ["/net"]),
    "a float": (BAD | {"quantity": 60.5}, 422, "R0804", ["/quantity"]),
    "an exponent": (BAD | {"net": "1e9"}, 422, "R0804", ["/net"]),
    "other digits": (BAD | {"net": "\uff19"}, 422, "R0804", ["/net"]),
    "no field": (BAD | {"colour": "red"}, 422, "R0807", ["/colour"]),
    "no kind": (BAD | {"kind": "gift"}, 422, "R0806", ["/kind"]),
    "no day": (BAD | {"date": "2026-02-30"}, 422, "R0805", ["/date"]),
    "another item": (BAD | {"item": "WINE"}, 422, "R0503", ["/item"]),
    "another unit": (BAD | {"unit": "barrel"}, 422, "R0505", ["/unit"]),
    "another currency": (BAD | {"currency": "USD"}, 422, "R0803", ["/currency"]),
    "no agreement": (BAD | {"date": "2031-01-01"}, 422, "R0814", ["/date"]),
    "a return of nothing": (BAD | {"kind": "return", "of": "INV-0", "quantity": "-1", "net": "-9", "cost": "0"}, 422, "R0802", ["/of"]),
    "a return above zero": (BAD | {"kind": "return"}, 422, "R0816", ["/quantity", "/net"]),
    "a day by another name": (BAD | {"days": {"birth": "2026-01-01"}}, 422, "R0807", ["/days/birth"]),
    "an attribute by no path": (BAD | {"attributes": {"a/b": "x"}}, 422, "R0807", ["/attributes/a~1b"]),
    "an empty list": ([], 422, "R0815", [""]),
    "no object": ("x", 422, "R0525", [""]),
    "two that are wrong": ([BAD | {"net": "x"}, BAD, BAD | {"kind": 3}], 422, "R0804", ["/0/net", "/2/kind"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_bad_fact(served: Served, alfa: httpx.Client, name: str) -> None:
    body, status, code, where = WRONG[name]
    answer = alfa.post("/v1/facts?dry_run=true", json=body)
    found = answer.json()
    assert (answer.status_code, found["code"]) == (status, code), found
    assert [each["pointer"] for each in found["errors"]][: len(where)] == where


def test_of_another_account_and_of_none_the_answer_is_the_same(alfa: httpx.Client) -> None:
    """Down to the byte, but for the request's id; for facts, for accruals and for statements."""

    def told(answer: httpx.Response) -> tuple[int, str]:
        return answer.status_code, re.sub(r'"request_id":"\w+"', "", answer.text)

    asks: tuple[Callable[[str], httpx.Response], ...] = (
        lambda account: alfa.post("/v1/facts", json=SALE | {"account": account}),
        lambda account: alfa.post("/v1/facts", json=[SALE, SALE | {"account": account}]),
        lambda account: alfa.get(f"/v1/accruals?account={account}&date=2026-04-01"),
        lambda account: alfa.get(f"/v1/accounts/{account}/statements?period=2026-Q1"),
        lambda account: alfa.post("/v1/facts", json=claim("ALFA", f"{account.lower()}_2026.zz_canary_bonus")),
    )
    for ask in asks:
        foreign, nobody = told(ask("BRAVO")), told(ask("NOONE"))
        assert foreign[0] in (404, 422)
        assert foreign[1].replace("bravo", "noone") == nobody[1]


def claim(account: str, rule: str) -> dict[str, str]:
    return {"id": "C-1", "account": account, "date": "2026-03-10", "kind": "claim", "name": rule, "value": "1"}


def test_facts_of_before_a_closed_period_are_refused(kept: Served) -> None:
    with kept.client("admin") as admin:
        admin.post("/v1/facts", json=SALE | {"id": "L-1"}).raise_for_status()
        with ledger_of(kept) as ledger:
            ledger.close_period(date(2026, 3, 31))
        late = admin.post("/v1/facts", json=SALE | {"id": "L-9", "known": "2026-03-10T09:00:00Z"})
        assert (late.status_code, late.json()["code"]) == (409, "R0832")
        assert late.json()["errors"][0]["pointer"] == "/known"
        assert admin.post("/v1/facts", json=SALE | {"id": "L-9"}).status_code == 200


def test_what_was_posted_over_http_is_proved_by_the_reference(kept: Served) -> None:
    with kept.client("admin") as admin:
        admin.post("/v1/facts", json=[SALE | {"id": f"P-{n}"} for n in range(40)]).raise_for_status()
        admin.post("/v1/settlements", json={"period": "2026-Q1"}).raise_for_status()
    with ledger_of(kept) as ledger:
        proof = prove(ledger)
    assert proof.facts >= 40
    assert proof.runs >= 1
    assert proof.findings == ()


def test_too_many_facts_at_once(alfa: httpx.Client) -> None:
    small = {"id": "a", "account": "ALFA", "date": "2026-03-10", "kind": "payment", "of": "x"}
    body = json.dumps([small] * 10_001).encode()
    answer = alfa.post("/v1/facts", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "R0815")
