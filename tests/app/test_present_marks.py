"""What does not happen is shown too: doorbells avoided, interrupts held back, threads asleep."""

from __future__ import annotations

import pytest

from nvmeviz.app.messages import Pause, Seek, SetSpeedPosition
from nvmeviz.app.present import present
from nvmeviz.engine.doorbell import MODES
from nvmeviz.log import kinds
from nvmeviz.model import layout
from nvmeviz.units import grouped
from tests.app.drive import changed, opened, send, ticks
from tests.app.test_present_modes import of_mode, panes, steps

SHADOW_MODES = [mode.name for mode in MODES if mode.uses_shadow]


@pytest.mark.parametrize("mode", SHADOW_MODES)
def test_a_comparison_that_asks_for_no_doorbell_marks_its_bell(mode):
    state = send(of_mode(mode), Seek(400_000))
    found = {True: 0, False: 0}
    for s, pane in steps(state, 500):
        verdict, fresh = int(s.sq_verdict[0]), pane.bells[0].avoided > 0.999
        if fresh:
            assert verdict == 1
        found[fresh] += 1
    assert found[True] > 0
    assert found[False] > 0


def test_the_mark_fades():
    state = send(of_mode("google_2016"), Seek(400_000))
    run = state.runs[0]
    events = run.log.slice(state.head.counts[0], state.head.counts[0] + 3000)
    rows = events[(events["kind"] == kinds.SQ_EVENTIDX_READ) & (events["b"] == 0)]
    at = int(rows["t"][0])
    strengths = [
        present(send(state, Seek(at + later))).panes[0].bells[0].avoided for later in (0, 300, 600)
    ]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] > strengths[2]


def test_avoided_doorbells_are_counted_beside_the_traps():
    state = send(opened("gce-local-ssd-2017"), Pause(), Seek(6_000_000))
    trap, shadow = present(state).panes
    assert trap.avoided_per_s == ""
    assert "EventIdx" not in trap.traps_hint
    assert shadow.avoided_per_s != ""
    assert "avoided per command" in shadow.traps_hint
    run = state.runs[1]
    log = run.log.slice(0, state.head.counts[1])
    assert state.head.t_ns < 5_000_000
    compared = (log["kind"] == kinds.SQ_EVENTIDX_READ) | (log["kind"] == kinds.CQ_EVENTIDX_READ)
    silent = int((compared & (log["b"] == 0)).sum())
    assert silent > 0
    assert f"{grouped(silent)} asked for no doorbell" in shadow.traps_hint


def coalescing(mode: str):
    return send(changed("coalescing", mode), Pause())


@pytest.mark.parametrize("mode", ["mmio_trap", "eventidx_behind", "passthrough"])
def test_the_cup_holds_the_completions_whose_interrupt_waits(mode):
    state = coalescing(mode)
    held, spills = set(), 0
    for s, pane in panes(state, *range(300_000, 1_300_000, 4_500)):
        assert pane.cup is not None
        assert pane.cup.of == 8
        assert pane.cup.held == s.cq_unsignalled[0]
        assert pane.cup.words == f"{s.cq_unsignalled[0]} of 8"
        if s.cq_held[0]:
            assert pane.cup.until.startswith("or ")
        spills += pane.cup.spilled > 0
        held.add(int(pane.cup.held))
    assert {0, 1, 7} & held
    assert max(held) < 8 + 1
    assert spills > 0


def test_the_cup_tells_when_it_will_be_emptied():
    run = coalescing("mmio_trap").runs[0]
    timers = run.log.slice(0, len(run.log))
    timers = timers[timers["kind"] == kinds.IRQ_TIMER]
    at = int(timers["t"][0])
    state = send(coalescing("mmio_trap"), Seek(at - 20_000))
    cup = present(state).panes[0].cup
    assert cup is not None
    assert cup.until == "or 20.0\u00a0µs"


def test_no_cup_without_coalescing_and_none_for_the_admin_pair():
    assert present(of_mode("mmio_trap")).panes[0].cup is None


def test_a_cup_in_averages_says_how_many_completions_share_an_interrupt():
    state = ticks(send(opened("coalescing"), SetSpeedPosition(0.7)), 30)
    for pane in present(state).panes:
        assert pane.cup is not None
        assert pane.cup.until == "on average"
        assert 1 < pane.cup.held <= 8


@pytest.mark.parametrize("mode", [mode.name for mode in MODES])
def test_asleep_is_said_of_threads_that_sleep_and_not_of_hardware(mode):
    hardware = mode.startswith("passthrough")
    for s, pane in panes(of_mode(mode), *range(2_000, 900_000, 23_000)):
        thread = int(s.q_thread[0])
        rests = s.thr_act[thread] in (layout.THR_ASLEEP, layout.THR_TIMED)
        assert pane.controller.sleeps == (rests and not hardware)
        assert not (hardware and "asleep" in pane.controller.words)


def test_the_lock_names_the_one_who_waits():
    state = send(of_mode("mmio_trap"), Seek(200_000))
    seen = set()
    for s, pane in steps(state, 300):
        assert pane.lock is not None
        assert pane.lock.waiting == s.g_lock_waits[0]
        if s.g_lock_waits[0] == 1:
            waiter = pane.lock.words.partition(" · ")[2]
            assert waiter in ("vCPU 0 waits", "main loop waits")
            assert waiter.removesuffix(" waits") in pane.lock.hint.partition(";")[2]
            seen.add(waiter)
    assert seen


def test_the_phase_of_a_cq_turns_with_its_tail():
    phases = set()
    for s, pane in panes(of_mode("polling"), *range(100_000, 1_900_000, 50_000)):
        assert pane.cq.phase == s.cq_phase[0]
        assert pane.sq.phase is None
        phases.add(pane.cq.phase)
    assert phases == {0, 1}


def test_guests_are_small_rings_with_their_fill_and_their_traps():
    state = send(changed("first-steps", "mmio_trap", "machine.guests=3"), Pause())
    found = set()
    for s, pane in panes(state, *range(300_000, 400_000, 3_000)):
        assert [one.label for one in pane.neighbours] == ["VM 1", "VM 2", "VM 3"]
        assert [one.index for one in pane.neighbours] == list(pane.guest_queues)
        for guest, one in enumerate(pane.neighbours):
            assert one.fill == pytest.approx(s.q_inflight[guest] / s.q_tags[guest])
            assert one.trapping == (s.vcpu_act[guest] == layout.VCPU_EXITED)
            found.add(one.trapping)
    assert found == {True, False}
    assert present(of_mode("mmio_trap")).panes[0].neighbours == ()
