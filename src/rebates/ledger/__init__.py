"""The ledger: keeps what happened, what was accrued and settled, and the books of it; recomputes nothing but by the engine."""
