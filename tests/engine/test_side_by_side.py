"""Several processes that read a folder find what one finds, whatever is in it, and also where they cannot be started."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

import rebates
from rebates import Line, Order, RuleErrors
from rebates.engine import side_by_side
from rebates.engine.side_by_side import Asked, answer_to, read_side_by_side
from rebates.model.folder import load_rules
from rebates.model.stored import StoredAgreement
from rebates.syntax.diagnostics import Report
from rebates.syntax.render import render
from rebates.syntax.source import Source
from tests.model.test_memory import edited, places, said, texts, write


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is worth dividing among two."""
    monkeypatch.setenv("REBATES_CACHE", "off")
    monkeypatch.setenv("REBATES_PROCESSES", "2")
    monkeypatch.setattr(side_by_side, "WORTH_DIVIDING", 0)
    write(tmp_path / "rules", texts())
    return tmp_path / "rules"


def in_turn(path: Path, shares: Sequence[Sequence[Source]]) -> list[bytes]:
    """The answers of all processes, worked out in this one."""
    return [answer_to(Asked(str(path), tuple(text.name for text in share))) for share in shares]


def test_two_processes_read_a_folder(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = rebates.load(top)
    assert all(isinstance(each, StoredAgreement) for each in book.rules.agreements)  # nothing was read here
    monkeypatch.setenv("REBATES_PROCESSES", "1")
    alone = rebates.load(top)
    assert not any(isinstance(each, StoredAgreement) for each in alone.rules.agreements)
    assert said(book.rules) == said(alone.rules)
    assert book.warnings == alone.warnings
    order = Order("A2", "2026-03-01", [Line("COLA", "60 carton")])
    # 720 pieces at 1.50 are 1,080.00; 9% leave 982.80
    assert str(book.quote(order).total) == str(alone.quote(order).total) == "EUR 982.80"


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_in_a_folder_is_found_as_by_one(top: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "_answers", in_turn)
    random, now, sound = Random(seed), texts(), 0
    for _ in range(10):
        write(top, now)
        report, alone = Report(), Report()
        rules = load_rules(top, None, report, read_side_by_side(top))
        expected = load_rules(top, None, alone)
        assert render(report.diagnostics, "json") == render(alone.diagnostics, "json")
        assert (report.not_shown, report.error_count) == (alone.not_shown, alone.error_count)
        assert (rules is None) == (expected is None)
        if rules is not None and expected is not None:
            sound += 1
            assert said(rules) == said(expected)
            assert list(places(rules)) == list(places(expected))
        now = edited(now if rules is not None or random.random() < 0.4 else texts(), random)
    assert sound >= 2


def test_errors_of_all_files_are_told_in_one_run(top: Path) -> None:
    for name in ("deal_1.rebates", "deal_2.rebates"):  # one for each process
        file = top / name
        file.write_text(file.read_text(encoding="utf-8").replace("9%", "9 %%"), encoding="utf-8")
    with pytest.raises(RuleErrors) as caught:
        rebates.load(top)
    assert {one.span.source.name for one in caught.value.diagnostics if one.severity == "error"} == {
        "deal_1.rebates",
        "deal_2.rebates",
    }


@pytest.mark.parametrize("python", ["/nowhere/python3", "/bin/false", ""])
def test_where_no_process_can_be_started_one_reads_all(top: Path, python: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", python)
    book = rebates.load(top)
    assert not any(isinstance(each, StoredAgreement) for each in book.rules.agreements)


def test_what_changes_meanwhile_is_read_anew(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(path: Path, shares: Sequence[Sequence[Source]]) -> list[bytes]:
        answers = in_turn(path, shares)
        file = top / "deal_2.rebates"
        file.write_text(file.read_text(encoding="utf-8").replace("9%", "8%"), encoding="utf-8")
        return answers

    monkeypatch.setattr(side_by_side, "_answers", too_late)
    # 1,080.00 less 8%
    assert str(rebates.load(top).quote(Order("A2", "2026-03-01", [Line("COLA", "60 carton")])).total) == "EUR 993.60"


def test_a_program_that_is_no_python_is_not_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REBATES_PROCESSES", raising=False)
    for program in ("/usr/bin/uwsgi", "shop.exe", ""):
        monkeypatch.setattr("sys.executable", program)
        assert side_by_side._processes() == 1
