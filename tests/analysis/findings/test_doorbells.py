"""Doorbell rules on logs by hand: each fires on one, and stays silent on its neighbour."""

from __future__ import annotations

import pytest

from nvmeviz.log import kinds as k
from tests.analysis.findings.logs import SHADOW_ON, SLOTS, about, commands, found


@pytest.mark.parametrize(
    "bad",
    [
        (5, k.SQ_DOORBELL, {"a": SLOTS}),
        (5, k.CQ_DOORBELL, {"a": 0xFFFF}),
        (5, k.SQ_SHADOW, {"a": SLOTS}),
        (5, k.STRAY, {"a": k.SQ_DOORBELL, "b": 700}),
    ],
)
def test_a_value_that_names_no_slot(bad):
    (one,) = found("doorbell-value", [bad])
    assert (one.severity, one.queue, one.t_ns) == ("error", 1, 5)
    t_ns, kind, fields = bad
    assert not found("doorbell-value", [(t_ns, kind, {**fields, "a": SLOTS - 1})])


def test_a_doorbell_of_a_queue_that_does_not_exist():
    stray = {"a": k.SQ_DOORBELL, "b": 3, "qid": k.NO_QUEUE, "cid": 9}
    (one,) = found("doorbell-queue", [(5, k.STRAY, stray), (6, k.STRAY, stray)])
    assert (one.severity, one.queue, one.t_ns) == ("error", None, 5)
    assert "queue 9" in one.text
    assert not found("doorbell-queue", [(5, k.STRAY, {**stray, "qid": 0})])


@pytest.mark.parametrize("bell", [k.SQ_DOORBELL, k.CQ_DOORBELL])
def test_the_same_value_twice_in_a_row(bell: int):
    (one,) = found("doorbell-repeated", [(5, bell, {"a": 3}), (9, bell, {"a": 3})])
    assert (one.severity, one.t_ns) == ("error", 9)
    assert not found("doorbell-repeated", [(5, bell, {"a": 3}), (9, bell, {"a": 4})])


@pytest.mark.parametrize(
    ("bell", "between"),
    [(k.SQ_DOORBELL, k.SQ_POST), (k.SQ_DOORBELL, k.SQ_SHADOW), (k.CQ_DOORBELL, k.CQ_REAP)],
)
def test_a_value_that_comes_round_again_is_no_repetition(bell: int, between: int):
    rows = [(5, bell, {"a": 3}), (7, between, {"a": 3}), (9, bell, {"a": 3})]
    assert not found("doorbell-repeated", rows)


def test_another_queue_or_a_gap_between_is_no_repetition():
    rows = [(5, k.SQ_DOORBELL, {"a": 3}), (9, k.SQ_DOORBELL, {"a": 3, "qid": 1})]
    assert not found("doorbell-repeated", rows)
    rows = [(5, k.SQ_DOORBELL, {"a": 3}), (9, k.SQ_DOORBELL, {"a": 3, "flags": k.LOST_BEFORE})]
    assert not found("doorbell-repeated", rows)


def test_a_completion_between_two_heads_may_have_moved_it_where_no_reap_is_recorded():
    rows = [(5, k.CQ_DOORBELL, {"a": 3}), (7, k.CQ_POST), (9, k.CQ_DOORBELL, {"a": 3})]
    assert found("doorbell-repeated", rows)
    assert not found("doorbell-repeated", rows, about=about(without=(k.CQ_REAP,)))


HEARD = [*SHADOW_ON, (1, k.SQ_SHADOW_READ, {"a": 4}), (2, k.SQ_EVENTIDX, {"a": 4})]
NO_COMPARISON = about(without=(k.SQ_EVENTIDX_READ,))


def test_a_doorbell_that_brings_what_the_shadow_brought_is_a_note():
    (one,) = found("doorbell-unasked", [*HEARD, (9, k.SQ_DOORBELL, {"a": 4})])
    assert (one.severity, one.t_ns) == ("note", 9)
    assert not found("doorbell-unasked", [*HEARD, (9, k.SQ_DOORBELL, {"a": 5})])
    assert not found("doorbell-unasked", [*HEARD[1:], (9, k.SQ_DOORBELL, {"a": 4})])


def test_a_doorbell_that_eventidx_did_not_ask_for_is_a_warning():
    armed = [*HEARD, (5, k.SQ_EVENTIDX, {"a": 7})]
    rows = [*armed, (9, k.SQ_DOORBELL, {"a": 6})]
    (one,) = found("doorbell-unasked", rows, about=NO_COMPARISON)
    assert (one.severity, one.t_ns) == ("warning", 9)
    assert "EventIdx stood at 7" in one.text
    assert not found("doorbell-unasked", rows)  # the guest's own comparison says more
    asked = [*HEARD, (9, k.SQ_DOORBELL, {"a": 6})]
    assert not found("doorbell-unasked", asked, about=NO_COMPARISON)


@pytest.mark.parametrize(
    ("store", "read"), [(k.SQ_SHADOW, k.SQ_EVENTIDX_READ), (k.CQ_SHADOW, k.CQ_EVENTIDX_READ)]
)
@pytest.mark.parametrize(
    ("eventidx", "rang", "severity"),
    [(5, 1, None), (5, 0, "error"), (4, 0, None), (4, 1, "warning"), (6, 0, None)],
)
def test_a_comparison_against_the_rule(store, read, eventidx, rang, severity):
    rows = [(5, store, {"a": 6, "b": 5}), (9, read, {"a": eventidx, "b": rang})]
    made = found("eventidx-rule", rows)
    assert [one.severity for one in made] == ([severity] if severity else [])


def test_the_rule_of_the_specification_also_rings_when_eventidx_is_the_new_value():
    rows = [(5, k.SQ_SHADOW, {"a": 6, "b": 5}), (9, k.SQ_EVENTIDX_READ, {"a": 6, "b": 0})]
    (one,) = found("eventidx-rule", rows, spec_rule=True)
    assert one.severity == "error"


def test_plain_doorbells_are_judged_by_no_eventidx():
    names = {"doorbell-unasked", "eventidx-rule", "doorbell-repeated"}
    assert not [name for name in names if found(name, commands(30))]
