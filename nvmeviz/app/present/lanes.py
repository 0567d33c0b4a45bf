"""Strips of recent activity: what each vCPU did until now; red is time outside the guest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nvmeviz.app.present.frame import Activity, Lane, Span
from nvmeviz.app.present.names import vcpu_name, waits_for_lock
from nvmeviz.log import kinds
from nvmeviz.model import layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.app.present.moment import Moment

# Kind -> what the vCPU does from then on, and what it did until then where nothing older is known.
CHANGE: dict[int, tuple[Activity, Activity]] = {
    kinds.VM_EXIT: (Activity.VM_EXIT, Activity.GUEST),
    kinds.VM_ENTRY: (Activity.GUEST, Activity.VM_EXIT),
    kinds.LOCK_WAIT: (Activity.LOCK_WAIT, Activity.VM_EXIT),
    kinds.LOCK_TAKE: (Activity.VM_EXIT, Activity.VM_EXIT),
    kinds.IRQ_ENTER: (Activity.IRQ, Activity.GUEST),
    kinds.IRQ_EXIT: (Activity.GUEST, Activity.IRQ),
    kinds.VCPU_HALT: (Activity.IDLE, Activity.GUEST),
    kinds.VCPU_POLL: (Activity.POLLING, Activity.GUEST),
    kinds.VCPU_WAKE: (Activity.GUEST, Activity.IDLE),
}
CHANGES = np.zeros(256, bool)
CHANGES[list(CHANGE)] = True
_LOCKS = np.zeros(256, bool)
_LOCKS[[kinds.LOCK_WAIT, kinds.LOCK_TAKE]] = True
RESTS = (Activity.IDLE, Activity.POLLING)
_OF_STATE = {
    layout.VCPU_HALTED: Activity.IDLE,
    layout.VCPU_GUEST: Activity.GUEST,
    layout.VCPU_EXITED: Activity.VM_EXIT,
    layout.VCPU_IRQ: Activity.IRQ,
    layout.VCPU_WAKING: Activity.WAKING,
    layout.VCPU_POLLING: Activity.POLLING,
}
OF_THREAD = {
    layout.THR_ASLEEP: Activity.IDLE,
    layout.THR_WORKING: Activity.GUEST,
    layout.THR_TIMED: Activity.IDLE,
    layout.THR_LOCK_WAIT: Activity.LOCK_WAIT,
    layout.THR_WAKING: Activity.WAKING,
    layout.THR_POLLING: Activity.POLLING,
}
SHORTEST_WINDOW_NS = 100_000
LONGEST_WINDOW_NS = 400_000
WINDOW_WALL_S = 6
MAX_LANES = 4


def window_ns(machine_ns_per_s: int) -> int:
    """How much time a lane shows at a speed: some seconds of wall time, within reason."""
    return max(SHORTEST_WINDOW_NS, min(LONGEST_WINDOW_NS, machine_ns_per_s * WINDOW_WALL_S))


def vcpu_now(moment: Moment, vcpu: int) -> Activity:
    """What a vCPU does right now."""
    found = _OF_STATE[int(moment.state.vcpu_act[vcpu])]
    if found is Activity.VM_EXIT and waits_for_lock(moment, vcpu):
        return Activity.LOCK_WAIT
    return found


def vcpus_shown(moment: Moment, queue: int) -> list[int]:
    """A few vCPUs of a queue pair's guest, the one that owns the pair among them."""
    s = moment.state
    own = np.flatnonzero(np.asarray(s.v_guest) == s.q_guest[queue]).tolist()
    first = max(0, min(own.index(int(s.q_vcpu[queue])) - 1, len(own) - MAX_LANES))
    return own[first : first + MAX_LANES]


def lanes_of(moment: Moment, queue: int, machine_ns_per_s: int) -> tuple[Lane, ...]:
    """The lanes of those vCPUs: what each did until now."""
    changes = np.flatnonzero(CHANGES[moment.kind])
    by = moment.vcpu[changes]
    window, lanes = window_ns(machine_ns_per_s), list[Lane]()
    for vcpu in vcpus_shown(moment, queue):
        now = vcpu_now(moment, vcpu)
        spans = _spans(moment, changes[by == vcpu], vcpu, window, now)
        lanes.append(Lane(vcpu_name(moment, vcpu), window, spans, now))
    return tuple(lanes)


def _spans(
    moment: Moment, at: NDArray[np.intp], vcpu: int, window: int, now: Activity
) -> tuple[Span, ...]:
    """The window from its start, or the oldest event known, to now, without gaps. at: the past
    events that may have changed what the vCPU does.
    """
    past, from_ns = moment.past, moment.t_ns - window
    # Some from before the window too: the last of them says how it begins.
    inside = int(np.searchsorted(moment.at_ns[at], from_ns, side="right"))
    rows = past[at[max(0, inside - 8) :]]
    by_thread = _LOCKS[rows["kind"]] & (rows["a"] == kinds.BY_THREAD)
    if by_thread.any():
        rows = rows[~by_thread]  # they name a thread of that number, not the vCPU
    start_ns = from_ns
    if moment.count > len(past) and len(past):
        start_ns = max(from_ns, int(moment.at_ns[0]))
    elif moment.t_ns < window:
        start_ns = 0
    found: list[Span] = []
    at_part = max(0.0, (start_ns - from_ns) / window)  # where the span under way began, 0..1
    activity: Activity | None = None
    since_ns = start_ns
    in_irq = _in_irq_first(moment, rows["kind"], vcpu)
    first_past = moment.count - len(past)
    for t, kind, cause in zip(
        rows["t"].tolist(), rows["kind"].tolist(), rows["cause"].tolist(), strict=True
    ):
        after, before = CHANGE[kind]
        if activity is None:
            activity = Activity.IRQ if in_irq and kind == kinds.VM_EXIT else before
        if kind == kinds.IRQ_ENTER or kind == kinds.IRQ_EXIT:
            in_irq = kind == kinds.IRQ_ENTER
        elif kind == kinds.VM_ENTRY and in_irq:
            after = Activity.IRQ
        elif (
            kind == kinds.VCPU_WAKE
            and first_past <= cause < moment.count  # a file may say anything
            and activity in RESTS
        ):
            # It has been waking up since the event that woke it.
            since_ns = max(since_ns, int(moment.at_ns[cause - first_past]))
            end = (since_ns - from_ns) / window
            if end > at_part:
                found.append(Span(at_part, end, activity))
                at_part = end
            activity = Activity.WAKING
        end = (t - from_ns) / window
        if end > at_part:
            found.append(Span(at_part, end, activity))
            at_part = end
        activity, since_ns = after, t
    if activity is not None and activity is not now and activity is not Activity.LOCK_WAIT:
        end = (
            max(since_ns, min(int(moment.state.vcpu_since[vcpu]), moment.t_ns)) - from_ns
        ) / window
        if end > at_part:
            found.append(Span(at_part, end, activity))
            at_part = end
        activity = now
    if at_part < 1.0:
        found.append(Span(at_part, 1.0, now if activity is None else activity))
    return tuple(found)


def _in_irq_first(moment: Moment, kind: NDArray[Any], vcpu: int) -> bool:
    """Whether the interrupt handler ran before the first of a vCPU's events."""
    edges = np.flatnonzero((kind == kinds.IRQ_ENTER) | (kind == kinds.IRQ_EXIT))
    if len(edges) == 0:
        return bool(moment.state.vcpu_irq[vcpu])
    return bool(kind[edges[0]] == kinds.IRQ_EXIT)
