"""Bodies that are not on the hot path: JSON read strictly, then checked by a model."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from rebates import OrderErrors
from rebates.engine.boundary import read_body as plain_of
from rebates.engine.boundary import twice
from rebates_api.web.problems import Finding, Problem, of_order, pointer

M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], body: bytes) -> M:
    """The body as its model. Raises Problem with every slip."""
    try:
        plain = plain_of(body)
    except OrderErrors as errors:
        raise of_order(errors.problems, True) from None
    found = [
        Finding("R0520", "the field stands twice", pointer(where), help="keep one of them") for where in twice(plain)
    ]
    try:
        made = model.model_validate(plain)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False, include_context=False):
            where = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in one["loc"])
            code = {"missing": "R0523", "extra_forbidden": "R0524"}.get(one["type"], "R0525")
            found.append(Finding(code, one["msg"][:200].lower(), where[:300]))
        raise Problem(found[0].code, found[0].detail, found) from None
    if found:
        raise Problem("R0520", found[0].detail, found)
    return made
