"""A statement as PDF, set by Typst: pages with their text, tables, pictures as lines and text, and all fonts within.

The same statement gives the same bytes: no clock is read, and only fonts that come with the packages are used.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from rebates.ledger.errors import LedgerError
from rebates.ledger.statements.forms import fact_columns
from rebates.ledger.statements.shown import ShownRow, View, shown
from rebates.ledger.statements.statement import Statement

FONTS = ("Libertinus Serif", "Noto Sans CJK JP")
_WORDS = ("statement", "account", "period", "total", "month", "slices", "transactions", "signed")


def as_pdf(statement: Statement, language: str = "en", view: View = "customer") -> bytes:
    """The bytes of the file. Raises LedgerError (R0831) where the extra `pdf` is not installed."""
    try:
        import noto_cjk_sans_otc
        import typst
    except ModuleNotFoundError as missing:
        raise LedgerError("R0831", f"a PDF needs `{missing.name}`", "pip install 'rebates[pdf]'") from None
    made = shown(statement, language, view)
    say = made.say
    plain: dict[str, Any] = {
        "language": say.language,
        "fonts": FONTS,
        "title": made.title,
        "account": made.account,
        "period": made.period,
        "as_of": made.as_of,
        "due": made.due,
        "version": made.version,
        "words": {**{word: say(word) for word in _WORDS}, "as_of": say("as of")},
        "columns": fact_columns(made),
        "rows": [_plain(row) for row in made.rows],
    }
    page = files("rebates.ledger.statements").joinpath("pages/statement.typ").read_bytes()
    with as_file(noto_cjk_sans_otc.FONT_PATH) as font:
        compiler: Any = typst.Compiler  # its types name a variable that nothing binds
        setter = compiler(
            page,
            font_paths=[str(Path(font).parent)],
            ignore_system_fonts=True,
            sys_inputs={"made": json.dumps(plain, ensure_ascii=False)},
        )
        found = setter.compile(format="pdf")
    assert isinstance(found, bytes)
    return found


def _plain(row: ShownRow) -> dict[str, Any]:
    return {
        "title": row.title,
        "agreement": row.agreement,
        "lines": row.lines,
        "svg": row.svg(),
        "alternative": row.picture.alternative if row.picture is not None else "",
        "months": [asdict(month) for month in row.months],
        "months_of": row.months_of,
        "slices": row.slices,
        "facts": row.facts,
        "text": row.text,
        "place": f"({row.place})" if row.place else "",
    }
