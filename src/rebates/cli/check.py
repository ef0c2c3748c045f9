"""`rebates check`: every finding of rule files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli.output import ERRORS, FINE, FindingFormat, colored, need, placed, plural, rendered, waiting

if TYPE_CHECKING:
    from rebates.engine.book import Book
    from rebates.model.nodes import RuleSet
    from rebates.syntax.diagnostics import Diagnostic


def check(
    paths: Annotated[list[Path], typer.Argument(help="Rule files or folders, such as rules/nusantara.")],
    format: Annotated[FindingFormat, typer.Option(help="How findings are printed.")] = FindingFormat.text,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    write_examples: Annotated[
        bool,
        typer.Option("--write-examples", help="Write the order that shows a finding into its file, as an example."),
    ] = False,
) -> None:
    """Check rules, tables and examples; print every finding with its place, how to mend it and the order that shows it.

    rebates check rules/nusantara

    Exit code 0: no errors; 1: errors; 2: bad use.
    """
    from rebates import RuleErrors, load
    from rebates.tools.proofs import prove

    if json:
        format = FindingFormat.json
    for path in paths:
        need(path)
    found: list[Diagnostic] = []
    loaded: list[RuleSet] = []
    said: list[str] = []
    not_shown = 0
    for path in paths:
        try:
            with waiting(f"checking {path}"):
                book = load(path)
        except RuleErrors as errors:
            found += placed(errors.diagnostics, path, format)
            not_shown += errors.not_shown
        else:
            with waiting(f"looking for orders that show what is found in {path}"):
                proofs = prove(book)
            found += placed(proofs.findings, path, format)
            loaded.append(book.rules)
            said += [f"proved for {line}" for line in proofs.proved]
            if write_examples:
                said += _write(path, book, proofs.findings)
    if format is FindingFormat.text:
        from rebates.syntax.draw import draw

        for finding in found:
            typer.echo(draw(finding, colored(sys.stdout)))
        typer.echo("\n".join([*said, _seen(paths, loaded, found, not_shown)]))
    elif text := rendered(found, format):
        typer.echo(text)
    bad = any(d.severity == "error" or (strict and d.severity == "warning") for d in found)
    raise typer.Exit(ERRORS if bad else FINE)


def _write(path: Path, book: Book, found: Sequence[Diagnostic]) -> list[str]:
    """Writes the examples of findings; what was written, in words."""
    from rebates.tools.proofs import written

    said = []
    for name, text in written(book, tuple(found)).items():
        file = path / name if path.is_dir() else path
        file.write_bytes(text.encode("utf-8"))
        said.append(f"wrote examples into {file}")
    return said


def _seen(paths: Sequence[Path], loaded: Sequence[RuleSet], found: Sequence[Diagnostic], not_shown: int) -> str:
    """What was looked at, and the verdict: `1 file, 1 agreement, 6 rules: no errors, 1 note`."""
    from rebates.syntax.render import summary

    counts = [plural(sum(len(list(p.rglob("*.rebates"))) if p.is_dir() else 1 for p in paths), "file")]
    if len(loaded) == len(paths):  # what could not be read cannot be counted
        agreements = [agreement for rules in loaded for agreement in rules.agreements]
        counts.append(plural(len(agreements), "agreement"))
        ids = {rule.id for agreement in agreements for rule in agreement.rules}
        ids |= {rule.id for agreement in agreements for rule in agreement.rebates}
        counts.append(plural(len(ids), "rule"))
    verdict = [summary(found, not_shown)] if found else []
    if not any(d.severity == "error" for d in found):
        verdict.insert(0, "no errors")
    return f"{', '.join(counts)}: {', '.join(verdict)}"
