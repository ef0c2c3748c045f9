"""What only a terminal gets: progress on standard error once it takes longer than a second, and a drawn table."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest

from rebates import Line, Order, load
from rebates.cli import output
from rebates.cli.show import show

NUSANTARA = Path(__file__).resolve().parents[2] / "rules" / "nusantara"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def impatient(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal as standard error, of someone who waits a twentieth of a second; no fixture, as capture takes that back."""
    made = Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setattr(output, "PATIENCE_S", 0.05)
    monkeypatch.setenv("TERM", "xterm")
    return made


def slow(count: int, each_s: float) -> list[int]:
    out = []
    for number in output.tracked(range(count), count, "formatting"):
        time.sleep(each_s)
        out.append(number)
    return out


def test_what_takes_long_shows_a_bar_and_gives_every_item(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = impatient(monkeypatch)
    assert slow(4, 0.06) == [0, 1, 2, 3]
    assert "formatting" in terminal.getvalue()


def test_what_is_quick_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = impatient(monkeypatch)
    assert slow(4, 0) == [0, 1, 2, 3]
    with output.waiting("reading"):
        pass
    assert "formatting" not in terminal.getvalue()
    assert "reading" not in terminal.getvalue()


def test_a_long_wait_says_what_for(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = impatient(monkeypatch)
    with output.waiting("reading rules"):
        time.sleep(0.4)
    assert "reading rules" in terminal.getvalue()


def test_no_terminal_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    monkeypatch.setattr(output, "PATIENCE_S", 0)
    assert slow(2, 0.01) == [0, 1]
    with output.waiting("reading rules"):
        time.sleep(0.05)
    assert pipe.getvalue() == ""


def test_a_quote_on_a_terminal_has_the_numbers_of_the_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    quote = load(NUSANTARA).quote(Order("NUSANTARA", "2026-03-10", [Line("COLA-330", "60 carton")]))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NO_COLOR", raising=False)
    pipe, screen = io.StringIO(), Terminal()
    for stream in (pipe, screen):
        monkeypatch.setattr(sys, "stdout", stream)
        show(quote)
    for word in ("60 carton COLA-330", "104_000", "93_120.00", "5_587_200", "status: priced"):
        assert word in pipe.getvalue()
        assert word in screen.getvalue()
    assert "\x1b" not in pipe.getvalue()
    assert "\x1b" in screen.getvalue()
