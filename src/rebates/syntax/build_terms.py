"""From the alternatives of the grammar to nodes: terms (see `build.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from rebates.syntax import nodes as n
from rebates.syntax.leaves import Word, joined
from rebates.syntax.source import Span


def terms(at: Span, *terms: n.Term | n.RemoveTerm | n.Broken) -> n.Terms:
    return n.Terms(terms, span=at)


def one_unit(at: Span, unit: str) -> n.Quantity:
    return n.Quantity(n.Number(Fraction(1), 0, span=at), unit, span=at)


def of_item(at: Span, name: n.Text) -> n.Subject:
    return n.Subject("item", name, span=at)


def of_items(at: Span, name: Word) -> n.Subject:
    return n.Subject("set", n.Text(name.text, span=name.span), span=at)


def of_family(at: Span, name: n.Text) -> n.Subject:
    return n.Subject("family", name, span=at)


def _number(at: Span, value: int) -> n.Number:
    return n.Number(Fraction(value), 0, span=at)


def _text(word: Word) -> n.Text:
    return n.Text(word.text, span=word.span)


def sales_units(at: Span, word: Word, *parts: n.Quantity | n.Subject | None) -> n.Term:
    units = tuple(part for part in parts if isinstance(part, n.Quantity))
    subject = next((part for part in parts if isinstance(part, n.Subject)), None)
    return n.Term(word.text, units, subject, span=at)


def minimum_order(at: Span, word: Word, least: n.Quantity | n.Money, of: n.Subject | None, per: Word | None) -> n.Term:
    return n.Term(word.text, (least,), of, per.text if per is not None else None, span=at)


def lead_time(at: Span, word: Word, days: int, of: n.Subject | None) -> n.Term:
    return n.Term(word.text, (_number(at, days),), of, span=at)


def delivery_days(at: Span, word: Word, *days: Word) -> n.Term:
    return n.Term(word.text, tuple(map(_text, days)), span=at)


def delivery_window(at: Span, word: Word, first: n.TimeOfDay, last: n.TimeOfDay) -> n.Term:
    return n.Term(word.text, (first, last), span=at)


def order_priority(at: Span, word: Word, value: int) -> n.Term:
    return n.Term(word.text, (_number(at, value),), span=at)


def early(at: Span, percent: n.Percent, days: int) -> tuple[n.Percent, n.Number]:
    return percent, _number(at, days)


def payment(at: Span, days: int, *early: tuple[n.Percent, n.Number]) -> n.Term:
    return n.Term("payment", (_number(at, days), *(part for pair in early for part in pair)), span=at)


def reorder_point(at: Span, word: Word, least: n.Quantity, item: n.Text) -> n.Term:
    return n.Term(word.text, (least,), n.Subject("item", item, span=item.span), span=at)


def consolidated_invoice(at: Span, word: Word, often: str) -> n.Term:
    return n.Term(word.text, (n.Text(often, span=at),), span=at)


def contact(at: Span, who: n.Text) -> n.Term:
    return n.Term("contact", (who,), span=at)


def private_label(at: Span, word: Word, items: Word, surcharge: Word | None, reward: n.Reward | None) -> n.Term:
    subject = n.Subject("set", _text(items), span=items.span)
    return n.Term(word.text, (), subject, surcharge=reward, span=at)


def named_term(at: Span, name: Word, value: n.Literal_) -> n.Term:
    return n.Term(f"term {name.text}", (value,), span=at)


def remove_term(at: Span, word: str) -> n.RemoveTerm:
    return n.RemoveTerm(word, span=at)


_HERE = (
    terms, one_unit, of_item, of_items, of_family, sales_units, minimum_order, lead_time, delivery_days,
    delivery_window, order_priority, early, payment, reorder_point, consolidated_invoice, contact, private_label,
    named_term, remove_term,
)  # fmt: skip

BUILDERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {function.__name__: function for function in _HERE} | {"term_word": joined}
)
