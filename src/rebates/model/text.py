"""Conditions as canonical text: the same meaning has the same words, wherever it was written."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.exact import decimal_text
from rebates.model.windows import words


def value_text(value: str | Fraction | date) -> str:
    """A value as the language writes it."""
    if isinstance(value, Fraction):
        return decimal_text(value)
    return str(value) if isinstance(value, date) else f'"{value}"'


def condition_text(condition: m.Condition) -> str:
    """A condition in the language's words, sets expanded."""
    match condition:
        case m.And(parts=parts):
            return " and ".join(_bracketed(part) for part in parts)
        case m.Or(parts=parts):
            return " or ".join(_bracketed(part) for part in parts)
        case m.Not(part=part):
            return f"not {_bracketed(part)}"
        case m.Compare(op=op, left=left, right=right):
            return f"{expression_text(left)} {op} {expression_text(right)}"
        case m.OneOf(attribute=attribute, values=values, negated=negated):
            listed = ", ".join(sorted(value_text(value) for value in values))
            return f"{attribute.path} {'not in' if negated else 'in'} ({listed})"
        case m.Under(attribute=attribute, ancestor=ancestor):
            return f'{attribute.path} under "{ancestor}"'
        case m.InTable(attribute=attribute, table=table, negated=negated):
            return f"{attribute.path} {'not ' if negated else ''}in table {table}"
        case m.InSet(where=where):
            return condition_text(where)
        case m.EveryNth(before=before, number=number):
            return f"every {number}th of {expression_text(before)}"
        case m.InClass(of=of):
            return f"class {of.name}"
        case m.Paid(by=by):
            return f"paid {deadline_text(by)}"
        case m.Claimed(by=by):
            return f"claimed {deadline_text(by)}"
        case m.PostedBy(fact=fact, by=by):
            return f"{fact.path} {deadline_text(by)}"
        case m.Throughout(test=test, window=window):
            return f"{condition_text(test)} throughout the {window}"
        case m.RulePaid(rule=rule):
            return f"{rule} is paid"


def _bracketed(condition: m.Condition) -> str:
    text = condition_text(condition)
    inner = condition.where if isinstance(condition, m.InSet) else condition
    return f"({text})" if isinstance(inner, m.And | m.Or) else text


_COUNTED = ("lines", "orders", "deliveries")


def total_words(total: m.Total) -> str:
    """A total beyond the order as its key says it, but for whose and when."""
    match total.what:
        case "quantity":
            what = f"quantity in {total.unit}"
        case "distinct":
            what = f"number of distinct {total.distinct.path if total.distinct else ''}"
        case "at table":
            what = f"value {expression_text(total.priced)}" if total.priced is not None else "value"
        case counted if counted in _COUNTED:
            what = f"number of {counted}"
        case value:
            what = f"{value} value{' including tax' if total.with_tax else ''}"
    chosen = f" where {condition_text(total.where)}" if total.where is not None else ""
    return f"{what}{chosen} {total.scope.words}{words(total.window or 'ever')}"


def expression_text(expr: m.Expr) -> str:
    """An expression in short, canonical words."""
    match expr:
        case m.Constant(value=value):
            return value_text(value)
        case m.Exchanged(value=value, currency=currency):
            return f"{currency} {value_text(value)}"
        case m.AttributeValue(attribute=attribute):
            return attribute.path
        case m.ItemPrice(kind=kind):
            return "cost" if kind == "cost" else f"{kind} price"
        case m.Total(what=what, unit=unit, scope=scope, where=where, full=full, key=key, with_tax=with_tax):
            if key is not None:
                return key
            chosen = f" where {condition_text(where)}" if where is not None else ""
            return f"{what}{' including tax' if with_tax else ''}{' full' if full else ''}{f' in {unit}' if unit else ''}{chosen} per {scope.value}"
        case m.MeasureRef(value=value):
            return expression_text(value)
        case m.Arithmetic(op=op, left=left, right=right):
            return f"({expression_text(left)} {op} {expression_text(right)})"
        case m.Extreme(which=which, parts=parts):
            return f"{which} of ({', '.join(expression_text(part) for part in parts)})"
        case m.Rounded(value=value, mode=mode, digits=digits):
            return f"({expression_text(value)} rounded {mode.value} {digits})"
        case m.Fallback(value=value, otherwise=otherwise):
            return f"({expression_text(value)} otherwise {expression_text(otherwise)})"
        case m.PerKey(how=how, value=value, key=each):
            inner = condition_text(value) if isinstance(value, m.Condition) else expression_text(value)
            return f"{how} of ({inner} for each {each.path if isinstance(each, m.Attribute) else each})"
        case m.ChargeAmount(rule=rule, kind=kind):
            return f"{kind} {rule}"
        case m.DaysBetween(start=start, end=end):
            ends = (part.event if isinstance(part, m.Moment) else expression_text(part) for part in (start, end))
            return f"days from {' to '.join(str(each) for each in ends)}"
        case m.AgreementWindow(kind=kind):
            return f"agreement {kind}"
        case m.RulePrice(rule=rule):
            return f"price {rule}"
        case m.TableValue(table=table, at=at):
            return f"table {table}" if at is None else f"table {table} {moment_text(at)}"
        case m.Earned(rule=rule):
            return f"earned by {rule}"


def deadline_text(by: m.Deadline) -> str:
    """A deadline as the language writes it."""
    if by.terms:
        return "within terms"
    if by.day is not None:
        return f"by {by.day}"
    if not by.count:
        return f"at {by.event}"
    return f"within {by.count} {by.unit}{'' if by.count == 1 else 's'} of {by.event}"


def moment_text(at: m.Moment) -> str:
    """When a table is read, as the language writes it."""
    if at.day is not None:
        return f"at {at.day}"
    shift = f"{at.count} {at.unit}{'' if at.count == 1 else 's'} before " if at.count else ""
    return f"at {shift}{at.event}"
