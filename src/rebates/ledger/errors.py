"""What a ledger refuses, with a stable code."""

from __future__ import annotations


class LedgerError(ValueError):
    """A ledger that cannot be opened, or refuses what it is asked; nothing was written. `code` is one of the catalogue."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(f"{message} [{code}]" + (f" ({help})" if help else ""))
        self.code, self.message, self.help = code, message, help
