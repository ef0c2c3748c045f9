"""What was earned and is due as its caller may see it. A customer sees what is listed here and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rebates.engine.facts import Fact
from rebates.engine.orders import total_text
from rebates.model.exact import decimal_text, round_to
from rebates.model.money import is_currency, minor_digits
from rebates.model.settlement import Due, Settlement

if TYPE_CHECKING:  # they come with `rebates[ledger]`
    from rebates.ledger.journal import Entry
    from rebates.ledger.reckoned import Accrual
    from rebates.ledger.statements.statement import Statement

FACT = ("id", "date", "kind", "account", "item", "quantity", "unit", "currency", "net", "of", "name", "value")


def due(due: Due, currency: str, title: str, manager: bool, hidden: bool = False) -> dict[str, Any]:
    """One rule, payee and window; what is measured is left out where `hidden`."""
    if hidden:
        due = replace(due, measure=None, base=None, tier=None, next=None)
    found: dict[str, Any] = {
        "title": title,
        "kind": due.kind,
        "window": {"first": due.first.isoformat(), "last": due.last.isoformat()},
        "day": due.day.isoformat(),
        "status": due.status,
        "measure": _number(due.measure),
        "tier": None if due.tier is None or due.tier < 0 else due.tier + 1,
        "earned": _money(due.total, currency),
        "next": None
        if due.next is None
        else {
            "threshold": _number(due.next.threshold),
            "missing": _number(due.next.missing),
            "worth": _shown(due.next.worth, currency),
        },
        "pay_by": None if due.pay_by is None else due.pay_by.isoformat(),
    }
    if manager:
        found |= {
            "rule": due.rule,
            "earner": due.earner,
            "payee": due.payee,
            "base": _number(due.base),
            "exact": total_text(due.earned),
            "detail": due.detail,
            "interim": due.interim,
        }
    return found


def accrual(found: Accrual, title: str, manager: bool, hidden: bool) -> dict[str, Any]:
    """What has been earned by a day, and what of it was settled."""
    told = due(found.due, found.currency, title, manager, hidden) | {"settled": _money(found.settled, found.currency)}
    return told | ({"booked": _money(found.booked, found.currency)} if manager else {})


def settlement(found: Settlement, titles: Mapping[str, str]) -> dict[str, Any]:
    """What one agreement comes to in a period; for managers."""
    total = sum((each.due if each.kind == "rebate" else -each.due for each in found.dues), Fraction(0))
    return {
        "agreement": found.agreement,
        "due": _money(total, found.currency),
        "dues": [
            due(each, found.currency, titles.get(each.rule, each.rule), True)
            | {"paid": _money(each.before, found.currency), "due": _money(each.due, found.currency)}
            for each in found.dues
        ],
    }


def entry(found: Entry) -> dict[str, Any]:
    """A journal entry; for managers."""
    return {
        "id": found.id,
        "day": found.day.isoformat(),
        "kind": found.kind,
        "rule": found.rule,
        "earner": found.earner,
        "payee": found.payee,
        "amount": {"amount": found.amount, "currency": found.currency},
        "concerns": None if found.concerns is None else found.concerns.isoformat(),
        "lines": [
            {
                "account": line.account,
                "debit": line.debit,
                "credit": line.credit,
                "party": line.party,
            }
            for line in found.lines
        ],
    }


def statement(found: Statement, manager: bool) -> dict[str, Any]:
    """A statement; that of a customer was cut to what it may see before."""
    from rebates.ledger.statements.shown import without_comments

    rows = []
    for row in found.rows:
        told = due(row.due, row.currency, row.title, manager) | {
            "agreement": row.agreement_title,
            "text": row.text if manager else without_comments(row.text),
            "paid": _money(row.paid_before, row.currency),
            "due": _money(row.paid_now, row.currency),
            "months": [{"month": month, "net": _shown(net, row.nets_in)} for month, net in row.nets],
            "facts": [_fact(fact) for fact in row.facts],
        }
        rows.append(told | ({"place": row.place} if manager else {}))
    return {
        "account": found.account,
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "as_of": found.as_of.isoformat().replace("+00:00", "Z"),
        "version": found.version,
        "due": [_money(amount, currency) for currency, amount in found.due.items()],
        "rows": rows,
    } | ({"runs": list(found.runs)} if manager else {})


def _fact(fact: Fact) -> dict[str, str]:
    return {name: str(value) for name in FACT if (value := getattr(fact, name)) is not None}


def _number(value: Fraction | None) -> str | None:
    return None if value is None else total_text(value)


def _money(value: Fraction, currency: str) -> dict[str, str]:
    """A rounded amount."""
    return {"amount": decimal_text(value), "currency": currency}


def _shown(value: Fraction, currency: str) -> dict[str, str]:
    """An exact amount, rounded for show."""
    digits = minor_digits(currency) if is_currency(currency) else 0  # points and goods are whole
    return _money(round_to(value, digits), currency)
