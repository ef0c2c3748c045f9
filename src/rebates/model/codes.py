"""Codes from a table, and how often a rule may be used (50, 51)."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.bounds import only
from rebates.model.expressions import Typing, scope_and_window
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label

ACCOUNT = "account"  # the column that says whose a code is


def code_table_of(rule: s.Rule, codes: s.CodeClause | None, typing: Typing) -> str | None:
    """The table of a rule's codes: one key, the code; a column `account`, if there is one, is text."""
    clause = only(rule, s.CodeTableClause, typing)
    if clause is None:
        return None
    if codes is not None:
        typing.names.report.error(
            "R0301",
            clause.span,
            "this clause stands twice in the rule",
            "put all its codes into the table",
            labels=(Label(codes.span, "the first"),),
        )
    table = typing.names.tables.get(clause.table)
    if table is None:
        typing.names.unknown("R0204", "table", clause.table, clause.span, typing.names.tables)
        return None
    keys = table.schema.keys
    account = next((column for column in table.schema.columns if column.name == ACCOUNT), None)
    if len(keys) != 1 or keys[0].name == ACCOUNT or (account is not None and account.kind != "text"):
        typing.error(
            "R0375",
            clause.span,
            f"table `{clause.table}` is no table of codes",
            "declare the code as its only `key`; whose it is stands in a column `account text`, empty for everyone",
        )
        return None
    return clause.table


def uses_of(rule: s.Rule, id: str, typing: Typing) -> tuple[m.Uses, ...]:
    """How often the rule may be used, by whom and in which window; without a window ever."""
    clause = only(rule, s.UsesClause, typing)
    if clause is None:
        return ()
    has_code = any(isinstance(each, s.CodeClause | s.CodeTableClause) for each in rule.clauses)
    made: list[m.Uses] = []
    for each in clause.uses:
        scope, window = scope_and_window(each.per, each.span, typing)
        if scope is None and each.per_code:
            scope = m.Scope.ALL
        wrong = _wrong(each, scope, has_code)
        if wrong is not None:
            typing.error("R0376", each.span, wrong[0], wrong[1])
            continue
        assert scope is not None
        everyone = each.per_code and scope is m.Scope.ALL
        key = _key(id, each.per_code, None if everyone else scope, window or "ever")
        one = m.Uses(each.most, each.per_code, scope, window or "ever", key, span=each.span)  # type: ignore[arg-type]
        same = next((other for other in made if other.key == key), None)
        if same is not None:
            typing.names.report.error(
                "R0376",
                each.span,
                "the same uses are counted twice",
                "keep the smaller of them",
                labels=(Label(same.span, "the first"),),
            )
        made.append(one)
    return tuple(made)


def _wrong(uses: s.Uses, scope: m.Scope | None, has_code: bool) -> tuple[str, str] | None:
    """What is wrong with one of the counts, and how it is mended."""
    if uses.most < 1:
        return "a rule that may never be used gives nothing", "allow one use, or leave the rule out"
    if scope is None:
        return "it is not said whose uses are counted", "write `1 per account`, `500 in all` or `1 per code`"
    if scope.within_order:
        return f"an order uses a rule once: nothing is counted per {scope.value}", "write `1 per account`, or a `limit`"
    if uses.per_code and not has_code:
        return "a rule without codes has no uses per code", "write `per account`, or add `code …`"
    return None


def _key(id: str, per_code: bool, scope: m.Scope | None, window: str) -> str:
    parts = [f"uses of {id}"]
    if per_code:
        parts.append("per code")
    if scope is not None:
        parts.append("in all" if scope is m.Scope.ALL else f"per {scope.value}")
    parts.append("ever" if window == "ever" else f"per {window}")
    return " ".join(parts)
