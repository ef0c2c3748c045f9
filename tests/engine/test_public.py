"""The front door: what `import rebates` gives, and that it costs next to nothing until a name is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import rebates
from tests.engine.conftest import RULES


def test_every_public_name_is_there() -> None:
    assert {
        "load",
        "Book",
        "Order",
        "Line",
        "Quote",
        "Money",
        "RuleErrors",
        "OrderErrors",
        "Diagnostic",
        "TableSource",
    } <= set(rebates.__all__)
    assert all(getattr(rebates, name) is not None for name in rebates.__all__)


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no name `nonsense`"):
        rebates.nonsense  # noqa: B018


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has after running some code."""
    script = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_loads_no_room() -> None:
    found = loaded("import rebates; rebates.__version__")
    assert not {name for name in found if name.startswith("rebates.")}
    assert not found & {"lark", "pydantic", "msgspec", "typer", "rich"}


def test_pricing_needs_neither_command_line_nor_json_schema() -> None:
    found = loaded(
        f"import rebates\nbook = rebates.load({str(RULES)!r})\n"
        "print(book.quote(rebates.Order('KIOSK', '2026-03-10', [rebates.Line('LEMON', '60 case')])).total)"
    )
    assert not found & {"pydantic", "typer", "rich", "rebates.reference"}
