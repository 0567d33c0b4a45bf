"""Rules about what controllers write into EventIdx on logs by hand."""

from __future__ import annotations

import pytest

from nvmeviz.analysis.findings.eventidx import ENOUGH
from nvmeviz.log import kinds as k
from tests.analysis.findings.logs import ADMIN, SHADOW_ON, found

HEADS = [(n, k.CQ_SHADOW_READ, {"a": n % 8}) for n in range(ENOUGH)]


def test_a_cq_eventidx_that_is_never_written():
    (one,) = found("cq-eventidx-missing", [*SHADOW_ON, *HEADS])
    assert (one.severity, one.queue, one.t_ns) == ("warning", 1, 0)
    assert not found("cq-eventidx-missing", HEADS)
    assert not found("cq-eventidx-missing", [*SHADOW_ON, *HEADS[1:]])
    assert not found("cq-eventidx-missing", [*SHADOW_ON, *HEADS, (99, k.CQ_EVENTIDX)])


def test_a_cq_eventidx_that_was_switched_off_is_no_omission():
    off = [(0, k.DBBUF_CONFIG, {"qid": ADMIN, "b": 0xFFFF})]
    assert not found("cq-eventidx-missing", [*off, *HEADS])


@pytest.mark.parametrize("arm", [k.SQ_EVENTIDX, k.EVENTIDX_STORE])
def test_a_controller_that_sleeps_without_having_armed(arm: int):
    looked = [*SHADOW_ON, (5, arm, {"a": 2}), (6, k.SQ_SHADOW_READ, {"a": 3})]
    (one,) = found("sleeps-unarmed", [*looked, (9, k.CTRL_SLEEP)])
    assert (one.severity, one.queue, one.t_ns) == ("warning", 1, 9)
    armed = [*looked, (7, arm, {"a": 3})]
    assert not found("sleeps-unarmed", [*armed, (9, k.CTRL_SLEEP)])
    assert not found("sleeps-unarmed", [*looked, (9, k.CTRL_SLEEP, {"a": 1})])  # a timer wakes it
    assert not found("sleeps-unarmed", [*looked, (9, k.CTRL_SLEEP, {"vcpu": 1})])  # another one


def test_an_eventidx_that_always_asks_under_a_controller_that_never_sleeps():
    rang = [(n, k.SQ_EVENTIDX_READ, {"b": 1}) for n in range(ENOUGH)]
    rows = [(0, k.CTRL_POLL), *rang]
    (one,) = found("eventidx-useless", rows)
    assert (one.severity, one.queue) == ("note", 1)
    assert not found("eventidx-useless", rang)
    assert not found("eventidx-useless", [*rows, (99, k.CTRL_SLEEP)])
    silent = [(n, k.SQ_EVENTIDX_READ, {"b": 0}) for n in range(ENOUGH)]
    assert not found("eventidx-useless", [*rows, *silent])
