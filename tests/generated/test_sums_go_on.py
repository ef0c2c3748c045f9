"""Sums that go on as postings come in say what all postings at once say, and what the judge says of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from rebates import reference
from rebates.compile.settle import RunningBook, accrued
from rebates.model.outcome import OrderError
from rebates.model.settlement import Settlement
from tests.generated.histories import agreement
from tests.generated.posted import history
from tests.generated.settled import accepted

AGREEMENTS = int(os.environ.get("GOING_ON", "60"))


def answer(asked: Callable[..., Iterable[Settlement]], *on: Any) -> list[Settlement | str]:
    try:
        return list(asked(*on))
    except OrderError as error:
        return [error.code]


def test_accruals_by_sums_that_go_on_are_those_of_all_postings() -> None:
    compared = 0
    for seed in range(AGREEMENTS):
        rules = accepted(agreement(seed).body)
        if rules is None:
            continue
        made, draw = history(seed, 0), Random(seed)
        waiting = draw.sample(made.posted, len(made.posted))
        waiting.sort(key=lambda posted: posted.of is not None)  # a sale goes before what is of it
        sums, there = RunningBook(rules), list(waiting[:0])
        while waiting:
            count = draw.choice((1, 1, 2, 5, 20))
            part, waiting = waiting[:count], waiting[count:]
            sums.post(part)
            there += part
            day = made.accrued or draw.choice((made.first, made.last, part[-1].day))
            if waiting and draw.random() < 0.6:
                continue
            found = answer(sums.accrued, day)
            assert found == answer(accrued, rules, None, there, day), (seed, day)
            compared += 1
        assert found == answer(reference.accrued, rules, None, there, day), seed
    assert compared > AGREEMENTS
