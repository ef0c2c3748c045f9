"""What generated code knows of the model. A rule that says anything else goes to the runtime.

Generated code would leave out a clause that it has never heard of. So it names the fields that it takes into account, or
that cannot change an amount; a node whose other fields are not as they are when nothing is said is not familiar. A new
construct is priced right from its first day, and made fast when someone adds it here and to `cells.py`.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any

from rebates.model import nodes as m
from rebates.model.orders import LineIn, OrderIn
from rebates.model.stored import StoredAgreement

_KNOWN: dict[type, str] = {
    m.RuleSet: "agreements tables master version attributes facts",
    m.Agreement: "name title who first last currency zone calendar owner review adds_to stages rounding rules guards "
    "examples measures amendments terms classes noted",
    m.Stage: "name combine base last kind",
    m.Rounding: "digits mode price_first price_digits discount_rounds round_once remainder carry_difference then_step "
    "order_step",
    m.Rule: "id kind name title agreement stage place priority first last dated_by when codes worth base decides spread "
    "caps floors pays_from limit not_below exclusive promotional account_price_only best only_per specificity accepts "
    "since until amended ended",
    m.When: "condition",
    m.Base: "what scope where unit charge value",
    m.Bound: "value on scope window key",
    m.NotBelow: "value to_other_lines",
    m.Flat: "reward",
    m.Tiers: "mode measure rows below without_baseline continues",
    m.Tier: "above threshold reward",
    m.PriceTable: "table keys column",
    m.Amount: "value",
    m.Reward: "pieces",
    m.PercentPiece: "rate of",
    m.SumPiece: "amount scope",
    m.UnitPiece: "amount package",
    m.PricePiece: "value unit",
    m.Package: "kind size unit scope",
    m.Constant: "value dimension unit",
    m.AttributeValue: "attribute",
    m.ItemPrice: "kind",
    m.Total: "what dimension scope window unit full distinct where before after_stage key",
    m.MeasureRef: "name value dimension",
    m.Arithmetic: "op left right dimension",
    m.Extreme: "which parts dimension",
    m.Rounded: "value mode digits dimension",
    m.Fallback: "value otherwise dimension",
    m.And: "parts",
    m.Or: "parts",
    m.Not: "part",
    m.Compare: "op left right",
    m.OneOf: "attribute values negated",
    m.Under: "attribute ancestor",
    m.InTable: "attribute table negated",
    m.InSet: "name where",
    OrderIn: "account day lines days attributes codes totals given account_attributes facts",
    LineIn: "item quantity unit price net_price discount attributes",
}


@cache
def _others(kind: Any, known: str) -> tuple[Field[object], ...]:
    """The fields of a class beside those that are known."""
    names = {"span", *known.split()}
    return tuple(each for each in fields(kind) if each.name not in names)


def says_only(node: object, known: str) -> bool:
    """Whether a node says nothing, in its own fields, beside these."""
    kind: Any = type(node)
    return all(_silent(each, getattr(node, each.name)) for each in _others(kind, known))


def is_familiar(node: object) -> bool:
    """Whether the node says nothing, in its own fields, that generated code does not know."""
    known = _KNOWN.get(m.Agreement if type(node) is StoredAgreement else type(node))
    return known is not None and says_only(node, known)


def _silent(field: Field[object], value: object) -> bool:
    """Whether a field is as it is when the text says nothing."""
    if field.default is not MISSING:
        return bool(value == field.default)
    return field.default_factory is not MISSING and bool(value == field.default_factory())


def all_familiar(root: object) -> bool:
    """Whether the node and all below it are familiar; plain values are."""
    waiting = [root]
    while waiting:
        at = waiting.pop()
        if isinstance(at, tuple):
            waiting.extend(at)
        elif type(at) in _KNOWN:
            if not is_familiar(at):
                return False
            waiting.extend(getattr(at, name) for name in _KNOWN[type(at)].split())
        elif is_dataclass(at) and not isinstance(at, m.Attribute | m.Dimension):
            return False
    return True
