"""`rebates diff`: what differs between two versions of the rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli.output import FINE, DataFormat, load_book, plural

if TYPE_CHECKING:
    from rebates.tools.differences import Difference

DIFFERS = 3  # apart from errors (1) and bad use (2), so that a script can tell them

Old = Annotated[Path, typer.Argument(help="The rules as they were: a file or folder.")]
New = Annotated[Path, typer.Argument(help="The rules as they are to be.")]


def diff(
    old: Old,
    new: New,
    format: Annotated[DataFormat, typer.Option(help="How the differences are printed.")] = DataFormat.text,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Say what differs between two versions of the rules, each part with the smallest order that shows it. No orders are needed.

    rebates diff rules/nusantara rules/nusantara_2027

    Exit code 0: the same; 1: a version has errors; 2: bad use; 3: they differ.
    """
    from rebates.tools.differences import differences

    found = list(differences(load_book(old), load_book(new)))
    if json or format is DataFormat.json:
        from json import dumps

        from msgspec import to_builtins

        typer.echo(dumps(to_builtins(found), ensure_ascii=False, indent=2))
    else:
        for one in found:
            typer.echo("\n".join(_told(one)))
        shown = sum(1 for one in found if one.smallest)
        typer.echo(
            f"{plural(len(found), 'part')} not the same, {shown} shown by an order or a value" if found else "the same"
        )
    raise typer.Exit(DIFFERS if found else FINE)


def _told(one: Difference) -> list[str]:
    if not one.smallest:
        none = (
            f"none of the {one.tried} orders or values tried tells them apart"
            if one.tried
            else "nothing could be tried"
        )
        return [f"{one.part}: {one.how}; {none}"]
    before, after = one.before.split("\n"), one.after.split("\n")
    return [
        f"{one.part}: {one.how}",
        f"  differs {one.where}; shown by {one.smallest}",
        f"  before: {before[0]}",
        *(f"    {line}" for line in before[1:]),
        f"  after:  {after[0]}",
        *(f"    {line}" for line in after[1:]),
    ]
