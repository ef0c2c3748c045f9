"""Rules that change while orders are priced: one version for a request, the last good one while the files are broken."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import signal
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rebates import Order, load
from rebates_api.rules.in_force import RulesInForce
from rebates_api.rules.loading import RulesBroken
from rebates_api.store.database import Database
from rebates_api.store.versions import Versions
from rebates_api.telemetry.metrics import Metrics
from rebates_api.wire.views import customer, numbers
from tests.api.served import ORDER, PATIENCE_S, RULES, Served, serving

RELOADS = int(os.environ.get("RELOADS", "20"))  # 200 in `make long`
TOTALS = {3: "582.00", 4: "576.00"}  # 60 × 10.00 less as many percent


def rate(text: str, percent: int) -> str:
    text = re.sub(r"from  50 carton  \S+", f"from  50 carton  {percent}%", text)
    return re.sub(r"net value EUR \d+", f"net value EUR {500 - 5 * percent}", text)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("changing")
    shutil.copytree(RULES, folder / "rules")
    with serving(folder, folder / "rules", lines_per_minute=0) as running:
        yield running


def test_a_version_is_let_go_of_once_nobody_holds_a_quote_of_it(tmp_path: Path) -> None:
    """Without the help of a garbage collector, which leaves alone what a reload freezes."""
    shutil.copytree(RULES, tmp_path / "rules")
    base = load(tmp_path / "rules")
    file = tmp_path / "rules" / "market.rebates"
    file.write_text(rate(file.read_text("utf-8"), 4), "utf-8")
    gc.collect()
    gc.disable()
    try:
        book = base.reload()
        quote = book.quote(Order.from_json(json.dumps(ORDER)))
        line = quote.lines[0]
        told = [
            quote.to_dict(),
            quote.explain().to_dict(),
            numbers(quote),
            customer(quote),
            line.next_tier,
            line.pocket_value,
        ]
        version = weakref.ref(book)
        del book, quote, told
        assert str(line.net_value.amount) == TOTALS[4]  # a line holds its quote
        assert version() is not None
        del line
        assert version() is None
    finally:
        gc.enable()


def write(running: Served, change: Callable[[str], str]) -> None:
    file = running.rules / "market.rebates"
    text = change(file.read_text("utf-8"))
    aside = running.rules / "market.aside"
    aside.write_text(text, "utf-8")
    aside.replace(file)


def ready(client: httpx.Client, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What `readyz` says once it says what is wanted."""
    until = time.monotonic() + PATIENCE_S
    body: dict[str, Any] = {}
    while time.monotonic() < until:
        body = client.get("/readyz").json()
        if wanted(body):
            return body
        time.sleep(0.05)
    raise AssertionError(body)


def test_a_change_comes_into_force_a_broken_one_does_not(changing: Served) -> None:
    with changing.client("alfa") as alfa, changing.client("admin") as admin:
        first = alfa.post("/v1/quotes", json=ORDER).json()
        assert first["total"]["amount"] == TOTALS[3]
        write(changing, lambda text: rate(text, 4))
        ready(alfa, lambda body: body["version"] != first["version"])
        second = alfa.post("/v1/quotes", json=ORDER).json()
        assert second["total"]["amount"] == TOTALS[4]
        assert alfa.post(f"/v1/quotes?rules={first['version']}", json=ORDER).json() == first

        write(changing, lambda text: text.replace("stage volume best", "stage volume bset"))
        body = ready(alfa, lambda body: body["rules"] != "as the files are")
        assert body["version"] == second["version"]
        assert body["reason"]
        assert alfa.post("/v1/quotes", json=ORDER).json() == second
        problem = admin.post("/v1/rules:reload").json()
        assert problem["code"] == "S4093"
        assert problem["errors"][0]["file"] == "market.rebates"
        assert "rebates_rules_broken 1.0" in admin.get("/metrics").text

        write(
            changing,
            lambda text: text.replace("stage volume bset", "stage volume best").replace("EUR 480", "EUR 481"),
        )
        body = ready(alfa, lambda body: "example" in (body["reason"] or ""))  # an example that fails is broken too
        assert body["version"] == second["version"]

        write(changing, lambda text: rate(text, 4))
        body = ready(alfa, lambda body: body["rules"] == "as the files are")
        assert body["version"] == second["version"]
        write(changing, lambda text: rate(text, 3))
        changing.process.send_signal(signal.SIGHUP)
        ready(alfa, lambda body: body["version"] == first["version"])


def test_under_load_of_reloads_no_request_fails_or_mixes_versions(changing: Served) -> None:
    """Every answer has the total that belongs to the version it names, in each order of a batch too."""
    seen: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    over = threading.Event()

    def ask() -> None:
        batch = "\n".join([json.dumps(ORDER)] * 20)
        headers = {"Content-Type": "application/x-ndjson"}
        with changing.client("alfa") as client:
            while not over.is_set():
                answer = client.post("/v1/quotes?explain=none", json=ORDER)
                many = client.post("/v1/quotes:batch?explain=none", content=batch, headers=headers)
                if answer.status_code != 200 or many.status_code != 200:
                    wrong.append(answer.text + many.text)
                    continue
                quotes = [json.loads(line)["quote"] for line in many.text.splitlines()]
                if len({each["version"] for each in quotes}) != 1:
                    wrong.append("a batch of two versions")
                seen.update((each["version"], each["total"]["amount"]) for each in [answer.json(), *quotes])

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    versions = set()
    with changing.client("admin") as admin:
        for turn in range(RELOADS):
            write(changing, lambda text, percent=3 + turn % 2: rate(text, percent))  # type: ignore[misc]
            answer = admin.post("/v1/rules:reload")
            assert answer.status_code == 200, answer.text
            versions.add(answer.json()["version"])
    over.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(versions) == 2
    assert {version for version, _ in seen} == versions
    assert sorted(amount for _, amount in seen) == sorted(TOTALS.values())


def test_several_workers_settle_on_a_version_and_report_it(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    with serving(tmp_path, rules, workers=2, lines_per_minute=0) as running, running.client("manager") as manager:

        def serve(body: dict[str, Any]) -> bool:
            return len(body["workers"]) == 2 and set(body["workers"].values()) == {body["version"]}

        def settled() -> str:
            until = time.monotonic() + PATIENCE_S
            while time.monotonic() < until:
                body = manager.get("/v1/rules").json()
                if serve(body):
                    return str(body["version"])
                time.sleep(0.1)
            raise AssertionError(body)

        first = settled()
        write(running, lambda text: rate(text, 4))
        until = time.monotonic() + PATIENCE_S
        while (second := settled()) == first and time.monotonic() < until:
            time.sleep(0.1)
        assert second != first
        answers = set()
        for _ in range(20):
            with running.client("alfa") as alfa:
                body = alfa.post("/v1/quotes?explain=none", json=ORDER).json()
                answers.add((body["version"], body["total"]["amount"]))
        assert answers == {(second, TOTALS[4])}


def test_a_machine_with_older_files_follows_those_that_run(tmp_path: Path) -> None:
    """Two machines, each with its own files, one store."""
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.prepare()

    def machine(name: str) -> tuple[RulesInForce, Path]:
        shutil.copytree(RULES, tmp_path / name)
        rules = RulesInForce(tmp_path / name, Versions(database, 10), 3, Metrics())
        rules.worker = f"{name}:1"
        return rules, tmp_path / name / "market.rebates"

    one, its_file = machine("one")
    other, other_file = machine("other")
    one.start()
    one.report()
    old = one.book.version
    its_file.write_text(rate(its_file.read_text("utf-8"), 4), "utf-8")
    one.reload(force=False)
    one.report()
    new = one.book.version
    assert new != old
    other.start()  # its files are those that were in force before
    assert other.book.version == new
    other.reload(force=False)  # and they did not change
    assert other.book.version == new
    other_file.write_text(rate(other_file.read_text("utf-8"), 5), "utf-8")
    newest = other.reload(force=False).book.version
    other.report()
    one.follow()
    assert one.book.version == newest
    assert one.at(old) is not None
    other_file.write_text("agreement broken", "utf-8")
    with pytest.raises(RulesBroken):
        other.reload(force=False)
    assert other.book.version == newest
    one.start()  # as after a restart: its own files are older
    assert one.book.version == newest
    database.close()


def test_it_ends_when_it_is_told_and_finishes_what_it_began(changing: Served) -> None:
    batch = "\n".join([json.dumps(ORDER | {"lines": ORDER["lines"] * 20})] * 200)
    found: list[httpx.Response] = []

    def ask() -> None:
        with changing.client("alfa") as client:
            headers = {"Content-Type": "application/x-ndjson"}
            found.append(client.post("/v1/quotes:batch?explain=none", content=batch, headers=headers))

    thread = threading.Thread(target=ask)
    with changing.client("alfa") as client:
        client.post("/v1/quotes", json=ORDER)
    thread.start()
    time.sleep(0.3)
    assert changing.stop() in (0, -signal.SIGTERM)
    thread.join()
    assert len(found[0].text.splitlines()) == 200
