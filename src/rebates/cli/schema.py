"""`rebates schema`: the JSON Schemas of order, quote and fact, the keywords of the language, its editor grammar."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from rebates.cli.output import DataFormat


class What(StrEnum):
    """What to print."""

    order = "order"
    quote = "quote"
    facts = "facts"
    keywords = "keywords"
    textmate = "textmate"


def schema(
    what: Annotated[What, typer.Argument(help="order, quote, facts, keywords or textmate.")],
    format: Annotated[
        DataFormat, typer.Option(help="How keywords are printed; a JSON Schema is JSON in any case.")
    ] = DataFormat.text,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Print the JSON Schema (draft 2020-12) of an order, a quote or a fact, the language's keywords with what each serves, or its TextMate grammar for editors.

    rebates schema order
    """
    if what is What.keywords:
        from rebates.syntax.keywords import KEYWORDS

        if as_json or format is DataFormat.json:
            typer.echo(json.dumps(dict(sorted(KEYWORDS.items())), indent=2))
            return
        for word, serves in sorted(KEYWORDS.items()):
            typer.echo(f"{word:<16}{serves}")
        typer.echo(f"{len(KEYWORDS)} words")
        return
    if what is What.textmate:
        from rebates.tools.textmate import textmate

        typer.echo(json.dumps(textmate(), indent=2))
        return
    if what is What.facts:
        from rebates.engine.fact_schema import facts_schema

        typer.echo(json.dumps(facts_schema(), indent=2))
        return
    from rebates.engine.document import order_schema, quote_schema

    typer.echo(json.dumps(order_schema() if what is What.order else quote_schema(), indent=2))
