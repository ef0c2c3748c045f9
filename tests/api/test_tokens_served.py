"""Bearer tokens over the wire: a server whose provider's keys come from a file, and one that fetches them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.api.served import ORDER, Served, serving
from tests.api.test_tokens import AUDIENCE, BAD, ISSUER, jwks, provider, token


@pytest.fixture(scope="module", params=["file", "url"])
def trusting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("trusting")
    (folder / "jwks.json").write_text(jwks("ec", "rsa"), "utf-8")
    with provider("ec", "rsa") as (url, _, asked_for):
        keys = str(folder / "jwks.json") if request.param == "file" else url
        with serving(folder, jwks=keys, issuer=ISSUER, audience=AUDIENCE, lines_per_minute=0) as running:
            yield running
        assert (asked_for[0] == 0) == (request.param == "file")
        assert not [line for line in running.log if "eyJ" in line]  # no token, nor a part of one, is logged
        assert running.logged("fault") == []


def asked(running: Served, bearer: str, path: str = "/v1/quotes") -> httpx.Response:
    headers = {"Authorization": f"Bearer {bearer}".strip()}
    return httpx.post(running.url + path, json=ORDER, headers=headers, timeout=60)


@pytest.mark.parametrize(("name", "algorithm"), [("rsa", "RS256"), ("ec", "ES256")])
def test_a_token_is_as_good_as_a_key(trusting: Served, name: str, algorithm: str) -> None:
    answer = asked(trusting, token(name, algorithm=algorithm))
    assert answer.status_code == 200
    with trusting.client("alfa") as alfa:
        assert answer.content == alfa.post("/v1/quotes", json=ORDER).content
    for accounts in (["BRAVO"], []):
        assert asked(trusting, token(name, rebates_accounts=accounts)).json()["code"] == "S4043"
    assert asked(trusting, token(name, scope="rebates:read")).json()["code"] == "S4031"
    assert asked(trusting, token(name), "/v1/quotes?explain=full").json()["code"] == "S4031"


def test_tokens_that_do_not_hold_are_told_alike(trusting: Served) -> None:
    """Expired, for others, by a key that is not known or by none, with the public key for a secret: 401, and not why."""
    told = set()
    for name, bad in BAD.items():
        answer = asked(trusting, bad())
        assert (answer.status_code, answer.json()["code"]) == (401, "S4011"), name
        assert answer.headers["www-authenticate"].startswith("Bearer")
        told.add(str(answer.json() | {"request_id": ""}))
    assert len(told) == 1
