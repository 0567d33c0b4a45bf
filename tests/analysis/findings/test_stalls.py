"""Queues that stand still, and why, on logs by hand."""

from __future__ import annotations

import pytest

from nvmeviz.log import kinds as k
from tests.analysis.findings.logs import (
    MS,
    SHADOW_ON,
    about,
    command,
    commands,
    found,
    report,
)

POST = (2_000, k.SQ_POST, {"a": 2, "cid": 5})
STORED = (2_010, k.SQ_STORE, {"a": 3, "b": 2})
READ = (2_011, k.SQ_EVENTIDX_READ, {"a": 7, "b": 0})
ARMED = (2_020, k.SQ_EVENTIDX, {"a": 2})
LOOKED = (2_030, k.SQ_SHADOW_READ, {"a": 2})
SLEEPS = (2_040, k.CTRL_SLEEP)
DRAINED = (2_050, k.SQ_SHADOW, {"a": 3, "b": k.DRAINED})
LOST = [*SHADOW_ON, *commands(2), POST, STORED, READ, ARMED, LOOKED, SLEEPS, DRAINED]


def test_a_doorbell_is_lost_when_nobody_rings_and_nobody_looks():
    (one,) = found("lost-doorbell", LOST, 20 * MS)
    assert (one.severity, one.queue, one.t_ns) == ("error", 1, 2_050)
    assert "shadow tail 3" in one.text
    assert "saw EventIdx 7" in one.text
    assert "behind EventIdx 2" in one.text
    assert "1 command waited" in one.text
    assert not found("standing-still", LOST, 20 * MS)


@pytest.mark.parametrize(
    "last",
    [
        (2_060, k.SQ_DOORBELL, {"a": 3}),
        (2_060, k.SQ_KICK),
        (2_060, k.SQ_SHADOW_READ, {"a": 3}),
        (2_060, k.VM_EXIT, {"a": k.EXIT_SQ_DOORBELL}),
        (2_060, k.CTRL_POLL),
        (2_060, k.CTRL_WAKE),
        (2_060, k.SQ_FETCH, {"a": 2, "cid": 5}),
    ],
)
def test_a_doorbell_is_not_lost_when_somebody_has_heard(last):
    assert not found("lost-doorbell", [*LOST, last], 20 * MS)


def test_a_doorbell_is_not_lost_before_its_time_is_up_or_without_shadow_buffers():
    assert not found("lost-doorbell", LOST, MS)
    plain = [row for row in LOST if row[1] != k.DBBUF_CONFIG]
    assert not found("lost-doorbell", plain, 20 * MS)
    assert found("standing-still", plain, 20 * MS)


def test_a_command_that_was_not_announced_yet_has_no_doorbell_to_lose():
    rows = [*SHADOW_ON, *commands(2), (1_900, k.SQ_SHADOW, {"a": 2, "b": 1}), POST, SLEEPS]
    assert not found("lost-doorbell", rows, 20 * MS)
    assert found("standing-still", rows, 20 * MS)


def test_a_lost_doorbell_is_found_when_another_command_heals_it():
    healed = [
        *LOST,
        (9 * MS, k.SQ_POST, {"a": 3, "cid": 6}),
        (9 * MS, k.SQ_DOORBELL, {"a": 4}),
        *((9 * MS + n, k.SQ_FETCH, {"a": 2 + n, "cid": 5 + n}) for n in range(2)),
    ]
    (one,) = found("lost-doorbell", healed)
    assert one.t_ns == 2_050


def test_nothing_is_concluded_across_lost_events():
    rows = [*LOST[:-1], (2_050, k.SQ_SHADOW, {"a": 3, "flags": k.LOST_BEFORE})]
    rows[-7] = (*POST[:2], {**POST[2], "flags": k.LOST_BEFORE})
    assert not found("lost-doorbell", rows, 20 * MS)


def test_a_measured_log_tells_by_the_silence_of_the_controller():
    quiet = about(without=(k.CTRL_SLEEP, k.CTRL_POLL, k.CTRL_WAKE), inferred=(k.SQ_SHADOW,))
    rows = [*SHADOW_ON, *commands(2), POST]
    (one,) = found("lost-doorbell", rows, 20 * MS, about=quiet)
    assert one.t_ns == 2_000
    concluded = about(inferred=(k.CTRL_SLEEP, k.CTRL_WAKE, k.SQ_SHADOW))
    assert found("lost-doorbell", [*rows, (2_100, k.CTRL_WAKE)], 20 * MS, about=concluded)
    no_host = about(inferred=(k.SQ_POST,))
    assert not found("lost-doorbell", rows, 20 * MS, about=no_host)


def test_cqes_that_nobody_takes():
    rows = [*commands(2), *command(1_000, slot=2, cid=3)[:5]]
    (one,) = found("lost-interrupt", rows, 20 * MS)
    assert (one.severity, one.t_ns) == ("warning", 1_040)
    assert not found("standing-still", rows, 20 * MS)
    assert not found("lost-interrupt", commands(3), 20 * MS)
    assert not found("lost-interrupt", rows, MS)


def test_a_queue_whose_commands_nobody_fetches_stands_still():
    rows = [*commands(2), *command(1_000, slot=2, cid=3)[:2]]
    (one,) = found("standing-still", rows, 20 * MS)
    assert (one.severity, one.t_ns) == ("warning", 1_000)
    assert "1 SQE not fetched" in one.text
    fetched = [*rows, command(1_000, slot=2, cid=3)[2]]
    assert not found("standing-still", fetched, 20 * MS)  # the device may take its time
    assert not found("standing-still", rows, 20 * MS, quiet_ns=50 * MS)


def test_a_queue_that_is_idle_does_not_stand_still():
    stalls = {"lost-doorbell", "lost-interrupt", "standing-still", "never-completed"}
    assert not stalls & {one.rule for one in report(commands(6), 900 * MS).findings}
