"""Bearer tokens of an identity provider (OIDC, JWT): signature, issuer, audience and expiry are checked, then the claims say what the caller may do.

- `scope`: words separated by blanks; those that start with `rebates:` count, such as `rebates:quote`
- `rebates_accounts`, `rebates_groups`, `rebates_roles`: lists of texts; the account `*` is all of them
- `rebates_view`: `manager`, or `customer`, which it is without
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt

from rebates_api.identity.caller import SCOPES, Caller

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
MOST_LENGTH = 8_192
MOST_REMEMBERED = 10_000
REMEMBERED_S = 60
LIFE_S = 300  # how long the keys of a provider are taken to be the same
PAUSE_S = 10  # between two looks for a key that was not there
PREFIX = "rebates:"


class Tokens:
    """Checks tokens against a set of keys (JWKS), from a file or by https."""

    def __init__(self, jwks: str, issuer: str, audience: str) -> None:
        if not issuer or not audience:
            raise ValueError("bearer tokens need REBATES_ISSUER and REBATES_AUDIENCE beside REBATES_JWKS")
        self._issuer, self._audience = issuer, audience
        self._client: jwt.PyJWKClient | None = None
        self._file: Path | None = None
        if urlsplit(jwks).scheme in ("https", "http"):
            parts = urlsplit(jwks)
            if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
                raise ValueError("the keys of bearer tokens come from a file or by https")
            self._client = jwt.PyJWKClient(jwks, lifespan=LIFE_S, timeout=5, cooldown_duration=PAUSE_S)
        else:
            self._file = Path(jwks)
            jwt.PyJWKSet.from_json(self._file.read_text("utf-8"))  # fails now rather than at the first token
        self._known: dict[str, tuple[float, Caller]] = {}

    async def caller(self, token: str) -> Caller | None:
        """The caller of a token, or None if it does not hold."""
        if len(token) > MOST_LENGTH or token.count(".") != 2:
            return None
        digest = hashlib.sha256(token.encode()).hexdigest()
        known = self._known.get(digest)
        if known is not None and known[0] > time.time():
            return known[1]
        try:
            claims = await asyncio.to_thread(self._claims, token)
        except (jwt.PyJWTError, LookupError, OSError, TypeError, ValueError):
            return None
        caller = _caller(claims)
        if len(self._known) >= MOST_REMEMBERED:
            self._known = {}
        self._known[digest] = min(time.time() + REMEMBERED_S, claims["exp"]), caller
        return caller

    def _claims(self, token: str) -> dict[str, Any]:
        return jwt.decode(
            token,
            self._key(token),
            algorithms=list(ALGORITHMS),
            audience=self._audience,
            issuer=self._issuer,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )

    def _key(self, token: str) -> jwt.PyJWK:
        """The key that the token names; it holds for its own algorithm alone."""
        if self._client is not None:
            return self._client.get_signing_key_from_jwt(token)
        assert self._file is not None
        keys = jwt.PyJWKSet.from_json(self._file.read_text("utf-8"))
        return keys[jwt.get_unverified_header(token).get("kid", "")]


def _caller(claims: dict[str, Any]) -> Caller:
    words = str(claims.get("scope", "")).split()
    accounts = _texts(claims.get("rebates_accounts"))
    return Caller(
        id=f"jwt-{hashlib.sha256(str(claims['sub']).encode()).hexdigest()[:12]}",
        name=str(claims["sub"])[:100],
        scopes=frozenset(word.removeprefix(PREFIX) for word in words if word.startswith(PREFIX)) & frozenset(SCOPES),
        accounts=accounts - {"*"},
        groups=_texts(claims.get("rebates_groups")),
        everywhere="*" in accounts,
        view="manager" if claims.get("rebates_view") == "manager" else "customer",
        roles=_texts(claims.get("rebates_roles")),
    )


def _texts(value: object) -> frozenset[str]:
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
