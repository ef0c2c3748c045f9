"""What a statement says, in English and Indonesian; numbers, dates and amounts as each writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from rebates.model.exact import Rounding, decimal_text, round_to

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "statement": "Rebate statement",
        "account": "Account",
        "period": "Period",
        "as of": "As of",
        "measure": "Measure to date",
        "base": "Base",
        "tier": "Tier reached",
        "rate": "Rate",
        "earned": "Earned",
        "paid": "Paid before",
        "due": "Due now",
        "next": "To the next tier",
        "worth": "Worth then",
        "window": "Window",
        "month": "Month",
        "net": "Net value",
        "transactions": "What counted",
        "signed": "As signed",
        "none": "none",
        "total": "Total due",
        "status": "Status",
        "pay by": "Payable by",
        "expires": "Expires after",
        "earner": "Earned by",
        "threshold": "Next tier from",
        "form": "Paid as",
        "from": "from {}",
        "above": "above {}",
        "now": "Reached so far",
        "distance": "{missing} to the next tier, worth {worth} more",
        "slices": "How it was worked out",
        "day": "Day",
        "id": "Document",
        "kind": "Kind",
        "item": "Item",
        "quantity": "Quantity",
        "for": "for",
        "by month": "{} by month",
    },
    "id": {
        "statement": "Pernyataan rabat",
        "account": "Pelanggan",
        "period": "Periode",
        "as of": "Per tanggal",
        "measure": "Ukuran sampai saat ini",
        "base": "Dasar",
        "tier": "Tingkat tercapai",
        "rate": "Persentase",
        "earned": "Diperoleh",
        "paid": "Sudah dibayar",
        "due": "Terutang sekarang",
        "next": "Menuju tingkat berikutnya",
        "worth": "Nilainya nanti",
        "window": "Jangka waktu",
        "month": "Bulan",
        "net": "Nilai bersih",
        "transactions": "Transaksi yang dihitung",
        "signed": "Sesuai perjanjian",
        "none": "tidak ada",
        "total": "Jumlah terutang",
        "status": "Keadaan",
        "pay by": "Dibayar paling lambat",
        "expires": "Kedaluwarsa setelah",
        "earner": "Diperoleh oleh",
        "threshold": "Tingkat berikutnya mulai",
        "form": "Dibayar sebagai",
        "from": "mulai {}",
        "above": "di atas {}",
        "now": "Tercapai sampai saat ini",
        "distance": "Kurang {missing} menuju tingkat berikutnya, senilai tambahan {worth}",
        "slices": "Cara perhitungan",
        "day": "Tanggal",
        "id": "Dokumen",
        "kind": "Jenis",
        "item": "Barang",
        "quantity": "Jumlah",
        "for": "untuk",
        "by month": "{} per bulan",
    },
}
STATUS_ID = {
    "due": "terutang", "nothing": "nihil", "condition": "syarat belum terpenuhi", "unknown": "belum diketahui",
    "no tier": "belum mencapai tingkat", "no baseline": "tanpa dasar pembanding", "pays from": "di bawah pembayaran minimum",
    "held": "ditahan", "forfeited": "gugur", "taken back": "ditarik kembali", "not claimed": "belum diklaim",
    "beaten": "kalah dari program lain", "waits": "menunggu",
}  # fmt: skip

KINDS_ID = {
    "sale": "penjualan",
    "return": "retur",
    "correction": "koreksi",
    "payment": "pembayaran",
    "claim": "klaim",
    "fact": "fakta",
}
FORMS_ID = {"credit note": "nota kredit", "payment": "pembayaran", "points": "poin", "goods": "barang", "code": "kode"}
UNITS_ID = {"points": "poin", "point": "poin"}
_CURRENCY = re.compile(r"[A-Z]{3}")


class Writer:
    """Writes in one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in WORDS else "en"
        self.locale = {"en": "en_GB", "id": "id_ID"}[self.language]

    def __call__(self, word: str) -> str:
        return WORDS[self.language][word]

    def status(self, status: str) -> str:
        """Why there is nothing, or something."""
        return STATUS_ID.get(status, status) if self.language == "id" else status

    def kind(self, kind: str) -> str:
        """What was posted."""
        return KINDS_ID.get(kind, kind) if self.language == "id" else kind

    def part(self, amount: Fraction, unit: str, form: str, use: str | None) -> str:
        """What an amount is paid in."""
        form = FORMS_ID.get(form, form) if self.language == "id" else form
        purpose = f" {self('for')} {use}" if use else ""
        return f"{self.amount(amount, unit)} ({form}{purpose})"

    def amount(self, value: Fraction, unit: str) -> str:
        """A value in a currency, in per cent, in another unit, or a plain number."""
        if unit == "%":
            return self.percent(value)
        if _CURRENCY.fullmatch(unit):
            return self.money(value, unit)
        shown = UNITS_ID.get(unit, unit) if self.language == "id" else unit
        return f"{self.number(value)} {shown}".rstrip()

    def month(self, month: str) -> str:
        """A month written `2026-03`, by its name."""
        return str(format_date(date.fromisoformat(f"{month}-01"), format="MMMM y", locale=self.locale))

    def money(self, amount: Fraction, currency: str) -> str:
        """An amount in the currency's digits; what is exact and does not fit is rounded for show."""
        return str(format_currency(_decimal(amount, 4), currency, locale=self.locale))

    def number(self, value: Fraction) -> str:
        """A number."""
        return str(format_decimal(_decimal(value, 4), locale=self.locale))

    def percent(self, value: Fraction) -> str:
        """A ratio in per cent."""
        return str(format_percent(_decimal(value, 6), format="#,##0.####%", locale=self.locale))

    def day(self, day: date) -> str:
        """A day."""
        return str(format_date(day, format="long", locale=self.locale))


def _decimal(value: Fraction, digits: int) -> Decimal:
    return Decimal(decimal_text(round_to(value, digits, Rounding.HALF_UP)))
