"""The page of codes is what the catalogue says, and `rebates help CODE` says the same."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from rebates.cli.app import app
from rebates.cli.help import help
from rebates.syntax.catalogue import ENTRIES
from rebates.syntax.catalogue.page import codes_text, plain_page


def test_the_page_has_every_code_with_its_samples() -> None:
    text = codes_text()
    for entry in ENTRIES.values():
        assert f"### {entry.code} {entry.title}\n" in text
        assert entry.mend in text
        if entry.right.isprintable():
            assert entry.right in text


@pytest.mark.parametrize("code", ["R0112", "R0350", "R0704"])
def test_the_terminal_shows_the_page_of_a_code(code: str) -> None:
    shown = CliRunner().invoke(app, ["help", code])
    assert shown.exit_code == 0
    assert shown.output == plain_page(ENTRIES[code]) + "\n"
    assert ENTRIES[code].why in shown.output


def test_every_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for code, entry in ENTRIES.items():
        for written in (code, code.lower()):
            help(written)
            shown = capsys.readouterr().out
            assert shown == plain_page(entry) + "\n"
            assert all(said in shown for said in (code, entry.title, entry.why, entry.mend))
        for sample in (entry.wrong, entry.right):
            if sample.isprintable():
                assert all(line.strip() in shown for line in sample.splitlines())
