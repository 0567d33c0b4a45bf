"""Each event of a lifted trace knows the step before it, which is what moves in the picture."""

from __future__ import annotations

import numpy as np

from nvmeviz.importers.causes import link
from nvmeviz.importers.read import read_traces
from nvmeviz.log import kinds as k
from nvmeviz.log.events import EVENT
from tests.importers.traces import sample


def events(*rows: tuple[int, int, int]) -> np.ndarray:
    """Events (kind, qid, cid), one after the other."""
    made = np.zeros(len(rows), EVENT)
    for number, (kind, qid, cid) in enumerate(rows):
        made[number]["t"], made[number]["kind"] = number, kind
        made[number]["qid"], made[number]["cid"] = qid, cid
    return made


def causes(*rows: tuple[int, int, int]) -> list[int]:
    made = events(*rows)
    link(made, lambda: None)
    return made["cause"].tolist()


def test_a_fetch_comes_from_the_tail_of_its_own_queue():
    assert causes(
        (k.SQ_DOORBELL, 0, 0), (k.SQ_SHADOW_READ, 1, 0), (k.SQ_FETCH, 0, 5), (k.SQ_FETCH, 1, 5)
    ) == [-1, -1, 0, 1]


def test_a_completion_comes_from_its_own_command():
    assert causes(
        (k.SQ_FETCH, 0, 1),
        (k.SQ_FETCH, 0, 2),
        (k.DEV_DONE, 0, 2),
        (k.DEV_DONE, 0, 1),
        (k.CQ_POST, 0, 2),
    ) == [-1, -1, 1, 0, 2]


def test_what_comes_first_comes_from_nothing():
    assert causes((k.CQ_POST, 0, 1), (k.IRQ_RAISE, 1, 0), (k.IRQ_RAISE, 0, 0)) == [-1, -1, 0]


def test_a_doorbell_wakes_a_thread_once():
    assert causes((k.SQ_DOORBELL, 0, 0), (k.CTRL_WAKE, 0, 0), (k.CTRL_WAKE, 0, 0)) == [-1, 0, -1]


def test_causes_in_a_real_trace_lie_before_and_on_the_same_queue():
    for run in read_traces([sample("linux-dbbuf-qd16").qemu]).runs:
        cause = run.events["cause"]
        linked = np.flatnonzero(cause >= 0)
        assert len(linked) > len(cause) // 3
        assert (cause[linked] < linked).all()
        assert (run.events["qid"][cause[linked]] == run.events["qid"][linked]).all()
        fetched = run.events["kind"] == k.SQ_FETCH
        assert (cause[fetched] >= 0).mean() > 0.99
