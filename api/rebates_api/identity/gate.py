"""The one place where it is decided whether a request is let in, and which accounts it may ask about."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from rebates import Book
from rebates_api.identity.caller import LOCAL, Caller
from rebates_api.identity.ring import KeyRing
from rebates_api.identity.tokens import Tokens
from rebates_api.web.problems import Problem, no_account

Needs = Literal["nothing", "quote", "read", "post", "settle", "rules", "admin"]
BY_NAME = frozenset((b"127.0.0.1", b"localhost", b"[::1]"))
WHO = {"WWW-Authenticate": 'Bearer realm="rebates"'}


class Gate:
    """Lets callers in."""

    def __init__(self, ring: KeyRing, tokens: Tokens | None, on_loopback: bool) -> None:
        self.ring, self.tokens, self.on_loopback = ring, tokens, on_loopback

    @property
    def is_open(self) -> bool:
        """Whether there are no keys: then this machine alone is served, and all of it may do everything."""
        return self.on_loopback and not self.ring.any and self.tokens is None

    async def admit(self, scope: Any, needs: Needs) -> Caller | None:
        """The caller of a request. Raises Problem S4011 without a key that holds, S4031 without the scope."""
        if needs == "nothing":
            return None
        token, host = b"", b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                token = value
            elif name == b"host":
                host = value
        if self.is_open:
            # a page in a browser must not reach the service by a name of its own that leads to this machine
            if host.rpartition(b":")[0] not in BY_NAME and host not in BY_NAME:
                raise Problem("S4002")
            return LOCAL
        caller = await self._caller(token)
        if caller is None:
            raise Problem("S4011", headers=WHO)
        if needs not in caller.scopes:
            raise Problem("S4031", f"the key has no scope `{needs}`")
        return caller

    async def _caller(self, token: bytes) -> Caller | None:
        kind, _, rest = token.decode("latin-1").partition(" ")
        if kind.lower() != "bearer":
            return None
        found = self.ring.caller(rest)
        if found is None and self.tokens is not None and not rest.startswith("rbk_"):
            found = await self.tokens.caller(rest)
        return found


def admit_account(caller: Caller, book: Book, account: str, day: date | None) -> None:
    """Raises the same Problem S4043 for an account that is not there and for one that is another's."""
    if not caller.may_see(book, account, day):
        raise no_account()
