"""Bodies that are not on the hot path: JSON read strictly, then checked by a model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from rebates import OrderErrors
from rebates.engine.boundary import AS_TEXT, Inexact, twice
from rebates.engine.boundary import read_body as plain_of
from rebates_api.web.problems import Finding, Problem, of_order, pointer

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
CODES = {"missing": "R0523", "extra_forbidden": "R0524"}  # by what the model says; any other slip is R0525
NUMBER = "R0804"
MOST_TOLD = 100


def validated(model: type[M], body: bytes) -> M:
    """The body as its model. Raises Problem with every slip."""
    return validated_as(TypeAdapter(model), plain_body(body), CODES)


def plain_body(body: bytes) -> object:
    """The body as plain data. Raises Problem for what is no JSON."""
    try:
        return plain_of(body)
    except OrderErrors as errors:
        raise of_order(errors.problems, True) from None


def validated_as(adapter: TypeAdapter[T], plain: object, codes: Mapping[str, str], numbers: Collection[str] = ()) -> T:
    """Plain data as what it should be; fields named as numbers are texts of numbers. Raises Problem with every slip."""
    found = [
        Finding("R0520", "the field stands twice", pointer(where), help="keep one of them") for where in twice(plain)
    ]
    try:
        made = adapter.validate_python(plain)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False):
            where = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in one["loc"])
            code, said, value = codes.get(one["type"], "R0525"), one["msg"][:200].lower(), one["input"]
            is_number = isinstance(value, int | Inexact) and not isinstance(value, bool)
            help = AS_TEXT if one["type"] == "string_type" and is_number else ""
            if numbers and one["loc"] and one["loc"][-1] in numbers and code == "R0525":
                code, said = (
                    NUMBER,
                    f"`{str(value.text if isinstance(value, Inexact) else value)[:40]}` is no text of a number",
                )
            found.append(Finding(code, said, where[:300], help=help))
        raise Problem(found[0].code, found[0].detail, found[:MOST_TOLD]) from None
    if found:
        raise Problem("R0520", found[0].detail, found[:MOST_TOLD])
    return made
