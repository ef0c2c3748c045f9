"""The end of `make demo`: the service on the demo's rules, three quotes by curl, as a customer and as a manager."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

RULES = Path(__file__).resolve().parents[1] / "rules" / "adventureworks"
REBATES = Path(sys.executable).parent / "rebates"
ORDER: dict[str, object] = {
    "account": "676",
    "date": "2012-01-15",
    "attributes": {"channel": "reseller"},
    "lines": [{"item": "229", "quantity": "12 piece"}],
}
PATIENCE_S = 60


def key(folder: Path, *wanted: str) -> str:
    """A new key."""
    done = subprocess.run([REBATES, "keys", "create", *wanted], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def start(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The service on a free port, once it is ready."""
    log = folder / "service.log"
    with log.open("wb") as into:
        process = subprocess.Popen([REBATES, "serve", RULES, "--port", "0"], cwd=folder, stderr=into)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        listening = [json.loads(line) for line in log.read_text("utf-8").splitlines() if '"listening"' in line]
        if listening:
            url = f"http://127.0.0.1:{listening[0]['port']}"
            try:
                urllib.request.urlopen(f"{url}/readyz", timeout=PATIENCE_S).close()  # nosec B310 - our own address
            except OSError:
                pass
            else:
                return process, url
        time.sleep(1 / 20)
    process.kill()
    sys.exit(f"the service did not start:\n{log.read_text('utf-8')}")


def ask(url: str, key: str, who: str, explain: str, order: dict[str, object]) -> dict[str, object]:
    """A quote by curl; the command is shown, without the key."""
    command = [
        "curl",
        "-s",
        f"{url}/v1/quotes?explain={explain}",
        "-H",
        "Content-Type: application/json",
        "-d",
        json.dumps(order),
    ]
    print(f"\nas {who}: {shlex.join(command[:3])} …")
    done = subprocess.run([*command, "-H", f"Authorization: Bearer {key}"], capture_output=True, text=True, check=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.pop("REBATES_STORE", None)
        customer = key(folder, "reseller 676", "--account", "676")
        manager = key(folder, "sales desk", "--all-accounts", "--view", "manager")
        process, url = start(folder)
        try:
            print(f"the price service listens on {url}")
            quote = ask(url, customer, "customer 676", "customer", ORDER)
            tell(quote)
            quote = ask(url, manager, "manager", "full", ORDER)
            tell(quote)
            print(f"  rules that did nothing: {len(quote['explanation']['lines'][0]['not_applied'])}")  # type: ignore[index]
            problem = ask(url, customer, "customer 676, for another account", "none", ORDER | {"account": "1"})
            print(f"  {problem['status']} {problem['code']}: {problem['detail']}")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
        print("\nthe service has ended")


def tell(quote: dict[str, object]) -> None:
    """The waterfall of the first line."""
    for step in quote["explanation"]["lines"][0]["steps"]:  # type: ignore[index]
        print(f"  {step['label']:<40}{step['amount']:>14}  {step['terms']}")


if __name__ == "__main__":
    main()
