"""Everything a decision may look at, in the form the compiled core reads: state, calendar, costs,
choices.

A plan is one scenario under one doorbell mode turned into integers. Decisions (`driver`, `vmm`,
`controller`) take it as their first argument and only *schedule*; none of them changes state.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import cython

from nvmeviz.engine import machine as layout_of
from nvmeviz.engine.draw import exponential_table, jitter_table, latency_factors
from nvmeviz.engine.workload import arrivals_of
from nvmeviz.scenario.texts import URGENT, weight_list

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.engine.calendar import Calendar
    from nvmeviz.engine.choices import (
        CQ_REARM_OFF, DEVICE_CHANNELS, DEVICE_FIXED, DEVICE_NULL, EVENTIDX_OFF, OP_READ, OP_WRITE,
        REARM_BEHIND, STREAM_ARRIVAL, STREAM_JITTER, STREAM_MEDIA, STREAM_OPCODE,
        URGENT_TURN, WORKER_HARDWARE, WORKER_VMM, WORK_BURSTS, WORK_POISSON, WORK_THINK,
    )
    from nvmeviz.engine.draw import draw
    from nvmeviz.log.kinds import CQE_HELD, CQE_PHASE, CQE_QUIET
    from nvmeviz.model.layout import T_EVENTS
    from nvmeviz.model.state import MachineState

    # fmt: on
    # isort: on

_DEVICES = {"null": DEVICE_NULL, "fixed": DEVICE_FIXED, "channels": DEVICE_CHANNELS}


class Plan:
    """Costs in ns (means; each use is jittered), choices from `engine.choices`."""

    def __init__(self, scenario: Scenario, mode: DoorbellMode, state: MachineState) -> None:
        # Per actor one event to come; per command one in the device or waiting; per queue timers.
        actors = state.vcpus + state.threads + state.guests
        self.calendar = Calendar(64 + 8 * state.queues + 4 * actors + state.commands)
        self.state = state
        self.configure(scenario, mode)

    def configure(self, scenario: Scenario, mode: DoorbellMode) -> None:
        """Take costs and choices from a scenario of the same topology; what is under way goes
        on.
        """
        self.seed = scenario.seed
        self._take_mode(scenario, mode)
        self._take_costs(scenario, mode)
        self._take_device(scenario)
        self._take_work(scenario)

    def _take_mode(self, scenario: Scenario, mode: DoorbellMode) -> None:
        machine, doorbell, s = scenario.machine, scenario.doorbell, self.state
        self.announce = int(mode.announce)
        self.way = int(mode.way)
        self.worker = int(mode.worker)
        self.rearm = int(mode.rearm)
        self.cq_rearm = int(mode.cq_rearm)
        self.sleep = int(mode.sleep)
        self.irq_each = mode.interrupt
        self.spec_rule = mode.spec_rule if doorbell.rule == "mode" else doorbell.rule == "spec"
        self.cq_reads_shadow = mode.cq_reads_shadow
        self.opcode = mode.opcode
        self.loops = layout_of.has_event_loops(scenario, mode)
        self.thr_kind = array("q", layout_of.machine_of(scenario, mode)[1])
        self.timers = machine.kick == "timer"
        self.barging = machine.lock == "barging"
        self.vcpu_works = (
            machine.trap_handler == "vcpu" and self.worker == WORKER_VMM and not mode.uses_shadow
        )
        self.posted = mode.posted or machine.posted_interrupts == "on"
        # The host takes a device's interrupt itself, which stops a running vCPU.
        self.irq_traps = self.worker == WORKER_HARDWARE and not self.posted
        self.guest_polls = scenario.workload.completion == "poll"
        self.guest_barrier = doorbell.guest_barrier == "present"
        self.controller_barrier = doorbell.controller_barrier == "present"
        self.batch = doorbell.batch
        self.batch_limit_ns = doorbell.batch_limit_ns
        self.poll_window_ns = doorbell.poll_window_ns
        self.coalesce = machine.coalesce
        self.coalesce_ns = machine.coalesce_time_ns
        self.halt_poll_ns = machine.halt_poll_ns
        self.reset_at_ns = machine.reset_at_ns
        self.forgets = machine.reset_driver == "forgets"
        self.g_plain = array(
            "q", [g >= machine.guests - machine.plain_guests for g in range(machine.guests)]
        )
        weights = weight_list(machine.weights) if machine.arbitration == "weighted" else (1,)
        of_guest = [URGENT_TURN if weight == URGENT else weight for weight in weights]
        burst = doorbell.burst
        self.turn = array(
            "q", [burst * of_guest[s.q_guest[q] % len(of_guest)] for q in range(s.queues)]
        )
        self.has_urgent = URGENT_TURN in of_guest
        # The CQ must not fill while its reaped entries wait for a batch.
        self.cq_batch = array(
            "q",
            [max(1, min(self.batch, s.cq_size[q] - s.cq_room[q])) for q in range(s.queues)],
        )

    def _take_costs(self, scenario: Scenario, mode: DoorbellMode) -> None:
        costs = scenario.costs
        self.submit_ns = costs.submit_ns + costs.event_ns
        self.shadow_ns = costs.shadow_ns
        self.barrier_ns = costs.barrier_ns
        self.drain_ns = costs.drain_ns
        self.mmio_ns = costs.mmio_ns
        self.irq_ns = costs.irq_ns
        # What interrupting a running vCPU costs on top, in exits that KVM handles. One that is woken
        # or comes back from an exit takes its interrupt on the way in, and one that handles
        # another takes it right after that.
        self.irq_kick_ns = 0 if self.posted else costs.irq_exits_ns
        self.irq_exit_ns = costs.irq_exits_ns + costs.forward_ns
        self.forward_ns = costs.forward_ns
        self.reap_ns = costs.reap_ns
        self.guest_poll_ns = costs.guest_poll_ns
        self.block_ns = costs.block_ns
        self.halt_wake_ns = costs.halt_wake_ns
        self.poll_wake_ns = costs.poll_wake_ns
        self.resched_ns = costs.resched_ns
        self.reset_ns = costs.reset_ns
        self.doorbell_exit_ns = costs.doorbell_exit_ns
        self.ioeventfd_exit_ns = costs.ioeventfd_exit_ns
        self.trap_work_ns = costs.trap_work_ns
        self.kick_ns = costs.kick_ns
        self.handover_ns = costs.handover_ns
        self.wake_ns = costs.wake_ns
        self.loop_locked_ns = costs.loop_locked_ns
        self.loop_ns = costs.loop_ns
        self.iothread_pass_ns = costs.iothread_pass_ns
        self.timer_ns = costs.timer_ns
        self.bh_ns = costs.bh_ns
        self.poll_ns = costs.poll_ns
        self.fetch_ns = costs.process_ns + costs.backend_ns
        self.shared_ns = costs.shared_ns
        self.post_ns = costs.post_ns
        self.msi_ns = costs.msi_ns
        if self.worker == WORKER_HARDWARE:
            self.wake_ns = costs.hw_wake_ns
            self.fetch_ns = costs.hw_fetch_ns
            self.post_ns = costs.hw_post_ns
            self.msi_ns = costs.hw_post_ns
            self.kick_ns = 0
        self.copy_ns = costs.copy_ns
        self.jitter = array("q", jitter_table(costs.jitter_percent))

    def _take_device(self, scenario: Scenario) -> None:
        device = scenario.device
        self.device = _DEVICES[device.kind]
        self.read_ns = device.latency_ns
        self.write_ns = device.write_latency_ns or device.latency_ns
        factors, mean_ns = latency_factors(device.latency_table, device.spread_percent)
        if mean_ns:
            self.write_ns = self.write_ns * mean_ns // self.read_ns if self.read_ns else mean_ns
            self.read_ns = mean_ns
        self.media = array("q", factors)
        # ns a 512 B block: 512 bytes at 1 MB/s take 512 us.
        self.transfer_1024 = 512_000 * 1024 // device.bandwidth if device.bandwidth else 0

    def _take_work(self, scenario: Scenario) -> None:
        s, workload = self.state, scenario.workload
        found = arrivals_of(scenario, s.queues - s.guests)
        none = [0] * s.guests  # the admin queues
        self.work = array("q", [*found.kind, *none])
        self.gap_ns = array("q", [*found.gap_ns, *none])
        self.burst = array("q", [*found.burst, *none])
        self.replay_first = array("q", [*found.first, *none])
        self.replay_count = array("q", [*found.count, *none])
        self.replay_gap = array("q", found.replay_gap_ns or [0])
        self.replay_what = array("q", found.replay_what or [0])
        self.limit = array("q", [*found.limit, *([1] * s.guests)])
        self.blocks = array("q", [*found.blocks, *none])
        self.batch_submit = workload.batch_submit
        self.write_1024 = (workload.write_percent * 1024 + 50) // 100
        self.exponential = array("q", exponential_table())


def schedule(
    p: Plan, t: int, cost_ns: int, kind: int, v: int, q: int, cid: int, a: int, b: int
) -> int:
    """Plan an event `cost_ns` (jittered) after t, caused by the event that was applied last."""
    number = p.state.totals[T_EVENTS]
    if cost_ns > 0:
        cost_ns = (cost_ns * p.jitter[draw(p.seed, STREAM_JITTER + 16 * kind, number) & 1023]) >> 10
    p.calendar.push(t + cost_ns, kind, v, q, cid, a, b, number - 1)
    return 0


def schedule_at(p: Plan, t: int, kind: int, v: int, q: int, a: int, b: int) -> int:
    """Plan an event at exactly t: timers, arrivals, what no cost decides."""
    p.calendar.push(t, kind, v, q, 0, a, b, p.state.totals[T_EVENTS] - 1)
    return 0


def media_ns(p: Plan, s: MachineState, q: int, c: int) -> int:
    """Latency of the medium for command record c: the same for the n-th command of a queue in
    every mode.
    """
    what = s.cmd_what[c]
    base = p.write_ns if what & 0xFF == OP_WRITE else p.read_ns
    taken = (base * p.media[draw(p.seed, STREAM_MEDIA + 16 * q, s.cmd_seq[c]) & 1023]) >> 10
    if p.transfer_1024:
        taken += ((what >> 8) * p.transfer_1024) >> 10
    return taken


def what_next(p: Plan, q: int) -> int:
    """Opcode and size of the next command of an I/O queue, as SQ_POST's b holds them."""
    n = p.state.q_posted[q]
    if p.replay_count[q] > 0:
        return p.replay_what[p.replay_first[q] + n % p.replay_count[q]]
    opcode = OP_READ
    if p.write_1024 and draw(p.seed, STREAM_OPCODE + 16 * q, n) & 1023 < p.write_1024:
        opcode = OP_WRITE
    return opcode | (p.blocks[q] << 8)


def gap_to_request(p: Plan, q: int, n: int) -> int:
    """Time from request n - 1 of an open queue to request n; -1 when there is no more."""
    if p.work[q] == WORK_POISSON:
        factor = p.exponential[draw(p.seed, STREAM_ARRIVAL + 16 * q, n) & 1023]
        return (p.gap_ns[q] * factor) >> 10
    if p.work[q] == WORK_BURSTS:
        return p.gap_ns[q] if n % p.burst[q] == 0 else 0
    if n >= p.replay_count[q]:
        return -1
    return p.replay_gap[p.replay_first[q] + n]


def is_open(p: Plan, q: int) -> bool:
    """True when requests come as events."""
    return p.work[q] >= WORK_THINK


def first_eventidx(p: Plan, q: int) -> int:
    """SQ EventIdx as the controller sets it when it takes the buffers over.

    0 is the tail then, so the first command rings: a poller that sleeps must be woken, even one
    that asks for no doorbells while it polls.
    """
    if p.rearm == REARM_BEHIND:
        return p.state.sq_size[q] - 1
    return 0


def first_cq_eventidx(p: Plan, q: int) -> int:
    """The same for the CQ."""
    return EVENTIDX_OFF if p.cq_rearm == CQ_REARM_OFF else 0


def completes_at_once(p: Plan, q: int) -> bool:
    """True when a fetched command needs no device: a null backend, and every admin command."""
    return p.device == DEVICE_NULL or p.state.q_admin[q] != 0


def cqe_word(p: Plan, s: MachineState, q: int) -> int:
    """B of a CQ_POST of queue q now: SQ head, phase, whether its interrupt may wait."""
    cq = s.q_cq[q]
    word = s.sq_head[q]
    if s.cq_phase[cq]:
        word |= CQE_PHASE
    if p.guest_polls:
        return word | CQE_QUIET
    if p.coalesce > 1 and not s.q_admin[q] and s.cq_unsignalled[cq] + 1 < p.coalesce:
        # Once its time is up, an interrupt waits for nothing more.
        if s.cq_unsignalled[cq] == 0 or s.cq_held[cq]:
            word |= CQE_HELD
    return word
