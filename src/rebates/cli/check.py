"""`rebates check`: every finding of rule files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli.output import ERRORS, FindingFormat, colored, need, rendered

if TYPE_CHECKING:
    from rebates.syntax.diagnostics import Diagnostic


def check(
    paths: Annotated[list[Path], typer.Argument(help="Rule files or folders, such as rules/nusantara.")],
    format: Annotated[FindingFormat, typer.Option(help="How findings are printed.")] = FindingFormat.text,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
) -> None:
    """Check rules, tables and examples' names; print every finding with its place and how to mend it.

    Exit code 0: no errors; 1: errors; 2: bad use.
    """
    from rebates import check as check_rules

    if json:
        format = FindingFormat.json
    found: list[Diagnostic] = []
    for path in paths:
        need(path)
        found += check_rules(path)
    bad = any(d.severity == "error" or (strict and d.severity == "warning") for d in found)
    text = rendered(found, format, colored(sys.stdout))
    if text:
        typer.echo(text)
    elif format is FindingFormat.text:
        typer.echo(f"{', '.join(str(path) for path in paths)}: no findings")
    raise typer.Exit(ERRORS if bad else 0)
