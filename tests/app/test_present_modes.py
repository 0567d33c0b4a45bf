"""Every doorbell mode and every part of the machine is shown as the log has it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from nvmeviz.app.messages import Pause, Seek, SelectQueue, Step, Unit
from nvmeviz.app.present import present
from nvmeviz.app.present.frame import (
    OUTSIDE,
    Activity,
    BatchBox,
    CellBox,
    Path,
    TrapBox,
)
from nvmeviz.app.present.words import describe
from nvmeviz.engine.doorbell import MODES
from nvmeviz.engine.machine import has_event_loops
from nvmeviz.engine.mode import Announce, Way
from nvmeviz.log import kinds
from nvmeviz.log.events import EVENT, KINDS
from nvmeviz.model import layout
from tests.app.drive import changed, opened, send

MODE_NAMES = [mode.name for mode in MODES]
SHADOW_MODES = [mode.name for mode in MODES if mode.uses_shadow]
MOMENTS = (0, 500, 3_000, 9_000, 20_000, 60_000, 150_000, 400_000, 400_900, 1_500_000)


def of_mode(mode: str, source: str = "first-steps"):
    return send(opened(source, (mode,)), Pause())


def panes(state, *moments: int):
    """(state of the machine, pane) at moments of the first run."""
    for t_ns in moments:
        state = send(state, Seek(t_ns))
        run, count = state.runs[0], state.head.counts[0]
        yield run.timeline.state_after(count), present(state).panes[0]


def steps(state, count: int, stride: int = 1):
    """The same after single events from where `state` stands."""
    for _ in range(count):
        state = send(state, Step(Unit.EVENT, stride))
        state = send(state, Seek(state.head.t_ns))  # no glide
        run = state.runs[0]
        yield run.timeline.state_after(state.head.counts[0]), present(state).panes[0]


@pytest.mark.parametrize("mode", MODE_NAMES)
def test_a_pane_of_every_mode_says_what_the_state_says(mode):
    for s, pane in panes(of_mode(mode), *MOMENTS):
        assert pane.accent == mode
        assert pane.queue_note == "queue pair 1 of 1"
        assert pane.admin is not None
        assert pane.admin.label == "admin"
        assert pane.wall_lit == (s.vcpu_act[0] == layout.VCPU_EXITED)
        assert (pane.lanes[0].now in OUTSIDE) == pane.wall_lit
        assert pane.sq.used == s.q_inflight[0]
        assert pane.cq.used == (s.cq_tail[0] - s.cq_head[0]) % s.cq_size[0]
        spans = pane.lanes[0].spans
        assert all(one.end == pytest.approx(after.start) for one, after in pairwise(spans))
        if pane.wall_lit and isinstance(pane.center, TrapBox | CellBox):
            assert pane.center.progress is not None


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_the_centre_box_and_the_wall_fit_the_way_of_the_doorbells(mode):
    _, pane = next(panes(of_mode(mode.name), 1_000_000))
    titles = {Way.MAPPED: "MAPPED PAGE", Way.REGISTER: "DEVICE REGISTERS"}
    if mode.uses_shadow:
        titles = dict.fromkeys(Way, "SHARED MEMORY")
    if mode.way in titles:
        assert isinstance(pane.center, CellBox)
        assert pane.center.title == titles[mode.way]
    else:
        expected = BatchBox if mode.announce is Announce.BATCH else TrapBox
        assert isinstance(pane.center, expected)
    assert pane.wall_open == mode.passthrough
    assert all(bell.traps == mode.traps for bell in pane.bells)
    assert (pane.lock is not None) == has_event_loops(of_mode(mode.name).runs[0].scenario, mode)


@pytest.mark.parametrize("mode", SHADOW_MODES)
def test_a_shadow_mode_says_that_its_buffers_are_not_yet_handed_over(mode):
    seen = []
    for s, pane in steps(of_mode(mode), 600):
        box = pane.center
        assert isinstance(box, CellBox)
        if s.g_dbbuf[0] >= layout.DBBUF_ON:
            assert "handed over" not in box.words
            assert all(value != "–" for value in box.values)
            break
        assert set(box.values) == {"–"}
        seen.append(box.verdict)
    else:
        pytest.fail("never handed over")
    assert "admin command on its way" in seen
    assert "completion on its way" in seen


def test_doorbells_of_an_ioeventfd_mode_are_signals_whose_value_nobody_sees():
    notes, values = set(), set()
    state = send(of_mode("dbbuf_ioeventfd"), Seek(200_000))
    for s, pane in steps(state, 400):
        assert isinstance(pane.center, CellBox)
        if s.vcpu_act[0] == layout.VCPU_EXITED and s.vcpu_exit_reason[0] <= kinds.EXIT_CQ_DOORBELL:
            notes.add(pane.center.note)
        values.add(pane.bells[0].value)
    assert notes == {"KVM signals an eventfd"}
    assert "unseen" in values


def test_the_lock_and_who_waits_for_it_are_told():
    file_state = of_mode("mmio_trap")
    words, waiting = set(), 0
    for s, pane in steps(send(file_state, Seek(200_000)), 500):
        lock = pane.lock
        assert lock is not None
        assert lock.held == (s.g_lock_owner[0] != layout.LOCK_FREE)
        words.add(lock.words)
        assert ("wait" in lock.words) == (s.g_lock_waits[0] > 0)
        if pane.lanes[0].now is Activity.LOCK_WAIT:
            waiting += 1
            assert isinstance(pane.center, TrapBox)
            assert pane.center.note == "waits for the VMM lock"
    assert {"lock free", "main loop", "vCPU 0"} <= words
    assert waiting > 0


def test_the_main_loop_says_which_pass_it_is_in_and_that_it_holds_the_lock():
    found = set()
    for s, pane in steps(send(of_mode("mmio_trap"), Seek(200_000)), 300):
        assert pane.controller.name == "main loop"
        if "starting pass" in pane.controller.words:
            assert f"starting pass {s.thr_pass[0] + 1}" in pane.controller.words
        elif "pass" in pane.controller.words:
            assert f"pass {s.thr_pass[0]}," in f"{pane.controller.words},"
        held = s.g_lock_owner[0] == layout.THREAD_ACTOR
        if s.thr_act[0] == layout.THR_WORKING:
            assert ("holds the lock" in pane.controller.words) == held
        found.add(pane.controller.words.partition(",")[0])
    assert {"fetching", "posting a completion"} <= found


@pytest.mark.parametrize("mode", ["dbbuf_iothread", "polling", "passthrough"])
def test_the_controller_is_called_what_it_is(mode):
    _, pane = next(panes(of_mode(mode), 1_000_000))
    names = {
        "dbbuf_iothread": "IOThread",
        "polling": "polling IOThread",
        "passthrough": "virtual function",
    }
    assert pane.controller.name == names[mode]
    assert pane.controller.poller == (mode == "polling")


def test_a_click_makes_the_admin_pair_large():
    state = of_mode("mmio_trap")
    admin = present(state).panes[0].admin
    assert admin is not None
    pane = present(send(state, SelectQueue(admin.index))).panes[0]
    assert pane.queue_note == "admin queue pair"
    assert (pane.sq.name, pane.cq.name) == ("SQ 0", "CQ 0")
    assert isinstance(pane.center, TrapBox)
    assert pane.admin is not None
    assert pane.admin.selected


def test_queue_pairs_are_counted_a_guest_and_up_and_down_visit_all():
    state = send(
        changed(
            "first-steps", "google_2016", "machine.guests=3", "machine.vcpus=2", "machine.queues=4"
        ),
        Pause(),
        Seek(300_000),
    )
    seen, queue = [], 0
    for _ in range(3 * 5):
        pane = present(send(state, SelectQueue(queue))).panes[0]
        seen.append(queue)
        guest = int(state.runs[0].topology.queues[queue].guest)
        assert pane.guests[pane.guest] == f"VM {guest + 1}"
        assert [lane.label for lane in pane.lanes] == ["vCPU 0", "vCPU 1"]
        assert [small.label for small in pane.queues] == ["1", "2", "3", "4"]
        assert pane.queue_note == (
            "admin queue pair" if queue >= 12 else f"queue pair {queue % 4 + 1} of 4"
        )
        before = present(send(state, SelectQueue(pane.around[1]))).panes[0].around[0]
        assert before == queue or pane.around[1] in pane.guest_queues
        queue = pane.around[1]
    assert queue == 0
    assert sorted(seen) == list(range(15))


def test_a_shared_cq_names_its_sqs():
    state = send(
        changed("first-steps", "mmio_trap", "machine.queues=4", "machine.sqs_per_cq=2"),
        Pause(),
        Seek(300_000),
    )
    pane = present(send(state, SelectQueue(1))).panes[0]
    assert pane.queue_note == "queue pair 2 of 4 · CQ 1 shared by SQ 1 · 2"
    assert (pane.sq.name, pane.cq.name) == ("SQ 2", "CQ 1")
    assert (pane.sq.shared, pane.cq.shared) == ("", "1 · 2")
    assert pane.bells[1].label == "CQ 1 head doorbell"
    other = present(send(state, SelectQueue(3))).panes[0]
    assert other.cq.name == "CQ 3"


def test_a_value_in_a_store_buffer_is_shown_as_not_yet_visible():
    state = send(
        changed("first-steps", "dbbuf_qemu80", "doorbell.guest_barrier=missing", "costs.drain=2us"),
        Pause(),
        Seek(200_000),
    )
    hidden = 0
    for s, pane in steps(state, 300):
        box = pane.center
        assert isinstance(box, CellBox)
        buffered = s.sq_stored[0] != s.sq_shadow[0]
        assert (f"SQ {s.sq_stored[0]}" in box.notes[0]) == buffered
        assert box.values[0] == str(s.sq_shadow[0])
        hidden += buffered
    assert hidden > 0


def test_a_guest_that_polls_is_seen_polling():
    state = send(
        changed("first-steps", "polling", "workload.completion=poll"), Pause(), Seek(300_000)
    )
    now = {pane.lanes[0].now for _, pane in steps(state, 200)}
    assert Activity.POLLING in now
    assert not now & {Activity.IDLE, Activity.IRQ}


def test_an_adaptive_poller_is_asleep_when_it_sleeps():
    state = send(
        changed(
            "first-steps",
            "adaptive_polling",
            "workload.kind=poisson",
            "workload.rate=5000",
            "doorbell.poll_window=5us",
        ),
        Pause(),
    )
    dials = set()
    for s, pane in panes(state, *range(200_000, 1_900_000, 17_000)):
        thread = s.q_thread[0]
        asleep = s.thr_act[thread] == layout.THR_ASLEEP
        assert (pane.controller.words == "asleep") == asleep
        if asleep:
            assert pane.controller.dial is None
        dials.add(pane.controller.dial is None)
        assert pane.controller.poller
    assert dials == {True, False}


def test_requests_that_wait_are_counted():
    state = send(
        changed(
            "first-steps",
            "mmio_trap",
            "workload.kind=bursts",
            "workload.burst=12",
            "workload.period=300us",
        ),
        Pause(),
    )
    notes, paths = set(), set()
    for s, pane in panes(state, *range(295_000, 400_000, 1_000)):
        waiting = int(s.q_waiting[0])
        assert pane.sq.sub_note == (f"+{waiting} waiting" if waiting else "in flight")
        notes.add(waiting > 0)
        paths |= set(pane.tokens.path.tolist())
    assert notes == {True, False}


def test_a_mapped_doorbell_travels_to_the_page_and_not_to_the_wall():
    paths, words = set(), set()
    for _, pane in steps(send(of_mode("mapped_doorbell"), Seek(200_000)), 300):
        paths |= set(pane.tokens.path.tolist())
        assert isinstance(pane.center, CellBox)
        words.add(pane.center.verdict)
        assert not pane.wall_lit
    assert Path.SHADOW_SQ in paths
    assert not paths & {Path.DOORBELL_SQ, Path.DOORBELL_CQ}
    assert words == {"the next sweep will see it", "the poller has seen it"}


@pytest.mark.parametrize("mode", ["passthrough", "passthrough_posted"])
def test_interrupts_of_a_passed_through_device_exit_unless_they_are_posted(mode):
    reasons = set()
    for s, pane in steps(send(of_mode(mode), Seek(200_000)), 600):
        if pane.wall_lit:
            reasons.add(int(s.vcpu_exit_reason[0]))
            assert isinstance(pane.center, CellBox)
            assert "interrupt of CQ 1" in pane.center.words
    assert reasons <= {kinds.EXIT_INTERRUPT}
    if mode == "passthrough_posted":
        assert not reasons


@pytest.mark.parametrize("row", KINDS, ids=lambda row: row.name)
def test_every_kind_of_event_has_words(row):
    topology = of_mode("mmio_trap").runs[0].topology
    event = np.zeros(1, EVENT)
    event["kind"], event["a"], event["b"] = row.kind, 1, 1
    words = describe(event[0], topology)
    assert row.words in words
    assert ": " in words
    assert "  " not in words


def test_a_driver_without_the_feature_traps_in_a_shadow_mode():
    state = send(
        changed("first-steps", "google_2016", "machine.guests=2", "machine.plain_guests=1"),
        Pause(),
        Seek(300_000),
    )
    first, plain = (present(send(state, SelectQueue(queue))).panes[0] for queue in (0, 1))
    assert isinstance(first.center, CellBox)
    assert isinstance(plain.center, TrapBox)


def test_a_reset_that_loses_the_buffers_is_told():
    state = send(
        changed(
            "first-steps",
            "dbbuf_qemu80",
            "machine.reset_at=300us",
            "machine.reset_driver=forgets",
            "costs.reset=100us",
        ),
        Pause(),
    )
    verdicts = {pane.center.verdict for _, pane in panes(state, 250_000, 900_000, 1_500_000)}  # type: ignore[union-attr]
    assert "nobody reads these buffers since the reset" in verdicts
