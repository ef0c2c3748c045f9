"""Facts as a program or a file gives them: what was sold, returned, corrected, paid, claimed or found out (6.1).

A fact is read strictly, with every slip told at once, and brought into one form, so that the same fact always has the same
bytes. What the rules say of it, its currency, unit and item, is checked in `fact_checks`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import msgspec

from rebates.engine.orders import Exact, attribute_value, instant, money_of, plain_text
from rebates.model.calendar import parse_date
from rebates.model.exact import MOST_AFTER_POINT, ExactError, decimal_text, parse_number, to_fraction
from rebates.model.history import Posted
from rebates.model.nodes import Attribute, RuleSet
from rebates.model.orders import AttributeText

KINDS = ("sale", "return", "correction", "payment", "claim", "fact", "approval")
AMOUNTS = ("net", "gross", "list", "invoice_value", "cost")
TEXTS = ("id", "account", "item", "unit", "currency", "of", "name", "order", "invoice")
DAYS = ("order", "delivery")
SUBJECTS = ("line", "order", "account", "approval")
MOST_TEXT = 200
MOST_SAID = 100  # problems that are told at once

_NEEDS = {
    "sale": ("item", "quantity", "unit", "currency", "net"),
    "payment": (),
    "claim": ("name",),
    "fact": ("name", "value"),
    "approval": ("value",),
}
_YEARS = range(1900, 2201)
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,11}[1-9])?", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,12})?", re.ASCII)


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened: `Fact("INV-7/1", "NUSANTARA", "2026-03-10", item="COLA-330", quantity=60, unit="carton",
    currency="IDR", net="5_587_200")`.

    `id` is the source's own and never used for anything else. `date` is that of the invoice, or the day on which it happened.
    A return and a correction give the differences to the sale `of`, below zero where it becomes less. A payment names the sale
    that was paid in full, or in `name` the rule whose rebate was. A claim names its rule, and in `value` its number. A fact has
    a `name` that an agreement declares, and a `value`. An approval has the hash of a quote as its value, who and in which
    role as attributes `approval.by` and `approval.role`.

    Numbers are ints, decimal texts, Decimals or Fractions: a float is refused (1.1). `days` are other governing dates (5.6);
    `attributes` go by path: `line.channel`, `order.end_customer`. `known` is when it became known, by default when it is posted.
    """

    id: str
    account: str
    date: str | dt.date
    kind: str = "sale"
    item: str | None = None
    quantity: Exact | None = None
    unit: str | None = None
    currency: str | None = None
    net: Exact | None = None
    gross: Exact | None = None
    list: Exact | None = None
    invoice_value: Exact | None = None
    cost: Exact | None = None
    of: str | None = None
    name: str | None = None
    value: Exact | dt.date | None = None
    order: str | None = None
    invoice: str | None = None
    days: Mapping[str, str | dt.date] = {}
    attributes: Mapping[str, Exact | dt.date] = {}
    known: str | datetime | None = None


@dataclass(frozen=True, slots=True)
class FactProblem:
    """One slip: a stable code, where (`row 7: net`), what is wrong and how to mend it."""

    code: str
    where: str
    message: str
    help: str = ""

    def __str__(self) -> str:
        help = f" ({self.help})" if self.help else ""
        return f"{self.where}: {self.message} [{self.code}]{help}"


class FactErrors(ValueError):
    """Facts that cannot be taken; carries every problem found."""

    def __init__(self, problems: Iterable[FactProblem]) -> None:
        self.problems = tuple(problems)
        said = [str(problem) for problem in self.problems[:MOST_SAID]]
        if len(self.problems) > MOST_SAID:
            said.append(f"and {len(self.problems) - MOST_SAID} more")
        super().__init__("; ".join(said))


Note = Callable[..., None]
_FIELDS = {field: place for place, field in enumerate(Fact.__struct_fields__)}


def fact_of(values: Fact | Mapping[str, object], where: str, problems: list[FactProblem]) -> Fact | None:
    """The fact in its one form; None where there are problems, which are noted.

    A mapping has the columns of a file: the fields of a fact, `days.NAME`, and attributes by their paths.
    """
    fact = values if isinstance(values, Fact) else _of_columns(values, where, problems)
    if fact is None:
        return None
    count = len(problems)

    def note(code: str, field: str, error: Exception | str, help: str = "") -> None:
        problems.append(FactProblem(code, f"{where}{field}", str(error), help))

    if fact.kind not in KINDS:
        note("R0806", "kind", f"`{str(fact.kind)[:40]}` is no kind of fact", f"known: {', '.join(KINDS)}")
        return None
    texts: dict[str, str | None] = {}
    for field in TEXTS:
        value = getattr(fact, field)
        if value is None:
            continue
        if not isinstance(value, str) or not value.strip() or len(value) > MOST_TEXT or not value.isprintable():
            note("R0815", field, f"this is no text of 1 to {MOST_TEXT} printable signs")
        texts[field] = value
    numbers: dict[str, str] = {}
    for field in ("quantity", *AMOUNTS):
        value = getattr(fact, field)
        if value is None:
            continue
        try:
            numbers[field] = exact_text(value)
        except ExactError as error:
            note("R0804", field, error, "give an int, a Decimal or a text such as `12.50`")
    day = day_text_of(fact.date, "date", note)
    days = {}
    for name, value in sorted(fact.days.items()):
        if name not in DAYS:
            note("R0807", f"days.{name}", f"`{name[:40]}` is no governing date", f"known: {', '.join(DAYS)}")
        days[name] = day_text_of(value, f"days.{name}", note)
    attributes = {}
    for path, value in sorted(fact.attributes.items()):
        if path.partition(".")[0] not in SUBJECTS or "." not in path:
            note("R0807", path[:40], f"`{path[:40]}` is no attribute such as `line.channel`")
        attributes[path] = plain_value(value, path, note)
    value = None if fact.value is None else plain_value(fact.value, "value", note)
    known = None if fact.known is None else known_text(fact.known, note)
    check_kind(fact, numbers, note)
    if len(problems) > count:
        return None
    return Fact(
        fact.id,
        fact.account,
        day,
        fact.kind,
        **{field: text for field, text in texts.items() if field not in ("id", "account")},
        **numbers,
        value=value,
        days=days,
        attributes=attributes,
        known=known,
    )


def _of_columns(values: Mapping[str, object], where: str, problems: list[FactProblem]) -> Fact | None:
    """The fact of a row; cells without a value are left out."""
    fields: dict[str, object] = {}
    days: dict[str, object] = {}
    attributes: dict[str, object] = {}
    count = len(problems)
    for name, value in values.items():
        if value is None or value == "":
            continue
        if name in ("days", "attributes"):
            if isinstance(value, Mapping):
                (days if name == "days" else attributes).update(value)
            else:
                problems.append(FactProblem("R0815", f"{where}{name}", "this is no mapping of names to values"))
        elif name in _FIELDS:
            fields[name] = value
        elif name.startswith("days."):
            days[name[5:]] = value
        elif "." in name:
            attributes[name] = value
        else:
            problems.append(
                FactProblem("R0807", f"{where}{name[:40]}", f"there is no column `{name[:40]}`", _nearest(name))
            )
    for name in ("id", "account", "date"):
        if name not in fields:
            problems.append(FactProblem("R0800", f"{where}{name}", f"the {name} is missing"))
    if len(problems) > count:
        return None
    return Fact(**fields, days=days, attributes=attributes)  # type: ignore[arg-type]


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.casefold(), _FIELDS, 1)
    return f"did you mean `{near[0]}`?" if near else "an attribute has its path as heading, such as `line.channel`"


def check_kind(fact: Fact, numbers: Mapping[str, str], note: Note) -> None:
    for field in _NEEDS.get(fact.kind, ()):
        if getattr(fact, field) is None:
            note("R0800", field, f"a {fact.kind} has its {field}")
    match fact.kind:
        case "return" | "correction":
            if fact.of is None:
                for field in ("item", "quantity", "unit", "currency", "net"):
                    if getattr(fact, field) is None:
                        note(
                            "R0800",
                            field,
                            f"a {fact.kind} that names no sale has its {field}",
                            "or name the sale in `of`",
                        )
            elif fact.net is None and fact.quantity is None:
                note("R0800", "net", f"a {fact.kind} changes a quantity or an amount")
            if fact.kind == "return":
                for field, text in numbers.items():
                    if not text.startswith("-") and text != "0":
                        note(
                            "R0816",
                            field,
                            f"a return has {text}, which is above zero",
                            "returns are written below zero",
                        )
        case "payment":
            if fact.of is None and fact.name is None:
                note("R0800", "of", "a payment names the sale that was paid, or in `name` the rule")
        case "fact" | "claim" | "approval":
            for field in ("quantity", "net"):
                if getattr(fact, field) is not None:
                    note("R0808", field, f"a {fact.kind} has no {field}")


def day_text_of(value: object, field: str, note: Note) -> str:
    try:
        if isinstance(value, datetime) or not isinstance(value, str | date):
            raise ValueError("write a day such as 2026-03-31")
        text = value.isoformat() if isinstance(value, date) else value
        if _parsed(text).year not in _YEARS:
            raise ValueError(f"{text} is not between {_YEARS[0]} and {_YEARS[-1]}")
    except ValueError as error:
        note("R0805", field, error)
        return ""
    return text


_parsed = lru_cache(10_000)(parse_date)


def plain_value(value: object, field: str, note: Note) -> str:
    if isinstance(value, str | int | Decimal | Fraction | date) and not isinstance(value, bool):
        try:
            text = plain_text(value)
        except ExactError as error:
            note("R0804", field, error)
            return ""
        if len(text) <= MOST_TEXT and text.isprintable():
            return text
        note("R0815", field, f"this is no text of at most {MOST_TEXT} printable signs")
    elif isinstance(value, float):
        note("R0804", field, "a float is not exact", "give a text")
    else:
        note("R0815", field, "this is neither a text nor a number")
    return ""


def known_text(value: object, note: Note) -> str:
    """A moment in UTC, to the microsecond."""
    try:
        moment = instant(value) if isinstance(value, str) else value
        if not isinstance(moment, datetime) or moment.utcoffset() is None:
            raise ValueError("a moment has a zone, such as 2026-03-10T09:00+07:00")
        return moment_text(moment)
    except (ValueError, OverflowError) as error:
        note("R0805", "known", error)
        return ""


def moment_text(moment: datetime) -> str:
    """A moment as it is stored: texts compare as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def exact_text(value: object) -> str:
    """A number in its one form: no blanks, no zeros that say nothing. Raises ExactError."""
    if isinstance(value, str):
        return value if value != "-0" and _PLAIN.fullmatch(value) else _exact_text(value)
    if type(value) is int and -(10**18) < value < 10**18:
        return str(value)
    if type(value) is Decimal and _DECIMAL.fullmatch(text := str(value)):
        text = text.rstrip("0").rstrip(".") if "." in text else text
        if text != "-0":
            return text
    number = to_fraction(value, "this")
    if 10**MOST_AFTER_POINT % number.denominator:
        raise ExactError(f"`{str(number)[:40]}` does not end within {MOST_AFTER_POINT} decimals")
    return decimal_text(number)


@lru_cache(10_000)
def _exact_text(text: str) -> str:
    return decimal_text(parse_number(text))


_ENCODER = msgspec.json.Encoder()
_STORED = msgspec.defstruct(
    "Stored",
    [
        (name, dict[str, str], msgspec.field(default_factory=dict))
        if name in ("days", "attributes")
        else (name, str | None, None)
        for name in Fact.__struct_fields__
    ],
)  # a fact in its one form has texts alone
_DECODER = msgspec.json.Decoder(_STORED)


def body_of(fact: Fact) -> bytes:
    """The bytes of a fact in its one form, without the moment at which it became known."""
    return _ENCODER.encode(fact if fact.known is None else msgspec.structs.replace(fact, known=None))


def fact_of_body(body: bytes | str, known: str | None = None) -> Fact:
    """The fact of its bytes."""
    fields = list(msgspec.structs.astuple(_DECODER.decode(body)))
    fields[_FIELDS["kind"]] = fields[_FIELDS["kind"]] or "sale"
    fields[_FIELDS["known"]] = known
    return Fact(*fields)


# --- to what evaluators read


def posted_of(facts: Sequence[Fact], rules: RuleSet) -> tuple[Posted, ...]:
    """Facts in their one form as the evaluators read them. Raises FactErrors for values that do not fit what is declared.

    What a return or a correction leaves unsaid is that of the sale it names. Approvals change no amount and are left out.
    """
    problems: list[FactProblem] = []
    found = [_posted(fact, rules, problems) for fact in once(facts, problems) if fact.kind != "approval"]
    if problems:
        raise FactErrors(problems)
    sales = {posted.id: posted for posted in found if posted.kind == "sale"}
    return tuple(_completed(posted, sales) for posted in found)


def once(facts: Iterable[Fact], problems: list[FactProblem]) -> list[Fact]:
    """Each fact once; two of one id with different content are a problem (R0801)."""
    found: dict[str, Fact] = {}
    for fact in facts:
        first = found.setdefault(fact.id, fact)
        if first is not fact and body_of(first) != body_of(fact):
            problems.append(other_content(fact, f"{fact.id}: "))
    return list(found.values())


def other_content(fact: Fact, where: str) -> FactProblem:
    """The problem of a fact whose id was used before for something else."""
    return FactProblem(
        "R0801",
        f"{where}id",
        f"`{fact.id}` was posted with other content",
        "post a correction that names it in `of`, with an id of its own",
    )


def _completed(posted: Posted, sales: Mapping[str, Posted]) -> Posted:
    if posted.kind not in ("return", "correction"):
        return posted
    sale = sales.get(posted.of) if posted.of is not None else None
    zero = Fraction(0)
    return replace(
        posted,
        item=posted.item or (sale.item if sale else None),
        unit=posted.unit or (sale.unit if sale else None),
        currency=posted.currency or (sale.currency if sale else None),
        quantity=zero if posted.quantity is None else posted.quantity,
        net=zero if posted.net is None else posted.net,
    )


_number = lru_cache(100_000)(parse_number)
_EMPTY: Mapping[str, date] = {}
_NONE: Mapping[str, AttributeText] = {}


def _posted(fact: Fact, rules: RuleSet, problems: list[FactProblem]) -> Posted:
    def amount(value: object) -> Fraction | None:
        return None if value is None else _number(str(value))

    attributes: Mapping[str, AttributeText] = _NONE
    if fact.attributes:
        attributes = {
            path: typed(rules.attributes.get(path), value, f"{fact.id}: {path}", "R0812", problems)
            for path, value in fact.attributes.items()
        }
    value: AttributeText | None = None
    if fact.value is not None:
        declared = rules.facts.get(fact.name) if fact.kind == "fact" and fact.name else None
        value = typed(declared.attribute if declared else None, fact.value, f"{fact.id}: value", "R0810", problems)
    return Posted(
        fact.id,
        fact.kind,  # type: ignore[arg-type]
        fact.account,
        _parsed(str(fact.date)),
        fact.item,
        amount(fact.quantity),
        fact.unit,
        fact.currency,
        amount(fact.net),
        amount(fact.gross),
        amount(fact.list),
        amount(fact.invoice_value),
        amount(fact.cost),
        fact.of,
        fact.name,
        value,
        fact.order,
        fact.invoice,
        {name: _parsed(str(day)) for name, day in fact.days.items()} if fact.days else _EMPTY,
        attributes,
        None if fact.known is None else datetime.fromisoformat(str(fact.known)),
    )


def typed(
    declared: Attribute | None, value: object, where: str, code: str, problems: list[FactProblem]
) -> AttributeText:
    """A value by its declared type; a text that does not fit it is a problem."""
    try:
        if declared is not None and declared.dimension.kind == "money":
            return money_of(value)[1]
        return attribute_value(declared, value, "this")
    except ValueError as error:
        problems.append(FactProblem(code, where, str(error)))
        return ""
