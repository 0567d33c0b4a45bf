"""Spans: where counts begin anew, and what is known at their beginning."""

from __future__ import annotations

import numpy as np

from nvmeviz.analysis.findings.seen import Seen, latest, value_at
from nvmeviz.log import kinds as k
from tests.analysis.findings.logs import ADMIN, MACHINE, SHADOW_ON, about, log

POST = (1, k.SQ_POST, {"a": 3})
RESET = (1, k.CTRL_RESET, {"qid": ADMIN})
LOST = (1, k.SQ_POST, {"a": 4, "flags": k.LOST_BEFORE})


def lane_of(*rows, **more):
    seen = Seen(log(list(rows)), MACHINE, 9, **more)
    return seen, seen.sqs[0]


def test_a_reset_and_a_gap_both_begin_a_span_but_only_a_reset_tells_where_it_begins():
    _, lane = lane_of(POST, POST, LOST, POST, RESET, POST, LOST)
    assert lane.span.tolist() == [0, 0, 1, 1, 2, 3]
    assert lane.known.tolist() == [True, True, False, False, True, False]
    assert lane.count(SQ_POST=1).tolist() == [1, 2, 1, 2, 1, 1]


def test_a_measured_log_is_known_from_its_first_reset_on():
    _, lane = lane_of(POST, RESET, POST, about=about())
    assert lane.known.tolist() == [False, True]


def test_a_reset_of_another_guest_changes_nothing():
    other = (1, k.CTRL_RESET, {"qid": 60_000})
    _, lane = lane_of(POST, other, POST)
    assert lane.span.tolist() == [0, 0]


def test_the_latest_event_before_is_looked_for_in_the_same_span_only():
    bell = (1, k.SQ_DOORBELL, {"a": 7})
    _, lane = lane_of(bell, POST, RESET, POST, bell, POST)
    posts, bells = lane.only(k.SQ_POST), lane.only(k.SQ_DOORBELL)
    assert latest(bells, posts).tolist() == [0, -1, 1]
    assert value_at(bells, posts, 99).tolist() == [7, 99, 7]


def test_shadow_buffers_are_in_use_from_hand_over_to_reset():
    seen, lane = lane_of(POST, *SHADOW_ON, POST, RESET, POST)
    assert seen.shadowed(lane).tolist() == [False, True, False]
    assert not np.any(seen.shadowed(seen.sqs[-1]))  # the admin queue never is


def test_what_is_inferred_is_no_record():
    seen, _ = lane_of(POST, about=about(without=(k.IRQ_RAISE,), inferred=(k.CQ_POST,)))
    assert seen.covers(k.CQ_POST)
    assert not seen.recorded(k.CQ_POST)
    assert not seen.covers(k.IRQ_RAISE)
