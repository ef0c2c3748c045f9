"""Pages whose blocks are run: what a reader would copy works, and prints what is shown.

A page is run from top to bottom in a folder of its own, in which `rules` is the repository's (the tutorial's folder is
empty). By the language of a block:

- `rebates`: it parses; with `title="name.rebates"` it is also written to the folder. In the reference of the language a
  sample that is no whole agreement stands in the one that `as_file` puts around it
- `rebates-wrong`: it does not parse; written to the folder likewise
- `csv`, `json`, `toml`, `text` with a title: written to the folder
- `python`: executed, all blocks of a page one after the other in one namespace
- `text printed`: what the last `python` block printed, where a line `…` stands for any lines
- `console`: lines that begin with `$ ` are run by the shell, and print what stands below them; a line `…` stands for
  any lines. A command that ends in an error shows its code: `(exit code 1)` as its last line.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rebates.syntax.diagnostics import Report
from rebates.syntax.parser import parse
from rebates.syntax.source import Source

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = ROOT / "docs" / "reference" / "language"
ANY_LINES = "…"

_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>[\w-]+)(?P<info>[^\n]*)\n(?P<text>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL
)
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    language: str
    title: str
    printed: bool
    text: str
    line: int


def pages() -> list[Path]:
    """Every page that a reader sees."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if not {"editors", "worked"} & {*page.parts}]


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    yield from blocks_in(page.read_text("utf-8"))


def blocks_in(text: str) -> Iterator[Block]:
    """The fenced blocks of a text."""
    for found in _BLOCK.finditer(text):
        title = _TITLE.search(found["info"])
        indent = found["indent"]
        body = "\n".join(line.removeprefix(indent) for line in found["text"].split("\n"))
        line = text[: found.start()].count("\n") + 1
        yield Block(found["language"], title[1] if title else "", found["info"].strip() == "printed", body, line)


def as_file(text: str) -> str:
    """A sample of the reference as a rule file: members stand in an agreement that says what they leave unsaid."""
    if re.search(r"^agreement ", text, re.MULTILINE):
        return text
    return (
        'agreement sample "Sample" {\n'
        "  accounts all, each\n  valid 2026-01-01 to 2026-12-31\n  currency EUR\n" + text + "}\n"
    )


def run_page(page: Path, folder: Path) -> list[str]:
    """Runs a page; what went wrong, each with its line."""
    if page.name != "tutorial.md":
        (folder / "rules").symlink_to(ROOT / "rules")
    wrong: list[str] = []
    names: dict[str, object] = {"__name__": "page"}
    printed = ""
    os.environ |= {"REBATES_PORT": str(free_port())}
    os.environ["URL"] = f"http://127.0.0.1:{os.environ['REBATES_PORT']}"
    for block in blocks(page):
        where = f"{page.relative_to(ROOT)}:{block.line}"
        if block.language == "rebates":
            report = Report()
            parse(Source(where, as_file(block.text) if page.parent == LANGUAGE else block.text), report)
            wrong += [f"{where}: {found.code} {found.message}" for found in report.diagnostics]
        if block.title and block.language in ("rebates", "rebates-wrong", "csv", "json", "toml", "text"):
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text(block.text, "utf-8")
        elif block.language == "python":
            errors, printed = run_python(block, where, folder, names)
            wrong += errors
        elif block.printed and not fits(block.text.rstrip(), printed.strip("\n")):
            wrong.append(f"{where}: the block above\n--- shown\n{block.text.rstrip()}\n--- printed\n{printed}")
        elif block.language == "console":
            wrong += _console(block, where, folder)
    return wrong


def free_port() -> int:
    """A port that nobody listens on, for a page that starts the service."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def run_python(block: Block, where: str, folder: Path, names: dict[str, object]) -> tuple[list[str], str]:
    """What went wrong, and what was printed."""
    before = Path.cwd()
    os.chdir(folder)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            exec(compile(block.text, where, "exec"), names)
        except Exception as error:  # noqa: BLE001 - whatever a page's code raises is its mistake
            return [f"{where}: {type(error).__name__}: {error}"], ""
        finally:
            os.chdir(before)
    return [], out.getvalue()


def _console(block: Block, where: str, folder: Path) -> list[str]:
    wrong = []
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        while command.endswith("\\"):
            more, _, shown = shown.partition("\n")
            command = f"{command[:-1]}{more.strip()}"
        bin = Path(sys.executable).parent
        environment = {**os.environ, "NO_COLOR": "1", "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}"}
        environment |= {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"}
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        printed = (done.stdout + done.stderr).rstrip()
        if done.returncode:
            printed += f"\n(exit code {done.returncode})"
        if not fits(shown.rstrip(), printed.strip("\n")):
            wrong.append(f"{where}: $ {command}\n--- shown\n{shown.rstrip()}\n--- printed\n{printed}")
    return wrong


def fits(shown: str, printed: str) -> bool:
    """Whether the printed text is the shown one, where a line `…` stands for any lines."""
    lines = [line.rstrip() for line in shown.splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if line == ANY_LINES else re.escape(line) + r"\n" for line in lines)
    text = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch(pattern, text) is not None
