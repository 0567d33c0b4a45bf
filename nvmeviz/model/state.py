"""The whole visible state of a machine as arrays over one flat buffer of int64.

State that can be copied in one go can be kept as a keyframe, compared and restored; so every field
is a view into `buffer`. Only `reduce.apply_event` writes the fields. Compiled, the views are typed
memoryviews (`state.pxd`); plain, they are Python memoryviews: the same text serves both.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from nvmeviz.model import layout
from nvmeviz.model.topology import ADMIN_QID

if TYPE_CHECKING:
    from nvmeviz.model.topology import Topology

# Field -> (what it is an array over, what it holds). Indices are slots, times ns since the origin.
# Arrays over queues that begin with `cq_` belong to the CQ of the pair that owns it: `q_cq`.
FIELDS: dict[str, tuple[str, str]] = {
    "totals": ("total", "counts since the start of the run, layout.T_*"),
    # Fixed by the topology.
    "sq_size": ("queue", "slots"),
    "cq_size": ("queue", "slots"),
    "q_base": ("queue", "index of its first command record"),
    "q_tags": ("queue", "its command records"),
    "q_guest": ("queue", "the guest it belongs to"),
    "q_vcpu": ("queue", "the vCPU that owns the pair"),
    "q_thread": ("queue", "the controller thread that serves it"),
    "q_cq": ("queue", "the pair whose CQ takes its completions"),
    "q_admin": ("queue", "1 for an admin queue"),
    "q_next_v": ("queue", "next queue of the same vCPU, in a circle"),
    "q_next_w": ("queue", "next queue of the same thread, in a circle"),
    "cq_room": ("queue", "most entries that can wait in the CQ"),
    "v_guest": ("vcpu", "the guest it belongs to"),
    "v_first": ("vcpu", "its first queue, -1 when it has none"),
    "thr_first": ("thread", "its first queue, -1 when it has none"),
    "thr_guest": ("thread", "the guest whose VMM it belongs to, -1 when it serves several"),
    "g_admin": ("guest", "its admin queue, -1 when it has none"),
    "g_vcpu": ("guest", "its first vCPU"),
    # Submission queues.
    "sq_tail": ("queue", "driver's tail: next slot to write"),
    "sq_head": ("queue", "controller's head: next slot to fetch"),
    "sq_db": ("queue", "value last written to the MMIO tail doorbell"),
    "sq_rung": ("queue", "tail last announced, by doorbell or shadow"),
    "sq_known": ("queue", "tail as the controller knows it"),
    "sq_unrung": ("queue", "commands written since the last announcement"),
    "sq_stored": ("queue", "shadow tail as the driver sees it, store buffer included"),
    "sq_shadow": ("queue", "shadow tail in guest memory"),
    "sq_shadow_old": ("queue", "what the driver's last store replaced"),
    "sq_eventidx": ("queue", "EventIdx in guest memory"),
    "sq_armed": ("queue", "EventIdx as the controller sees it, store buffer included"),
    "sq_seen": ("queue", "EventIdx that the guest read in its last comparison"),
    "sq_verdict": ("queue", "that comparison: 0 none yet, 1 silent, 2 ring"),
    "sq_fresh": ("queue", "1 when the controller read the shadow since it was told to look"),
    "sq_announced": ("queue", "announcements so far"),
    "sq_exits": ("queue", "VM exits for the tail doorbell"),
    "sq_kick_pass": ("queue", "pass of its thread in which it was rung last; the next one looks"),
    "sq_serving": ("queue", "last pass of its thread that looks at it"),
    # Completion queues.
    "cq_tail": ("queue", "controller's tail"),
    "cq_head": ("queue", "driver's head"),
    "cq_phase": ("queue", "phase tag that the controller writes"),
    "cq_db": ("queue", "value last written to the MMIO head doorbell"),
    "cq_known": ("queue", "head as the controller knows it"),
    "cq_unrung": ("queue", "entries reaped since the last announcement"),
    "cq_stored": ("queue", "shadow head as the driver sees it, store buffer included"),
    "cq_shadow": ("queue", "shadow head in guest memory"),
    "cq_shadow_old": ("queue", "what the driver's last store replaced"),
    "cq_eventidx": ("queue", "EventIdx in guest memory"),
    "cq_seen": ("queue", "EventIdx that the guest read in its last comparison"),
    "cq_verdict": ("queue", "that comparison: 0 none yet, 1 silent, 2 ring"),
    "cq_fresh": ("queue", "1 when the controller read the shadow head for the entry it posts next"),
    "cq_exits": ("queue", "VM exits for the head doorbell"),
    "cq_unsignalled": ("queue", "entries posted since the last interrupt"),
    "cq_held": ("queue", "1 while its interrupt may wait for more entries: coalescing"),
    "cq_signals": ("queue", "interrupts so far"),
    "cq_pending": ("queue", "1 when its interrupt waits to be taken"),
    "cq_posted": ("queue", "entries posted"),
    "cq_taken": ("queue", "entries reaped"),
    # Counts a queue.
    "q_posted": ("queue", "SQEs written"),
    "q_fetched": ("queue", "SQEs fetched"),
    "q_done": ("queue", "commands that the device finished"),
    "q_completed": ("queue", "CQEs posted"),
    "q_reaped": ("queue", "CQEs reaped"),
    "q_inflight": ("queue", "commands written and not yet reaped"),
    "q_waiting": ("queue", "commands that the program wants and has not submitted"),
    "q_requests": ("queue", "such requests so far"),
    "q_flush": ("queue", "1 when the batch timer asks for a doorbell"),
    "q_next_tag": ("queue", "where the driver looks for a free tag"),
    "q_bh_limit": ("queue", "commands fetched before its thread's pass began"),
    "q_post_limit": ("queue", "commands done before its thread's pass began"),
    # Live commands, index q_base + cid % q_tags.
    "cmd_state": ("command", "layout.CMD_*"),
    "cmd_slot": ("command", "SQ slot"),
    "cmd_cq_slot": ("command", "CQ slot, once completed"),
    "cmd_post_ns": ("command", "when the SQE was written"),
    "cmd_seq": ("command", "it is the n-th command of its queue"),
    "cmd_what": ("command", "opcode and 512 B blocks, as in the event"),
    "cmd_chan": ("command", "device channel, -1 none yet"),
    "sqe_cid": ("command", "ring of CIDs in the order of SQ_POST, waiting to be fetched"),
    "done_cid": ("command", "ring of CIDs in the order of DEV_DONE, waiting for their CQE"),
    "cqe_cid": ("command", "ring, over the pairs of a CQ, of queue << 16 | CID in that of CQ_POST"),
    # vCPUs.
    "vcpu_act": ("vcpu", "layout.VCPU_*"),
    "vcpu_since": ("vcpu", "since when"),
    "vcpu_irq": ("vcpu", "1 while the interrupt handler runs, also when it exited"),
    "vcpu_pending": ("vcpu", "CQs whose interrupt waits to be taken"),
    "vcpu_kicked": ("vcpu", "1 when such an interrupt hit it in the midst of running"),
    "vcpu_recall": ("vcpu", "1 when its guest became ready while it was on its way to idle"),
    "vcpu_queue": ("vcpu", "queue it submits to"),
    "vcpu_exit_reason": ("vcpu", "kinds.EXIT_* of the exit under way or last"),
    "vcpu_exit_queue": ("vcpu", "its queue"),
    "vcpu_exit_value": ("vcpu", "the value written"),
    "vcpu_exit_ns": ("vcpu", "time spent outside the guest"),
    "vcpu_left": ("vcpu", "when it left, while outside"),
    "vcpu_handling": ("vcpu", "1 while its own thread processes the doorbell it wrote"),
    "vcpu_kick": ("vcpu", "number of the event that woke it"),
    "vcpu_slept_ns": ("vcpu", "how long it had been halted or polling then"),
    # Controller threads.
    "thr_act": ("thread", "layout.THR_*"),
    "thr_since": ("thread", "since when"),
    "thr_kick": ("thread", "number of the event that woke it"),
    "thr_queue": ("thread", "queue it works on"),
    "thr_burst": ("thread", "commands fetched in this turn of the queue"),
    "thr_poll_since": ("thread", "when it ran out of work and began to poll"),
    "thr_polls": ("thread", "polls"),
    "thr_pass": ("thread", "passes of its event loop"),
    # Guests, their drivers, and the locks of their VMMs.
    "g_ready": ("guest", "1 when I/O may be submitted"),
    "g_quiesce": ("guest", "1 while the driver waits for its commands to reset the controller"),
    "g_dbbuf": ("guest", "layout.DBBUF_*"),
    "g_inflight": ("guest", "commands of all its queues written and not yet reaped"),
    "g_lock_owner": ("guest", "layout: who holds the VMM's lock"),
    "g_lock_since": ("guest", "since when"),
    "g_lock_waits": ("guest", "how many wait for it"),
    "g_lock_first": ("guest", "place of the longest waiting in lock_wait"),
    "g_lock_next": ("guest", "whom the last release woke"),
    "lock_wait": ("waiter", "ring a guest of those who wait"),
    # Device.
    "chan_cmd": ("channel", "command index in the channel, -1 free"),
    "chan_since": ("channel", "when it started"),
    "dev_wait": ("command", "ring of queue << 16 | CID that wait for a channel"),
}


def circles(owners: list[int]) -> dict[int, list[int]]:
    """The queues of each owner, in order."""
    found: dict[int, list[int]] = {}
    for queue, owner in enumerate(owners):
        found.setdefault(owner, []).append(queue)
    return found


class MachineState:
    """One machine at one moment. Attributes: the names of `FIELDS`, and the counts of each kind."""

    def __init__(self, topology: Topology) -> None:
        self.queues = len(topology.queues)
        self.vcpus = len(topology.vcpus)
        self.threads = len(topology.threads)
        self.guests = len(topology.guests)
        self.channels = topology.channels
        self.commands = topology.commands
        lengths = {
            "total": layout.N_TOTALS,
            "queue": self.queues,
            "command": self.commands,
            "vcpu": self.vcpus,
            "thread": self.threads,
            "guest": self.guests,
            "waiter": self.guests * layout.LOCK_WAITERS,
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
        self._place_queues(topology)
        self._place_actors(topology)

    def _place_queues(self, topology: Topology) -> None:
        base = 0
        for index, queue in enumerate(topology.queues):
            self.sq_size[index] = queue.sq_slots
            self.cq_size[index] = queue.cq_slots
            self.q_base[index] = base
            self.q_tags[index] = queue.tags
            for command in range(base, base + queue.tags):
                self.cmd_chan[command] = -1
            base += queue.tags
            self.q_guest[index] = queue.guest
            self.q_vcpu[index] = queue.vcpu
            self.q_thread[index] = queue.thread
            self.q_cq[index] = owner = index if queue.cq < 0 else queue.cq
            self.cq_room[owner] += queue.tags
            self.q_admin[index] = queue.qid == ADMIN_QID
            self.cq_phase[index] = 1
        for index in range(len(self.chan_cmd)):
            self.chan_cmd[index] = -1

    def _place_actors(self, topology: Topology) -> None:
        for index, guest in enumerate(topology.vcpu_guests or (0,) * self.vcpus):
            self.v_guest[index] = guest
        for index, guest in enumerate(topology.thread_guests or (-1,) * self.threads):
            self.thr_guest[index] = guest
        for guest in range(self.guests):
            self.g_admin[guest] = -1
            self.g_lock_owner[guest] = layout.LOCK_FREE
            self.g_lock_next[guest] = layout.LOCK_FREE
            for vcpu in reversed(range(self.vcpus)):
                if self.v_guest[vcpu] == guest:
                    self.g_vcpu[guest] = vcpu
        for owner, first, following, current in (
            ("q_vcpu", "v_first", "q_next_v", "vcpu_queue"),
            ("q_thread", "thr_first", "q_next_w", "thr_queue"),
        ):
            members = circles(list(getattr(self, owner)))
            firsts, nexts, now = (
                getattr(self, first),
                getattr(self, following),
                getattr(self, current),
            )
            for actor in range(len(firsts)):
                own = members.get(actor, [])
                firsts[actor] = own[0] if own else -1
                now[actor] = own[0] if own else 0
                for place, index in enumerate(own):
                    nexts[index] = own[(place + 1) % len(own)]
        for index in range(self.queues):
            if self.q_admin[index]:
                self.g_admin[self.q_guest[index]] = index

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> memoryview[int]: ...

    @property
    def nbytes(self) -> int:
        """Size of a snapshot."""
        return 8 * len(self.buffer)

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
