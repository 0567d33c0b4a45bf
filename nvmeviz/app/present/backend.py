"""The lower half of a pane: trap wall, controller, device."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.frame import Activity, Bell, Controller, Device, SlotState
from nvmeviz.app.present.lanes import OF_THREAD
from nvmeviz.log import kinds
from nvmeviz.model import layout

if TYPE_CHECKING:
    from nvmeviz.app.present.moment import Moment

CHIPS = 8
_DOING: dict[int, str] = {
    kinds.SQ_FETCH: "fetching",
    kinds.CQ_POST: "posting a completion",
    kinds.IRQ_RAISE: "interrupting",
    kinds.SQ_SHADOW_READ: "reading the shadow tail",
    kinds.CQ_SHADOW_READ: "reading the shadow head",
    kinds.SQ_EVENTIDX: "setting EventIdx",
    kinds.CQ_EVENTIDX: "setting CQ EventIdx",
    kinds.CTRL_SLEEP: "going to sleep",
}
_CONTROLLERS = np.zeros(256, bool)
_CONTROLLERS[[*_DOING, kinds.CTRL_POLL, kinds.CTRL_WAKE]] = True
_CHIP_STATE = {
    layout.CMD_FETCHED: SlotState.FETCHED,
    layout.CMD_IN_DEVICE: SlotState.IN_DEVICE,
    layout.CMD_DONE: SlotState.COMPLETED,
}


def bells(moment: Moment, queue: int, glow_ns: int) -> tuple[Bell, Bell]:
    """Both doorbell registers of a queue pair. glow_ns: machine time over which a ring fades."""
    s, qid = moment.state, moment.run.topology.queues[queue].qid
    return (
        Bell(
            f"SQ {qid} tail doorbell",
            str(int(s.sq_db[queue])),
            _ringing(moment, queue, kinds.SQ_DOORBELL, kinds.EXIT_SQ_DOORBELL, glow_ns),
        ),
        Bell(
            f"CQ {qid} head doorbell",
            str(int(s.cq_db[queue])),
            _ringing(moment, queue, kinds.CQ_DOORBELL, kinds.EXIT_CQ_DOORBELL, glow_ns),
        ),
    )


def _ringing(moment: Moment, queue: int, kind: int, reason: int, glow_ns: int) -> float:
    s = moment.state
    vcpu = int(s.q_vcpu[queue])
    if s.vcpu_act[vcpu] == layout.VCPU_EXITED and s.vcpu_exit_reason[vcpu] == reason:
        return 1.0
    rows = np.flatnonzero((moment.past["kind"] == kind) & (moment.past["qid"] == queue))
    if len(rows) == 0:
        return 0.0
    age = moment.t_ns - int(moment.past["t"][rows[-1]])
    return exp(-2.5 * age / glow_ns) if age < glow_ns else 0.0


def wall_lit(moment: Moment) -> bool:
    """True while any vCPU is stopped in the VMM."""
    return bool((np.asarray(moment.state.vcpu_act) == layout.VCPU_EXITED).any())


def controller(moment: Moment, queue: int) -> Controller:
    """The thread that serves a queue pair, and what it has in hand."""
    s = moment.state
    thread = int(s.q_thread[queue])
    activity = OF_THREAD[int(s.thr_act[thread])]
    served = [number for number in range(s.queues) if int(s.q_thread[number]) == thread]
    labels, states, more = _in_hand(moment, queue)
    return Controller(
        activity=activity,
        words=_words(moment, thread, activity, served),
        dial=_dial(moment, thread) if activity is Activity.POLLING else None,
        hit=_hit(moment, thread),
        queues=len(served),
        in_flight=labels,
        in_flight_state=states,
        more=more,
    )


def _words(moment: Moment, thread: int, activity: Activity, served: list[int]) -> str:
    if activity is Activity.IDLE:
        return "asleep"
    if activity is Activity.WAKING:
        return "waking up"
    if activity is Activity.POLLING:
        qids = " · ".join(str(moment.run.topology.queues[number].qid) for number in served)
        return f"polling SQ {qids}"
    future = moment.future
    rows = np.flatnonzero(_CONTROLLERS[future["kind"]] & (future["vcpu"] == thread))
    doing = _DOING.get(int(future["kind"][rows[0]]), "working") if len(rows) else "working"
    handling = any(int(moment.state.vcpu_handling[vcpu]) for vcpu in range(moment.state.vcpus))
    return f"{doing}, on the vCPU's thread" if handling else doing


def _dial(moment: Moment, thread: int) -> float:
    """The hand turns once in 12 polls and moves between two as time passes."""
    polls = int(moment.state.thr_polls[thread])
    rows = (moment.past["kind"] == kinds.CTRL_POLL) & (moment.past["vcpu"] == thread)
    times = moment.past["t"][rows]
    following = moment.next_of(kinds.CTRL_POLL, thread)
    part = 0.0
    if len(times) and following is not None and following > times[-1]:
        part = min(1.0, (moment.t_ns - int(times[-1])) / (following - int(times[-1])))
    return ((polls + part) / 12) % 1.0


def _hit(moment: Moment, thread: int) -> float:
    """1 when the thread's last poll found work and nothing has been polled since."""
    recent = moment.past[-200:]
    rows = np.flatnonzero((recent["kind"] == kinds.CTRL_POLL) & (recent["vcpu"] == thread))
    if len(rows) == 0:
        return 0.0
    since = len(recent) - int(rows[-1])
    return max(0.0, 1.0 - since / 12) if recent["a"][rows[-1]] else 0.0


def _in_hand(moment: Moment, queue: int) -> tuple[tuple[str, ...], tuple[SlotState, ...], int]:
    s = moment.state
    tags = slice(queue * s.tags, (queue + 1) * s.tags)
    state = np.asarray(s.cmd_state)[tags]
    owned = np.flatnonzero((state >= layout.CMD_FETCHED) & (state <= layout.CMD_DONE))
    oldest = owned[np.argsort(np.asarray(s.cmd_seq)[tags][owned], kind="stable")]
    shown = oldest[:CHIPS]
    return (
        tuple(f"{int(tag):02x}" for tag in shown),
        tuple(_CHIP_STATE[int(state[tag])] for tag in shown),
        len(oldest) - len(shown),
    )


def device(moment: Moment) -> Device:
    """The channels of the medium; a null device has none."""
    s = moment.state
    waiting = int(s.totals[layout.T_DEV_WAIT_COUNT])
    if s.channels == 0:
        return Device("null device: completes at once", np.empty(0, np.float32), 0)
    progress = np.full(s.channels, -1.0, np.float32)
    commands = np.asarray(s.chan_cmd)[: s.channels]
    since = np.asarray(s.chan_since)[: s.channels]
    progress[commands >= 0] = 0.0
    done = moment.future[moment.future["kind"] == kinds.DEV_DONE]
    ends = dict(zip(done["a"][::-1].tolist(), done["t"][::-1].tolist(), strict=True))
    latency = max(1, moment.run.scenario.device.latency_ns)
    for channel in np.flatnonzero(commands >= 0).tolist():
        start = int(since[channel])
        whole = ends.get(channel, start + latency) - start
        progress[channel] = min(1.0, max(0.0, (moment.t_ns - start) / max(1, whole)))
    busy = int((commands >= 0).sum())
    words = f"{busy} of {s.channels} busy"
    return Device(f"{words}, {waiting} wait" if waiting else words, progress, waiting)
