"""How many lines a key may have priced: counted exactly, whichever worker prices them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from rebates_api.web import buckets
from rebates_api.web.buckets import Buckets
from rebates_api.web.problems import Problem
from rebates_api.web.rate import Rate

WORKERS, TRIES = 3, 4_000


def test_a_key_has_its_share_and_no_more() -> None:
    rate = Rate(lines_per_minute=60, burst=100)
    left = rate.take("a", 90)
    assert left is not None
    assert (left.remaining, left.reset) == (10, 90)
    with pytest.raises(Problem) as refused:
        rate.take("a", 20)
    assert (refused.value.status, refused.value.code) == (429, "S4291")
    assert refused.value.headers["Retry-After"] == "10"  # ten lines short, one a second
    assert rate.take("b", 100) is not None


def test_two_workers_count_in_one_bucket(tmp_path: Path) -> None:
    one, other = (Rate(lines_per_minute=1, burst=100, file=tmp_path / "lines") for _ in range(2))
    for rate, lines, left in ((one, 30, 70), (other, 30, 40), (one, 30, 10), (other, 10, 0)):
        told = rate.take("a", lines)
        assert told is not None
        assert told.remaining == left
    for rate in (one, other):
        with pytest.raises(Problem):
            rate.take("a", 1)
        assert rate.take("b", 1) is not None


def _take(file: Path, given: multiprocessing.Queue[int]) -> None:
    rate, found = Rate(lines_per_minute=1, burst=5_000, file=file), 0
    for _ in range(TRIES):
        try:
            rate.take("a", 1)
            found += 1
        except Problem:
            pass
    given.put(found)


def test_workers_at_once_give_no_line_twice(tmp_path: Path) -> None:
    """12,000 are asked for, 5,000 are there, and one more each minute."""
    context = multiprocessing.get_context("fork")
    given = context.Queue()
    workers = [context.Process(target=_take, args=(tmp_path / "lines", given)) for _ in range(WORKERS)]
    for each in workers:
        each.start()
    found = [given.get(timeout=120) for _ in workers]
    for each in workers:
        each.join()
    assert 5_000 <= sum(found) <= 5_003


def _die(file: Path) -> None:
    def change(left: int, at: int) -> tuple[int, int]:
        os.kill(os.getpid(), signal.SIGKILL)
        return left, at

    Buckets(10, file).change("a", change)


def test_a_worker_that_dies_holds_up_nobody(tmp_path: Path) -> None:
    killed = multiprocessing.get_context("fork").Process(target=_die, args=(tmp_path / "lines",))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    rate = Rate(lines_per_minute=1, burst=10, file=tmp_path / "lines")
    told = rate.take("a", 4)
    assert told is not None
    assert told.remaining == 6


def test_the_oldest_makes_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(buckets, "MOST", 2)
    monkeypatch.setattr(buckets, "SIZE", buckets.HEAD.size + 2 * buckets.BUCKET.size)
    one, other = (Rate(lines_per_minute=1, burst=10, file=tmp_path / "lines") for _ in range(2))
    left = []
    for rate, who in ((one, "a"), (one, "b"), (other, "b"), (other, "c"), (one, "b"), (one, "a"), (one, "c")):
        told = rate.take(who, 1)
        assert told is not None
        left.append(told.remaining)
    assert left == [9, 9, 8, 9, 7, 9, 8]  # c took the place of a, then a that of b
