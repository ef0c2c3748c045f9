"""Pages that are made from the sources when the site is built: commands, the Python interface, the words, the codes, the clauses.

Each function gives the Markdown that stands in place of its mark: `<!-- commands -->`, `<!-- python -->`,
`<!-- keywords -->`, `<!-- codes -->`, `<!-- clauses -->`, `<!-- settings -->`, `<!-- service-codes -->`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any


def commands() -> str:
    """Every command with its arguments and options, as `--help` tells them."""
    import typer

    from rebates.cli.app import app

    group: Any = typer.main.get_command(app)
    return "\n".join(line for name, command in _every(group.commands) for line in _command(name, command))


def _every(commands: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command, those of a group by both words."""
    for name, command in commands.items():
        if hasattr(command, "commands"):
            yield from _every(command.commands, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _command(name: str, command: Any) -> Iterator[str]:
    yield f"## rebates {name}\n"
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(command.help)):
        is_sample = paragraph.lstrip().startswith("rebates ")
        yield f"```text\n{paragraph}\n```\n" if is_sample else f"{paragraph}\n"
    yield "| argument or option | |"
    yield "|---|---|"
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            word = f"{parameter.name}{' …' if parameter.nargs == -1 else ''}".upper()
            said = f"`{word}`" if parameter.required else f"`[{word}]`"
        else:
            said = ", ".join(f"`{option}`" for option in parameter.opts)
        choices = getattr(getattr(parameter, "type", None), "choices", None)
        words = [f"`{getattr(choice, 'value', choice)}`" for choice in choices or ()]
        one_of = f" One of {', '.join(words)}." if words else ""
        yield f"| {said} | {_cell(parameter.help or '')}{one_of} |"
    yield ""


def python() -> str:
    """Every public name: its signature, what it means, and its members."""
    import rebates

    return "\n".join(
        line for name in rebates.__all__ if not name.startswith("_") for line in _public(name, getattr(rebates, name))
    )


def _public(name: str, thing: Any) -> Iterator[str]:
    yield f"## {name}\n"
    if inspect.isfunction(thing):
        yield f"```text\n{name}{_signature(thing)}\n```\n"
        yield f"{_said(thing)}\n"
        return
    yield f"{_said(thing)}\n"
    for member in dict.fromkeys((*getattr(thing, "__annotations__", {}), *vars(thing))):
        value = inspect.getattr_static(thing, member, None)
        if member.startswith("_"):
            continue
        if isinstance(value, property | cached_property):
            said = _line(value.fget if isinstance(value, property) else value.func)
            entry = f"`{member}`: {said}" if said else ""
        elif isinstance(value, staticmethod | classmethod) or inspect.isfunction(value):
            function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
            said = _line(function)
            entry = f"`{member}{_signature(function)}`: {said}" if said else ""
        else:
            kind = getattr(thing, "__annotations__", {}).get(member)
            entry = f"`{member}: {kind}`" if kind else ""
        if entry:
            yield f"- {entry}"
    yield ""


def _signature(function: Callable[..., Any]) -> str:
    return (
        str(inspect.signature(function))
        .replace("'", "")
        .replace("self, ", "")
        .replace("(self)", "()")
        .replace("cls, ", "")
    )


def _said(thing: Any) -> str:
    """The text of a name, as code where it stands indented."""
    text = inspect.getdoc(thing) or ""
    return "" if text.startswith(f"{getattr(thing, '__name__', '')}(") else text


def _line(thing: Any) -> str:
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def keywords() -> str:
    """The words by the construct that each serves, and their number."""
    from rebates.syntax.keywords import KEYWORDS, PHRASES

    of: dict[str, list[str]] = {}
    for word, construct in KEYWORDS.items():
        of.setdefault(construct, []).append(word)
    for construct, phrases in PHRASES.values():
        of.setdefault(construct, []).extend(phrases)
    count = sum(map(len, (phrases for _, phrases in PHRASES.values())))
    rows = [
        f"| {construct} | {', '.join(f'`{word}`' for word in sorted(of[construct]))} |"
        for construct in sorted(of, key=str.casefold)
    ]
    head = f"{len(KEYWORDS)} words, and {count} phrases in {len(PHRASES)} groups.\n"
    return "\n".join([head, "| serves | words |", "|---|---|", *rows])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def codes() -> str:
    """Every code of the catalogue, as `rebates help CODE` tells it."""
    from rebates.syntax.catalogue.page import codes_text

    return codes_text()


def clauses() -> str:
    """The clauses of real agreements, the constructs that each uses, and its file."""
    from tests.conformance.contracts import table

    return table()


def settings() -> str:
    """The settings of the price service."""
    from rebates_api.settings import settings_table

    return settings_table()


def service_codes() -> str:
    """The codes of the price service, by HTTP status."""
    from rebates_api.web.codes import CODES

    rows = ["| code | HTTP | what | why | what to do |", "|---|---|---|---|---|"]
    rows += [f"| `{x.code}` | {x.status} | {x.title} | {x.why} | {x.mend} |" for _, x in sorted(CODES.items())]
    return "\n".join(rows)


MADE: dict[str, Callable[[], str]] = {
    "commands": commands,
    "python": python,
    "keywords": keywords,
    "codes": codes,
    "clauses": clauses,
    "settings": settings,
    "service-codes": service_codes,
}
