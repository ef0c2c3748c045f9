"""One slip, one message: unknown names that only repeat what is wrong with a declaration are told there, once.

A name that is misspelt, or missing, where it is declared would else be told again at every place that uses it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Diagnostic, Edit, Label, Report
from rebates.syntax.source import Span
from rebates.syntax.suggest import nearest

# the codes of unknown names, and what declares such a name
_DECLARED_AS = MappingProxyType(
    {
        "R0204": frozenset(("table",)),
        "R0206": frozenset(("stage", "waterfall")),
        "R0207": frozenset(("measure",)),
        "R0208": frozenset(("attribute",)),
        "R0209": frozenset(("items",)),
        "R0211": frozenset(("charge",)),
        "R0234": frozenset(("price", "discount", "charge")),
    }
)
_ECHOES = frozenset((*_DECLARED_AS, "R0201", "R0202", "R0203", "R0205", "R0214", "R0330"))
_DECLARING = frozenset().union(*_DECLARED_AS.values())
_BAD_NAMES = ("R0110", "R0111")
_MOST_LABELS = 3
_NOT_CODE = re.compile(r'"[^"\n]*"|#[^\n]*')
# a statement that was mended by adding or taking a word is not judged further on that line
_MENDED = frozenset(("R0100", "R0103", "R0104", "R0105", "R0112", "R0113"))


@dataclass(frozen=True, slots=True)
class _Declared:
    name: str
    span: Span
    word: str


def settle(report: Report, trees: Sequence[s.File]) -> None:
    """Takes echoes out of a report, or moves them to the declaration that they come from."""
    if not report.has_errors:
        return
    mended = {(one.span.source.name, one.span.line) for one in report.diagnostics if one.code in _MENDED}
    report.drop(
        one for one in report.diagnostics if one.code in _ECHOES and (one.span.source.name, one.span.line) in mended
    )
    unknown = {(one.span.source.name, one.span.line) for one in report.diagnostics if one.code == "R0205"}
    report.drop(
        one for one in report.diagnostics if one.code == "R0214" and (one.span.source.name, one.span.line) in unknown
    )
    found = report.diagnostics
    groups: dict[tuple[str, str], list[Diagnostic]] = {}
    for one in found:
        if one.code in _DECLARED_AS:
            groups.setdefault((one.code, one.span.text.strip('"')), []).append(one)
    if not groups:
        return
    declared = [each for tree in trees for each in _declared(tree.declarations)]
    lost = _lost(trees, found, declared)
    texts = [tree.span.source.text for tree in trees]
    used = Counter(word for text in texts for word in re.findall(r"[\w.]+", _NOT_CODE.sub(" ", text), re.ASCII))
    for (code, name), told in groups.items():
        words = _DECLARED_AS[code]
        if words & lost:
            report.drop(told)
            continue
        of_kind = {each.name: each for each in declared if each.word in words}
        if name in of_kind:  # declared, and what is wrong with it is told there
            if any(one.span.source.name == of_kind[name].span.source.name for one in found if one not in told):
                report.drop(told)
            continue
        unused = {other: each for other, each in of_kind.items() if used[other] == 1}
        near = nearest(name, unused)
        if near and (len(told) > 1 or _rarer(near[0], name, used)):
            report.drop(told)
            made = _at_declaration(unused[near[0]], name, told)
            if not any(
                one.span.source.name == made.span.source.name and one.span.line == made.span.line for one in found
            ):
                report.add(made)


def _rarer(declared: str, used: str, words: Mapping[str, int]) -> bool:
    """Whether the parts of the declared name, other than those of the used one, occur nowhere else, and the others do."""

    def times(part: str) -> int:
        return sum(count for word, count in words.items() if part in re.split(r"[_.]", word.lower()))

    own, other = set(re.split(r"[_.]", declared)), set(re.split(r"[_.]", used))
    return all(times(part) <= 1 for part in own - other) and any(times(part) > 1 for part in other - own)


def _at_declaration(declared: _Declared, name: str, told: Sequence[Diagnostic]) -> Diagnostic:
    times = "once" if len(told) == 1 else f"{len(told)} times"
    return replace(
        told[0],
        span=declared.span,
        message=f"`{declared.name}` is declared here and used nowhere, `{name}` is used {times} and declared nowhere",
        help=f"did you mean `{name}`?",
        labels=tuple(Label(one.span, "used here") for one in told[:_MOST_LABELS]),
        edits=(Edit(declared.span, name, "asks"),),
    )


def _lost(trees: Sequence[s.File], found: Sequence[Diagnostic], declared: Sequence[_Declared]) -> set[str]:
    """What kinds of declaration have a name that is not known, as it is missing or cannot be one."""
    words: set[str] = set()
    for tree in trees:
        for broken in _broken(tree.declarations):
            if broken.name is None:
                words |= {broken.word} if broken.word in _DECLARING else _DECLARING if broken.word is None else set()
    if any(one.code.startswith("R04") for one in found):  # its columns may be the attributes
        words.add("attribute")
    wrong = {(one.span.source.name, one.span.start) for one in found if one.code in _BAD_NAMES}
    words |= {each.word for each in declared if (each.span.source.name, each.span.start) in wrong}
    return words


def _broken(members: Sequence[s.Node]) -> Iterator[s.Broken]:
    for member in members:
        if isinstance(member, s.Broken):
            yield member
        elif isinstance(member, s.Agreement):
            yield from _broken(member.members)


def _declared(members: Sequence[s.Node]) -> Iterator[_Declared]:
    """Every declared name with its place and the word before it."""
    for member in members:
        match member:
            case s.Agreement():
                yield from _declared(member.members)
            case s.Measure():
                yield _Declared(member.name, member.name_span, "measure")
            case s.ItemSet():
                yield _Declared(member.name, member.name_span, "items")
            case s.Rule():
                yield _Declared(member.name, member.name_span, member.kind)
            case s.Table():
                yield _Declared(member.name, member.name_span, "table")
            case s.Attribute():
                yield _Declared(".".join(member.path.parts), member.path.span, "attribute")
            case s.Waterfall():
                yield from (_Declared(stage.name, stage.name_span, "stage") for stage in member.stages)
