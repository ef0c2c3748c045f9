"""What the service is deployed by: the Containerfile, the compose file and the unit in the docs say only what exists and holds."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from sqlalchemy.engine import make_url
from typer.main import get_command

from rebates.cli.app import app
from rebates.ledger.store import OLDEST_POSTGRESQL, url_of
from rebates_api.settings import PREFIX, Settings
from tests.api.served import Served

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"[a-z0-9/.-]+:\d+(\.\d+)*(-[a-z0-9]+)?")
SPAN = re.compile(r"(\d+(us|ms|s|m|h))+")

INSTRUCTIONS = {
    "FROM", "RUN", "CMD", "LABEL", "EXPOSE", "ENV", "ADD", "COPY", "ENTRYPOINT", "VOLUME", "USER", "WORKDIR", "ARG",
    "HEALTHCHECK", "SHELL", "STOPSIGNAL",
}  # fmt: skip
SERVICE = {
    "build", "cap_drop", "command", "depends_on", "entrypoint", "environment", "expose", "healthcheck", "image", "init", "networks",
    "ports", "profiles", "read_only", "restart", "secrets", "security_opt", "stop_grace_period", "stop_signal", "tmpfs", "user",
    "volumes", "working_dir",
}  # fmt: skip
HEALTH = {"test", "interval", "timeout", "retries", "start_period", "start_interval", "disable"}
UNIT = {
    "Unit": {"Description", "Documentation", "After", "Before", "Wants", "Requires"},
    "Service": {
        "Type", "User", "Group", "DynamicUser", "WorkingDirectory", "Environment", "EnvironmentFile", "ExecStart", "ExecReload",
        "KillSignal", "TimeoutStartSec", "TimeoutStopSec", "Restart", "RestartSec", "LimitNOFILE", "StateDirectory", "ReadWritePaths",
        "ReadOnlyPaths", "NoNewPrivileges", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices",
    },
    "Install": {"WantedBy", "RequiredBy", "Alias"},
}  # fmt: skip


def instructions() -> list[tuple[str, str]]:
    """The lines of the Containerfile that do something, those that go on joined."""
    text = re.sub(r"\\\n", " ", (ROOT / "api/deploy/Containerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines]


def last_stage() -> list[tuple[str, str]]:
    """What becomes the image."""
    found = instructions()
    return found[max(place for place, (name, _) in enumerate(found) if name == "FROM") :]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "api/deploy/compose.yaml").read_text("utf-8"))
    return loaded


def unit() -> configparser.ConfigParser:
    page = (ROOT / "docs/howto/running-the-service.md").read_text("utf-8")
    [text] = re.findall(r"```ini\n(.*?)```", page, re.DOTALL)
    # a unit may say `Environment` several times; a parser of INI files may not
    number = iter(range(100))
    text = re.sub(
        r"^Environment=(\w+)=", lambda found: f"Environment.{next(number)}.{found[1]}=", text, flags=re.MULTILINE
    )
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return parser


def understood(words: list[str]) -> Any:
    """What the command line makes of words, without doing it. Raises for a verb or an option that there is not."""
    command: Any = get_command(app)
    while hasattr(command, "commands"):
        command = command.commands[words[0]]
        words = words[1:]
    return command.make_context(command.name, list(words)).params


def is_setting(name: str) -> bool:
    return name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() in Settings.model_fields


def test_the_image_is_of_pinned_ones_and_runs_without_rights() -> None:
    found = instructions()
    assert {name for name, _ in found} <= INSTRUCTIONS
    bases = [said.split()[0] for name, said in found if name == "FROM"]
    assert all(PINNED.fullmatch(base) for base in bases)
    assert len(set(bases)) == 1  # what was built runs on what it was built for
    version = bases[0].removeprefix("python:").partition("-")[0]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"Programming Language :: Python :: {version}" in project["classifiers"]
    last = last_stage()
    [user] = [said for name, said in last if name == "USER"]
    assert user not in ("root", "0")
    assert any(name == "RUN" and "useradd" in said and said.split()[-1] == user for name, said in last)
    assert [name for name, _ in last].index("USER") < [name for name, _ in last].index("ENTRYPOINT")
    for name, said in found:  # nothing secret is built in
        assert name not in ("ARG", "ADD"), said
        assert name != "ENV" or all(
            word.partition("=")[0] == "PATH" or is_setting(word.partition("=")[0]) for word in said.split()
        )


def test_the_image_holds_what_the_wheel_is_made_of_and_installs_what_ci_installs() -> None:
    found = instructions()
    copied = {word for name, said in found if name == "COPY" and "--from" not in said for word in said.split()[:-1]}
    assert all((ROOT / word).exists() for word in copied)
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = whole["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {"pyproject.toml", whole["project"]["readme"], *whole["project"]["license-files"], *wheel["force-include"]}
    wanted |= {package.partition("/")[0] for package in wheel["packages"]}
    assert copied == wanted
    [extras] = [re.findall(r"'\.(\[.*?\])'", said)[0] for name, said in found if "pip install" in said]
    assert f"install -e '.{extras}'" in (ROOT / "Makefile").read_text("utf-8")


def test_the_image_starts_what_there_is() -> None:
    said = dict(last_stage())
    [program] = json.loads(said["ENTRYPOINT"])
    assert program in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert Path(understood(json.loads(said["CMD"]))["rules"]) == Path("/rules")
    with pytest.raises(Exception, match="no-such-option"):
        understood(["serve", "/rules", "--no-such-option"])


def test_the_check_of_health_tells_a_service_that_answers_from_none(served: Served) -> None:
    said = dict(last_stage())
    options, _, command = said["HEALTHCHECK"].partition("CMD ")
    assert all(SPAN.fullmatch(each.partition("=")[2]) for each in options.split())
    program, option, script = json.loads(command)
    port = dict(word.split("=") for word in said["ENV"].split())["REBATES_PORT"]
    assert (program, said["EXPOSE"]) == ("python", port)
    for there, code in ((served.port, 0), (1, 1)):
        asked = script.replace(f":{port}/", f":{there}/")
        assert asked != script
        assert subprocess.run([sys.executable, option, asked], check=False, capture_output=True).returncode == code


def test_the_compose_file_says_only_what_there_is() -> None:
    whole = compose()
    assert set(whole) <= {"name", "services", "volumes", "networks", "secrets", "configs"}
    services = whole["services"]
    for name, service in services.items():
        assert set(service) <= SERVICE, name
        assert ("image" in service) != ("build" in service)
        if "image" in service:
            assert PINNED.fullmatch(service["image"])
        else:
            place = ROOT / "api/deploy" / service["build"]["context"]
            assert place.resolve() == ROOT
            assert (place / service["build"]["dockerfile"]).is_file()
        for other, condition in service.get("depends_on", {}).items():
            assert condition == {"condition": "service_healthy"}
            assert "healthcheck" in services[other]
        health = service.get("healthcheck", {})
        assert set(health) <= HEALTH
        assert all(SPAN.fullmatch(health[key]) for key in ("interval", "timeout") if key in health)
        assert not health or health["test"][0] in ("CMD", "CMD-SHELL")
        for volume in service.get("volumes", ()):
            source = re.sub(r"\$\{.*?\}", "/given", volume).partition(":")[0]
            assert source.startswith("/") or source in whole["volumes"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))  # what ends TLS stands before it
        for key, value in service["environment"].items():
            assert "password" not in key.lower() or value.startswith("${")  # said outside, or it does not start


def test_the_compose_file_starts_what_there_is() -> None:
    services = compose()["services"]
    assert int(services["store"]["image"].partition(":")[2]) * 10_000 >= OLDEST_POSTGRESQL
    owner = services["store"]["environment"]
    for name in ("keys", "service"):
        service = services[name]
        understood(service["command"])
        assert all(map(is_setting, service["environment"]))
        for value in service["environment"].values():
            url = make_url(re.sub(r"\$\{.*?\}", "secret", value))
            assert (url.host, url.username, url.database) == ("store", owner["POSTGRES_USER"], owner["POSTGRES_DB"])
        assert (
            make_url(re.sub(r"\$\{.*?\}", "x", service["environment"]["REBATES_STORE"])).get_driver_name() == "psycopg"
        )
    assert (
        url_of(re.sub(r"\$\{.*?\}", "x", services["service"]["environment"]["REBATES_LEDGER"])).get_backend_name()
        == "postgresql"
    )
    seconds = int(services["service"]["stop_grace_period"].removesuffix("s"))
    assert seconds > Settings.model_fields["shutdown_seconds"].default


def test_the_first_key_of_the_compose_file_is_made_bare(tmp_path: Path) -> None:
    """The very words, on a store of its own."""
    words = compose()["services"]["keys"]["command"]
    done = subprocess.run(
        [sys.executable, "-m", "rebates", *words, "--store", f"sqlite:///{tmp_path / 'store.db'}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.fullmatch(r"rbk_[0-9a-f]{12}_[0-9a-f]{64}", done.stdout.strip())


def test_the_unit_says_only_what_there_is() -> None:
    said = unit()
    assert set(said.sections()) == set(UNIT)
    for section, known in UNIT.items():
        assert {key.partition(".")[0] for key in said[section]} <= known
    service = said["Service"]
    given = {key.split(".")[2]: value for key, value in service.items() if key.startswith("Environment.")}
    assert given
    assert all(map(is_setting, given))
    program, *words = shlex.split(service["ExecStart"])
    assert program.startswith("/")
    assert program.endswith("/rebates")
    assert understood(words)["workers"] == 2
    assert service["User"] != "root"
    assert shlex.split(service["ExecReload"])[1:] == ["-HUP", "$MAINPID"]
    assert service["KillSignal"] == "SIGTERM"
    assert int(service["TimeoutStopSec"]) > Settings.model_fields["shutdown_seconds"].default
    assert service["ProtectSystem"] == "strict"  # so that all it writes has to be named
    for value in given.values():
        kept = value.removeprefix("sqlite:///")
        assert Path(kept).is_relative_to(service["ReadWritePaths"])
    assert (
        Path("/var/lib", service["StateDirectory"])
        == Path(service["ReadWritePaths"])
        == Path(service["WorkingDirectory"])
    )
