"""The numbers of a quote that has nothing else to tell, written straight into JSON."""

from __future__ import annotations

from msgspec.json import encode

from rebates import Quote
from rebates.compile import Amounts
from rebates.engine.plain import PlainAmounts
from rebates.model.exact import decimal_text
from rebates.model.units import quantity_from_text

MOST = 50_000


class _Heads(dict[tuple[str, str], bytes]):
    """The beginning of a line: its item, and its quantity as the quote writes it."""

    def __missing__(self, key: tuple[str, str]) -> bytes:
        if len(self) >= MOST:
            self.clear()
        item, quantity = key
        number, unit = quantity_from_text(quantity)
        text = encode(f"{decimal_text(number)} {unit}")
        found = self[key] = b'{"item":%b,"quantity":%b,' % (encode(item), text)
        return found


class _Values(dict[Amounts, bytes]):
    """The rest of a line: its amounts in one currency and number of digits."""

    def __init__(self, currency: str, digits: int) -> None:
        super().__init__()
        self._currency, self._digits = currency, digits

    def __missing__(self, made: Amounts) -> bytes:
        if len(self) >= MOST:
            self.clear()
        listed, gross, net, invoice = made[0], made[1], made[2], made[-1]
        assert invoice is not None
        found = self[made] = b'"list_value":%b,"gross_value":%b,"net_value":%b,"invoice_value":%b}' % (
            b"null" if listed is None else self.money(listed),
            self.money(gross),
            self.money(net),
            self.money(invoice),
        )
        return found

    def money(self, value: int) -> bytes:
        """An amount of so many of the smallest units."""
        digits = self._digits
        sign, plain = ("-", str(-value)) if value < 0 else ("", str(value))
        if digits:
            plain = plain.rjust(digits + 1, "0")
            plain = f"{plain[:-digits]}.{plain[-digits:]}"
        return f'{{"amount":"{sign}{plain}","currency":"{self._currency}"}}'.encode()


_heads = _Heads()
_values: dict[tuple[str, int], _Values] = {}


def written(quote: Quote, plain: PlainAmounts) -> bytes:
    """The answer to `explain=none`."""
    key = plain.currency, plain.digits
    values = _values.get(key)
    if values is None:
        values = _values[key] = _Values(*key)
    heads, amounts = _heads, plain.amounts
    parts = [
        heads[line.item, line.quantity] + values[made]  # type: ignore[index] # plain quotes have texts
        for line, made in zip(quote.ordered, amounts, strict=True)
    ]
    net, total = sum([made[2] for made in amounts]), sum([made[-1] or 0 for made in amounts])
    return (
        b'{"version":"%b","currency":"%b","status":"priced","net_value":%b,"cash_rounding":%b,"total":%b,"lines":[%b],'
        b'"free":[],"totals":{},"approval":null}'
        % (
            quote.version.encode(),
            plain.currency.encode(),
            values.money(net),
            values.money(0),
            values.money(total),
            b",".join(parts),
        )
    )
