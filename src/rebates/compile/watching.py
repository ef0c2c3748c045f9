"""Whoever wants to see the stages of an order while the run time works them out, such as a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

Watch = Callable[[str, str], AbstractContextManager[object]]
"""Called with the kind of a stage (prices, discount, manual, charge, on charges) and its name; entered while it is worked out."""

_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)
_nothing = nullcontext()


@contextmanager
def watched_by(watch: Watch) -> Iterator[None]:
    """What is priced within, by this task or thread, is seen stage by stage."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def watching() -> Watch:
    """Who watches, or nobody."""
    return _watch.get() or _nobody


def _nobody(kind: str, name: str) -> AbstractContextManager[object]:
    return _nothing
