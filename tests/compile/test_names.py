"""Whatever authors and callers write, generated code holds numbers and names of our own, and nothing else."""

from __future__ import annotations

import ast

import pytest

from rebates import Line, Order, load
from rebates.compile import python

HOSTILE = "');import os;os._exit(1)#{0!r}\\x0a"
TEXT = """
agreement deal "{0}" {{
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  attribute order.channel text default "{0}"
  discount volume "{0}" {{
    when order.channel is "{0}" and item.id is "{0}"
    tiers retroactive on quantity in piece per line {{ from 1 piece 3%  from 50 piece 5% }}
  }}
}}
"""
NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.AugAssign, ast.Return, ast.If, ast.IfExp, ast.Tuple,
    ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.expr_context, ast.operator, ast.unaryop,
    ast.boolop, ast.cmpop, ast.Expr,
)  # fmt: skip


class Tables:
    """Hands over one price."""

    def rows(self, name: str) -> list[dict[str, object]] | None:
        return [{"item": HOSTILE, "unit": "piece", "price": "2.00"}] if name == "list_prices" else None


def test_no_text_comes_into_generated_code(monkeypatch: pytest.MonkeyPatch) -> None:
    sources: list[str] = []
    made = python._function

    def noted(source: str) -> python.Function:
        sources.append(source)
        return made(source)

    monkeypatch.setattr(python, "_function", noted)
    book = load({"deal.rebates": TEXT.format(HOSTILE)}, tables=Tables())
    # 10 at 2.00 less 3%
    assert str(book.quote(Order(HOSTILE, "2026-03-01", [Line(HOSTILE, "10 piece")])).total) == "EUR 19.40"
    assert sources
    for source in sources:
        assert "os" not in source
        for node in ast.walk(ast.parse(source)):
            assert isinstance(node, NODES), ast.dump(node)
            assert not isinstance(node, ast.Constant) or node.value is None or isinstance(node.value, int)
            assert not isinstance(node, ast.Name) or len(node.id) <= 8
