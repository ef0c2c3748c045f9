"""The verbs that teach: new, help, plot, and names for the shell."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from click import Group
from typer.main import get_command
from typer.testing import CliRunner, Result

from rebates.cli.app import app
from rebates.cli.topics import TOPICS
from rebates.syntax.diagnostics import Report
from rebates.syntax.format import format_file
from rebates.syntax.parser import parse
from rebates.syntax.source import Source

ROOT = Path(__file__).resolve().parents[2]
NUSANTARA = ROOT / "rules" / "nusantara"


def rebates(*words: object, input: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=input)


def test_new_writes_a_folder_whose_examples_hold(tmp_path: Path) -> None:
    done = rebates("new", tmp_path / "acme", "--yes", "--tiers", "10 2%, 20 4%")
    assert done.exit_code == 0, done.output
    assert "6 examples: all hold" in done.output
    assert rebates("check", tmp_path / "acme").exit_code == 0
    assert rebates("fmt", "--check", tmp_path / "acme").exit_code == 0
    quoted = rebates("quote", tmp_path / "acme", "--account", "ACME", "--on", "2026-03-01", "20 carton COLA-330")
    assert quoted.exit_code == 0, quoted.output
    assert "199.68" in quoted.output  # 20 x 10.40 less 4%


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    done = rebates("new", tmp_path, "--yes")
    assert done.exit_code == 2
    assert "is not empty" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_new_refuses_an_answer_that_does_not_fit(tmp_path: Path) -> None:
    done = rebates("new", tmp_path / "a", "--yes", "--currency", "EURO")
    assert done.exit_code == 2
    assert "no currency code" in done.output
    assert not (tmp_path / "a").exists()


def test_new_needs_someone_to_answer(tmp_path: Path) -> None:
    done = rebates("new", tmp_path / "a", input="")
    assert done.exit_code == 2
    assert "--yes" in done.output


@pytest.mark.parametrize("name", TOPICS)
def test_every_lesson_is_true(name: str) -> None:
    topic = TOPICS[name]
    done = rebates("help", name)
    assert done.exit_code == 0
    assert topic.title in done.output
    if topic.sample:
        report = Report()
        source = Source(f"{name}.rebates", f"{topic.sample}\n")
        parse(source, report)
        assert not report.diagnostics
        assert format_file(source) == source.text
    verbs = cast(Group, get_command(app)).commands
    for command in topic.commands:
        program, verb, *words = shlex.split(command)
        assert program == "rebates"
        known = {option for each in verbs[verb].params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= known | {"--help"}


@pytest.mark.parametrize("name", [name for name, topic in TOPICS.items() if "example " in topic.sample])
def test_the_examples_of_a_lesson_hold(name: str, tmp_path: Path) -> None:
    (tmp_path / "lesson.rebates").write_text(TOPICS[name].sample, "utf-8")
    done = rebates("test", tmp_path)
    assert done.exit_code == 0, done.output
    assert "all hold" in done.output or "holds" in done.output


def test_help_lists_the_tasks_and_mends_a_slip() -> None:
    listed = rebates("help")
    assert all(name in listed.output for name in TOPICS)
    slip = rebates("help", "tirs")
    assert slip.exit_code == 2
    assert "tiers" in slip.output


def test_plot_prints_and_writes(tmp_path: Path) -> None:
    printed = rebates("plot", NUSANTARA, "carton_volume")
    assert "from 195 to below 200 carton" in printed.output
    file = tmp_path / "p.svg"
    written = rebates("plot", NUSANTARA, "carton_volume", "--plot", file)
    assert written.exit_code == 0
    assert file.read_text("utf-8").startswith("<svg")
    assert rebates("plot", NUSANTARA, "carton_volume", "--plot", tmp_path / "p.gif").exit_code == 2


def test_explain_draws_its_waterfall(tmp_path: Path) -> None:
    file = tmp_path / "w.txt"
    order = ("--account", "NUSANTARA", "--on", "2026-03-10", "60 carton COLA-330")
    done = rebates("explain", NUSANTARA, *order, "--plot", file)
    assert done.exit_code == 0
    assert "Carton volume discount" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("rebates quote rules/nusantara --account NUSANTARA-", ["NUSANTARA-JKT", "NUSANTARA-SUB"]),
        ("rebates quote rules/nusantara --code S", ["SELAMAT26"]),
        ("rebates plot rules/nusantara carton_v", ["carton_volume"]),
        ("rebates quote rules/nusantara --attribute order.ch", ["order.channel="]),
        ("rebates help R011", [f"R011{n}" for n in range(6)]),
        ("rebates calendar --rules rules/nusantara --account NUSANTARA-", ["NUSANTARA-JKT", "NUSANTARA-SUB"]),
        ("rebates quote nowhere --account N", []),
    ],
)
def test_the_shell_is_offered_names_from_the_rules(words: str, found: list[str]) -> None:
    asked = {"_REBATES_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    done = subprocess.run(
        [sys.executable, "-c", "from rebates.cli import main; main()"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **asked},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.split() == found
