"""Bearer tokens of an identity provider: those that hold let in what they say, everything else is 401."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr

from rebates_api.app import create_app
from rebates_api.identity import tokens as tokens_module
from rebates_api.identity.tokens import Tokens
from rebates_api.service import Service
from rebates_api.settings import Settings
from tests.api.served import ORDER, RULES

ISSUER, AUDIENCE = "https://id.example", "rebates"
EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65_537, 2_048)
ED = ed25519.Ed25519PrivateKey.generate()
OTHER = ec.generate_private_key(ec.SECP256R1())
NAMES: dict[str, tuple[Any, str]] = {"ec": (EC, "ES256"), "rsa": (RSA, "RS256"), "ed": (ED, "EdDSA")}


def jwks(*names: str) -> str:
    """The public halves of keys, as a provider publishes them."""
    keys = []
    for name in names:
        key, algorithm = NAMES[name]
        public = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
        keys.append(public | {"kid": name, "use": "sig", "alg": algorithm})
    return json.dumps({"keys": keys})


def token(
    name: str = "ec", key: Any = None, algorithm: str = "", headers: dict[str, Any] | None = None, **more: Any
) -> str:
    """A token that holds, but for what is said; a claim that is None is left out."""
    claims: dict[str, Any] = {
        "sub": "web-shop", "iss": ISSUER, "aud": AUDIENCE, "exp": time.time() + 300,
        "scope": "openid rebates:quote rebates:read", "rebates_accounts": ["ALFA"],
    } | more  # fmt: skip
    own, its = NAMES[name]
    claims = {claim: value for claim, value in claims.items() if value is not None}
    return jwt.encode(claims, own if key is None else key, algorithm or its, headers={"kid": name} | (headers or {}))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "jwks.json").write_text(jwks("ec", "rsa", "ed"), "utf-8")
    made = Service(
        Settings(
            rules=RULES, store=SecretStr(f"sqlite:///{folder / 'store.db'}"), jwks=str(folder / "jwks.json"), issuer=ISSUER,
            audience=AUDIENCE, log_requests=False, watch=False,
        )
    )  # fmt: skip
    made.open()
    yield made
    made.database.close()


def asked(service: Service, text: str, path: str = "/v1/quotes", **order: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(service))
        headers = {"Authorization": f"Bearer {text}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers) as client:
            if path.startswith("/v1/quotes"):
                return await client.post(path, json=ORDER | order)
            return await client.get(path)

    return asyncio.run(ask())


@pytest.mark.parametrize("name", NAMES)
def test_a_token_that_holds_lets_in_what_it_says(service: Service, name: str) -> None:
    text = token(name)
    answer = asked(service, text)
    assert answer.status_code == 200
    assert asked(service, text, "/v1/quotes?explain=full").json()["code"] == "S4031"
    assert asked(service, text, account="BRAVO").json()["code"] == "S4043"
    assert asked(service, text, "/v1/rules").json()["code"] == "S4031"


def test_a_managers_token_sees_every_account(service: Service) -> None:
    text = token(rebates_accounts=["*"], rebates_view="manager", rebates_roles=["commercial director"])
    answer = asked(service, text, "/v1/quotes?explain=full", account="BRAVO")
    assert answer.status_code == 200
    assert "guards" in answer.json()
    assert asked(service, token(rebates_accounts=None)).json()["code"] == "S4043"  # no account named, none seen
    assert asked(service, token(rebates_accounts="ALFA")).json()["code"] == "S4043"  # a text is no list
    assert asked(service, token(rebates_accounts=None, rebates_groups=["ALFA"])).status_code == 200
    assert asked(service, token(scope="quote read")).json()["code"] == "S4031"  # scopes of other programs do not count


def unsigned() -> str:
    _, body, _ = token().split(".")
    return f"{jwt.utils.base64url_encode(json.dumps({'alg': 'none', 'kid': 'ec', 'typ': 'JWT'}).encode()).decode()}.{body}."


def confused() -> str:
    """Signed with the public key as if it were a secret."""
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = jwt.utils.base64url_encode(json.dumps({"alg": "HS256", "kid": "rsa", "typ": "JWT"}).encode())
    body = token("rsa").split(".")[1].encode()
    sign = jwt.utils.base64url_encode(hmac.new(pem, head + b"." + body, hashlib.sha256).digest())
    return b".".join((head, body, sign)).decode()


def altered() -> str:
    head, _, sign = token().split(".")
    return f"{head}.{token(rebates_accounts=['*']).split('.')[1]}.{sign}"


BAD: dict[str, Callable[[], str]] = {
    "unsigned": unsigned,
    "the public key as a secret": confused,
    "a secret": lambda: token(key="s" * 32, algorithm="HS256"),
    "altered": altered,
    "another key": lambda: token(key=OTHER),
    "the algorithm of another key": lambda: token("ec", key=RSA, algorithm="RS256"),
    "a key that is not known": lambda: token(headers={"kid": "none"}),
    "no name of a key": lambda: token(headers={"kid": ""}),
    "expired": lambda: token(exp=time.time() - 1),
    "not yet": lambda: token(nbf=time.time() + 600),
    "no expiry": lambda: token(exp=None),
    "another audience": lambda: token(aud="shop"),
    "no audience": lambda: token(aud=None),
    "another issuer": lambda: token(iss="https://evil.example"),
    "no issuer": lambda: token(iss=None),
    "nobody": lambda: token(sub=None),
    "endless": lambda: token(more="x" * 9_000),
    "no token": lambda: "a.b.c",
    "nothing": lambda: "",
}


@pytest.mark.parametrize("name", BAD)
def test_a_token_that_does_not_hold(service: Service, name: str) -> None:
    answer = asked(service, BAD[name]())
    assert (answer.status_code, answer.json()["code"]) == (401, "S4011")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@contextmanager
def provider(*first: str) -> Iterator[tuple[str, list[str], list[int]]]:
    """A provider that publishes keys; which, and how often it was asked."""
    shown, asked_for = list(first), [0]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked_for[0] += 1
            body = jwks(*shown).encode()
            self.send_response(200 if shown else 503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/jwks", shown, asked_for
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_keys_from_a_url_also_those_that_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    with provider("ec") as (url, shown, asked_for):
        hasty = Tokens(url, ISSUER, AUDIENCE)
        for _ in range(5):  # names of keys that do not exist are no way to keep the provider busy
            assert asyncio.run(hasty.caller(token(headers={"kid": "none"}))) is None
        assert asked_for[0] <= 2
        asked_for[0] = 0
        monkeypatch.setattr(tokens_module, "PAUSE_S", 0)
        tokens = Tokens(url, ISSUER, AUDIENCE)
        for _ in range(3):
            found = asyncio.run(tokens.caller(token()))
            assert found is not None
            assert found.accounts == {"ALFA"}
        assert asked_for == [1]  # what was fetched is kept
        shown.append("rsa")
        assert asyncio.run(tokens.caller(token("rsa"))) is not None


def test_a_provider_that_is_away_lets_nobody_in() -> None:
    with provider() as (url, _, _):
        assert asyncio.run(Tokens(url, ISSUER, AUDIENCE).caller(token())) is None
    assert asyncio.run(Tokens(url, ISSUER, AUDIENCE).caller(token())) is None


def test_where_keys_may_come_from(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="by https"):
        Tokens("http://id.example/jwks", ISSUER, AUDIENCE)
    with pytest.raises(ValueError, match="REBATES_ISSUER"):
        Tokens(str(tmp_path / "jwks.json"), "", "")
    with pytest.raises(OSError, match="No such file"):
        Tokens(str(tmp_path / "jwks.json"), ISSUER, AUDIENCE)
