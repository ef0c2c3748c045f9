"""`rebates fmt`: the one canonical formatting."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import Annotated

import typer

from rebates.cli.output import ERRORS, FindingFormat, colored, need, rendered


def fmt(
    paths: Annotated[list[Path], typer.Argument(help="Rule files or folders.")],
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Change nothing; print what would change.")] = False,
) -> None:
    """Format rule files in place. A file with errors is left as it is and reported."""
    from rebates.syntax.diagnostics import Report
    from rebates.syntax.format import format_file
    from rebates.syntax.parser import parse
    from rebates.syntax.source import Source

    files = []
    for path in paths:
        need(path)
        files += sorted(path.rglob("*.rebates")) if path.is_dir() else [path]
    changed = broken = 0
    for file in files:
        raw = file.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            typer.echo(f"{file}: not UTF-8; save it as UTF-8", err=True)
            broken += 1
            continue
        source = Source(str(file), text)
        report = Report()
        parse(source, report)
        if report.has_errors:
            typer.echo(rendered(report.diagnostics, FindingFormat.text, colored(sys.stderr)), err=True)
            broken += 1
            continue
        formatted = format_file(source)
        if formatted == text:
            continue
        changed += 1
        if diff:
            lines = difflib.unified_diff(text.splitlines(True), formatted.splitlines(True), str(file), str(file))
            typer.echo("".join(lines), nl=False)
        elif check:
            typer.echo(f"{file}: not formatted")
        else:
            file.write_text(formatted, encoding="utf-8", newline="")
            typer.echo(f"{file}: formatted")
    if not changed and not broken:
        typer.echo(f"{len(files)} file{'s' if len(files) != 1 else ''} already formatted")
    raise typer.Exit(ERRORS if broken or (changed and (check or diff)) else 0)
