"""`rebates test`: the examples in the rule files."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli.output import ERRORS, FINE, DataFormat, bad_use, colored, load_book, plural, strictly, tracked

if TYPE_CHECKING:
    from rebates.model.settlement import Due
    from rebates.tools.examples import Result


def test(
    path: Annotated[Path, typer.Argument(help="A rule file or folder.")],
    filter: Annotated[str, typer.Option(help="Only examples whose title holds this text.")] = "",
    update: Annotated[bool, typer.Option("--update", help="Write the values that came out into the examples.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --update: do not ask.")] = False,
    format: Annotated[DataFormat, typer.Option(help="How results are printed.")] = DataFormat.text,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings of the rules count as errors.")] = False,
) -> None:
    """Run the examples in rule files; a failed one shows the waterfall beside what was expected.

    rebates test rules/nusantara --filter "sixty cartons"

    With --update the numbers are rewritten after the difference was shown; never where CI is set.

    Exit code 0: all hold; 1: one fails, or was not rewritten; 2: bad use.
    """
    from rebates.tools.examples import run_examples

    as_json = json or format is DataFormat.json
    if update and os.environ.get("CI"):
        raise bad_use("--update never runs in CI: look at the difference at your desk and commit it")
    if update and as_json:
        raise bad_use("--update shows the difference to a person: leave out --format json")
    book = load_book(path)
    count = sum(len(agreement.examples) for agreement in book.rules.agreements)
    results = list(tracked(run_examples(book, filter), count, "examples"))
    bad = strictly(book) if strict else FINE
    failed = [result for result in results if not result.ok]
    if as_json:
        typer.echo(_json(results))
    else:
        for result in failed:
            typer.echo(_failure(result, colored(sys.stdout)))
        verdict = "all hold" if not failed else f"{len(failed)} failed"
        typer.echo(f"{plural(len(results), 'example')}: {verdict}")
    if update and failed:
        raise typer.Exit(_update(path, failed, yes) or bad)
    raise typer.Exit(ERRORS if failed else bad)


def _failure(result: Result, color: bool) -> str:
    """An example that fails: the expectation, what came out, and how it came about."""
    red, plain = ("\x1b[1;31m", "\x1b[0m") if color else ("", "")
    place = f"{result.span.source.name}:{result.span.line}"
    out = [f'{red}FAILED{plain} example "{result.title}"  {place}']
    if result.error:
        return "\n".join([*out, f"  {result.error}", ""])
    for check in result.checks:
        if check.ok:
            continue
        out.append(f"  {check.text}   [{check.span.source.name}:{check.span.line}]")
        if check.token is not None:
            start = check.text.rfind(" ".join(check.token.text.split()))
            out.append("  " + " " * start + "^" * max(1, len(check.text) - start) + f" got {check.got}")
        else:
            out.append(f"  got {check.got}")
    if result.quote is not None:
        out.append("  how it came about:")
        out += [f"    {line}" for line in str(result.quote.explain()).splitlines()]
    for due in result.dues:
        out.append(f"  {_due(due)}")
    if any(check.rewrite and not check.ok for check in result.checks):
        out.append(f"  accept what came out: rebates test --update --filter {quote(result.title)}")
    return "\n".join([*out, ""])


def _due(due: Due) -> str:
    """A row of what was settled, in short."""
    from rebates.tools.settled import number_words

    parts = [f"{due.rule} {due.earner}, {due.first} to {due.last}: {due.status}"]
    values = (("measure", due.measure), ("base", due.base), ("total", due.total), ("before", due.before))
    parts += [f"{name} {number_words(value)}" for name, value in (*values, ("due", due.due)) if value is not None]
    return ", ".join(parts)


def _update(path: Path, failed: list[Result], yes: bool) -> int:
    """Rewrites what can be rewritten; fine only if all that failed now holds."""
    from rebates.tools.update import FileChanged, updates, write

    checks = updates(failed)
    for check in checks:
        assert check.token is not None
        typer.echo(
            f"{check.token.source.name}:{check.token.line}: {' '.join(check.token.text.split())} -> {check.rewrite}"
        )
    if not checks:
        typer.echo("none of the failures is a number that could be rewritten")
        return ERRORS
    if not yes and not typer.confirm("Write these values?"):
        return ERRORS
    try:
        for file in write(path, checks):
            typer.echo(f"{file}: rewritten")
    except (FileChanged, OSError) as error:
        typer.echo(f"nothing was rewritten: {error}", err=True)
        return ERRORS
    left = sum(bool(result.error) for result in failed)
    left += sum(not check.ok and not check.rewrite for result in failed for check in result.checks)
    if left:
        typer.echo(f"{plural(left, 'failure')} cannot be mended by a number")
    return ERRORS if left else FINE


def _json(results: list[Result]) -> str:
    import json

    return json.dumps(
        [
            {
                "agreement": result.agreement,
                "title": result.title,
                "file": result.span.source.name,
                "line": result.span.line,
                "ok": result.ok,
                "error": result.error,
                "checks": [{"text": c.text, "ok": c.ok, "got": c.got, "line": c.span.line} for c in result.checks],
            }
            for result in results
        ],
        indent=2,
        ensure_ascii=False,
    )
