"""Rules that were checked are kept between starts: a folder whose files are the same need not be checked again.

Only where checking took a while, and where all that decides stands in files: a program that hands tables over keeps nothing.
What is kept, where, and whom that trusts: `syntax/kept.py`.
"""

from __future__ import annotations

from pathlib import Path

from rebates.engine.sources import Rules, fingerprint
from rebates.model.memory import Memory
from rebates.model.nodes import RuleSet
from rebates.model.stored import CannotBeStored, Stored, read_stored, stored
from rebates.model.texts import read_texts
from rebates.plan.reads import reads_of
from rebates.syntax import kept
from rebates.syntax.diagnostics import Diagnostic, Report

WORTH_KEEPING = 500_000_000  # nanoseconds of loading; less is soon done again


def kept_rules(path: Rules, sources: str) -> Stored | None:
    """The rules that were kept of these very files; None if there are none."""
    content = kept.read("rules", _key(path, sources))
    return None if content is None else read_stored(content, read_texts(path, Report()))


def keep_rules(path: Rules, sources: str, rules: RuleSet, warnings: tuple[Diagnostic, ...], memory: Memory) -> None:
    """Keeps rules, unless a file changed while they were read."""
    if kept.folder() is None or fingerprint(path) != sources:
        return
    reads_of(rules)  # noted, so that whoever finds them need not go through them
    try:
        content = stored(rules, warnings, read_texts(path, Report()), memory)
    except CannotBeStored:
        return
    kept.write("rules", _key(path, sources), content)


def _key(path: Rules, sources: str) -> str:
    return kept.key_of("rules", str(path) if isinstance(path, str | Path) else "", sources)
