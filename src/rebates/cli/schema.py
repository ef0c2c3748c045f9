"""`rebates schema`: the JSON Schemas of order and quote, and the keywords of the language."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer


class What(StrEnum):
    """What to print."""

    order = "order"
    quote = "quote"
    keywords = "keywords"


def schema(what: Annotated[What, typer.Argument(help="order, quote or keywords.")]) -> None:
    """Print the JSON Schema (draft 2020-12) of an order or a quote, or the language's keywords with what each serves."""
    if what is What.keywords:
        from rebates.syntax.keywords import KEYWORDS

        for word, serves in sorted(KEYWORDS.items()):
            typer.echo(f"{word:<16}{serves}")
        typer.echo(f"{len(KEYWORDS)} words")
        return
    from rebates.engine.document import order_schema, quote_schema

    typer.echo(json.dumps(order_schema() if what is What.order else quote_schema(), indent=2))
