"""Traces (OpenTelemetry), where they are asked for: one span for a quote, below it its steps, below those the stages of the waterfall.

A span holds names of routes and stages and counts of lines; no account, no item, no amount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")


class Traces:
    """Makes spans, or nothing at all."""

    def __init__(self, where: str) -> None:
        self._tracer: Any = None
        self._provider: Any = None
        if where:
            from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

            exporter: Any
            if where == "console":
                exporter = ConsoleSpanExporter()
            else:
                from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

                exporter = OTLPSpanExporter(where)
            self.send_to(BatchSpanProcessor(exporter))

    def send_to(self, processor: Any) -> None:
        """Makes spans from now on, for a processor of OpenTelemetry."""
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        self._provider = TracerProvider(resource=Resource.create({"service.name": "rebates"}))
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("rebates_api")

    @property
    def on(self) -> bool:
        return self._tracer is not None

    @property
    def recording(self) -> bool:
        """Whether the span in which this runs is kept: a caller may say that its trace is not sampled."""
        if self._tracer is None:
            return False
        from opentelemetry.trace import get_current_span

        return get_current_span().is_recording()

    def span(
        self, name: str, headers: list[tuple[bytes, bytes]] | None = None, **about: object
    ) -> AbstractContextManager[None]:
        """A span; the outermost one carries on the caller's `traceparent`."""
        return nullcontext() if self._tracer is None else self._span(name, headers, about)

    @contextmanager
    def _span(self, name: str, headers: list[tuple[bytes, bytes]] | None, about: dict[str, object]) -> Iterator[None]:
        context = None
        if headers is not None:
            from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

            carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
            context = TraceContextTextMapPropagator().extract(carrier)
        with self._tracer.start_as_current_span(name, context=context, attributes=about, record_exception=False):
            yield

    def stage(self, kind: str, name: str) -> AbstractContextManager[object]:
        """The span of a stage of the waterfall."""
        return self.span(f"stage {name}", kind=kind)

    def carried(self, work: Callable[[], T]) -> Callable[[], T]:
        """Work for another thread, whose spans stand below the one that is open here."""
        if self._tracer is None:
            return work
        context = copy_context()
        return lambda: context.run(work)

    def close(self) -> None:
        if self._provider is not None:
            self._provider.shutdown()
