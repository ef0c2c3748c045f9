"""`rebates keys`: keys of the price service, made, listed, rotated and revoked."""

from __future__ import annotations

import json as json_text
import re
import time
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli.output import DataFormat, bad_use
from rebates.cli.quote import View
from rebates.cli.serve import Store, api_is_there, chosen_store

if TYPE_CHECKING:
    from rebates_api.store.keys import KeyEntry, Keys

DURATION = re.compile(r"(\d{1,5})([smhd])", re.ASCII)
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

keys = typer.Typer(no_args_is_help=True, help="Keys of the price service: create, list, rotate, revoke.")

Id = Annotated[str, typer.Argument(help="The id of a key, as `rebates keys list` shows it.")]
Expires = Annotated[str, typer.Option(help="How long it holds, such as 90d, 12h; without it, until it is revoked.")]


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, such as `web shop of Nusantara`.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it may do: quote, read, post, settle, rules, admin. Default: quote and read"),
    ] = None,
    account: Annotated[list[str] | None, typer.Option(help="An account that it may see.")] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="An account with all below it, or a group of memberships.")
    ] = None,
    all_accounts: Annotated[bool, typer.Option("--all-accounts", help="It may see every account.")] = False,
    view: Annotated[
        View, typer.Option(help="The customer's view has no cost, margin, guard or rule name.")
    ] = View.customer,
    role: Annotated[list[str] | None, typer.Option(help="A role that may approve, as guards name it.")] = None,
    expires: Expires = "",
    store: Store = "",
) -> None:
    """Create a key. It is printed once and kept only as a hash.

    rebates keys create "web shop" --account NUSANTARA
    """
    kept = _keys(store)
    from rebates_api.identity.caller import SCOPES, Caller

    scopes = frozenset(scope or ("quote", "read"))
    if unknown := sorted(scopes - set(SCOPES)):
        raise bad_use(f"there is no scope `{unknown[0]}`; there are {', '.join(SCOPES)}")
    if not (account or group or all_accounts):
        raise bad_use("say which accounts the key may see: --account, --group or --all-accounts")
    wanted = Caller(
        id="",
        name=name,
        scopes=scopes,
        accounts=frozenset(account or ()),
        groups=frozenset(group or ()),
        everywhere=all_accounts,
        view=view.value,
        roles=frozenset(role or ()),
        expires=_until(expires),
    )
    made, text = kept.create(wanted)
    typer.echo(f"key {made.id} for `{name}`: keep it now, it is not shown again", err=True)
    typer.echo(text)


@keys.command("list")
def listed(
    format: Annotated[DataFormat, typer.Option(help="How the list is printed.")] = DataFormat.text, store: Store = ""
) -> None:
    """List the keys: whose they are, what they may do, whether they hold. The keys themselves are not kept."""
    entries = _keys(store).entries()
    if format is DataFormat.json:
        typer.echo(json_text.dumps([_plain(entry) for entry in entries], indent=2, ensure_ascii=False))
        return
    for entry in entries:
        caller = entry.caller
        seen = "all accounts" if caller.everywhere else ", ".join(sorted(caller.accounts | caller.groups))
        until = f" until {_day(caller.expires)}" if caller.expires is not None else ""
        typer.echo(
            f"{caller.id}  {entry.state}{until}  {','.join(sorted(caller.scopes))}  {caller.view}  {seen}  {caller.name}"
        )
    if not entries:
        typer.echo("there are no keys: the service answers this machine alone", err=True)


@keys.command()
def rotate(
    id: Id,
    grace: Annotated[str, typer.Option(help="How long the old key still holds, such as 7d.")] = "7d",
    expires: Expires = "",
    store: Store = "",
) -> None:
    """Create a key that may do what another may, which then holds for a time of grace.

    rebates keys rotate 3f2a9c01d4e7 --grace 7d
    """
    kept = _keys(store)
    until = _until(grace)
    assert until is not None
    try:
        made, text = kept.rotate(id, until, _until(expires))
    except KeyError as error:
        raise bad_use(str(error.args[0])) from None
    typer.echo(f"key {made.id} takes the place of {id}, which holds until {_day(until)}", err=True)
    typer.echo(text)


@keys.command()
def revoke(id: Id, store: Store = "") -> None:
    """Revoke a key; running workers refuse it within seconds.

    rebates keys revoke 3f2a9c01d4e7
    """
    try:
        _keys(store).revoke(id)
    except KeyError as error:
        raise bad_use(str(error.args[0])) from None
    typer.echo(f"key {id} holds no more")


def _keys(store: str) -> Keys:
    api_is_there()
    from rebates_api.store.database import Database, StoreAway, WrongStore
    from rebates_api.store.keys import Keys

    try:
        database = Database(chosen_store(store))
        database.prepare()
    except (StoreAway, WrongStore) as error:
        raise bad_use(f"the store cannot be opened: {error}") from None
    return Keys(database)


def _until(text: str) -> int | None:
    if not text:
        return None
    match = DURATION.fullmatch(text)
    if match is None:
        raise bad_use(f"`{text}` is no time such as 90d, 12h or 30m")
    return int(time.time()) + int(match[1]) * SECONDS[match[2]]


def _day(moment: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(moment))


def _plain(entry: KeyEntry) -> dict[str, object]:
    caller = entry.caller
    return {
        "id": caller.id,
        "name": caller.name,
        "state": entry.state,
        "scopes": sorted(caller.scopes),
        "accounts": sorted(caller.accounts),
        "groups": sorted(caller.groups),
        "all_accounts": caller.everywhere,
        "view": caller.view,
        "roles": sorted(caller.roles),
        "expires": caller.expires,
        "follows": entry.follows,
    }
