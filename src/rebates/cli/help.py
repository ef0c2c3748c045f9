"""`rebates help CODE`: what a code means, with a wrong and a right sample."""

from __future__ import annotations

from typing import Annotated

import typer

from rebates.cli.output import BAD_USE


def help(code: Annotated[str, typer.Argument(help="A code such as R0112, as findings print it.")]) -> None:
    """Explain a code: what is wrong, why it matters, how to mend it, a wrong and a right sample."""
    from rebates.syntax.catalogue import ENTRIES
    from rebates.syntax.suggest import nearest

    entry = ENTRIES.get(code.upper())
    if entry is None:
        near = nearest(code.upper(), ENTRIES)
        typer.echo(f"there is no code `{code}`" + (f"; did you mean {', '.join(near)}?" if near else ""), err=True)
        raise typer.Exit(BAD_USE)
    typer.echo(f"{entry.severity} {entry.code} ({entry.name}): {entry.title}\n")
    typer.echo(f"{entry.why}\n\nTo mend it: {entry.mend}")
    for word, sample in (("wrong", entry.wrong), ("right", entry.right)):
        if sample:
            lines = "\n".join(f"  {line}" for line in sample.rstrip().splitlines())
            typer.echo(f"\n{word}:\n{lines}")
