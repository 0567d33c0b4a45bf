"""Frames say what the state says, in words that a person can check."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nvmeviz.app.messages import Pause, Seek, SetSpeedPosition, Step, Unit
from nvmeviz.app.present import Presenter, present
from nvmeviz.app.present.frame import OUTSIDE, BatchBox, CellBox, Path, SlotState, TrapBox
from nvmeviz.app.present.rings import arcs_of
from nvmeviz.log import kinds
from nvmeviz.model import layout
from nvmeviz.units import clock_text
from tests.app.drive import opened, send, ticks


def frames(source: str, count: int = 120, modes=None):
    """(state, frame) after each of `count` single events."""
    state = send(opened(source, modes), Pause())
    for _ in range(count):
        state = ticks(send(state, Step(Unit.EVENT, 1)), 30)
        yield state, present(state)


def test_ring_slots_add_up_to_the_commands_in_flight():
    for state, frame in frames("first-steps"):
        for run, count, pane in zip(state.runs, state.head.counts, frame.panes, strict=True):
            s = run.timeline.state_after(count)
            assert int((pane.sq.slots != SlotState.FREE).sum()) <= int(s.q_inflight[0])
            written = int((pane.sq.slots == SlotState.WRITTEN).sum())
            assert written == int(s.sq_unrung[0])
            waiting = (int(s.sq_tail[0]) - int(s.sq_head[0])) % int(s.sq_size[0])
            rung = int((pane.sq.slots == SlotState.RUNG).sum())
            assert rung + written == waiting


def test_the_wall_is_lit_exactly_while_a_vcpu_is_out():
    lit = set()
    for state, frame in frames("first-steps", 200):
        for run, count, pane in zip(state.runs, state.head.counts, frame.panes, strict=True):
            s = run.timeline.state_after(count)
            out = s.vcpu_act[0] == layout.VCPU_EXITED
            assert pane.wall_lit == out
            assert (pane.lanes[0].now in OUTSIDE) == out
            lit.add(out)
    assert lit == {True, False}


def test_the_rule_in_words_agrees_with_what_the_guest_did():
    verdicts = set()
    for _, frame in frames("qemu-dbbuf-policies", 160):
        box = frame.panes[1].center
        assert isinstance(box, CellBox)
        if " has " in box.words:
            assert ("has not" in box.words) == ("no trap" in box.verdict) == (not box.rang)
            verdicts.add(box.rang)
    assert verdicts == {True, False}


def test_each_mode_has_its_own_box_between_the_rings():
    _, frame = next(frames("first-steps", 1))
    kinds = [type(pane.center) for pane in frame.panes]
    assert kinds == [TrapBox, BatchBox, CellBox]


def test_an_exit_under_way_makes_progress_and_says_how_long():
    state = send(opened("gce-local-ssd-2017"), Pause())
    seen = []
    for t_ns in range(1_200_000, 1_230_000, 500):
        box = present(send(state, Seek(t_ns))).panes[0].center
        assert isinstance(box, TrapBox)
        if box.progress is not None:
            assert 0 <= box.progress <= 1
            assert " of " in box.timing
            seen.append(box.progress)
    assert len(seen) > 10
    assert max(seen) - min(seen) > 0.5


def test_tokens_move_forward_in_simulated_time_and_back_the_same_way():
    state = send(opened("gce-local-ssd-2017"), Pause())
    paths = set()
    events = state.runs[1].log.slice(state.head.counts[1], state.head.counts[1] + 700)
    stored = events["t"][events["kind"] == kinds.SQ_SHADOW][:3]  # steps too short to meet by chance
    for t_ns in (*range(1_200_000, 1_260_000, 400), *(stored - 15).tolist()):
        frame = present(send(state, Seek(t_ns)))
        again = present(send(state, Seek(0), Seek(t_ns)))
        for pane, other in zip(frame.panes, again.panes, strict=True):
            tokens = pane.tokens
            assert ((tokens.frac >= 0) & (tokens.frac <= 1)).all()
            assert (tokens.frac == other.tokens.frac).all()
            paths |= set(tokens.path.tolist())
    wanted = {Path.POST, Path.FETCH, Path.POST_CQE, Path.REAP, Path.DOORBELL_SQ, Path.SHADOW_SQ}
    assert wanted <= paths


def test_lanes_cover_their_window_without_gaps_or_overlaps():
    state = send(opened("gce-local-ssd-2017"), Pause())
    for t_ns in range(1_200_000, 1_300_000, 7_000):
        for pane in present(send(state, Seek(t_ns))).panes:
            spans = pane.lanes[0].spans
            assert spans[-1].end == 1.0
            assert spans[0].start == pytest.approx(0.0, abs=1e-9)
            for one, following in itertools.pairwise(spans):
                assert one.end == pytest.approx(following.start)


def test_too_fast_for_tokens_becomes_flow():
    state = ticks(send(opened("gce-local-ssd-2017"), SetSpeedPosition(0.6)), 20)
    pane = present(state).panes[1]
    assert len(pane.tokens.path) == 0
    assert pane.flow is not None
    assert pane.flow[Path.POST] > 0
    later = present(ticks(state, 3)).panes[1]
    assert later.flow_phase != pane.flow_phase


def test_speed_up_is_against_the_first_pane():
    state = ticks(send(opened("gce-local-ssd-2017"), SetSpeedPosition(0.7)), 120)
    first, second = present(state).panes
    assert first.chips[0].value == "1.00×"
    assert 2.5 < float(second.chips[0].value.rstrip("×")) < 5


def test_measured_values_are_drawn_with_their_source():
    graph = present(opened("gce-local-ssd-2017")).graphs[0]
    assert {mark.y for mark in graph.marks} == {43_900.0, 184_000.0}
    assert all("Koike" in mark.label for mark in graph.marks)
    assert graph.y_range[1] > 184_000


def test_figures_rest_for_a_tenth_of_a_second_while_playing():
    presenter = Presenter()
    state = opened("gce-local-ssd-2017")
    first = presenter.present(state)
    second = presenter.present(ticks(state, 1))
    assert second.graphs is first.graphs
    assert (second.toolbar, second.status) == (first.toolbar, first.status)
    assert first.scrubber is not None
    assert second.scrubber is not None
    assert second.scrubber.time_text == first.scrubber.time_text
    assert second.scrubber.t_ns != first.scrubber.t_ns
    last = second
    for _ in range(8):
        state = ticks(state, 1)
        last = presenter.present(state)
    assert last.graphs is not first.graphs
    assert last.toolbar.time_text != first.toolbar.time_text
    assert last.status != first.status


def test_each_pane_has_its_figures_made_anew_in_a_frame_of_its_own():
    presenter = Presenter()
    state = opened("gce-local-ssd-2017")
    presenter.present(state)
    made = []
    for _ in range(12):
        before = dict(presenter._summaries)
        state = ticks(state, 1)
        presenter.present(state)
        made.append([n for n, one in before.items() if presenter._summaries[n] is not one])
    assert made == [[], [], [1], [], [], [0]] * 2
    before = dict(presenter._summaries)
    presenter.present(send(state, Pause(), Seek(state.head.t_ns - 50_000)))
    assert all(presenter._summaries[n] is not one for n, one in before.items())


def test_a_paused_time_is_the_playheads():
    presenter = Presenter()
    state = opened("gce-local-ssd-2017")
    for _ in range(4):
        state = ticks(state, 1)
        presenter.present(state)
    state = send(state, Pause())
    shown = presenter.present(state).toolbar.time_text
    assert shown == f"t = {clock_text(state.head.shown()[0])}"


@pytest.mark.parametrize("wrap", [0, 5])
def test_arcs_of_a_deep_ring_cover_what_is_not_free(wrap: int):
    slots = np.zeros(1024, np.uint8)
    at = (np.arange(300) + 1024 - 100 * (wrap > 0)) % 1024
    slots[at] = SlotState.RUNG
    slots[at[:40]] = SlotState.COMPLETED
    arcs = arcs_of(slots)
    assert sum(arc.count for arc in arcs) == 300
    assert {arc.state for arc in arcs} == {SlotState.RUNG, SlotState.COMPLETED}
    assert len(arcs) == 2
