"""Every block of the README is run: rule text is checked, Python is executed, commands print what is shown."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from rebates.syntax.diagnostics import Report
from rebates.syntax.parser import parse
from rebates.syntax.source import Source

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [text for word, text in BLOCKS if word == kind]


@pytest.mark.parametrize("text", blocks("rebates"))
def test_rule_text_parses(text: str) -> None:
    report = Report()
    parse(Source("README.md", text), report)
    assert not report.diagnostics


@pytest.mark.parametrize("code", blocks("python"))
def test_python_runs(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {})


def commands() -> list[tuple[str, str]]:
    found = []
    for text in blocks("console"):
        for part in text.split("$ ")[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown.strip()))
    return found


@pytest.mark.parametrize(("command", "shown"), commands(), ids=lambda part: part[:40])
def test_commands_print_what_is_shown(command: str, shown: str) -> None:
    words = shlex.split(command)
    assert words[0] == "rebates"
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "rebates", *words[1:]],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == shown


def test_every_room_stands_in_the_table() -> None:
    """The picture of the house is the house."""
    rooms = {
        f"src/rebates/{path.name}" for path in (ROOT / "src" / "rebates").iterdir() if (path / "__init__.py").exists()
    }
    named = set(re.findall(r"^\| `(src/rebates/\w+)` \|", README, re.MULTILINE))
    assert rooms == named
