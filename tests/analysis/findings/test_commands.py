"""Rules about single commands on logs by hand."""

from __future__ import annotations

import pytest

from nvmeviz.analysis.findings.commands import TIMEOUT_NS, status_text
from nvmeviz.log import kinds as k
from tests.analysis.findings.logs import (
    ADMIN,
    MS,
    about,
    changed,
    command,
    commands,
    found,
    place,
    without,
)


def test_a_cid_given_out_twice():
    first, second = command(0), command(1_000, slot=1)
    (one,) = found("cid-twice", [*first[:3], *second])
    assert (one.severity, one.queue, one.t_ns) == ("error", 1, 1_000)
    assert not found("cid-twice", [*first, *second])
    assert not found("cid-twice", [*first[:3], *command(1_000, slot=1, cid=1)])
    assert not found("cid-twice", [*first[:3], *command(1_000, q=1)])


def test_a_stray_fetch_is_a_cid_given_out_twice():
    assert found("cid-twice", [(5, k.STRAY, {"a": k.SQ_FETCH, "cid": 3})])
    assert not found("cid-twice", [(5, k.STRAY, {"a": k.IRQ_RAISE, "cid": 3})])


def test_a_cid_is_free_again_after_events_were_lost_or_a_reset():
    first, second = command(0)[:3], command(1_000, slot=1)
    assert not found("cid-twice", [*first, *changed(second, 0, flags=k.LOST_BEFORE)])
    assert not found("cid-twice", [*first, (500, k.CTRL_RESET, {"qid": ADMIN}), *command(1_000)])


def test_guest_and_controller_are_judged_apart_because_their_clocks_may_differ():
    rows = commands(8)
    late = [(t + (500 if kind == k.DEV_DONE else 0), kind, *more) for t, kind, *more in rows]
    late.sort(key=lambda row: row[0])
    late_reap = [(t + (95 if kind == k.CQ_REAP else 0), kind, *more) for t, kind, *more in rows]
    late_reap.sort(key=lambda row: row[0])
    assert found("cid-twice", late)  # one clock: the controller's own
    assert not found("unknown-completion", late_reap)


@pytest.mark.parametrize("kind", [k.SQ_FETCH, k.SQ_POST])
def test_a_completion_without_its_command(kind: int):
    rows = commands(3)
    (one,) = found("unknown-completion", without(rows, kind, 1))
    assert one.severity == "error"
    assert "CID 1" in one.text
    assert not found("unknown-completion", rows)


def test_a_measured_log_may_begin_in_the_middle():
    rows = commands(3)[3:]
    assert found("unknown-completion", rows)
    assert not found("unknown-completion", rows, about=about())
    reset = (0, k.CTRL_RESET, {"qid": ADMIN})  # what fits nothing, an importer calls a stray
    assert not found("unknown-completion", [reset, *rows], about=about())
    twice = [*commands(1), (900, k.DEV_DONE)]
    assert found("unknown-completion", twice, about=about())
    assert found("unknown-completion", [(5, k.STRAY, {"a": k.DEV_DONE})], about=about())


def test_a_command_that_is_never_completed():
    rows = [*commands(4), *command(1_000, slot=4, cid=9)[:3]]
    (one,) = found("never-completed", rows, 50 * MS)
    assert (one.severity, one.t_ns) == ("warning", 1_000)
    assert "CID 9" in one.text
    assert not found("never-completed", rows, MS // 2)  # it may still come
    assert not found("never-completed", commands(5), 50 * MS)
    device_only = about(without=(k.SQ_POST, k.CQ_REAP, k.CQ_POST))
    assert found("never-completed", rows, 50 * MS, about=device_only)


def test_an_asynchronous_event_request_waits_for_ever():
    request = {"qid": ADMIN, "cid": 1, "b": 0x0C}
    rows = [(5, k.SQ_POST, request), (6, k.SQ_FETCH, {"qid": ADMIN, "cid": 1})]
    for rule, frontier_ns in (("never-completed", 50 * MS), ("timeout", 2 * TIMEOUT_NS)):
        assert not found(rule, rows, frontier_ns)
        assert found(rule, changed(rows, 0, b=0x06), frontier_ns)
        assert not found(rule, rows, frontier_ns, about=about(without=(k.SQ_POST,)))


def test_a_command_that_takes_longer_than_linux_waits():
    rows = commands(1)
    late = [*rows[:7], *[(t + TIMEOUT_NS, kind, *more) for t, kind, *more in rows[7:]]]
    (one,) = found("timeout", late)
    assert (one.severity, one.t_ns) == ("error", 100)
    assert not found("timeout", rows)
    (one,) = found("timeout", rows[:3], TIMEOUT_NS + 100)
    assert "has waited 30.0" in one.text
    assert not found("never-completed", rows[:3], TIMEOUT_NS + 100)  # said already
    assert not found("timeout", rows[:3], TIMEOUT_NS)


def test_an_abort_of_the_driver():
    (one,) = found("abort", [(5, k.SQ_POST, {"qid": ADMIN, "b": 0x08})])
    assert (one.severity, one.queue) == ("warning", 0)
    assert not found("abort", [(5, k.SQ_POST, {"qid": ADMIN, "b": 0x06})])
    assert not found("abort", [(5, k.SQ_POST, {"b": 0x08})])  # Write Zeroes, to an I/O queue


def test_a_status_that_is_not_success():
    rows = commands(3)
    bad = changed(rows, place(rows, k.DEV_DONE, 1), b=0x4002)
    (one,) = found("status", bad)
    assert (one.severity, one.t_ns) == ("warning", 230)
    assert "0x4002 (Invalid Field in Command, do not retry)" in one.text
    assert not found("status", rows)
    (one,) = found("status", [(5, k.DEV_DONE, {"qid": ADMIN, "b": 0x4002})])
    assert one.severity == "note"


def test_a_status_without_a_name_is_told_by_type_and_code():
    assert status_text(0x7C1) == "0x7c1 (type 7, code 0xc1)"


def test_a_command_far_slower_than_the_others():
    rows = commands(120)
    late = [*rows[:-3], *[(t + 5_000, kind, *more) for t, kind, *more in rows[-3:]]]
    (one,) = found("slow-command", late)
    assert (one.severity, one.t_ns) == ("note", 100 + 119 * 100)
    assert not found("slow-command", rows)
    assert not found("slow-command", late[-500:])  # too few to say
