"""`rebates fmt`: the one canonical formatting."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli.output import ERRORS, FINE, FindingFormat, colored, need, plural, rendered, tracked

if TYPE_CHECKING:
    from rebates.syntax.diagnostics import Diagnostic

MARK = b"\xef\xbb\xbf"  # some editors write it first; it stays


def fmt(
    paths: Annotated[list[Path], typer.Argument(help="Rule files or folders, such as rules/nusantara.")],
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Change nothing; print what would change.")] = False,
    format: Annotated[FindingFormat, typer.Option(help="How the errors of a file are printed.")] = FindingFormat.text,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Format rule files in place. A file with errors is left as it is and reported.

    rebates fmt --diff rules/nusantara

    Exit code 0: all is formatted; 1: a file has errors or, with --check or --diff, would change; 2: bad use.
    """
    if json:
        format = FindingFormat.json
    for_people = format in (FindingFormat.text, FindingFormat.short)  # else standard output is the findings alone
    for path in paths:
        need(path)
    files = [file for path in paths for file in (sorted(path.rglob("*.rebates")) if path.is_dir() else [path])]
    changed, bad = 0, False
    found: list[Diagnostic] = []
    for file in tracked(files, len(files), "formatting"):
        try:
            raw = file.read_bytes()
            text = raw.removeprefix(MARK).decode()
            formatted = _formatted(file, text, found)
            if formatted is None or formatted == text:
                continue
            changed += 1
            if diff:
                typer.echo(_difference(file, text, formatted), nl=False, err=not for_people)
            elif check:
                typer.echo(f"{file}: not formatted", err=not for_people)
            else:
                file.write_bytes((MARK if raw.startswith(MARK) else b"") + formatted.encode())
                typer.echo(f"{file}: formatted", err=not for_people)
        except UnicodeDecodeError:
            bad = True
            typer.echo(f"{file}: not UTF-8; save it as UTF-8", err=True)
        except OSError as error:
            bad = True
            typer.echo(f"{file}: {error.strerror}", err=True)
    if found or not for_people:
        typer.echo(rendered(found, format, colored(sys.stderr) and for_people), err=for_people)
    if for_people and not (changed or bad or found):
        typer.echo(f"{plural(len(files), 'file')} already formatted")
    raise typer.Exit(ERRORS if bad or found or (changed and (check or diff)) else FINE)


def _formatted(file: Path, text: str, found: list[Diagnostic]) -> str | None:
    """The canonical text; None where the file has errors, which are noted."""
    from rebates.syntax.diagnostics import Report
    from rebates.syntax.format import format_file
    from rebates.syntax.parser import parse
    from rebates.syntax.source import Source

    source, report = Source(str(file), text), Report()
    parse(source, report)
    if report.has_errors:
        found += report.diagnostics
        return None
    return format_file(source)


def _difference(file: Path, text: str, formatted: str) -> str:
    old, new = text.splitlines(keepends=True), formatted.splitlines(keepends=True)
    lines = difflib.unified_diff(old, new, f"{file}", f"{file} (formatted)")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
