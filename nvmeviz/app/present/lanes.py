"""Strips of recent activity: what each vCPU did until now; red is time outside the guest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.app.present.frame import Activity, Lane, Span
from nvmeviz.log import kinds
from nvmeviz.model import layout

if TYPE_CHECKING:
    from nvmeviz.app.present.moment import Moment

_AFTER: dict[int, Activity] = {
    kinds.VM_EXIT: Activity.VM_EXIT,
    kinds.VM_ENTRY: Activity.GUEST,
    kinds.IRQ_ENTER: Activity.IRQ,
    kinds.IRQ_EXIT: Activity.GUEST,
    kinds.VCPU_HALT: Activity.IDLE,
    kinds.VCPU_WAKE: Activity.GUEST,
}
_CHANGES = np.zeros(256, bool)
_CHANGES[list(_AFTER)] = True
_OF_STATE = {
    layout.VCPU_HALTED: Activity.IDLE,
    layout.VCPU_GUEST: Activity.GUEST,
    layout.VCPU_EXITED: Activity.VM_EXIT,
    layout.VCPU_IRQ: Activity.IRQ,
    layout.VCPU_WAKING: Activity.WAKING,
}
OF_THREAD = {
    layout.THR_ASLEEP: Activity.IDLE,
    layout.THR_WORKING: Activity.GUEST,
    layout.THR_WAKING: Activity.WAKING,
    layout.THR_POLLING: Activity.POLLING,
}
SHORTEST_WINDOW_NS = 100_000
LONGEST_WINDOW_NS = 400_000
WINDOW_WALL_S = 6


def window_ns(machine_ns_per_s: int) -> int:
    """How much time a lane shows at a speed: some seconds of wall time, within reason."""
    return max(SHORTEST_WINDOW_NS, min(LONGEST_WINDOW_NS, machine_ns_per_s * WINDOW_WALL_S))


def vcpu_now(moment: Moment, vcpu: int) -> Activity:
    """What a vCPU does right now."""
    return _OF_STATE[int(moment.state.vcpu_act[vcpu])]


def vcpu_lane(moment: Moment, vcpu: int, machine_ns_per_s: int, shares: bool) -> Lane:
    """A vCPU's strip. shares: too fast to follow, so show what share of the window went where."""
    window = window_ns(machine_ns_per_s)
    label = moment.run.topology.vcpus[vcpu]
    now = vcpu_now(moment, vcpu)
    spans = _share_spans(moment) if shares else _spans(moment, vcpu, window)
    return Lane(label, window, spans, now)


def _spans(moment: Moment, vcpu: int, window: int) -> tuple[Span, ...]:
    from_ns = moment.t_ns - window
    past = moment.past
    rows = past[_CHANGES[past["kind"]] & (past["vcpu"] == vcpu) & (past["t"] > from_ns)]
    found: list[Span] = []
    end = 1.0
    activity = vcpu_now(moment, vcpu)
    in_irq = bool(moment.state.vcpu_irq[vcpu])
    # Backwards from now: before a change the vCPU did what the change ended.
    for t, kind in zip(rows["t"][::-1].tolist(), rows["kind"][::-1].tolist(), strict=True):
        start = (t - from_ns) / window
        if end > start:
            found.append(Span(start, end, activity))
        end = start
        if kind == kinds.VM_ENTRY:
            activity = Activity.VM_EXIT
        elif kind == kinds.VM_EXIT:
            activity = Activity.IRQ if in_irq else Activity.GUEST
        elif kind == kinds.IRQ_EXIT:
            in_irq, activity = True, Activity.IRQ
        elif kind == kinds.IRQ_ENTER:
            in_irq, activity = False, Activity.GUEST
        else:
            activity = Activity.IDLE if kind == kinds.VCPU_WAKE else Activity.GUEST
    first_ns = int(past["t"][0]) if len(past) and past["t"][0] > from_ns else from_ns
    oldest = max(0.0, ((0 if moment.count == len(past) else first_ns) - from_ns) / window)
    if end > oldest:
        found.append(Span(oldest, end, activity))
    return tuple(reversed(found))


def _share_spans(moment: Moment) -> tuple[Span, ...]:
    """Share of the last millisecond outside the guest, all vCPUs together."""
    after = max(0, moment.t_ns - 1_000_000)
    span = max(1, moment.t_ns - after) * max(1, moment.run.series.vcpus)
    outside = min(1.0, moment.run.series.returns.total(after, moment.t_ns) / span)
    spans = (Span(0.0, outside, Activity.VM_EXIT), Span(outside, 1.0, Activity.GUEST))
    return tuple(span for span in spans if span.end > span.start)
