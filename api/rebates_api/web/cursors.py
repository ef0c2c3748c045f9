"""Cursors of lists: opaque, signed, of one version of the rules, so that a list does not change while it is read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json

from rebates_api.web.problems import Problem, parameter

MOST_LENGTH = 2_000


class Cursors:
    """Writes and reads cursors with the store's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def write(self, **place: str) -> str:
        text = json.dumps(place, sort_keys=True, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._sign(text) + text).rstrip(b"=").decode()

    def read(self, cursor: str) -> dict[str, str]:
        """The place of a cursor. Raises Problem S4221."""
        try:
            if len(cursor) <= MOST_LENGTH and cursor.isascii():
                whole = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
                if hmac.compare_digest(whole[:16], self._sign(whole[16:])):
                    place: dict[str, str] = json.loads(whole[16:])
                    return place
        except (binascii.Error, ValueError):
            pass
        raise _bad()

    def _sign(self, text: bytes) -> bytes:
        return hmac.new(self._secret, b"cursor " + text, hashlib.sha256).digest()[:16]


def _bad() -> Problem:
    return parameter("cursor", "this is no cursor of this list", "take `next` of the page before, unchanged")
