"""What a trace can't hold is shown as unknown, never as zero; what is inferred says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nvmeviz.app.measured import source_of
from nvmeviz.app.messages import AddPane, Pause, Seek, SetSpeedPosition, TogglePanel, TogglePlay
from nvmeviz.app.present import present
from nvmeviz.app.present.frame import (
    INFERRED_MARK,
    Activity,
    CellBox,
    SlotState,
    Span,
    TrapBox,
)
from nvmeviz.app.present.known import as_known
from nvmeviz.app.present.moment import Moments
from nvmeviz.app.present.words import describe
from nvmeviz.log import kinds
from tests.app.drive import opened, send
from tests.importers.traces import sample

SHADOW = sample("linux-dbbuf-qd16")
MMIO = sample("linux-mmio-batch8")


def frame_of(*files: str, later_ns: int = 2_000_000, fast: bool = False):
    """(state, frame) a little after the work has begun."""
    state = send(opened(source_of(files)), Pause())
    state = send(state, Seek(state.head.t_ns + later_ns))
    if fast:
        state = send(state, SetSpeedPosition(0.75), TogglePlay())
    return state, present(state)


def guest(case) -> str:
    assert case.guest is not None
    return case.guest


def chips(pane) -> dict:
    return {chip.label: chip for chip in pane.chips}


def test_time_in_the_vmm_is_unknown_where_exits_are_inferred():
    _, frame = frame_of(MMIO.qemu)
    (pane,) = frame.panes
    assert chips(pane)["in the VMM"].value == "–"
    assert "kvm_exit" in chips(pane)["in the VMM"].hint
    assert chips(pane)["traps / I/O"].inferred
    assert "inferred" in chips(pane)["traps / I/O"].hint.lower()
    assert pane.lock is None
    assert "null" not in pane.device.words


@pytest.mark.parametrize("fast", [False, True])
def test_a_vcpu_without_exit_records_is_unknown_between_its_exits(fast):
    _, frame = frame_of(MMIO.qemu, fast=fast)
    (pane,) = frame.panes
    doing = {span.activity for lane in pane.lanes for span in lane.spans}
    assert doing <= {Activity.UNKNOWN, Activity.VM_EXIT}
    assert all("not known" in lane.hint for lane in pane.lanes)
    assert "not known" in pane.spoken
    assert not pane.controller.sleeps
    assert not pane.controller.shares
    assert pane.wall_share is None


def test_figures_of_a_log_without_the_driver_are_inferred_and_with_it_not():
    _, alone = frame_of(SHADOW.qemu)
    _, both = frame_of(*SHADOW.files)
    assert chips(alone.panes[0])["p99 latency"].inferred
    assert "Inferred" in alone.panes[0].iops_hint
    assert not chips(both.panes[0])["p99 latency"].inferred
    assert "Inferred" not in both.panes[0].iops_hint


def test_an_eventidx_that_the_device_never_wrote_is_unknown():
    _, frame = frame_of(SHADOW.qemu)
    box = frame.panes[0].center
    assert isinstance(box, CellBox)
    assert box.known == (True, True, True, False)


@pytest.mark.parametrize("fast", [False, True])
def test_the_guest_alone_tells_nothing_of_the_controller(fast):
    _, frame = frame_of(guest(SHADOW), fast=fast)
    (pane,) = frame.panes
    assert pane.hidden == ("doorbells", "controller", "device")
    assert "guest saw it" in pane.title
    assert pane.accent == "unknown"
    assert pane.traps_per_s == "–"
    assert chips(pane)["traps / I/O"].value == "–"
    assert all(bell.value == "–" and bell.ringing == 0.0 for bell in pane.bells)
    assert isinstance(pane.center, TrapBox)
    assert "not in this trace" in pane.center.detail
    assert set(pane.sq.slots.tolist()) <= {SlotState.FREE, SlotState.UNKNOWN}
    assert {arc.state for arc in pane.sq.arcs} <= {SlotState.UNKNOWN}
    missing = {graph.name: {s.missing for s in graph.series} for graph in frame.graphs}
    assert missing["exits_per_io"] == {"no kvm_exit records in this trace"}
    assert missing["iops"] == {""}


def test_a_pane_of_a_trace_says_which_part_of_which_files():
    _, frame = frame_of(*SHADOW.files)
    assert frame.panes[0].subtitle.startswith("driver, epoch")
    assert all(name.rsplit("/", 1)[-1] in frame.panes[0].subtitle for name in SHADOW.files)
    assert frame.status.startswith("measured")


def test_an_inferred_event_is_called_so():
    state, _ = frame_of(SHADOW.qemu)
    (run,) = state.runs
    events = run.log.slice(0, len(run.log))
    inferred = events[(events["flags"] & kinds.INFERRED) != 0]
    told = events[(events["flags"] & kinds.INFERRED) == 0]
    assert describe(inferred[0], run.topology).endswith("inferred")
    assert "inferred" not in describe(told[0], run.topology)


def test_the_key_explains_unknown_and_inferred_only_where_they_are():
    _, frame = frame_of(SHADOW.qemu)
    assert {mark for mark, _ in frame.legend} >= {SlotState.UNKNOWN, INFERRED_MARK}
    marks = {mark for mark, _ in present(opened("first-steps")).legend}
    assert not marks & {SlotState.UNKNOWN, INFERRED_MARK}


def test_a_simulated_pane_is_left_as_it_is():
    state = opened("first-steps")
    (pane, *_), moment = present(state).panes, Moments(state.runs, 0, (0,) * len(state.runs))[0]
    assert as_known(pane, moment) is pane


def test_what_kvm_tells_is_known():
    state, frame = frame_of(MMIO.qemu)
    (run,) = state.runs
    run.about = replace(run.about, inferred=frozenset())
    pane = present(replace(state)).panes[0]
    assert chips(pane)["in the VMM"].value != "–"
    assert not chips(pane)["traps / I/O"].inferred
    assert {span.activity for lane in pane.lanes for span in lane.spans} != {Activity.UNKNOWN}
    assert frame.panes[0].lanes != pane.lanes


def test_a_measured_pane_has_no_settings_and_no_costs():
    state, _ = frame_of(SHADOW.qemu)
    panel = present(send(state, TogglePanel(open=True))).panel
    assert panel is not None
    assert panel.bare
    assert "measured" in panel.note
    state = send(state, AddPane("mmio_trap"), TogglePanel(open=True))
    frame = present(state)
    assert frame.panel is not None
    assert not frame.panel.bare
    assert "arrivals differ" in frame.status


def test_a_handler_whose_end_is_only_inferred_is_not_shown_running_on():
    state, frame = frame_of(*SHADOW.files)
    (run,) = state.runs
    lane = replace(
        frame.panes[0].lanes[0],
        spans=(Span(0.0, 0.4, Activity.IRQ), Span(0.4, 1.0, Activity.IRQ)),
        now=Activity.IRQ,
    )
    pane = replace(frame.panes[0], lanes=(lane,))
    moment = Moments(state.runs, state.head.t_ns, state.head.counts)[0]
    assert not run.about.tells(kinds.IRQ_EXIT)
    (shown,) = as_known(pane, moment).lanes
    assert [span.activity for span in shown.spans] == [Activity.IRQ, Activity.UNKNOWN]
    assert shown.now is Activity.UNKNOWN
