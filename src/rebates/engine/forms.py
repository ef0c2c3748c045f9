"""What a due is paid in: credit note, payment, points, goods, split exactly (99a)."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from rebates.model.exact import decimal_text, spread
from rebates.model.rebates import Form, Rebate


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """One form of payment and its part: an amount in `unit`, the currency, or points."""

    form: str
    amount: str
    unit: str
    use: str | None = None


class Funder(msgspec.Struct, frozen=True):
    """Who bears a part of what is due."""

    name: str
    amount: str


def funders_of(rule: Rebate, due: Fraction, digits: int) -> tuple[Funder, ...]:
    """What each of several funders bears, in the order written; the parts add up exactly (2.4)."""
    if not rule.funders:
        return ()
    amounts = spread(due, [share for _, share in rule.funders], digits)
    return tuple(
        Funder(name, decimal_text(amount, digits)) for (name, _), amount in zip(rule.funders, amounts, strict=True)
    )


def parts_of(rule: Rebate, due: Fraction, digits: int, currency: str) -> tuple[Part, ...]:
    """The parts of a due, in the order written; of forms to choose from the first."""
    if rule.pays == "points":
        return (Part("points", decimal_text(due), "point"),)
    if rule.pays == "goods":
        item, unit = rule.goods or (None, "")
        return (Part("goods", decimal_text(due), unit, item),)
    forms = rule.settle.forms
    if not forms:
        return (Part("payment" if rule.kind == "charge" else "credit note", decimal_text(due, digits), currency),)
    if rule.settle.choice:
        forms = forms[:1]
    amounts = [due]
    if len(forms) > 1:
        amounts = spread(due, [form.share or Fraction(0) for form in forms], digits)
    return tuple(_part(form, amount, digits, currency) for form, amount in zip(forms, amounts, strict=True))


def _part(form: Form, amount: Fraction, digits: int, currency: str) -> Part:
    if form.points is not None and form.per is not None:
        points = abs(amount) / form.per * form.points
        whole = points.numerator // points.denominator
        return Part(form.kind, str(-whole if amount < 0 else whole), "point", form.use)
    return Part(form.kind, decimal_text(amount, digits), currency, form.use)
