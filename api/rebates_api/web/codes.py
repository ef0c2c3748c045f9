"""The codes of the service: S, the HTTP status, a digit. Codes of orders and rules are the library's (R…)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One way in which a request fails."""

    code: str
    title: str
    why: str
    mend: str

    @property
    def status(self) -> int:
        return int(self.code[1:4])


CODES: dict[str, Code] = {
    each.code: each
    for each in (
        Code("S4001", "the request is malformed", "its head or its address cannot be read", "mend the request"),
        Code(
            "S4002",
            "the service is called by another name",
            "without keys it answers on this machine alone, by the names of this machine",
            "call it as 127.0.0.1, or make a key with `rebates keys create`",
        ),
        Code(
            "S4011",
            "no key, or none that holds",
            "prices are told to those they are agreed with",
            "send `Authorization: Bearer KEY` with a key that is neither revoked nor expired",
        ),
        Code(
            "S4031",
            "the key has no scope for this",
            "a key does what it was made for",
            "use a key with the scope that the message names",
        ),
        Code(
            "S4032",
            "the key has no role for this",
            "an approval is given by the role that the rules name",
            "use a key with that role",
        ),
        Code(
            "S4041",
            "there is nothing at this address",
            "no resource has this path",
            "see `/openapi.json` for the paths",
        ),
        Code(
            "S4042",
            "the version of the rules is not kept",
            "a quote is replayed exactly or not at all",
            "leave `rules` out for the version in force; `GET /v1/rules` lists those that are kept",
        ),
        Code(
            "S4043",
            "no such account",
            "an account that does not exist and one that the key may not see are told alike",
            "mend the account, or use its own key",
        ),
        Code("S4044", "no such quote", "only quotes that wait for an approval are kept, and for a time", "quote again"),
        Code(
            "S4045",
            "no ledger is kept here",
            "facts, accruals, settlements and statements need one",
            "start the service with `--ledger`",
        ),
        Code(
            "S4051",
            "the method is not allowed here",
            "the resource has other verbs",
            "use one of those in the header `Allow`",
        ),
        Code(
            "S4061",
            "nothing to offer in this form",
            "the resource has no representation that `Accept` names",
            "accept `application/json`",
        ),
        Code(
            "S4081", "the body took too long", "a request that never ends keeps others waiting", "send the body at once"
        ),
        Code(
            "S4091",
            "the quote is decided already",
            "an approval is given or refused once",
            "quote again, and decide on the new quote",
        ),
        Code(
            "S4092",
            "the first request under this key is not answered yet",
            "a key's work is done once, by the first",
            "try again after the seconds of `Retry-After`: the answer of the first comes back",
        ),
        Code(
            "S4093",
            "the rules are broken",
            "a version comes into force when it has no errors and its examples hold",
            "mend the rules; the last good version is served meanwhile",
        ),
        Code("S4131", "the body is too large", "a service has to answer others too", "split the request"),
        Code("S4132", "the order has too many lines", "a service has to answer others too", "split the order"),
        Code(
            "S4151",
            "the body is of another type",
            "the type is not one that this address reads",
            "send JSON with `Content-Type: application/json`, uncompressed",
        ),
        Code(
            "S4221",
            "a parameter cannot be read",
            "what is not understood is not guessed",
            "mend the parameter that the pointer names",
        ),
        Code(
            "S4222",
            "the key of idempotency came with another body",
            "a key stands for one request",
            "use a new key for a new request",
        ),
        Code("S4291", "too many lines for now", "each key has its share", "wait for the seconds of `Retry-After`"),
        Code(
            "S5001",
            "a fault of the service",
            "it is ours, not yours; the log has it under the request's id",
            "try again; report the id if it stays",
        ),
        Code(
            "S5031",
            "too much work at once",
            "the answer took too long, or others were before it",
            "try again after the seconds of `Retry-After`, with fewer lines or less explanation",
        ),
        Code(
            "S5032",
            "the store is away",
            "what is kept can neither be read nor written; quotes go on",
            "try again after the seconds of `Retry-After`",
        ),
    )
}
