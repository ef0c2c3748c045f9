"""Pricing from the plan: every order with all decisions, and the common orders by generated code."""

from rebates.compile.compiled import Compiled, compile_rules
from rebates.compile.priced import Amounts, Priced

__all__ = ["Amounts", "Compiled", "Priced", "compile_rules"]
