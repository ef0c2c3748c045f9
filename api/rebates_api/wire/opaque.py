"""Names of totals as customers get them: they hold words of the rules, so they are enciphered, always in the same way.

A caller stores them and sends them back unchanged (5.4 b); what is none of ours stays as it is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from rebates import Order

MARK = "t."


class Opaque:
    """Hides and shows names with the store's secret."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(hashlib.sha512(b"totals " + secret).digest())

    def hide(self, name: str) -> str:
        if name.startswith(MARK):
            return name
        return MARK + base64.urlsafe_b64encode(self._cipher.encrypt(name.encode(), None)).rstrip(b"=").decode()

    def show(self, name: str) -> str:
        if not name.startswith(MARK):
            return name
        try:
            text = name.removeprefix(MARK)
            return self._cipher.decrypt(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), None).decode()
        except (InvalidTag, binascii.Error, ValueError):
            return name

    def shown(self, order: Order) -> Order:
        """The order as the rules read it."""
        if not order.totals:
            return order
        return msgspec.structs.replace(order, totals={self.show(name): value for name, value in order.totals.items()})

    def hidden(self, content: dict[str, Any]) -> dict[str, Any]:
        """An answer as a customer gets it."""
        for holder in (content, content.get("order", {})):
            if holder.get("totals"):
                holder["totals"] = {self.hide(name): value for name, value in holder["totals"].items()}
        return content
