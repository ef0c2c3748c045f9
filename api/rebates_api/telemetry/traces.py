"""Traces (OpenTelemetry), where they are asked for: one span for a request's quote, one for each of its stages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Traces:
    """Makes spans, or nothing at all."""

    def __init__(self, where: str) -> None:
        self._tracer: Any = None
        self._provider: Any = None
        if where:
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

            exporter: Any
            if where == "console":
                exporter = ConsoleSpanExporter()
            else:
                from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

                exporter = OTLPSpanExporter(where)
            self._provider = TracerProvider(resource=Resource.create({"service.name": "rebates"}))
            self._provider.add_span_processor(BatchSpanProcessor(exporter))
            self._tracer = self._provider.get_tracer("rebates_api")

    @property
    def on(self) -> bool:
        return self._tracer is not None

    @contextmanager
    def span(self, name: str, headers: list[tuple[bytes, bytes]] | None = None, **about: object) -> Iterator[None]:
        """A span; the outermost one carries on the caller's `traceparent`."""
        if self._tracer is None:
            yield
            return
        context = None
        if headers is not None:
            from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

            carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
            context = TraceContextTextMapPropagator().extract(carrier)
        with self._tracer.start_as_current_span(name, context=context, attributes=about):
            yield

    def close(self) -> None:
        if self._provider is not None:
            self._provider.shutdown()
