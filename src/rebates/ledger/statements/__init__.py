"""A statement for an account: what it earned, what was paid, what is due, why, and what is missing to the next tier (6.10)."""
