"""A calendar of occasions as text, JSON, CSV, and as a file that calendar programs read (iCalendar, RFC 5545)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from rebates.engine.agenda import Occasion
from rebates.model.exact import decimal_text, grouped
from rebates.tools.spreadsheets import sheet

COLUMNS = (
    "day", "kind", "agreement", "rule", "text", "window_first", "window_last", "settled_on", "account", "amount", "currency",
)  # fmt: skip
_OCTETS = 75  # of a line, without its end
_DAY = timedelta(days=1)


def as_text(occasions: Sequence[Occasion]) -> str:
    """One line each."""
    rows = [
        (str(one.day), one.kind, f"{one.agreement}.{one.rule}".strip("."), f"{one.text}{_about(one)}")
        for one in occasions
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    ]
    return "\n".join(lines) if lines else "nothing falls in these days"


def as_json(occasions: Iterable[Occasion]) -> str:
    """A JSON list; amounts are texts, what there is not is left out."""
    return json.dumps([{k: v for k, v in row.items() if v} for row in _rows(occasions)], ensure_ascii=False, indent=2)


def as_csv(occasions: Iterable[Occasion]) -> bytes:
    """CSV, no cell of which is a formula."""
    return sheet(COLUMNS, _rows(occasions))


def as_ics(occasions: Iterable[Occasion]) -> bytes:
    """A calendar to import: whole-day events that block no time.

    The same occasion keeps its UID, so that importing again changes events and doubles none. Nothing depends on the clock:
    DTSTAMP is the day of the occasion itself.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//rebates//calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    for one in occasions:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_uid(one)}",
            f"DTSTAMP:{_compact(one.day)}T000000Z",
            f"DTSTART;VALUE=DATE:{_compact(one.day)}",
            *([f"DTEND;VALUE=DATE:{_compact(one.day + _DAY)}"] if one.day < date.max else []),
            f"SUMMARY:{_escaped(f'{one.text}{_amount(one)}')}",
            f"DESCRIPTION:{_escaped(_description(one))}",
            f"CATEGORIES:{_escaped(one.kind)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _rows(occasions: Iterable[Occasion]) -> Iterator[dict[str, str]]:
    for one in occasions:
        values = (
            one.day, one.kind, one.agreement, one.rule, one.text, one.first, one.last, one.settled_on, one.account,
            None if one.amount is None else decimal_text(one.amount), one.currency,
        )  # fmt: skip
        yield {name: "" if value is None else str(value) for name, value in zip(COLUMNS, values, strict=True)}


def _about(one: Occasion) -> str:
    window = "" if one.first is None else f", {one.first} to {one.last}"
    settled = "" if one.settled_on in (None, one.day) else f", settled on {one.settled_on}"
    return f"{window}{settled}{_amount(one)}"


def _amount(one: Occasion) -> str:
    if one.amount is None:
        return ""
    return f", {one.account} {one.currency} {grouped(one.amount)}"


def _description(one: Occasion) -> str:
    rule = f"\nrule: {one.rule}" if one.rule else ""
    agreement = f"\nagreement: {one.agreement}" if one.agreement else ""
    window = f"\nwindow: {one.first} to {one.last}" if one.first is not None else ""
    settled = f"\nsettled on: {one.settled_on}" if one.settled_on is not None else ""
    return f"{one.kind}{agreement}{rule}{window}{settled}"


def _uid(one: Occasion) -> str:
    """Of what the occasion is about, not of its words: a new title changes the event and makes no second one."""
    about = [one.day, one.kind, one.agreement, one.rule, one.first, one.last, one.settled_on, one.account]
    if not one.rule:
        about.append(one.text)  # amendments and tables have nothing else to be told apart by
    return f"{hashlib.sha256(json.dumps([str(each) for each in about]).encode()).hexdigest()[:32]}@rebates"


def _compact(day: date) -> str:
    return day.isoformat().replace("-", "")


def _escaped(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11); characters that no line may hold are left out."""
    clean = "".join(sign for sign in text if sign == "\n" or (sign >= " " and sign != "\x7f"))
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line in parts of at most 75 octets, none of which cuts a character (RFC 5545, 3.1)."""
    parts: list[bytes] = []
    part = b""
    for sign in line:
        octets = sign.encode()
        if len(part) + len(octets) > _OCTETS - (1 if parts else 0):
            parts.append(part)
            part = b""
        part += octets
    parts.append(part)
    return b"\r\n ".join(parts) + b"\r\n"
