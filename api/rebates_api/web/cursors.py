"""Cursors of lists: opaque, signed, of one list as it was when it was begun, so that it does not change while it is read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping

from rebates_api.web.problems import parameter

MOST_LENGTH = 2_000
UNCHANGED = "take `next` of the page before, unchanged"


class Cursors:
    """Writes and reads cursors with the store's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def write(self, kind: str, **place: str) -> str:
        """The cursor of a place in a list of a kind. Whoever gets it can read it."""
        text = json.dumps(place, sort_keys=True, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._sign(kind, text) + text).rstrip(b"=").decode()

    def read(self, kind: str, given: Mapping[str, str], *whole: str) -> dict[str, str]:
        """The place of the cursor among the parameters; those of `whole`, where given, have to be the cursor's. Raises Problem S4221."""
        place = self._read(kind, given["cursor"])
        if any(name in given and place.get(name) != given[name] for name in whole):
            raise parameter("cursor", "the cursor is of another list", UNCHANGED)
        return place

    def _read(self, kind: str, cursor: str) -> dict[str, str]:
        try:
            if len(cursor) <= MOST_LENGTH and cursor.isascii():
                whole = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
                if hmac.compare_digest(whole[:16], self._sign(kind, whole[16:])):
                    place: dict[str, str] = json.loads(whole[16:])
                    return place
        except (binascii.Error, ValueError):
            pass
        raise parameter("cursor", "this is no cursor of this list", UNCHANGED)

    def _sign(self, kind: str, text: bytes) -> bytes:
        return hmac.new(self._secret, b"cursor %b " % kind.encode() + text, hashlib.sha256).digest()[:16]
