"""Keys: made at random, kept only as hashes. `rbk_`, the key's id, `_`, 32 random bytes; all in hexadecimal."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

KEY = re.compile(r"rbk_(?P<id>[0-9a-f]{12})_(?P<secret>[0-9a-f]{64})", re.ASCII)


def make_key() -> tuple[str, str]:
    """A new key: its id and its whole text, which is told once."""
    id = secrets.token_hex(6)
    return id, f"rbk_{id}_{secrets.token_hex(32)}"


def key_hash(key: str) -> str:
    """What is kept of a key. Its 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def same(hash: str, key: str) -> bool:
    """Whether a key is the one of a hash, in a time that tells nothing."""
    return hmac.compare_digest(hash, key_hash(key))
