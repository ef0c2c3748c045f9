"""A real server in a process of its own, and a client that looks at every answer for what its caller must not see."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from rebates_api.identity.caller import Caller
from rebates_api.store.database import Database
from rebates_api.store.keys import Keys

RULES = Path(__file__).parent / "rules"
PATIENCE_S = 180  # a machine may have other things to do

# costs, margins, the other account's name, prices, rates, rules and titles, and every key
SECRETS = (
    "5.8181817", "6.2727271", "41.4343431", "17.3731", "0.173731", "131.4159",
    "BRAVO", "Bravo", "bravo", "zz-canary", "zz_canary", "8.7654321", "7.6543211", "13.7131",
    "commercial director", "contract_prices.csv", "market.rebates", "hidden_cost_plus",
)  # fmt: skip
KEY = re.compile(r"rbk_[0-9a-f]{12}_[0-9a-f]{64}")

ORDER: dict[str, Any] = {"account": "ALFA", "date": "2026-03-10", "lines": [{"item": "COLA", "quantity": "60 carton"}]}
SALE: dict[str, Any] = {
    "id": "INV-1", "account": "ALFA", "date": "2026-03-10", "item": "COLA", "quantity": "60", "unit": "carton",
    "currency": "EUR", "net": "582.00", "cost": "41.4343431",
}  # fmt: skip
CHEAP: dict[str, Any] = ORDER | {"lines": [{"item": "COLA", "quantity": "60 carton", "net_price": "EUR 6.50"}]}


def secrets_in(text: str) -> list[str]:
    """What of the secrets is in a text."""
    return [secret for secret in SECRETS if secret in text] + KEY.findall(text)


@dataclass
class Served:
    """A running server and the keys of its callers."""

    process: subprocess.Popen[bytes]
    port: int
    keys: Mapping[str, str]
    store: str
    rules: Path
    log: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, who: str | None = None, **options: Any) -> httpx.Client:
        """A client with the key of a caller. The answers to `alfa` are searched for secrets, each of them."""
        headers = {"Authorization": f"Bearer {self.keys[who]}"} if who is not None else {}
        hooks = {"response": [_searched]} if who in (None, "alfa", "group", "nothing", "foreign") else {}
        return httpx.Client(base_url=self.url, headers=headers, event_hooks=hooks, timeout=PATIENCE_S, **options)

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines of the log about an event."""
        return [line for line in map(json.loads, self.log) if line["event"] == event]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE_S)
        if self.reader is not None:
            self.reader.join(PATIENCE_S)
        return code


def _searched(response: httpx.Response) -> None:
    content = response.read().decode("utf-8", "replace") + str(dict(response.headers))
    own = str(response.request.url)  # what the caller said may come back to it
    if hasattr(response.request, "_content"):
        own += response.request.content.decode("utf-8", "replace")
    found = [secret for secret in secrets_in(content) if secret not in own]
    assert not found, f"{response.request.method} {response.request.url} tells {found}"


CALLERS = {
    "alfa": Caller("", "web shop", frozenset({"quote", "read", "post"}), frozenset({"ALFA"})),
    "group": Caller("", "group buyer", frozenset({"quote", "read"}), groups=frozenset({"ALFA"})),
    "foreign": Caller("", "partner", frozenset({"quote", "read", "post"}), frozenset({"NOBODY"})),
    "nothing": Caller("", "idle", frozenset(), frozenset({"ALFA"})),
    "manager": Caller("", "desk", frozenset({"quote", "read", "rules"}), everywhere=True, view="manager"),
    "director": Caller(
        "", "director", frozenset({"quote"}), everywhere=True, view="manager", roles=frozenset({"commercial director"})
    ),
    "admin": Caller(
        "",
        "operations",
        frozenset({"quote", "read", "post", "settle", "rules", "admin"}),
        everywhere=True,
        view="manager",
    ),
}


def make_keys(store: str) -> dict[str, str]:
    """Keys of every kind of caller."""
    database = Database(store)
    database.prepare()
    kept = Keys(database)
    made = {name: kept.create(caller)[1] for name, caller in CALLERS.items()}
    database.close()
    return made


@contextmanager
def serving(
    folder: Path, rules: Path = RULES, *, with_keys: bool = True, store: str = "", **settings: object
) -> Iterator[Served]:
    """A server of some rules, with its store in a folder. What it logs is searched for secrets at the end, and kept where a test fails."""
    store = store or f"sqlite:///{folder / 'store.db'}"
    keys = make_keys(store) if with_keys else {}
    served = start(folder, rules, store, keys, **settings)
    try:
        yield served
    except BaseException as error:
        served.stop()
        kept = folder / "server.log"
        kept.write_text("\n".join(served.log) + "\n", "utf-8")
        error.add_note(f"the log of the server is in {kept}; its faults: {served.logged('fault')[-5:]}")
        raise
    else:
        served.stop()
    found = secrets_in("\n".join(served.log))
    assert not found, f"the log tells {found}"


def start(folder: Path, rules: Path, store: str, keys: Mapping[str, str], **settings: object) -> Served:
    """Starts a server on a free port, and waits until it answers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REBATES_")}
    environment |= {f"REBATES_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "rebates", "serve", str(rules), "--port", "0", "--store", store],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
    )
    served = Served(process, 0, keys, store, rules)
    served.reader = threading.Thread(target=_drain, args=(process, served.log), daemon=True)
    served.reader.start()
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError("\n".join(served.log))
        if not served.port:
            listening = [json.loads(line) for line in served.log if '"listening"' in line]
            if listening:
                served.port = listening[0]["port"]
        else:
            try:
                if httpx.get(f"{served.url}/readyz", timeout=2).status_code == 200:
                    return served
            except httpx.HTTPError:
                pass
        time.sleep(0.05)
    process.kill()
    raise AssertionError("the server does not answer:\n" + "\n".join(served.log))


def _drain(process: subprocess.Popen[bytes], into: list[str]) -> None:
    assert process.stderr is not None
    with process.stderr as lines:
        for line in lines:
            into.append(line.decode("utf-8", "replace").rstrip())
