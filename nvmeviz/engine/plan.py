"""Everything a decision may look at, in the form the compiled core reads: state, calendar, costs,
choices.

A plan is one scenario under one doorbell mode turned into integers. Decisions (`driver`,
`controller`) take it as their first argument and only *schedule*; none of them changes state.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import cython

from nvmeviz.engine.draw import jitter_table

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario

if not cython.compiled:
    from nvmeviz.engine.calendar import Calendar
    from nvmeviz.engine.choices import STREAM_JITTER, STREAM_MEDIA
    from nvmeviz.engine.draw import draw
    from nvmeviz.model.layout import T_EVENTS
    from nvmeviz.model.state import MachineState


class Plan:
    """Costs in ns (means; each use is jittered), choices from `engine.choices`."""

    def __init__(self, scenario: Scenario, mode: DoorbellMode, state: MachineState) -> None:
        queues = state.queues
        # Per actor one event to come; per command one in the device or waiting; per queue one
        # timer.
        self.calendar = Calendar(
            64 + 8 * queues + 4 * (state.vcpus + state.threads) + queues * state.tags
        )
        self.state = state
        self.configure(scenario, mode)

    def configure(self, scenario: Scenario, mode: DoorbellMode) -> None:
        """Take costs and choices from a scenario of the same topology; what is under way goes
        on.
        """
        costs, device = scenario.costs, scenario.device
        self.seed = scenario.seed
        self.announce = int(mode.announce)
        self.uses_shadow = mode.uses_shadow
        self.spec_rule = mode.spec_rule
        self.rearm = int(mode.rearm)
        self.sleep = int(mode.sleep)
        self.cq_reads_shadow = mode.cq_reads_shadow
        self.cq_rearms = mode.cq_rearms
        self.batch = scenario.doorbell.batch
        # The CQ must not fill while its reaped entries wait for a batch.
        self.cq_batch = min(self.batch, scenario.machine.ring_slots - scenario.workload.queue_depth)
        self.batch_limit_ns = scenario.doorbell.batch_limit_ns
        self.poll_window_ns = scenario.doorbell.poll_window_ns
        self.burst = scenario.doorbell.burst
        self.depth = scenario.workload.queue_depth
        self.batch_submit = scenario.workload.batch_submit
        self.null_device = device.kind == "null"
        self.vcpu_handles = scenario.machine.trap_handler == "vcpu" and not mode.uses_shadow
        self.latency_ns = device.latency_ns
        self.submit_ns = costs.submit_ns
        self.shadow_ns = costs.shadow_ns
        self.barrier_ns = costs.barrier_ns
        self.doorbell_exit_ns = costs.doorbell_exit_ns
        self.kick_ns = costs.kick_ns
        self.irq_ns = costs.irq_ns + costs.irq_exits_ns
        self.reap_ns = costs.reap_ns
        self.halt_wake_ns = costs.halt_wake_ns
        self.wake_ns = costs.wake_ns
        self.poll_ns = costs.poll_ns
        self.process_ns = costs.process_ns
        self.backend_ns = costs.backend_ns
        self.shared_ns = costs.shared_ns
        self.post_ns = costs.post_ns
        self.msi_ns = costs.msi_ns
        self.jitter = array("q", jitter_table(costs.jitter_percent))
        self.media = array("q", jitter_table(device.spread_percent))


def schedule(
    p: Plan, t: int, cost_ns: int, kind: int, v: int, q: int, cid: int, a: int, b: int
) -> int:
    """Plan an event `cost_ns` (jittered) after t, caused by the event that was applied last."""
    number = p.state.totals[T_EVENTS]
    if cost_ns > 0:
        cost_ns = (cost_ns * p.jitter[draw(p.seed, STREAM_JITTER + 16 * kind, number) & 1023]) >> 10
    p.calendar.push(t + cost_ns, kind, v, q, cid, a, b, number - 1)
    return 0


def media_ns(p: Plan, q: int, cid: int) -> int:
    """Latency of the medium for a command: the same for the n-th command of a queue in every
    mode.
    """
    n = p.state.cmd_seq[q * p.state.tags + cid % p.state.tags]
    return (p.latency_ns * p.media[draw(p.seed, STREAM_MEDIA + 16 * q, n) & 1023]) >> 10
