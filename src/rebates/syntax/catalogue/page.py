"""The page of a code, for `rebates help CODE` and for the docs."""

from __future__ import annotations

from rebates.syntax.catalogue import ENTRIES
from rebates.syntax.catalogue.entry import Entry

_OF = {
    "R00": "Characters, numbers, dates and quotes",
    "R01": "Words and blocks",
    "R02": "Names and types",
    "R03": "What rules and agreements mean",
    "R04": "Tables, master data and amendments",
    "R05": "Orders",
    "R06": "Examples and what was found out about rules",
    "R07": "Rule files and folders",
    "R08": "Facts and the ledger",
}


def plain_page(entry: Entry) -> str:
    """A code as a terminal shows it."""
    parts = [f"{entry.severity} {entry.code} ({entry.name}): {entry.title}", f"{entry.why}\n\nTo mend it: {entry.mend}"]
    parts += [
        f"{word}:\n{_indented(sample)}" for word, sample in (("wrong", entry.wrong), ("right", entry.right)) if sample
    ]
    return "\n\n".join(parts)


def codes_text() -> str:
    """All codes by their hundreds, as Markdown."""
    out: list[str] = []
    for prefix in dict.fromkeys(code[:3] for code in ENTRIES):
        out.append(f"## {prefix}xx: {_OF[prefix]}\n")
        out += [_markdown(entry) for code, entry in ENTRIES.items() if code.startswith(prefix)]
    return "\n".join(out)


def _markdown(entry: Entry) -> str:
    out = [
        f"### {entry.code} {entry.title}\n",
        f"`{entry.name}`, {entry.severity}. {_sentence(entry.why)} To mend it: {entry.mend}.\n",
    ]
    for word, sample in (("Wrong", entry.wrong), ("Right", entry.right)):
        if sample:
            out.append(f"{word}:\n\n```text\n{_visible(sample.rstrip())}\n```\n")
    return "\n".join(out)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _visible(text: str) -> str:
    """What cannot be seen, or would break the page, by its number."""
    return "".join(c if c.isprintable() or c == "\n" else f"<U+{ord(c):04X}>" for c in text)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.rstrip().splitlines())
