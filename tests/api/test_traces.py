"""Spans of a quote: its steps and, below its pricing, every stage of the waterfall; nothing in them is a price."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr

from rebates_api.app import create_app
from rebates_api.service import Service
from rebates_api.settings import Settings
from tests.api.served import ORDER, RULES, secrets_in

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, InMemorySpanExporter]]:
    folder = tmp_path_factory.mktemp("traces")
    service = Service(
        Settings(rules=RULES, store=SecretStr(f"sqlite:///{folder / 'store.db'}"), log_requests=False, watch=False)
    )
    service.open()
    kept = InMemorySpanExporter()
    service.traces.send_to(SimpleSpanProcessor(kept))
    yield service, kept
    service.traces.close()
    service.database.close()


def quoted(
    traced: tuple[Service, InMemorySpanExporter], query: str, order: Any, parent: str = PARENT
) -> tuple[httpx.Response, list[ReadableSpan]]:
    service, kept = traced
    kept.clear()

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            path = "/v1/quotes:batch" if isinstance(order, str) else "/v1/quotes"
            if isinstance(order, str):
                return await client.post(path + query, content=order, headers={"Content-Type": "application/x-ndjson"})
            return await client.post(path + query, json=order, headers={"traceparent": parent})

    answer = asyncio.run(ask())
    assert answer.status_code == 200
    return answer, list(kept.get_finished_spans())


def below(spans: list[ReadableSpan], parent: ReadableSpan) -> list[str]:
    """The names of the spans right below one, in the order in which they began."""
    found = [one for one in spans if one.parent is not None and one.parent.span_id == parent.context.span_id]
    return [one.name for one in sorted(found, key=lambda one: one.start_time or 0)]


MANY = ORDER | {"lines": ORDER["lines"] * 20}  # worked out in a thread


@pytest.mark.parametrize("order", [ORDER, MANY], ids=["at once", "in a thread"])
@pytest.mark.parametrize("explain", ["none", "customer", "full"])
def test_one_span_for_each_stage(traced: tuple[Service, InMemorySpanExporter], explain: str, order: Any) -> None:
    _, spans = quoted(traced, f"?explain={explain}", order)
    [whole] = [one for one in spans if one.name == "quote"]
    [price] = [one for one in spans if one.name == "price"]
    assert whole.parent is not None
    assert f"{whole.parent.trace_id:032x}" == TRACE
    assert below(spans, whole)[:2] == ["read order", "price"]
    assert below(spans, whole)[-1] == "write answer"
    assert below(spans, price) == ["stage prices", "stage volume", "stage hidden", "stage charges"]
    assert {f"{one.context.trace_id:032x}" for one in spans} == {TRACE}
    for one in spans:
        assert (whole.start_time or 0) <= (one.start_time or 0) <= (one.end_time or 0) <= (whole.end_time or 0)
    told = "".join(f"{one.name} {dict(one.attributes or {})} {[each.name for each in one.events]}" for one in spans)
    assert not secrets_in(told)
    for unsaid in ("ALFA", "COLA", "582", "600"):
        assert unsaid not in told


def test_every_order_of_a_batch_has_its_span(traced: tuple[Service, InMemorySpanExporter]) -> None:
    _, spans = quoted(traced, "?explain=none", "\n".join([json.dumps(ORDER)] * 3))
    wholes = [one for one in spans if one.name == "quote"]
    assert sorted(int(str((one.attributes or {})["index"])) for one in wholes) == [0, 1, 2]
    assert len([one for one in spans if one.name == "stage volume"]) == 3


def test_what_is_not_sampled_makes_no_span_and_the_same_answer(traced: tuple[Service, InMemorySpanExporter]) -> None:
    seen, _ = quoted(traced, "?explain=none", ORDER)
    unseen, spans = quoted(traced, "?explain=none", ORDER, PARENT[:-1] + "0")
    assert spans == []
    assert unseen.content == seen.content


def test_without_traces_nothing_is_imported_for_them(tmp_path: Path) -> None:
    service = Service(Settings(rules=RULES, store=SecretStr(f"sqlite:///{tmp_path / 'store.db'}")))
    assert not service.traces.on
    with service.traces.span("quote", []):
        assert not service.traces.recording
