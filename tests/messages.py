"""Asserts on findings: the code, the very text that is underlined, and words of the message or help."""

from __future__ import annotations

from collections.abc import Iterable

from rebates.syntax.diagnostics import Diagnostic


def assert_diagnostic(
    diagnostics: Iterable[Diagnostic], *, code: str, underlined: str | None = None, contains: str = ""
) -> Diagnostic:
    """The one finding of that code whose place is `underlined` and whose message or help has `contains`."""
    listed = list(diagnostics)
    found = [
        diagnostic
        for diagnostic in listed
        if diagnostic.code == code
        and underlined in (None, diagnostic.span.text)
        and contains in f"{diagnostic.message}\n{diagnostic.help}"
    ]
    told = "\n".join(f"  {d.code} `{d.span.text}`: {d.message} ({d.help})" for d in listed) or "  nothing"
    assert len(found) == 1, f"{len(found)} findings {code} `{underlined}` with `{contains}`; reported were:\n{told}"
    return found[0]
