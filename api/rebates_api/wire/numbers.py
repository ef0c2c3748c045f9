"""The numbers of a quote that has nothing else to tell, written straight into JSON."""

from __future__ import annotations

from msgspec.json import encode

from rebates import Quote
from rebates.engine.plain import PlainAmounts
from rebates.model.exact import decimal_text
from rebates.model.units import quantity_from_text

MOST = 50_000


class _Texts(dict[str, bytes]):
    """Texts as JSON, remembered within bounds."""

    def __missing__(self, text: str) -> bytes:
        if len(self) >= MOST:
            self.clear()
        found = self[text] = encode(text)
        return found


class _Quantities(dict[str, bytes]):
    """Texts of quantities as the quote writes them."""

    def __missing__(self, text: str) -> bytes:
        if len(self) >= MOST:
            self.clear()
        number, unit = quantity_from_text(text)
        found = self[text] = encode(f"{decimal_text(number)} {unit}")
        return found


class _Amounts(dict[int, bytes]):
    """Amounts of one currency and number of digits as JSON."""

    def __init__(self, currency: str, digits: int) -> None:
        super().__init__()
        self._currency, self._digits = currency, digits

    def __missing__(self, value: int) -> bytes:
        if len(self) >= MOST:
            self.clear()
        digits = self._digits
        sign, plain = ("-", str(-value)) if value < 0 else ("", str(value))
        if digits:
            plain = plain.rjust(digits + 1, "0")
            plain = f"{plain[:-digits]}.{plain[-digits:]}"
        found = self[value] = f'{{"amount":"{sign}{plain}","currency":"{self._currency}"}}'.encode()
        return found


_texts = _Texts()
_quantities = _Quantities()
_amounts: dict[tuple[str, int], _Amounts] = {}


def written(quote: Quote, plain: PlainAmounts) -> bytes:
    """The answer to `explain=none`."""
    key = plain.currency, plain.digits
    amounts = _amounts.get(key)
    if amounts is None:
        amounts = _amounts[key] = _Amounts(*key)
    parts, net, total = [], 0, 0
    for line, made in zip(quote.ordered, plain.amounts, strict=True):
        listed, gross, after, invoice = made[0], made[1], made[2], made[-1]
        assert invoice is not None
        net += after
        total += invoice
        parts.append(
            b'{"item":%b,"quantity":%b,"list_value":%b,"gross_value":%b,"net_value":%b,"invoice_value":%b}'
            % (
                _texts[line.item],
                _quantities[line.quantity],  # type: ignore[index] # plain quotes have texts
                b"null" if listed is None else amounts[listed],
                amounts[gross],
                amounts[after],
                amounts[invoice],
            )
        )
    return (
        b'{"version":"%b","currency":"%b","status":"priced","net_value":%b,"cash_rounding":%b,"total":%b,"lines":[%b],'
        b'"free":[],"totals":{},"approval":null}'
        % (
            quote.version.encode(),
            plain.currency.encode(),
            amounts[net],
            amounts[0],
            amounts[total],
            b",".join(parts),
        )
    )
