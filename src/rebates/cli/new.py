"""`rebates new`: a first agreement by questions, with its tables, and examples that hold."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from rebates.cli.output import ERRORS, bad_use

if TYPE_CHECKING:
    from rebates.tools.first import Answers

T = TypeVar("T")


def new(
    folder: Annotated[Path, typer.Argument(help="The folder to make; it must not exist, or be empty.")],
    account: Annotated[str | None, typer.Option(help="The customer's id.")] = None,
    title: Annotated[str | None, typer.Option(help="What the agreement is called.")] = None,
    year: Annotated[str | None, typer.Option(help="The calendar year it holds for.")] = None,
    currency: Annotated[str | None, typer.Option(help="The currency, by its ISO code.")] = None,
    item: Annotated[str | None, typer.Option(help="A first article's id.")] = None,
    unit: Annotated[str | None, typer.Option(help="The unit it is sold in.")] = None,
    price: Annotated[str | None, typer.Option(help="Its list price per unit.")] = None,
    tiers: Annotated[str | None, typer.Option(help='Thresholds and rates, such as "50 3%, 200 5.5%".')] = None,
    mode: Annotated[
        str | None, typer.Option(help="retroactive: the rate reached on everything; incremental: each part at its own.")
    ] = None,
    margin: Annotated[
        str | None, typer.Option(help="The lowest margin without approval, such as 12%; `none` for no guard.")
    ] = None,
    cost: Annotated[str | None, typer.Option(help="The article's cost per unit, for that margin.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take what is given, else the defaults.")] = False,
) -> None:
    """Write a first agreement by questions: rule file, tables, and examples that hold.

    rebates new acme

    rebates new acme --yes --account ACME --tiers "50 3%, 200 5.5%"
    """
    from rebates.tools import first

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise bad_use(f"`{folder}` is not empty; name a folder that does not exist yet")
    if (
        not yes
        and not sys.stdin.isatty()
        and None in (account, title, year, currency, item, unit, price, tiers, mode, margin)
    ):
        raise bad_use(
            "no one is there to answer: give --yes to take the defaults, or every option (rebates new --help)"
        )
    ask = _Asker(yes)
    who = ask("customer's id", account, "ACME", first.account_id)
    answers = first.Answers(
        account=who,
        title=ask("title of the agreement", title, f"{who}, yearly agreement", first.title),
        year=ask("year", year, str(datetime.now(UTC).year), first.year),
        currency=ask("currency", currency, "EUR", first.currency),
        item=ask("a first article's id", item, "COLA-330", first.item_id),
        unit=ask("the unit it is sold in", unit, "carton", first.unit),
        price=ask("its list price per unit", price, "10.40", first.amount),
        tiers=ask("thresholds and rates", tiers, "50 3%, 200 5.5%, 500 7%", first.tiers),
        mode=ask("retroactive or incremental", mode, "retroactive", first.mode),
        margin=(least := ask("lowest margin without approval, or none", margin, "none", _or_none(first.percent))),
        cost=None if least is None else ask("its cost per unit", cost, "7.15", first.amount),
    )
    made = first.files(answers)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise bad_use(f"`{folder}` cannot be written: {error.strerror}") from None
    _tell(folder, answers, list(made))


def _or_none(read: Callable[[str], T]) -> Callable[[str], T | None]:
    return lambda text: None if text.strip().lower() == "none" else read(text)


class _Asker:
    """Asks again until an answer fits; a bad answer given as an option is bad use."""

    def __init__(self, silent: bool) -> None:
        self.silent = silent

    def __call__(self, words: str, given: str | None, default: str, read: Callable[[str], T]) -> T:
        from rebates.tools.first import AnswerError

        if given is not None or self.silent:
            try:
                return read(default if given is None else given)
            except AnswerError as error:
                raise bad_use(str(error)) from None
        while True:
            try:
                return read(str(typer.prompt(words, default=default)))
            except AnswerError as error:
                typer.echo(f"  {error}", err=True)


def _tell(folder: Path, answers: Answers, names: list[str]) -> None:
    """Runs the examples, and says what to do next."""
    from rebates import RuleErrors, load
    from rebates.cli.output import FindingFormat, plural, rendered
    from rebates.tools.examples import run_examples

    try:
        results = list(run_examples(load(folder)))
    except RuleErrors as errors:
        typer.echo(rendered(errors.diagnostics, FindingFormat.text), err=True)
        raise typer.Exit(ERRORS) from None
    failed = [result for result in results if not result.ok]
    where = quote(str(folder))
    typer.echo(f"wrote {folder}: {', '.join(names)}")
    typer.echo(f"{plural(len(results), 'example')}: {'all hold' if not failed else f'{len(failed)} failed'}\n")
    line = quote(f"{answers.tiers[0].threshold} {answers.unit} {answers.item}")
    typer.echo(
        "next:\n"
        f"  rebates check {where}\n"
        f"  rebates test {where}\n"
        f"  rebates quote {where} --account {answers.account} --on {answers.year}-03-01 {line}\n"
        f"  rebates plot {where} volume"
    )
    raise typer.Exit(ERRORS if failed else 0)
