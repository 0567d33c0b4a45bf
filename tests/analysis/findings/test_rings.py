"""Ring rules on logs by hand."""

from __future__ import annotations

import pytest

from nvmeviz.log import kinds as k
from tests.analysis.findings.logs import (
    ADMIN,
    SHADOW_ON,
    SLOTS,
    about,
    changed,
    commands,
    found,
    place,
    without,
)

RESET = (0, k.CTRL_RESET, {"qid": ADMIN})


def posts(count: int) -> list:
    return [(n, k.SQ_POST, {"a": n % SLOTS, "cid": n}) for n in range(count)]


def test_more_entries_than_the_ring_holds():
    assert not found("tail-laps-head", posts(SLOTS - 1))
    (one,) = found("tail-laps-head", posts(SLOTS))
    assert (one.severity, one.t_ns) == ("error", SLOTS - 1)
    assert found("tail-laps-head", posts(SLOTS), about=about())
    lost = [
        *posts(1),
        *((t, kind, {**f, "flags": k.LOST_BEFORE * (t == 1)}) for t, kind, f in posts(9)[1:]),
    ]
    assert not found("tail-laps-head", lost)


def test_a_tail_that_claims_more_than_there_is_room_for():
    bells = [(5, k.SQ_DOORBELL, {"a": 5}), (6, k.SQ_DOORBELL, {"a": 3})]
    (one,) = found("tail-laps-head", bells)
    assert "passes the head" in one.text
    fetched = [bells[0], *((5, k.SQ_FETCH, {"a": n, "cid": n}) for n in range(5)), bells[1]]
    assert not found("tail-laps-head", fetched)
    assert not found("tail-laps-head", [*SHADOW_ON, *bells])  # the shadow may have told it before
    assert not found("tail-laps-head", bells, about=about())  # where it began is not known
    heard = [(4, k.SQ_FETCH, {"a": 0}), *bells]
    assert found("tail-laps-head", heard, about=about())
    assert found("tail-laps-head", [RESET, *bells], about=about())


def test_a_cqe_over_one_that_was_not_taken():
    full = [(n, k.CQ_POST, {"a": n % SLOTS, "cid": n, "b": k.CQE_PHASE}) for n in range(SLOTS)]
    assert not found("cq-overrun", full[:-1])
    (one,) = found("cq-overrun", full)
    assert (one.severity, one.t_ns) == ("error", SLOTS - 1)
    assert not found("cq-overrun", [*full[:-1], (7, k.CQ_REAP), full[-1]])


def test_a_head_that_gives_back_what_never_was():
    rows = commands(3)
    (one,) = found("head-passes-tail", changed(rows, place(rows, k.CQ_DOORBELL, 2), a=5))
    assert (one.severity, one.queue, one.t_ns) == ("error", 1, 355)
    assert not found("head-passes-tail", rows)


def test_a_head_is_judged_by_completions_where_no_posting_is_recorded():
    rows = commands(3)
    unrecorded = about(inferred=(k.CQ_POST,))
    bad = changed(rows, place(rows, k.CQ_DOORBELL, 2), a=5)
    assert found("head-passes-tail", [RESET, *bad], about=unrecorded)
    assert not found("head-passes-tail", [RESET, *rows], about=unrecorded)


@pytest.mark.parametrize("number", [0, 5, SLOTS, 2 * SLOTS])
def test_a_phase_that_does_not_fit_its_turn(number: int):
    rows = commands(3 * SLOTS)
    at = place(rows, k.CQ_POST, number)
    wrong = changed(rows, at, b=rows[at][2]["b"] ^ k.CQE_PHASE)
    (one,) = found("phase", wrong)
    assert (one.severity, one.t_ns) == ("error", 140 + 100 * number)
    assert not found("phase", rows)


def test_a_cqe_in_the_wrong_slot():
    rows = commands(5)
    (one,) = found("phase", changed(rows, place(rows, k.CQ_POST, 3), a=6))
    assert "slot 3 with phase 1 was due" in one.text


def test_a_phase_after_lost_events_is_judged_from_there_on_only():
    rows = commands(SLOTS + 4)
    gap = changed(rows[60:], 0, flags=k.LOST_BEFORE)
    assert not found("phase", [*rows[:20], *gap])
    assert found("phase", [*rows[:20], *rows[60:]])


def test_a_cqe_taken_that_was_not_there_yet():
    rows = commands(3)
    (one,) = found("stale-cqe", without(rows, k.CQ_POST, 1))
    assert (one.severity, one.t_ns) == ("error", 252)
    assert not found("stale-cqe", rows)
