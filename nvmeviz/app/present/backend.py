"""The lower half of a pane: the controller's thread and what it has in hand, the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.frame import Activity, Controller, Cup, Device, SlotState
from nvmeviz.app.present.lanes import OF_THREAD
from nvmeviz.app.present.names import qids, thread_name
from nvmeviz.engine.mode import Sleep, Way
from nvmeviz.log import kinds
from nvmeviz.model import layout
from nvmeviz.units import time_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.app.present.moment import Moment

CHIPS = 8
_DOING: dict[int, str] = {
    kinds.SQ_FETCH: "fetching",
    kinds.CQ_POST: "posting a completion",
    kinds.IRQ_RAISE: "interrupting",
    kinds.SQ_SHADOW_READ: "reading the shadow tail",
    kinds.CQ_SHADOW_READ: "reading the shadow head",
    kinds.SQ_EVENTIDX: "setting EventIdx",
    kinds.EVENTIDX_STORE: "setting EventIdx",
    kinds.CQ_EVENTIDX: "setting CQ EventIdx",
    kinds.DBBUF_CONFIG: "taking the shadow buffers over",
    kinds.CTRL_SLEEP: "going to sleep",
}
_CONTROLLERS = np.zeros(256, bool)
_CONTROLLERS[[*_DOING, kinds.LOOP_PASS, kinds.CTRL_POLL, kinds.CTRL_WAKE]] = True
_CHIP_STATE = {
    layout.CMD_FETCHED: SlotState.FETCHED,
    layout.CMD_IN_DEVICE: SlotState.IN_DEVICE,
    layout.CMD_DONE: SlotState.COMPLETED,
}


def controller(moment: Moment, queue: int) -> Controller:
    """The thread that serves a queue pair, and what it has in hand."""
    s = moment.state
    thread = int(s.q_thread[queue])
    activity = OF_THREAD[int(s.thr_act[thread])]
    served = np.flatnonzero(np.asarray(s.q_thread) == thread)
    io_served = served[np.asarray(s.q_admin)[served] == 0]
    labels, states, more = _in_hand(moment, queue)
    polls = moment.run.mode.sleep is not Sleep.AT_ONCE and not s.q_admin[queue]
    awake = polls and activity in (Activity.POLLING, Activity.GUEST)
    total = len(labels) + more
    hardware = moment.run.mode.passthrough and not s.q_admin[queue]
    words = _words(moment, queue, thread, io_served if len(io_served) else served)
    return Controller(
        name=thread_name(moment, thread),
        activity=activity,
        words="idle" if hardware and activity is Activity.IDLE else words,
        poller=polls,
        dial=_dial(moment, thread) if awake else None,
        hit=_hit(moment, thread) if polls else 0.0,
        queues=max(1, len(io_served)),
        in_flight=labels,
        in_flight_state=states,
        more=more,
        caption=f"{total} in flight" if total else "none in flight",
        sleeps=activity is Activity.IDLE and not hardware,
    )


def cup(moment: Moment, queue: int, glow_ns: int) -> Cup | None:
    """The completions of a CQ whose interrupt waits for more; None without coalescing.

    glow_ns: machine time for which an interrupt just raised shows.
    """
    machine, s, cq = moment.scenario.machine, moment.state, moment.cq(queue)
    if machine.coalesce <= 1 or s.q_admin[queue]:
        return None
    held = int(s.cq_unsignalled[cq])
    posted = (moment.kind == kinds.CQ_POST) & (np.asarray(s.q_cq)[moment.qid] == cq)
    raised = np.flatnonzero((moment.kind == kinds.IRQ_RAISE) & (moment.qid == cq))
    spilled, until = 0.0, ""
    if len(raised):
        age = moment.t_ns - int(moment.at_ns[raised[-1]])
        spilled = max(0.0, 1.0 - age / glow_ns)
    first = np.flatnonzero(posted)[-held:] if held else np.empty(0, np.intp)
    if held and s.cq_held[cq] and len(first):
        left = machine.coalesce_time_ns - (moment.t_ns - int(moment.at_ns[first[0]]))
        until = f"or {time_text(max(0, left))}"
    elif held:
        until = "interrupt due"
    hint = (
        f"{held} of {machine.coalesce} completions held back. The interrupt is raised for "
        f"{machine.coalesce} of them, or {time_text(machine.coalesce_time_ns)} after the first."
    )
    return Cup(held, machine.coalesce, f"{held} of {machine.coalesce}", until, spilled, hint)


def _words(moment: Moment, queue: int, thread: int, served: NDArray[np.intp]) -> str:
    s = moment.state
    match int(s.thr_act[thread]):
        case layout.THR_ASLEEP:
            return "asleep"
        case layout.THR_TIMED:
            return "waits for its timer"
        case layout.THR_WAKING:
            return "waking up"
        case layout.THR_LOCK_WAIT:
            return "waits for the lock"
        case layout.THR_POLLING:
            return _polling_words(moment, thread, served)
        case _:
            return _working_words(moment, queue, thread)


def _polling_words(moment: Moment, thread: int, served: NDArray[np.intp]) -> str:
    guests = np.unique(np.asarray(moment.state.q_guest)[served])
    if len(guests) > 1:
        return f"polling {len(served)} SQs of {len(guests)} guests"
    return f"polling SQ {qids(moment, served.tolist())}"


def _working_words(moment: Moment, queue: int, thread: int) -> str:
    """What it does next, in which pass of its loop, and whether under the lock."""
    s, future = moment.state, moment.future
    rows = np.flatnonzero(_CONTROLLERS[future["kind"]] & (future["vcpu"] == thread))
    coming = int(future["kind"][rows[0]]) if len(rows) else -1
    doing = _DOING.get(coming, "working")
    if moment.run.mode.way is Way.MAPPED:
        doing = doing.replace("shadow", "mapped")  # it reads the doorbells themselves
    parts = [doing]
    if coming == kinds.LOOP_PASS:
        parts = [f"starting pass {int(s.thr_pass[thread]) + 1}"]
    elif s.thr_pass[thread]:
        parts.append(f"pass {int(s.thr_pass[thread])}")
    guest = int(s.thr_guest[thread])
    if guest >= 0 and int(s.g_lock_owner[guest]) == layout.THREAD_ACTOR + thread:
        parts.append("holds the lock")
    if s.vcpu_handling[int(s.q_vcpu[queue])]:
        parts.append("on the vCPU's thread")
    return ", ".join(parts)


def _dial(moment: Moment, thread: int) -> float:
    """The hand turns once in 12 polls and moves between two as time passes."""
    polls = int(moment.state.thr_polls[thread])
    rows = (moment.kind == kinds.CTRL_POLL) & (moment.vcpu == thread)
    times = moment.at_ns[rows]
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
    s, tags = moment.state, moment.tags(queue)
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
    """The channels of the medium; a null device has none, nor has one that takes any number."""
    s = moment.state
    waiting = int(s.totals[layout.T_DEV_WAIT_COUNT])
    if s.channels == 0:
        return Device(_without_channels(moment), np.empty(0, np.float32), 0)
    progress = np.full(s.channels, -1.0, np.float32)
    busy = np.asarray(s.chan_cmd)[: s.channels] >= 0
    start = np.asarray(s.chan_since)[: s.channels]
    done = moment.future[moment.future["kind"] == kinds.DEV_DONE][::-1]
    done = done[done["a"] < s.channels]
    # The first event to come for a channel ends what is in it; else its mean time is assumed.
    ends = start + max(1, moment.scenario.device.latency_ns)
    ends[done["a"]] = done["t"]
    part = (moment.t_ns - start[busy]) / np.maximum(1, ends[busy] - start[busy])
    progress[busy] = np.clip(part, 0.0, 1.0)
    words = f"{int(busy.sum())} of {s.channels} busy"
    return Device(f"{words}, {waiting} wait" if waiting else words, progress, waiting)


def _without_channels(moment: Moment) -> str:
    s, measured = moment.state, moment.run.provenance == "measured"
    if moment.scenario.device.kind != "fixed" and not measured:
        return "null device: completes at once"
    under_way = np.asarray(s.q_fetched) - np.asarray(s.q_done)
    if measured:  # an admin command may wait for an event for ever
        return f"{int(under_way[np.asarray(s.q_admin) == 0].sum())} in the device"
    inside = int(under_way.sum())
    return f"{inside} in the device, which takes any number at once"
