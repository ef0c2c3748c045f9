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
        "R0234": frozenset(("price", "discount", "charge", "free", "rebate", "terms")),  # private label charges
        "R0391": frozenset(("price",)),
        "R0430": frozenset(("price", "discount", "charge", "free")),
        "R0449": frozenset(("terms",)),
        "R0454": frozenset(("fact",)),
        "R0455": frozenset(("class",)),
        "R0668": frozenset(("fund",)),
    }
)
_ECHOES = frozenset((*_DECLARED_AS, "R0201", "R0202", "R0203", "R0205", "R0214", "R0330", "R0335"))
_DECLARING = frozenset().union(*_DECLARED_AS.values())
# what the words of one statement say by themselves, whatever stands beside it
_OF_WORDS = frozenset(
    (
        *_ECHOES,
        "R0210",
        "R0212",
        "R0213",
        "R0215",
        "R0216",
        "R0217",
        "R0229",
        "R0231",
        "R0232",
        "R0233",
        "R0236",
        "R0301",
        "R0302",
        "R0306",
        "R0370",
    )
)
# what an example says of its own order or story
_OF_EXAMPLES = frozenset(("R0602", "R0670", "R0671", "R0672"))
_MOST_LABELS = 3
_NOT_CODE = re.compile(r'"[^"\n]*"|#[^\n]*')
# a statement that was mended by adding or taking a word is not judged further on that line
_MENDED = frozenset(("R0100", "R0103", "R0104", "R0105", "R0112", "R0113"))
_FRAME = frozenset(("R0331", "R0332", "R0333"))
# a day that had to be guessed says nothing about the days beside it
_GUESSED_DAYS = frozenset(("R0013", "R0023", "R0046"))
_ORDER_OF_DAYS = frozenset(("R0302",))
# what is said of a table by its name, where its declaration could not be read or does not fit its file
_OF_TABLES = frozenset(
    ("R0228", "R0310", "R0402", "R0404", "R0405", "R0406", "R0407", "R0420", "R0382", "R0384", "R0385", "R0395")
)
_UNREADABLE = frozenset(("R0402", "R0403", "R0410", "R0411", "R0412", "R0413", "R0414", "R0416", "R0417", "R0418"))
_TABLE_NAMED = re.compile(r"table `(\w+)`")
# of the master tables: the word of what each declares, and the code of such a name that is unknown
_MASTER = MappingProxyType(
    {"items": ("item", "R0202"), "accounts": ("account", "R0201"), "families": ("family", "R0203")}
)


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
    slips = _slips(report)
    misread = {(slip.source.name, slip.line) for slip in slips}
    report.drop(  # rows that were misread, or do not fit a first line that was
        one
        for one in report.diagnostics
        if one.code == "R0386"
        and any((at.source.name, at.line) in misread for at in (one.span, *(label.span for label in one.labels)))
    )
    report.drop(  # tiers of which a row was misread
        one
        for one in report.diagnostics
        if one.code == "R0327"
        and any(slip.source == one.span.source and one.span.start <= slip.start < one.span.end for slip in slips)
    )
    report.drop(  # an agreement whose name had to be guessed is not there yet
        one for one in report.diagnostics if one.code in _FRAME and not one.span.text
    )
    if any(one.code == "R0335" for one in report.diagnostics):  # whether there are members is not said yet
        report.drop(one for one in report.diagnostics if one.code == "R0658")
    report.drop(_of_unknown_units(report))
    report.drop(_of_incomplete(report, trees))
    report.drop(_of_broken_keys(report, trees))
    report.drop(_of_faulty_rules(report, trees))
    _settle_days(report)
    _settle_tables(report, trees)
    found = report.diagnostics
    groups: dict[tuple[str, str], list[Diagnostic]] = {}
    for one in found:
        if one.code in _DECLARED_AS:
            groups.setdefault((one.code, one.span.text.strip('"')), []).append(one)
    if not groups:
        return
    declared = [each for tree in trees for each in _declared(tree.declarations)]
    texts = [tree.span.source.text for tree in trees]
    used = Counter(word for text in texts for word in re.findall(r"[\w.]+", _NOT_CODE.sub(" ", text), re.ASCII))
    lost = _lost(trees, found, declared)
    doubtful = _doubtful(found, declared, used)
    unread = {  # in statements that begin with no word of the language, which may be meant for one that declares
        word
        for tree in trees
        for broken in _broken(tree.declarations)
        if broken.name is None and broken.word is None
        for word in re.findall(r"[\w.]+", broken.span.text, re.ASCII)
    }
    misnamed = _misnamed(found, declared)
    for (code, name), told in groups.items():
        words = _DECLARED_AS[code]
        likely = [other.lower() for word in words for other in misnamed.get(word, ())]
        perhaps = [other for word in words for other in doubtful.get(word, ())]
        if (
            words & lost
            or name in unread
            or name in likely
            or nearest(name, likely)
            or (perhaps and not nearest(name, perhaps))
        ):
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


def _slips(report: Report) -> list[Span]:
    """Where a text was wrong before anything was made of it."""
    return [one.span for one in report.diagnostics if one.code[:3] in ("R00", "R01")]


def _of_unknown_units(report: Report) -> Iterator[Diagnostic]:
    """Things of two units where one of the units is unknown, which is told at its own place."""
    units = {one.span.text.split()[-1] for one in report.diagnostics if one.code == "R0205" and one.span.text.split()}
    for one in report.diagnostics:
        if one.code == "R0214" and units & set(re.findall(r"\bin (\w+)", one.message)):
            yield one


def _of_incomplete(report: Report, trees: Sequence[s.File]) -> Iterator[Diagnostic]:
    """What is said of a block that lacks a statement, unless it is about the words of another one alone."""
    blocks = [at for tree in trees for at in tree.incomplete]
    examples = [each.span for tree in trees for each in _examples(tree.declarations)] if blocks else []
    named = {rule.name for tree in trees for rule in _rules(tree.declarations) if rule.span in blocks}
    for one in report.diagnostics if blocks else ():
        if one.code == "R0108":
            words = one.span.text.split()
            if named & set(words) and "line" not in words:  # the clause may say that it is settled
                yield one
        if one.code[:3] in ("R00", "R01") or one.code in _OF_WORDS:
            continue
        if one.code == "R0662" and any(block.text.startswith("terms") for block in blocks):
            yield one
            continue
        places = (one.span, *(label.span for label in one.labels))
        if one.code in _OF_EXAMPLES:
            places = tuple(
                at for at in examples if at.source == one.span.source and at.start <= one.span.start < at.end
            )
            if any(at.start <= block.start < at.end and at.source == block.source for at in places for block in blocks):
                yield one
            continue
        if any(at.source == block.source and block.start <= at.start < block.end for at in places for block in blocks):
            yield one


def _of_broken_keys(report: Report, trees: Sequence[s.File]) -> Iterator[Diagnostic]:
    """Keys of tables that an attribute says the meaning of which could not be read."""
    lost = {
        broken.name.rpartition(".")[2]
        for tree in trees
        for broken in _broken(tree.declarations)
        if broken.word == "attribute" and broken.name
    }
    for one in report.diagnostics if lost else ():
        if one.code == "R0310" and lost & set(re.findall(r"key `(\w+)`", one.message)):
            yield one


def _of_faulty_rules(report: Report, trees: Sequence[s.File]) -> Iterator[Diagnostic]:
    """That rules of orders and settled ones are bound to each other, where one of them is faulty or could not be read."""
    # so is that a charge is one of orders: the clause that says when it is settled may be the faulty one
    bound = [one for one in report.diagnostics if _needs_sound_rules(one)]
    if not bound:
        return
    others = [one.span for one in report.diagnostics if not _needs_sound_rules(one)]
    sound = {
        rule.name
        for tree in trees
        for rule in _rules(tree.declarations)
        if not any(at.source == rule.span.source and rule.span.start <= at.start < rule.span.end for at in others)
    }
    for one in bound:
        named = one.span.text.split()[-1:] if _is_of_charge(one) else re.findall(r"`(\w+)`", one.message)
        if not set(named) <= sound:
            yield one


def _needs_sound_rules(one: Diagnostic) -> bool:
    return one.code == "R0666" or _is_of_charge(one)


def _is_of_charge(one: Diagnostic) -> bool:
    return one.code == "R0655" and one.message.startswith("a charge")


def _examples(members: Sequence[s.Node]) -> Iterator[s.Example | s.SettledExample]:
    for member in members:
        if isinstance(member, s.Example | s.SettledExample):
            yield member
        elif isinstance(member, s.Agreement):
            yield from _examples(member.members)


def _rules(members: Sequence[s.Node]) -> Iterator[s.Rule]:
    for member in members:
        if isinstance(member, s.Rule):
            yield member
        elif isinstance(member, s.Agreement | s.Amendment):
            yield from _rules(member.members)


def _settle_days(report: Report) -> None:
    """Days in the wrong order on a line where one of them was guessed."""
    guessed = {(one.span.source.name, one.span.line) for one in report.diagnostics if one.code in _GUESSED_DAYS}
    report.drop(
        one
        for one in report.diagnostics
        if one.code in _ORDER_OF_DAYS and (one.span.source.name, one.span.line) in guessed
    )


def _settle_tables(report: Report, trees: Sequence[s.File]) -> None:
    """What is said of a table whose declaration is wrong, and unknown names that only such a table would make known."""
    wrong = _slips(report)
    misread = {
        table.name
        for tree in trees
        for table in _tables(tree.declarations)
        if any(at.source == table.span.source and table.span.start <= at.start < table.span.end for at in wrong)
    }
    without = set(misread)
    for one in report.diagnostics:
        if one.code in _UNREADABLE and (named := _TABLE_NAMED.search(one.message)):
            without.add(named[1])
    if not without:
        return
    words = {word for table, (word, _) in _MASTER.items() if table in without}
    codes = {code for table, (_, code) in _MASTER.items() if table in without}

    def echoes(one: Diagnostic) -> bool:
        named = _TABLE_NAMED.search(one.message)
        if one.code == "R0420" and any(f": {word} `" in one.message for word in words):
            return True
        if named is None or one.code not in _OF_TABLES:
            return one.code in codes
        return named[1] in (misread if one.code in _UNREADABLE else without)

    report.drop(one for one in report.diagnostics if echoes(one))


def _tables(members: Sequence[s.Node]) -> Iterator[s.Table]:
    for member in members:
        if isinstance(member, s.Table):
            yield member
        elif isinstance(member, s.Agreement):
            yield from _tables(member.members)


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


def _misnamed(found: Sequence[Diagnostic], declared: Sequence[_Declared]) -> Mapping[str, list[str]]:
    """Names with letters or signs that a name has not, as they are declared, by the word before them."""
    wrong = {(one.span.source.name, one.span.start) for one in found if one.code == "R0110"}
    names: dict[str, list[str]] = {}
    for each in declared:
        if (each.span.source.name, each.span.start) in wrong:
            names.setdefault(each.word, []).append(each.span.text)
    return names


def _doubtful(
    found: Sequence[Diagnostic], declared: Sequence[_Declared], used: Mapping[str, int]
) -> Mapping[str, list[str]]:
    """Names that nothing else names, declared on a line that was misread, perhaps in its name; by the word before them."""
    misread = {(one.span.source.name, one.span.line) for one in found if one.code in _MENDED}
    names: dict[str, list[str]] = {}
    for each in declared:
        if (each.span.source.name, each.span.line) in misread and used[each.name] == 1:
            names.setdefault(each.word, []).append(each.name)
    return names


def _lost(trees: Sequence[s.File], found: Sequence[Diagnostic], declared: Sequence[_Declared]) -> set[str]:
    """What kinds of declaration have a name that is not known, as it is missing or cannot be one."""
    words: set[str] = set()
    for tree in trees:
        for broken in _broken(tree.declarations):
            if broken.name is None and broken.word in _DECLARING:
                words.add(broken.word)
            if broken.word in ("table", "items", None):  # its columns may be the attributes
                words.add("attribute")
    for block in (at for tree in trees for at in tree.incomplete):
        word = block.text.split(maxsplit=1)[0]
        words |= {"attribute"} if word == "table" else {word} & {"waterfall", "terms"}
    if any(one.code == "R0217" for one in found):
        words.add("attribute")
    if any(one.code in _OF_TABLES | _UNREADABLE for one in found):  # whose columns may be the attributes
        words.add("attribute")
    reserved = {(one.span.source.name, one.span.start) for one in found if one.code == "R0111"}
    words |= {each.word for each in declared if (each.span.source.name, each.span.start) in reserved}
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
            case s.FactDeclaration():
                yield _Declared(member.name, member.name_span, "fact")
            case s.Class():
                yield _Declared(member.name, member.name_span, "class")
            case s.Attribute():
                yield _Declared(".".join(member.path.parts), member.path.span, "attribute")
            case s.Waterfall():
                yield from (_Declared(stage.name, stage.name_span, "stage") for stage in member.stages)
