"""The order of an example, read as strictly as one that comes from outside. Every slip is told at once."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from rebates.engine.book import Book
from rebates.engine.orders import Line, Order, OrderErrors, OrderProblem, attribute_value
from rebates.model import nodes as m
from rebates.model.exact import decimal_text
from rebates.model.orders import AttributeText, LineIn, OrderIn
from rebates.model.units import global_factor
from rebates.syntax import nodes as s

NOBODY = "EXAMPLE"  # whose order it is where an agreement holds for all accounts


class ExampleOrder:
    """Turns the text of one example into an order; `problems` collects what is wrong with it."""

    def __init__(self, book: Book, agreement: m.Agreement, node: s.Example) -> None:
        self.book, self.agreement, self.node = book, agreement, node
        self.problems: list[OrderProblem] = []

    def read(self) -> tuple[Order, OrderIn]:
        """The order as a caller would write it, and as the evaluators take it. Raises OrderErrors."""
        block = self.node.order
        of: dict[str, dict[str, AttributeText]] = {"order": {}, "line": {}, "account": {}}
        measures: dict[str, Fraction] = {}
        for given in self.node.given:
            if isinstance(given.target, s.Name):
                self._measure(given.target.name, given.value, measures)
            else:
                self._attribute(given.target, given.value, f"given {'.'.join(given.target.parts)}", of)
        pairs = [self._line(line, index, of["line"]) for index, line in enumerate(block.lines)]
        if self.problems:
            raise OrderErrors(self.problems)
        account, day, codes = self._account(), block.day.value, tuple(code.value for code in block.codes)
        order = Order(account, day, [written for written, _ in pairs], attributes=dict(of["order"]), codes=codes)
        return order, OrderIn(
            account,
            day,
            tuple(line for _, line in pairs),
            attributes=of["order"],
            codes=frozenset(codes),
            given=measures,
            account_attributes=of["account"],
        )

    def _account(self) -> str:
        if self.node.order.account is not None:
            return self.node.order.account.value
        who = self.agreement.who
        return str(who.name) if who.kind in ("account", "account and subsidiaries") else NOBODY

    def _line(self, line: s.OrderLine, index: int, shared: dict[str, AttributeText]) -> tuple[Line, LineIn]:
        where = f"lines[{index}]"
        of: dict[str, dict[str, AttributeText]] = {"line": dict(shared)}
        for path, value in line.attributes:
            self._attribute(path, value, f"{where}.attributes.{path.parts[-1]}", of)
        price, text = None, None
        if line.price is not None and self._is_own(line.price, f"{where}.price"):
            price = line.price.number.value
            text = f"{line.price.currency} {decimal_text(price)}"
        number = line.quantity.number.value
        quantity = f"{decimal_text(number)} {line.quantity.unit}"
        written = Line(line.item.value, quantity, text, attributes=dict(of["line"]))
        return written, LineIn(line.item.value, number, line.quantity.unit, price, attributes=of["line"])

    def _attribute(self, path: s.Path, value: s.Literal_, where: str, of: dict[str, dict[str, AttributeText]]) -> None:
        """Notes a value by the type of the attribute, where its subject can be given here."""
        subject, name = (path.parts[0], ".".join(path.parts[1:])) if len(path.parts) > 1 else ("line", path.parts[0])
        if subject == "item":
            self._note("R0603", where, "attributes of items stand in the table `items`", "change the item's row there")
            return
        if subject not in of:
            self._note("R0603", where, f"an attribute of the {subject} is not of the line", f"write `given {subject}.{name} …`")
            return
        if isinstance(value, s.Money) and not self._is_own(value, where):
            return
        try:
            of[subject][name] = attribute_value(self.book.rules.attributes.get(f"{subject}.{name}"), _written(value), where)
        except ValueError as error:
            self._note("R0515", where, str(error))

    def _measure(self, name: str, value: s.Literal_, measures: dict[str, Fraction]) -> None:
        """Notes the value of a measure in the measure's own unit."""
        dimension, where = self.agreement.measures[name].dimension, f"given {name}"
        found: Fraction | None = None
        match dimension.kind, value:
            case "quantity", s.Quantity(number=number, unit=unit):
                factor = global_factor(unit, dimension.unit or unit)
                found = number.value * factor if factor is not None else None
            case "money" | "price", s.Money(number=number):
                if not self._is_own(value, where):
                    return
                found = number.value
            case "number", s.Number(value=found):
                pass
            case "number", s.Percent(points=points):
                found = points / 100
        if found is None:
            wanted = f"a quantity in {dimension.unit}" if dimension.kind == "quantity" else f"a {dimension.kind}"
            self._note("R0515", where, f"`{value.span.text}` is no value of this measure, which is {wanted}")
        else:
            measures[f"{self.agreement.name}.{name}"] = found

    def _is_own(self, value: s.Money, where: str) -> bool:
        """Whether an amount is in the currency of the agreement."""
        own = self.agreement.currency
        if value.currency != own:
            self._note("R0508", where, f"`{value.currency}` is not the currency of the agreement", f"write it in {own}")
        return value.currency == own

    def _note(self, code: str, where: str, message: str, help: str = "") -> None:
        self.problems.append(OrderProblem(code, where, message, help))


def _written(value: s.Literal_) -> str | Fraction | date:
    """A literal as a caller would hand it over."""
    match value:
        case s.Text() | s.Date() | s.Number():
            return value.value
        case s.Percent():
            return f"{decimal_text(value.points)}%"
        case s.Quantity():
            return f"{decimal_text(value.number.value)} {value.unit}"
        case s.Money():
            return f"{value.currency} {decimal_text(value.number.value)}"
