"""A statement as text, JSON, a page to send, and a workbook. The customer's view leaves out files, runs and other programmes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rebates.engine.facts import body_of
from rebates.engine.orders import total_text
from rebates.ledger.statements.statement import Statement, StatementRow
from rebates.ledger.statements.words import Writer
from rebates.tools.spreadsheets import safe

Lines = Iterator[tuple[str, str]]


def _lines(row: StatementRow, say: Writer) -> Lines:
    """What is said of a row, in order."""
    due, currency = row.due, row.currency
    yield say("window"), f"{say.day(due.first)} – {say.day(due.last)}"
    if due.measure is not None:
        yield say("measure"), say.number(due.measure)
    if due.base is not None and due.base != due.measure:
        yield say("base"), say.number(due.base)
    yield say("tier"), say("none") if due.tier is None or due.tier < 0 else str(due.tier + 1)
    if len(due.cuts) == 1 and due.cuts[0].rate is not None and due.cuts[0].rate < 1:
        yield say("rate"), say.percent(due.cuts[0].rate)
    yield say("earned"), say.money(due.total, currency)
    yield say("paid"), say.money(row.paid_before, currency)
    yield say("due"), say.money(row.paid_now, currency)
    if due.status not in ("due", "nothing"):
        yield say("status"), say.status(due.status)
    if due.next is not None:
        yield say("next"), say.number(due.next.missing)
        yield say("worth"), say.money(due.next.worth, currency)
    if due.pay_by is not None:
        yield say("pay by"), say.day(due.pay_by)


def as_text(statement: Statement, language: str = "en", explain: bool = False) -> str:
    """For a terminal. Explained, with the rule's place and text, every slice and every transaction."""
    say = Writer(language)
    out = [
        f"{say('statement')}  {statement.account}",
        f"{say('period')}: {say.day(statement.first)} – {say.day(statement.last)}",
    ]
    for row in statement.rows:
        out += ["", f"{row.title} ({row.agreement_title})"]
        out += [f"  {word + ':':<28} {text}" for word, text in _lines(row, say)]
        out += [f"  {month:<28} {say.money(net, row.currency)}" for month, net in row.months]
        if explain:
            out += [f"  {row.place}", *(f"    {line}" for line in row.text.splitlines())]
            for cut in row.due.cuts:
                rate = "" if cut.rate is None else f" x {total_text(cut.rate)}"
                out.append(f"  {total_text(cut.base)}{rate} = {total_text(cut.amount)}")
            for fact in row.facts:
                out.append(
                    f"  {fact.date}  {fact.id}  {fact.item or ''} {fact.quantity or ''} {fact.unit or ''}  {fact.net or ''}".rstrip()
                )
    out += ["", *(f"{say('total')}: {say.money(amount, currency)}" for currency, amount in statement.due.items())]
    return "\n".join(out)


def as_json(statement: Statement) -> str:
    """For a program: every number exact, as text."""

    def number(value: Fraction | None) -> str | None:
        return None if value is None else total_text(value)

    rows = []
    for row in statement.rows:
        due = row.due
        rows.append(
            {
                "rule": due.rule,
                "title": row.title,
                "agreement": row.agreement,
                "place": row.place,
                "text": row.text,
                "kind": due.kind,
                "window": {"first": str(due.first), "last": str(due.last)},
                "day": str(due.day),
                "status": due.status,
                "detail": due.detail,
                "currency": row.currency,
                "measure": number(due.measure),
                "base": number(due.base),
                "tier": due.tier,
                "earned": number(due.earned),
                "total": number(due.total),
                "paid": number(row.paid_before),
                "due": number(row.paid_now),
                "cuts": [
                    {"base": number(c.base), "rate": number(c.rate), "amount": number(c.amount)} for c in due.cuts
                ],
                "next": None
                if due.next is None
                else {
                    "threshold": number(due.next.threshold),
                    "missing": number(due.next.missing),
                    "worth": number(due.next.worth),
                },
                "months": {month: number(net) for month, net in row.months},
                "facts": [{**json.loads(body_of(fact)), "known": fact.known} for fact in row.facts],
            }
        )
    whole = {
        "account": statement.account,
        "first": str(statement.first),
        "last": str(statement.last),
        "as_of": statement.as_of.isoformat(),
        "version": statement.version,
        "runs": list(statement.runs),
        "rows": rows,
        "due": {currency: number(amount) for currency, amount in statement.due.items()},
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


_pages = Environment(
    loader=PackageLoader("rebates.ledger.statements", "pages"), autoescape=True, undefined=StrictUndefined
)


def as_html(statement: Statement, language: str = "en", view: str = "customer") -> str:
    """A page that one would send: every text of rules and facts is escaped."""
    say = Writer(language)
    rows: list[dict[str, Any]] = [
        {
            "title": row.title,
            "agreement": row.agreement_title,
            "lines": list(_lines(row, say)),
            "months": [
                (month, say.money(net, row.currency), width)
                for (month, net), width in zip(row.months, _widths(row), strict=True)
            ],
            "reached": _reached(row),
            "threshold": None if row.due.next is None else say.number(row.due.next.threshold),
            "facts": [
                (str(f.date), f.id, f.item or "", f"{f.quantity or ''} {f.unit or ''}", str(f.net or ""))
                for f in row.facts
            ],
            "text": row.text,
            "place": row.place if view != "customer" else "",
        }
        for row in statement.rows
    ]
    return _pages.get_template("statement.html").render(
        say=say,
        account=statement.account,
        first=say.day(statement.first),
        last=say.day(statement.last),
        as_of=say.day(statement.as_of.date()),
        rows=rows,
        due=[say.money(amount, currency) for currency, amount in statement.due.items()],
        version=statement.version[:12] if view != "customer" else "",
    )


def _widths(row: StatementRow) -> list[int]:
    most = max((abs(net) for _, net in row.months), default=Fraction(0))
    return [int(abs(net) * 300 / most) if most else 0 for _, net in row.months]


def _reached(row: StatementRow) -> int | None:
    """How much of the way to the next threshold is done, of 300."""
    next, measure = row.due.next, row.due.measure
    if next is None or measure is None or next.threshold <= 0:
        return None
    return max(0, min(300, int(measure * 300 / next.threshold)))


def as_xlsx(statement: Statement, language: str = "en") -> bytes:
    """A workbook: one sheet of results, one of what counted. No cell is a formula."""
    from openpyxl import Workbook

    say = Writer(language)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = say("statement")[:31]
    sheet.append([safe(statement.account), str(statement.first), str(statement.last)])
    for row in statement.rows:
        sheet.append([safe(row.title)])
        for word, text in _lines(row, say):
            sheet.append(["", word, safe(text)])
    counted = book.create_sheet(say("transactions")[:31])
    for row in statement.rows:
        for fact in row.facts:
            cells = (
                row.title,
                str(fact.date),
                fact.id,
                fact.item or "",
                str(fact.quantity or ""),
                fact.unit or "",
                str(fact.net or ""),
            )
            counted.append([safe(cell) for cell in cells])
    for each in (sheet, counted):
        for filled in each.iter_rows():
            for cell in filled:
                if cell.data_type == "f":
                    cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
