"""`rebates help`: the tasks, one task, or what a code means, with samples."""

from __future__ import annotations

from typing import Annotated

import typer

from rebates.cli.complete import help_topics
from rebates.cli.output import BAD_USE


def help(
    topic: Annotated[
        str,
        typer.Argument(
            help="A task such as tiers, or a code such as R0112; without one, the list.", autocompletion=help_topics
        ),
    ] = "",
) -> None:
    """Learn by task, or explain a code: what is wrong, how to mend it, a wrong and a right sample.

    rebates help

    rebates help tiers

    rebates help R0112
    """
    from rebates.cli.topics import TOPICS
    from rebates.syntax.catalogue import ENTRIES
    from rebates.syntax.catalogue.page import plain_page
    from rebates.syntax.suggest import nearest

    if not topic:
        width = max(map(len, TOPICS))
        typer.echo("\n".join(f"  rebates help {name:<{width}}  {each.title}" for name, each in TOPICS.items()))
        typer.echo(f"  rebates help {'CODE':<{width}}  what a finding means, such as R0112")
    elif topic.lower() in TOPICS:
        _teach(topic.lower())
    elif topic.upper() in ENTRIES:
        typer.echo(plain_page(ENTRIES[topic.upper()]))
    else:
        near = nearest(topic.lower(), TOPICS) or nearest(topic.upper(), ENTRIES)
        hint = f"; did you mean {', '.join(near)}?" if near else "; `rebates help` lists the tasks"
        typer.echo(f"there is no task or code `{topic}`{hint}", err=True)
        raise typer.Exit(BAD_USE)


def _teach(name: str) -> None:
    from rebates.cli.topics import TOPICS

    topic = TOPICS[name]
    typer.echo(f"{topic.title}\n\n{topic.text}")
    if topic.sample:
        typer.echo(f"\n{_indented(topic.sample)}")
    if topic.commands:
        typer.echo("\n" + "\n".join(f"  $ {command}" for command in topic.commands))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())
