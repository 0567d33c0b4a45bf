"""Rules about resets on logs by hand."""

from __future__ import annotations

from nvmeviz.log import kinds as k
from tests.analysis.findings.logs import ADMIN, SHADOW_ON, about, command, commands, found

RESET = (5_000, k.CTRL_RESET, {"qid": ADMIN, "vcpu": 1})
AGAIN = (5_100, k.DBBUF_CONFIG, {"qid": ADMIN, "vcpu": 1})


def test_a_reset_with_commands_in_flight():
    rows = [*commands(2), *command(4_000, slot=2, cid=3)[:3]]
    (one,) = found("reset-in-flight", [*rows, RESET])
    assert (one.severity, one.queue, one.t_ns) == ("warning", 1, 5_000)
    assert "1 command in flight" in one.text
    assert not found("reset-in-flight", rows)
    assert not found("reset-in-flight", [*commands(2), RESET])
    assert not found("reset-in-flight", [RESET, *rows[20:]])


def test_what_is_in_flight_is_judged_by_the_controller_where_the_host_is_in_no_record():
    rows = [*commands(2), *command(4_000, slot=2, cid=3)[:3], RESET]
    device_only = about(without=(k.SQ_POST, k.CQ_POST, k.CQ_REAP))
    assert found("reset-in-flight", rows, about=device_only)
    assert not found("reset-in-flight", [*commands(2), RESET], about=device_only)


def test_a_shadow_buffer_that_a_reset_took():
    store = (6_000, k.SQ_SHADOW, {"a": 1, "b": 0})
    (one,) = found("stale-buffers", [*SHADOW_ON, RESET, store])
    assert (one.severity, one.queue, one.t_ns) == ("error", 1, 6_000)
    assert not found("stale-buffers", [*SHADOW_ON, RESET, AGAIN, store])
    assert not found("stale-buffers", [*SHADOW_ON, store])


def test_a_shadow_value_from_before_the_reset():
    old = (6_000, k.SQ_SHADOW, {"a": 1, "b": 5})
    (one,) = found("stale-buffers", [*SHADOW_ON, RESET, AGAIN, old])
    assert one.severity == "warning"
    assert "still held 5" in one.text
    assert not found("stale-buffers", [*SHADOW_ON, old])
