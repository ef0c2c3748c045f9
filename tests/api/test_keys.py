"""`rebates keys`: create, list, rotate, revoke; a key is shown once and kept as a hash."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from typer.testing import Result

from rebates_api.identity.ring import KeyRing
from rebates_api.store.database import Database
from rebates_api.store.keys import Keys
from tests.cli.test_commands import rebates

KEY = re.compile(r"rbk_[0-9a-f]{12}_[0-9a-f]{64}")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("REBATES_STORE", f"sqlite:///{tmp_path / 'store.db'}")
    return f"sqlite:///{tmp_path / 'store.db'}"


def made(done: Result) -> str:
    assert done.exit_code == 0, done.output
    key = done.stdout.strip()
    assert KEY.fullmatch(key)
    return key


def ring(store: str) -> KeyRing:
    """The keys as a worker reads them."""
    found = KeyRing()
    found.replace(*Keys(Database(store)).stored())
    return found


def test_a_key_is_created_listed_rotated_and_revoked(store: str) -> None:
    first = made(rebates("keys", "create", "web shop", "--account", "ALFA", "--account", "BETA", "--group", "north"))
    [plain] = json.loads(rebates("keys", "list", "--format", "json").stdout)
    id = first.split("_")[1]
    assert plain == {
        "id": id, "name": "web shop", "state": "holds", "scopes": ["quote", "read"], "accounts": ["ALFA", "BETA"],
        "groups": ["north"], "all_accounts": False, "view": "customer", "roles": [], "expires": None, "follows": None,
    }  # fmt: skip
    caller = ring(store).caller(first)
    assert caller is not None
    assert caller.accounts == {"ALFA", "BETA"}
    assert not caller.is_manager

    second = made(rebates("keys", "rotate", id, "--grace", "1h"))
    listed = rebates("keys", "list").stdout
    assert listed.count("web shop") == 2
    assert first not in listed
    assert second not in listed
    both = ring(store)
    assert both.caller(first) is not None
    assert both.caller(second) is not None
    old, new = json.loads(rebates("keys", "list", "--format", "json").stdout)
    assert new["follows"] == id
    assert 3_500 < old["expires"] - time.time() <= 3_600

    assert rebates("keys", "revoke", second.split("_")[1]).exit_code == 0
    assert ring(store).caller(second) is None
    assert [each["state"] for each in json.loads(rebates("keys", "list", "--format", "json").stdout)] == [
        "holds",
        "revoked",
    ]
    again = rebates("keys", "rotate", second.split("_")[1])
    assert (again.exit_code, again.stdout) == (2, "")
    assert "is revoked" in again.output


def test_a_manager_with_roles_and_an_end(store: str) -> None:
    key = made(
        rebates(
            "keys", "create", "desk", "--all-accounts", "--view", "manager", "--scope", "rules", "--scope", "admin",
            "--role", "commercial director", "--expires", "90d",
        )
    )  # fmt: skip
    caller = ring(store).caller(key)
    assert caller is not None
    assert caller.everywhere
    assert caller.is_manager
    assert caller.scopes == {"rules", "admin"}
    assert caller.roles == {"commercial director"}
    assert caller.expires is not None
    assert abs(caller.expires - time.time() - 90 * 86_400) < 60


def test_a_key_that_is_over_holds_no_more(store: str) -> None:
    key = made(rebates("keys", "create", "guest", "--account", "ALFA", "--expires", "0s"))
    assert ring(store).caller(key) is None
    assert "expired" in rebates("keys", "list").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "x"), "say which accounts"),
        (("create", "x", "--account", "A", "--scope", "write"), "there is no scope `write`"),
        (("create", "x", "--account", "A", "--expires", "soon"), "`soon` is no time"),
        (("rotate", "000000000000"), "there is no key"),
        (("revoke", "000000000000"), "there is no key"),
        (("list", "--store", "nodb://x"), "cannot be opened"),
    ],
)
def test_bad_use_is_told(store: str, words: tuple[str, ...], said: str) -> None:
    done = rebates("keys", *words)
    assert done.exit_code == 2
    assert said in done.output


def test_no_key_is_on_the_disk(store: str, tmp_path: Path) -> None:
    key = made(rebates("keys", "create", "x", "--account", "A"))
    content = (tmp_path / "store.db").read_bytes()
    assert key.encode() not in content
    assert key.split("_")[2].encode() not in content
