"""What is meant by a slip: the right text for one as it was written ("" where nothing has to stand there)."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange

# the first letters of the months in English, German and Indonesian
_MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "jan",
            "feb",
            "mar mär",
            "apr",
            "may mai mei",
            "jun",
            "jul",
            "aug agu",
            "sep",
            "oct okt",
            "nov",
            "dec dez des",
        ),
        start=1,
    )
    for month in names.split()
}
MONTH_NAME = (
    r"(?:Jan(?:uary?|uari)?|Feb(?:ruary?|ruari)?|Mar(?:ch|et)?|März|Apr(?:il)?|May|Mai|Mei|June?|Juni|July?|Juli"
    r"|Aug(?:ust)?|Agu(?:stus)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[czs](?:ember)?)"
)
_SCALES = {"k": 3, "K": 3, "M": 6, "m": 6, "mio": 6, "million": 6, "bn": 9, "B": 9, "billion": 9, "thousand": 3}
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "Rp": "IDR", "Rs": "INR"}
# whose attribute is meant
SUBJECTS = {
    "items": "item",
    "product": "item",
    "products": "item",
    "accounts": "account",
    "customer": "account",
    "customers": "account",
    "orders": "order",
    "lines": "line",
}
# unseen in a text or comment, or making it look like another: controls, line ends of other kinds, direction overrides
HIDDEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069"
_OPERATORS = {
    "&&": "and",
    "||": "or",
    "==": "=",
    "=>": ">=",
    "=<": "<=",
    "≥": ">=",
    "≤": "<=",
    "≠": "is not",
    "!=": "is not",
    "<>": "is not",
    "×": "*",
    "÷": "/",
    "\u2212": "-",
    "\u2013": "-",
    "\u2014": "-",
    "[": "(",
    "]": ")",
    ";": "",
    ":": "",
    "!": "not",
    "'": "",
    "&": "and",
    "->": "",
    "|": "",
    "→": "",
    # of a Chinese or Japanese keyboard
    "，": ",",
    "、": ",",
    "。": "",
    "；": "",
    "：": "",
    "（": "(",
    "）": ")",
    "＝": "=",
    "＞": ">",
    "＜": "<",
    "＋": "+",
    "－": "-",
    "＊": "*",
    "／": "/",
    "｛": "{",
    "｝": "}",
}


def group(digits: str) -> str:
    """`1000000` as `1_000_000`."""
    return f"{int(digits):_}"


def digits(text: str) -> str:
    """The number that a text starts with."""
    return text[: len(text) - len(text.lstrip("0123456789_."))]


def numeral(text: str) -> str:
    return text[: len(text) - len(text.lstrip("0123456789"))]


def grouped(text: str) -> str:
    whole, _, decimals = re.sub(r"[ \t%]", "", text).partition(".")
    digits = re.sub(r"[^\d]", "", whole)
    return group(digits) + (f".{decimals}" if decimals else "") + ("%" if "%" in text else "")


def european(text: str) -> str:
    whole, _, decimals = re.sub(r"[ \t%]", "", text).partition(",")
    return group(whole.replace(".", "")) + (f".{decimals}" if decimals else "") + ("%" if "%" in text else "")


def decimal_comma(text: str) -> str:
    return re.sub(r"[ \t]", "", text).replace(",", ".")


def decimal_comma_bare(text: str) -> str:
    return text.replace(",", ".") + "%"


def blank_groups(text: str) -> str:
    currency = text[:3] + " " if text[:1].isalpha() else ""
    whole, point, decimals = text[len(currency) and 3 :].replace(",", ".").partition(".")
    return currency + group(re.sub(r"\D", "", whole)) + point + decimals


def letter_o(text: str) -> str:
    return re.sub("[oO]", "0", text)


def percent_word(text: str) -> str:
    return digits(text) + "%"


def percent_first(text: str) -> str:
    return text[1:].strip() + "%"


def scaled(text: str) -> str:
    number = digits(text)
    scale = text[len(number) :].strip()
    whole, _, decimals = number.replace("_", "").partition(".")
    zeros = _SCALES[scale]
    return group(whole + decimals.ljust(zeros, "0")[:zeros]) + (f".{decimals[zeros:]}" if decimals[zeros:] else "")


def glued_unit(text: str) -> str:
    return re.sub(r"^([\d_.]*\d)_?", r"\1 ", text)


def glued_currency(text: str) -> str:
    return f"{text[:3]} {text[3:]}"


def sign(text: str) -> str:
    sign = next(s for s in _SIGNS if text.startswith(s))
    if text == sign:
        return _SIGNS[sign]
    amount = text[len(sign) :].lstrip(". \t")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", amount) and sign in (
        "Rp",
        "€",
    ):  # as it is written where they pay in it
        amount = european(amount)
    return f"{_SIGNS[sign]} {amount}"


def currency_behind(text: str) -> str:
    amount = digits(text)
    currency = text[len(amount) :].strip()
    return f"{_SIGNS.get(currency, currency)} {amount}"


def decimal_comma_amount(text: str) -> str:
    return text.rstrip(",-").replace(",", ".")


def written_date(text: str) -> str:
    day, year = re.findall(r"\d+", text)
    month = _MONTHS[re.sub(r"[^A-Za-zä]", "", text)[:3].lower()]
    return f"{year}-{month:02}-{int(day):02}"


def slashed_date(text: str) -> str:
    parts = [int(p) for p in re.split(r"[/.-]", text)]
    year, month, day = parts if parts[0] > 31 else reversed(parts)
    return f"{year:04}-{month:02}-{day:02}"


def near_date(text: str) -> str:
    """The nearest day of the calendar."""
    written, *rest = text.split("-")
    without_one = (written[:at] + written[at + 1 :] for at, _ in enumerate(written))  # a digit stands twice
    year = max(int(next((y for y in without_one if re.fullmatch("(?:19|20)..", y)), written.ljust(4, "0")[:4])), 1000)
    month, day = (int(part) for part in rest)
    if 1 <= day <= 12 < month <= 31:  # the day stands before the month
        month, day = day, month
    month = min(max(month, 1), 12)
    return f"{year:04}-{month:02}-{min(max(day, 1), monthrange(year, month)[1]):02}"


def written_out(text: str) -> str:
    """`1.5e3` as `1_500`; what is too large or small to be a number here as `1`."""
    number, _, exponent = re.sub("[%_ \t]", "", text).lower().partition("e")
    sign = "%" if text.endswith("%") else ""
    if len(exponent) > 3 or not -12 <= int(exponent) <= 18:  # never worked out where it would take long
        return f"1{sign}"
    whole, _, decimals = number.partition(".")
    digits, point = whole + decimals, len(whole) + int(exponent)
    digits = digits.rjust(len(digits) - min(point - 1, 0), "0").ljust(max(point, 0), "0")
    point = max(point, 1)
    return group(digits[:point]) + (f".{digits[point:]}" if digits[point:].strip("0") else "") + sign


def plain_digits(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def underscored(text: str) -> str:
    return text.replace("-", "_")


def range(text: str) -> str:
    return digits(text)


def quoted(text: str) -> str:
    return '"' + text[1:-1].replace('"', "") + '"'


def single(text: str) -> str:
    return '"' + text.strip('"«»‹›「」『』 \u00a0') + '"'


def quote_late(text: str) -> str:
    return '"' + text.replace('"', "") + '"'


def day_of(text: str) -> str:
    return text[:10]


def closed(text: str) -> str:
    """The text up to the block or the comment that follows it."""
    end = min(at if (at := text.find(sign)) > 0 else len(text) for sign in "{#")
    said, rest = text[1:end].rstrip(), text[end:].rstrip()
    said = said.rstrip("'’`")  # a key beside the right one
    return f'"{said}"' + (f" {rest}" if rest else "")


def comment(text: str) -> str:
    return "# " + text[2:].strip()


def operator(text: str) -> str:
    return _OPERATORS[text]


def per(text: str) -> str:
    return f" per {text.lstrip('/ ')}"


def of_one(text: str) -> str:
    subject, _, name = text.partition(".")
    return f"{SUBJECTS[subject]}.{name}"


def on_one_line(text: str) -> str:
    return " ".join(text.split())


def is_text(text: str) -> str:
    return "is " + text.lstrip("= \t")


def ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return plain if re.match(r"[A-Za-z_]", plain) else "_" + plain


def without_hidden(text: str) -> str:
    return re.sub(f"[{HIDDEN}]", "", text)


def nothing(text: str) -> str:
    return ""
