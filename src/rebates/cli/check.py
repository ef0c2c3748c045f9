"""`rebates check`: every finding of rule files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli.output import ERRORS, FINE, FindingFormat, colored, need, placed, plural, rendered, waiting

if TYPE_CHECKING:
    from rebates.model.nodes import RuleSet
    from rebates.syntax.diagnostics import Diagnostic


def check(
    paths: Annotated[list[Path], typer.Argument(help="Rule files or folders, such as rules/nusantara.")],
    format: Annotated[FindingFormat, typer.Option(help="How findings are printed.")] = FindingFormat.text,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
) -> None:
    """Check rules, tables and examples' names; print every finding with its place and how to mend it.

    rebates check rules/nusantara

    Exit code 0: no errors; 1: errors; 2: bad use.
    """
    from rebates import RuleErrors, load

    if json:
        format = FindingFormat.json
    for path in paths:
        need(path)
    found: list[Diagnostic] = []
    loaded: list[RuleSet] = []
    not_shown = 0
    for path in paths:
        try:
            with waiting(f"checking {path}"):
                book = load(path)
        except RuleErrors as errors:
            found += placed(errors.diagnostics, path, format)
            not_shown += errors.not_shown
        else:
            found += placed(book.warnings, path, format)
            loaded.append(book.rules)
    if format is FindingFormat.text:
        from rebates.syntax.draw import draw

        for finding in found:
            typer.echo(draw(finding, colored(sys.stdout)))
        typer.echo(_seen(paths, loaded, found, not_shown))
    elif text := rendered(found, format):
        typer.echo(text)
    bad = any(d.severity == "error" or (strict and d.severity == "warning") for d in found)
    raise typer.Exit(ERRORS if bad else FINE)


def _seen(paths: Sequence[Path], loaded: Sequence[RuleSet], found: Sequence[Diagnostic], not_shown: int) -> str:
    """What was looked at, and the verdict: `1 file, 1 agreement, 6 rules: no errors, 1 note`."""
    from rebates.syntax.render import summary

    counts = [plural(sum(len(list(p.rglob("*.rebates"))) if p.is_dir() else 1 for p in paths), "file")]
    if len(loaded) == len(paths):  # what could not be read cannot be counted
        agreements = [agreement for rules in loaded for agreement in rules.agreements]
        counts.append(plural(len(agreements), "agreement"))
        counts.append(plural(sum(len({rule.id for rule in agreement.rules}) for agreement in agreements), "rule"))
    verdict = [summary(found, not_shown)] if found else []
    if not any(d.severity == "error" for d in found):
        verdict.insert(0, "no errors")
    return f"{', '.join(counts)}: {', '.join(verdict)}"
