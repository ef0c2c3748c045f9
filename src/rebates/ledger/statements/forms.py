"""A statement as text, JSON, a page to send, a workbook, and PDF."""

from __future__ import annotations

import io
import json
from fractions import Fraction
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rebates.engine.facts import Fact, body_of
from rebates.engine.measured import payable_by
from rebates.engine.orders import total_text
from rebates.ledger.statements.shown import Shown, ShownRow, View, shown, without_comments
from rebates.ledger.statements.statement import Statement, StatementRow, customers
from rebates.tools.spreadsheets import safe

BAR = 20  # of the greatest month on a terminal
# of a transaction what its customer knows; costs and attributes are the supplier's
_OF_CUSTOMER = (
    "id",
    "account",
    "date",
    "kind",
    "item",
    "quantity",
    "unit",
    "currency",
    "net",
    "of",
    "order",
    "invoice",
)


def as_text(statement: Statement, language: str = "en", explain: bool = False, view: View = "manager") -> str:
    """For a terminal. Explained, with the rule's place and text, every slice and every transaction."""
    made = shown(statement, language, view)
    say = made.say
    out = [f"{say('statement')}  {made.account}", f"{say('period')}: {made.period}"]
    for row in made.rows:
        out += ["", f"{row.title} ({row.agreement})"]
        out += [f"  {word + ':':<28} {text}" for word, text in row.lines]
        if row.months:
            width = max(len(month.name) for month in row.months)
            out.append(f"  {say('by month').format(row.months_of)}:")
            out += [f"    {m.name:<{width}}  {'█' * (m.part * BAR // 1000):<{BAR}}  {m.amount}" for m in row.months]
        if row.picture is not None:
            out += ["", *(f"  {line}".rstrip() for line in row.picture.text.splitlines()[2:])]
        if explain:
            out += [*([f"  {row.place}"] if row.place else []), *(f"    {line}" for line in row.text.splitlines())]
            out += [f"  {each}" for each in row.slices]
            out += [f"  {'  '.join(cell for cell in fact if cell)}" for fact in row.facts]
    return "\n".join([*out, "", *(f"{say('total')}: {amount}" for amount in made.due)])


def as_json(statement: Statement, view: View = "manager") -> str:
    """For a program: every number exact, as text. The customer's view as that of pages."""
    inside = view == "manager"
    if not inside:
        statement = customers(statement, lambda account: True)
    whole = {
        "account": statement.account,
        "first": str(statement.first),
        "last": str(statement.last),
        "as_of": statement.as_of.isoformat(),
        **({"version": statement.version, "runs": list(statement.runs)} if inside else {}),
        "rows": [_plain(row, inside) for row in statement.rows],
        "due": {currency: _number(amount) for currency, amount in statement.due.items()},
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _number(value: Fraction | None) -> str | None:
    return None if value is None else total_text(value)


def _plain(row: StatementRow, inside: bool) -> dict[str, Any]:
    due, by = row.due, payable_by(row.due)
    return {
        "rule": due.rule,
        "title": row.title,
        "agreement": row.agreement,
        **({"place": row.place, "detail": due.detail} if inside else {}),
        "text": row.text if inside else without_comments(row.text),
        "kind": due.kind,
        "earner": due.earner,
        "payee": due.payee,
        "window": {"first": str(due.first), "last": str(due.last)},
        "day": str(due.day),
        "status": due.status,
        "currency": row.currency,
        "measure": _number(due.measure),
        "measure_unit": row.measure_unit,
        "base": _number(due.base),
        "base_unit": row.base_unit,
        "tier": due.tier,
        "terms": row.terms,
        "earned": _number(due.earned),
        "total": _number(due.total),
        "paid": _number(row.paid_before),
        "due": _number(row.paid_now),
        "forms": [{"form": p.form, "amount": p.amount, "unit": p.unit, "use": p.use} for p in row.forms],
        "pay_by": None if by is None else str(by),
        "expires": None if due.expires is None else str(due.expires),
        "cuts": [
            {"base": _number(c.base), "rate": _number(c.rate), "amount": _number(c.amount), "row": list(c.row)}
            for c in due.cuts
        ],
        "tiers": [
            {"threshold": _number(s.threshold), "above": s.above, "pays": s.pays, "rate": _number(s.rate)}
            for s in row.steps
        ],
        "next": None
        if due.next is None
        else {
            "threshold": _number(due.next.threshold),
            "missing": _number(due.next.missing),
            "worth": _number(due.next.worth),
        },
        "months": {month: _number(amount) for month, amount in row.months},
        "months_unit": row.months_unit,
        "facts": [_fact(fact, inside) for fact in row.facts],
    }


def _fact(fact: Fact, inside: bool) -> dict[str, Any]:
    body = json.loads(body_of(fact))
    if inside:
        return {**body, "known": fact.known}
    return {name: body[name] for name in _OF_CUSTOMER if name in body}


_pages = Environment(
    loader=PackageLoader("rebates.ledger.statements", "pages"), autoescape=True, undefined=StrictUndefined
)


def as_html(statement: Statement, language: str = "en", view: View = "customer") -> str:
    """A page that one would send: every text of rules and facts is escaped."""
    made = shown(statement, language, view)
    return _pages.get_template("statement.html").render(made=made, say=made.say, columns=fact_columns(made))


def fact_columns(made: Shown) -> list[str]:
    """The heads of the columns of transactions."""
    return [made.say(word) for word in ("day", "id", "account", "kind", "item", "quantity", "net")]


def as_xlsx(statement: Statement, language: str = "en", view: View = "customer") -> bytes:
    """A workbook: results, months, what counted, and the rules as signed. No cell is a formula."""
    from openpyxl import Workbook

    made = shown(statement, language, view)
    say, book = made.say, Workbook()
    first = book.active
    assert first is not None
    first.title = say("statement")[:31]
    sheets = [first, *(book.create_sheet(say(word)[:31]) for word in ("month", "transactions", "signed"))]
    results, months, counted, signed = sheets
    results.append([say("statement")])
    results.append([say("account"), safe(made.account)])
    results.append([say("period"), made.period])
    results.append([say("as of"), made.as_of])
    for amount in made.due:
        results.append([say("total"), safe(amount)])
    counted.append(["", *fact_columns(made)])
    for row in made.rows:
        for line in _results(row):
            results.append([safe(cell) for cell in line])
        for month in row.months:
            months.append([safe(cell) for cell in (row.title, row.months_of, month.name, month.amount)])
        for fact in row.facts:
            counted.append([safe(cell) for cell in (row.title, *fact)])
        signed.append([safe(cell) for cell in (row.title, row.text, row.place)])
    for sheet in sheets:
        for filled in sheet.iter_rows():
            for cell in filled:
                if cell.data_type == "f":
                    cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _results(row: ShownRow) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = [("", ""), (row.title, row.agreement), *row.lines]
    if row.picture is not None:
        lines.append(("", row.picture.alternative))
    return [*lines, *(("", each) for each in row.slices)]
