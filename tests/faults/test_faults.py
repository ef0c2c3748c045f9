"""The list of seeded faults stays true to the code; and what no other test looks at, so that a fault there is found."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

import rebates
from rebates import FactErrors
from rebates.engine import fact_files
from rebates.ledger.errors import LedgerError
from rebates.ledger.ledger import Ledger
from rebates.ledger.store import chained
from rebates.ledger.verify import verify
from rebates.model.exact import round_to
from tests.faults.run import ROOT, Fault, faults
from tests.ledger.conftest import Clock
from tests.ledger.test_facts import BOOK, SALE
from tests.ledger.test_journal import FILES
from tests.ledger.test_settling import RULES


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.what)
def test_a_fault_is_still_where_it_was(fault: Fault) -> None:
    """Its old text stands in the file once, so that `make faults` tries what it says."""
    text = (ROOT / fault.file).read_text("utf-8")
    assert text.count(fault.old) == 1
    file, _, name = fault.test.partition("::")
    assert f"def {name.partition('[')[0]}" in (ROOT / file).read_text("utf-8")


def test_there_are_faults_enough() -> None:
    listed = faults()
    assert len(listed) >= 30
    assert len({fault.what for fault in listed}) == len(listed)


def test_a_clock_that_goes_back_does_not_reorder_what_is_known(tmp_path: Path) -> None:
    clock = Clock("2026-04-01")
    with Ledger.open(str(tmp_path / "ledger.db"), clock=clock) as ledger:
        ledger.post(BOOK, [{**SALE, "id": "A"}])
        clock.at -= timedelta(days=3)
        ledger.post(BOOK, [{**SALE, "id": "B"}])
        first, second = ledger.facts()
    assert (first.id, second.id) == ("A", "B")
    assert str(first.known) < str(second.known)
    assert datetime.fromisoformat(str(second.known)) < datetime(2026, 4, 1, 10, tzinfo=UTC)


def test_a_link_that_was_written_anew_with_its_own_hash_is_found(tmp_path: Path) -> None:
    """Somebody gives the first link another moment and the hash that goes with it: the second one tells."""
    url = tmp_path / "ledger.db"
    with Ledger.open(str(url)) as ledger:
        for id in ("A", "B"):
            ledger.post(BOOK, [{**SALE, "id": id}])
    with sqlite3.connect(url) as connection:
        connection.execute("DROP TRIGGER link_kept_from_update")
        what, first, last, digest = connection.execute(
            "SELECT what, first, last, digest FROM link WHERE seq = 1"
        ).fetchone()
        known = "2026-01-01T00:00:00.000000Z"
        made = chained("", 1, what, first, last, known, digest)
        connection.execute("UPDATE link SET known = ?, hash = ? WHERE seq = 1", (known, made))
    connection.close()
    with Ledger.open(str(url)) as ledger:
        assert verify(ledger).findings == ("link 2 of the chain was changed",)


def test_a_row_that_no_link_covers_is_found(tmp_path: Path) -> None:
    url = tmp_path / "ledger.db"
    with Ledger.open(str(url)) as ledger:
        ledger.post(BOOK, [SALE])
    with sqlite3.connect(url) as connection:
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(fact)")]
        (row,) = connection.execute("SELECT * FROM fact").fetchall()
        more = [{"seq": 2, "id": "SLIPPED-IN"}.get(name, value) for name, value in zip(columns, row, strict=True)]
        connection.execute(f"INSERT INTO fact VALUES ({', '.join('?' * len(columns))})", more)
    connection.close()
    with Ledger.open(str(url)) as ledger:
        assert verify(ledger).findings == ("fact: 2 rows, 1 were written",)


def test_one_bad_fact_in_a_later_batch_leaves_nothing_of_an_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fact_files, "BATCH", 2)
    lost = {**SALE, "id": "R", "kind": "return", "of": "NEVER", "quantity": "-1", "net": "-1"}
    with Ledger.open(str(tmp_path / "ledger.db")) as ledger:
        with pytest.raises(FactErrors, match="R0802"):
            ledger.post(BOOK, [*({**SALE, "id": f"A{n}"} for n in range(4)), lost])
        assert ledger.facts() == []


def test_rules_that_changed_since_they_were_loaded_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    for name, text in {**FILES, "acme.rebates": RULES}.items():
        (tmp_path / "rules" / name).write_text(text, encoding="utf-8")
    book = rebates.load(tmp_path / "rules")
    (tmp_path / "rules" / "acme.rebates").write_text(RULES.replace("5%", "7%"), encoding="utf-8")
    with Ledger.open(str(tmp_path / "ledger.db")) as ledger:
        ledger.post(book, [{**SALE, "date": "2025-02-02"}])
        with pytest.raises(LedgerError, match="R0838"):
            ledger.settle(book, "2025-Q1")
        assert ledger.journal() == []


@pytest.mark.parametrize(("exact", "cents"), [("0.005", 1), ("0.025", 3), ("-0.005", -1), ("0.0249", 2)])
def test_half_a_cent_goes_up(exact: str, cents: int) -> None:
    assert round_to(Fraction(exact), 2) == Fraction(cents, 100)
