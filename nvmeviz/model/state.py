"""The whole visible state of a machine as arrays over one flat buffer of int64.

State that can be copied in one go can be kept as a keyframe, compared and restored; so every field
is a view into `buffer`. Only `reduce.apply_event` writes the fields. Compiled, the views are typed
memoryviews (`state.pxd`); plain, they are Python memoryviews: the same text serves both.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from nvmeviz.model import layout

if TYPE_CHECKING:
    from nvmeviz.model.topology import Topology

# Field -> (what it is an array over, what it holds). Indices are slots, times ns since the origin.
FIELDS: dict[str, tuple[str, str]] = {
    "totals": ("total", "counts since the start of the run, layout.T_*"),
    # Fixed by the topology.
    "sq_size": ("queue", "slots"),
    "cq_size": ("queue", "slots"),
    "q_vcpu": ("queue", "the vCPU that owns the pair"),
    "q_thread": ("queue", "the controller thread that serves it"),
    # Submission queues.
    "sq_tail": ("queue", "driver's tail: next slot to write"),
    "sq_head": ("queue", "controller's head: next slot to fetch"),
    "sq_db": ("queue", "value last written to the MMIO tail doorbell"),
    "sq_rung": ("queue", "tail last announced, by doorbell or shadow"),
    "sq_known": ("queue", "tail as the controller knows it"),
    "sq_unrung": ("queue", "commands written since the last announcement"),
    "sq_shadow": ("queue", "shadow tail in guest memory"),
    "sq_shadow_old": ("queue", "its value before the last store"),
    "sq_eventidx": ("queue", "EventIdx in guest memory"),
    "sq_seen": ("queue", "EventIdx that the guest read in its last comparison"),
    "sq_verdict": ("queue", "that comparison: 0 none yet, 1 silent, 2 ring"),
    "sq_fresh": ("queue", "1 when the controller read the shadow since it was told to look"),
    "sq_announced": ("queue", "announcements so far"),
    "sq_exits": ("queue", "VM exits for the tail doorbell"),
    # Completion queues.
    "cq_tail": ("queue", "controller's tail"),
    "cq_head": ("queue", "driver's head"),
    "cq_phase": ("queue", "phase tag that the controller writes"),
    "cq_db": ("queue", "value last written to the MMIO head doorbell"),
    "cq_known": ("queue", "head as the controller knows it"),
    "cq_unrung": ("queue", "entries reaped since the last announcement"),
    "cq_shadow": ("queue", "shadow head in guest memory"),
    "cq_shadow_old": ("queue", "its value before the last store"),
    "cq_eventidx": ("queue", "EventIdx in guest memory"),
    "cq_seen": ("queue", "EventIdx that the guest read in its last comparison"),
    "cq_verdict": ("queue", "that comparison: 0 none yet, 1 silent, 2 ring"),
    "cq_fresh": ("queue", "1 when the controller read the shadow head for the entry it posts next"),
    "cq_exits": ("queue", "VM exits for the head doorbell"),
    "cq_unsignalled": ("queue", "entries posted since the last interrupt"),
    # Counts a queue.
    "q_posted": ("queue", "SQEs written"),
    "q_fetched": ("queue", "SQEs fetched"),
    "q_done": ("queue", "commands that the device finished"),
    "q_completed": ("queue", "CQEs posted"),
    "q_reaped": ("queue", "CQEs reaped"),
    "q_inflight": ("queue", "commands written and not yet reaped"),
    "q_next_tag": ("queue", "where the driver looks for a free tag"),
    # Live commands, index queue * tags + cid % tags.
    "cmd_state": ("command", "layout.CMD_*"),
    "cmd_slot": ("command", "SQ slot"),
    "cmd_cq_slot": ("command", "CQ slot, once completed"),
    "cmd_post_ns": ("command", "when the SQE was written"),
    "cmd_seq": ("command", "it is the n-th command of its queue"),
    "sqe_cid": ("command", "ring of CIDs in the order of SQ_POST, waiting to be fetched"),
    "cmd_chan": ("command", "device channel, -1 none yet"),
    "done_cid": ("command", "ring of CIDs in the order of DEV_DONE, waiting for their CQE"),
    "cqe_cid": ("command", "ring of CIDs in the order of CQ_POST, waiting to be reaped"),
    # vCPUs.
    "vcpu_act": ("vcpu", "layout.VCPU_*"),
    "vcpu_since": ("vcpu", "since when"),
    "vcpu_irq": ("vcpu", "1 while the interrupt handler runs, also when it exited"),
    "vcpu_pending": ("vcpu", "1 when an interrupt waits to be taken"),
    "vcpu_irq_queue": ("vcpu", "queue whose interrupt it is"),
    "vcpu_flush": ("vcpu", "1 when the batch timer asks for a doorbell"),
    "vcpu_exit_reason": ("vcpu", "kinds.EXIT_* of the exit under way or last"),
    "vcpu_exit_queue": ("vcpu", "its queue"),
    "vcpu_exit_value": ("vcpu", "the value written"),
    "vcpu_exit_ns": ("vcpu", "time spent outside the guest"),
    "vcpu_handling": ("vcpu", "1 while its own thread processes the doorbell it wrote"),
    "vcpu_kick": ("vcpu", "number of the event that woke it"),
    # Controller threads.
    "thr_act": ("thread", "layout.THR_*"),
    "thr_since": ("thread", "since when"),
    "thr_kick": ("thread", "number of the event that woke it"),
    "thr_queue": ("thread", "queue it works on"),
    "thr_burst": ("thread", "commands fetched since it last posted"),
    "thr_poll_since": ("thread", "when it ran out of work and began to poll"),
    "thr_armed": ("thread", "queues re-armed on the way to sleep"),
    "thr_polls": ("thread", "polls"),
    # Device.
    "chan_cmd": ("channel", "command index in the channel, -1 free"),
    "chan_since": ("channel", "when it started"),
    "dev_wait": ("all commands", "ring of command indices that wait for a channel"),
}


class MachineState:
    """One machine at one moment. Attributes: the names of `FIELDS`, and the counts of each kind."""

    def __init__(self, topology: Topology) -> None:
        self.queues = len(topology.queues)
        self.vcpus = len(topology.vcpus)
        self.threads = len(topology.threads)
        self.channels = topology.channels
        self.tags = topology.tags
        commands = self.queues * self.tags
        lengths = {
            "total": layout.N_TOTALS,
            "queue": self.queues,
            "command": commands,
            "all commands": commands,
            "vcpu": self.vcpus,
            "thread": self.threads,
            "channel": max(1, self.channels),
        }
        total = sum(lengths[over] for over, _ in FIELDS.values())
        self.buffer = array("q", bytes(8 * total))
        view = memoryview(self.buffer)
        start = 0
        for name, (over, _) in FIELDS.items():
            end = start + lengths[over]
            setattr(self, name, view[start:end])
            start = end
        for index, queue in enumerate(topology.queues):
            self.sq_size[index] = queue.sq_slots
            self.cq_size[index] = queue.cq_slots
            self.q_vcpu[index] = queue.vcpu
            self.q_thread[index] = queue.thread
            self.cq_phase[index] = 1
        for index in reversed(range(self.queues)):
            self.thr_queue[self.q_thread[index]] = index
        for index in range(commands):
            self.cmd_chan[index] = -1
        for index in range(len(self.chan_cmd)):
            self.chan_cmd[index] = -1
        for index in range(self.vcpus):
            self.vcpu_act[index] = layout.VCPU_GUEST

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> memoryview[int]: ...

    def snapshot(self) -> bytes:
        """Everything as bytes; equal states have equal snapshots."""
        return bytes(self.buffer)

    def restore(self, snapshot: bytes) -> None:
        """Become the state that `snapshot` was taken of. AssertionError when it is of another
        machine.
        """
        raw = memoryview(self.buffer).cast("B")
        assert len(raw) == len(snapshot), "a snapshot fits only a machine of the same topology"
        raw[:] = snapshot
