"""What went on per second and per command over the last milliseconds: a window of the log, counted.

For speeds at which single steps can't be seen. Everything is a count or a sum over the events of
the window; nothing here knows words or pictures. The window is the figures' own 5 ms, or a shorter
round one where that many events would take too long to count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nvmeviz.app.present.frame import Activity
from nvmeviz.app.present.lanes import CHANGE, CHANGES, OF_THREAD, RESTS, vcpu_now
from nvmeviz.log import kinds
from nvmeviz.model import layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.app.present.moment import Moment

SPANS_NS = (5_000_000, 2_000_000, 1_000_000, 500_000, 200_000, 100_000, 50_000, 20_000)
MOST_EVENTS = 16_000


@dataclass(frozen=True, eq=False, slots=True)
class Window:
    """The last `span_ns` before `t_ns`, as columns of its events; whole: nothing is older."""

    t_ns: int
    span_ns: int
    whole: bool
    t: NDArray[np.int64]
    kind: NDArray[np.uint8]
    qid: NDArray[np.uint16]
    vcpu: NDArray[np.uint8]
    a: NDArray[np.uint32]
    b: NDArray[np.uint32]
    cause: NDArray[np.int64]  # as an index into these columns; negative where it is older

    @property
    def from_ns(self) -> int:
        """Where the window begins, ns."""
        return self.t_ns - self.span_ns

    def waited_ns(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """How long after their causes events happened, 0 where the cause is not in the window."""
        cause = self.cause[rows]
        return np.where(cause >= 0, self.t[rows] - self.t[np.maximum(cause, 0)], 0)

    def per_s(self, count: float) -> float:
        """A count of the window as a rate."""
        return count * 1e9 / self.span_ns


def window_of(moment: Moment) -> Window:
    """The window that ends now."""
    t_ns, log = moment.t_ns, moment.run.log
    events = log.slice(moment.count - MOST_EVENTS, moment.count)
    t: NDArray[Any] = np.ascontiguousarray(events["t"])
    if moment.count <= len(events):
        span = min(SPANS_NS[0], t_ns + 1)  # all of it is here, time 0 included
    else:
        fitting = (span for span in SPANS_NS if t_ns - span >= t[0])
        span = next(fitting, SPANS_NS[-1])
    start = int(np.searchsorted(t, t_ns - span, side="right"))
    events, t = events[start:], t[start:]
    first = moment.count - len(events)
    cause: NDArray[Any] = events["cause"] - first
    kind, qid, vcpu, a, b = (
        np.ascontiguousarray(events[name]) for name in ("kind", "qid", "vcpu", "a", "b")
    )
    return Window(t_ns, span, span > t_ns, t, kind, qid, vcpu, a, b, cause)


@dataclass(frozen=True, slots=True)
class Avoided:
    """Comparisons with EventIdx of a queue pair that asked for no doorbell. compared: all of them.

    commands: submitted in the same time.
    """

    count: int
    compared: int
    commands: int
    per_s: float


@dataclass(frozen=True, eq=False, slots=True)
class Rates:
    """A queue pair, its vCPU, thread and guest over a window.

    Shares are 0..1 of the window's time. guest_outside: of all vCPUs of the guest together;
    guests_outside: of every guest's.
    rings, commands, reaps, timer_rings, interrupts, posted: counts; rings and reaps by SQ and CQ.
    mean_exit_ns: 0 when there was none. in_hand: mean number of commands between fetch and CQE.
    channels: (n,) share of time each was busy.
    """

    window: Window
    guest_outside: float
    guests_outside: tuple[float, ...]
    vcpu_outside: dict[int, float]
    exits: int
    mean_exit_ns: float
    rings: tuple[int, int]
    commands: int
    reaps: int
    timer_rings: int
    avoided: Avoided
    posted: int
    interrupts: int
    thread: dict[Activity, float]
    polls: int
    hits: int
    in_hand: float
    channels: NDArray[np.float32]


def avoided_of(moment: Moment, w: Window, queue: int) -> Avoided:
    """How many doorbells EventIdx saved a queue pair and its CQ."""
    cq = moment.cq(queue)
    compared = ((w.kind == kinds.SQ_EVENTIDX_READ) & (w.qid == queue)) | (
        (w.kind == kinds.CQ_EVENTIDX_READ) & (w.qid == cq)
    )
    silent = int(np.count_nonzero(compared & (w.b == 0)))
    commands = int(np.count_nonzero((w.kind == kinds.SQ_POST) & (w.qid == queue)))
    return Avoided(silent, int(np.count_nonzero(compared)), commands, w.per_s(silent))


def rates_of(moment: Moment, queue: int, w: Window) -> Rates:
    """Everything about a queue pair in a window."""
    s, kind = moment.state, w.kind
    cq, vcpu, thread = moment.cq(queue), int(s.q_vcpu[queue]), int(s.q_thread[queue])
    outside = _outside(moment, w)
    of_guest = np.asarray(s.v_guest)
    own = np.flatnonzero(of_guest == s.q_guest[queue])
    of_queue, of_cq = w.qid == queue, w.qid == cq
    in_cq = (np.asarray(s.q_cq) == cq)[w.qid]

    def count(where: NDArray[np.bool_], *wanted: int) -> int:
        found = kind == wanted[0]
        for other in wanted[1:]:
            found |= kind == other
        return int(np.count_nonzero(found & where))

    exits = w.b[(kind == kinds.VM_ENTRY) & (w.vcpu == vcpu)]
    polled = (kind == kinds.CTRL_POLL) & (w.vcpu == thread)
    return Rates(
        window=w,
        guest_outside=float(outside[own].mean()),
        guests_outside=tuple(float(outside[of_guest == g].mean()) for g in range(s.guests)),
        vcpu_outside={int(v): float(outside[v]) for v in own},
        exits=len(exits),
        mean_exit_ns=float(exits.mean()) if len(exits) else 0.0,
        rings=(
            count(of_queue, kinds.SQ_DOORBELL, kinds.SQ_KICK),
            count(of_cq, kinds.CQ_DOORBELL, kinds.CQ_KICK),
        ),
        commands=count(of_queue, kinds.SQ_POST),
        reaps=count(in_cq, kinds.CQ_REAP),
        timer_rings=count(of_queue, kinds.BATCH_TIMER),
        avoided=avoided_of(moment, w, queue),
        posted=count(in_cq, kinds.CQ_POST),
        interrupts=count(of_cq, kinds.IRQ_RAISE),
        thread=thread_shares(moment, w, thread),
        polls=int(np.count_nonzero(polled)),
        hits=int(np.count_nonzero(polled & (w.a > 0))),
        in_hand=_in_hand(moment, w, queue),
        channels=_channels(moment, w),
    )


def _outside(moment: Moment, w: Window) -> NDArray[np.float64]:
    """(vcpus,) share of the window each spent outside the guest."""
    s = moment.state
    back = w.kind == kinds.VM_ENTRY
    passed = np.minimum(w.b[back], w.t[back] - w.from_ns)
    spent = np.bincount(w.vcpu[back], weights=passed, minlength=s.vcpus)[: s.vcpus]
    out = np.asarray(s.vcpu_act) == layout.VCPU_EXITED
    since = np.maximum(np.asarray(s.vcpu_left), w.from_ns)
    return np.clip((spent + np.where(out, w.t_ns - since, 0)) / w.span_ns, 0.0, 1.0)


# What a thread does after each of its events: the reducer's rules.
_THREAD = np.full(256, 255, np.uint8)
_THREAD[kinds.CTRL_WAKE] = layout.THR_WORKING
_THREAD[kinds.CTRL_POLL] = layout.THR_POLLING  # or working, when it found something
_THREAD[kinds.CTRL_SLEEP] = layout.THR_ASLEEP
_THREAD[kinds.LOCK_TAKE] = layout.THR_WORKING
_THREAD[kinds.LOCK_WAIT] = layout.THR_LOCK_WAIT


def thread_shares(moment: Moment, w: Window, thread: int) -> dict[Activity, float]:
    """What a controller thread spent its time on, as shares of the time since its first event of
    the window.
    """
    now = OF_THREAD[int(moment.state.thr_act[thread])]
    after = _THREAD[w.kind]
    lock = (w.kind == kinds.LOCK_TAKE) | (w.kind == kinds.LOCK_WAIT)
    rows = np.flatnonzero((after != 255) & (w.vcpu == thread) & (~lock | (w.a == kinds.BY_THREAD)))
    if len(rows) == 0:
        return {now: 1.0}
    doing = after[rows]
    doing[(w.kind[rows] == kinds.CTRL_POLL) & (w.a[rows] > 0)] = layout.THR_WORKING
    lasted = np.diff(np.append(w.t[rows], w.t_ns))
    spent = np.bincount(doing, weights=lasted)
    whole = float(spent.sum())
    if whole <= 0:
        return {now: 1.0}
    found: dict[Activity, float] = {}
    for act in np.flatnonzero(spent):
        activity = OF_THREAD[int(act)]
        found[activity] = found.get(activity, 0.0) + float(spent[act]) / whole
    return found


_AFTER = np.full(256, 255, np.uint8)
for _kind, (_after, _) in CHANGE.items():
    _AFTER[_kind] = _after


def vcpu_shares(moment: Moment, w: Window, vcpus: list[int]) -> list[dict[Activity, float]]:
    """The same of vCPUs."""
    lock = (w.kind == kinds.LOCK_TAKE) | (w.kind == kinds.LOCK_WAIT)
    changes = np.flatnonzero(CHANGES[w.kind] & (~lock | (w.a == kinds.BY_VCPU)))
    by = w.vcpu[changes]
    return [_shares_of_vcpu(moment, w, vcpu, changes[by == vcpu]) for vcpu in vcpus]


def _shares_of_vcpu(
    moment: Moment, w: Window, vcpu: int, rows: NDArray[np.intp]
) -> dict[Activity, float]:
    if len(rows) == 0:
        return {vcpu_now(moment, vcpu): 1.0}
    kind = w.kind[rows]
    doing = _AFTER[kind]
    # An exit out of the interrupt handler leads back into it.
    edge = (kind == kinds.IRQ_ENTER) | (kind == kinds.IRQ_EXIT)
    last = np.maximum.accumulate(np.where(edge, np.arange(len(rows)), -1))
    in_irq = (last >= 0) & (kind[last] == kinds.IRQ_ENTER)
    doing[in_irq & (kind == kinds.VM_ENTRY)] = Activity.IRQ
    lasted = np.diff(np.append(w.t[rows], w.t_ns))
    spent = np.bincount(doing, weights=lasted, minlength=len(Activity)).astype(np.float64)
    # It has been waking up since the event that woke it.
    woken = np.flatnonzero(kind == kinds.VCPU_WAKE)
    woken = woken[woken > 0]
    if len(woken):
        waking = np.minimum(w.waited_ns(rows[woken]), lasted[woken - 1])
        for rest in RESTS:
            spent[rest] -= float(waking[doing[woken - 1] == rest].sum())
        spent[Activity.WAKING] += float(waking[np.isin(doing[woken - 1], RESTS)].sum())
    whole = float(spent.sum())
    if whole <= 0:
        return {vcpu_now(moment, vcpu): 1.0}
    return {Activity(int(act)): float(spent[act]) / whole for act in np.flatnonzero(spent > 0)}


def lock_share(moment: Moment, w: Window, guest: int) -> float:
    """Share of the time since the first event of the window about it for which the lock of a
    guest's VMM was held, the way to a waiter that it was handed to included.
    """
    of_guest = (np.asarray(moment.state.q_guest) == guest)[w.qid]
    rows = np.flatnonzero(of_guest & ((w.kind == kinds.LOCK_TAKE) | (w.kind == kinds.LOCK_RELEASE)))
    lasted = np.diff(np.append(w.t[rows], w.t_ns))
    whole = float(lasted.sum())
    if whole <= 0:
        return float(moment.state.g_lock_owner[guest] != layout.LOCK_FREE)
    held = (w.kind[rows] == kinds.LOCK_TAKE) | (w.b[rows] == 1)
    return float(lasted[held].sum()) / whole


def _added(change: NDArray[np.int64], rows: NDArray[np.intp], w: Window) -> float:
    """What changes add less than if each had stood since the window began, as a share of it: a
    level's mean is what it is now less this.
    """
    return float((change[rows] * (w.t[rows] - w.from_ns)).sum()) / w.span_ns


def _in_hand(moment: Moment, w: Window, queue: int) -> float:
    """Mean number of commands of a queue pair between SQ_FETCH and CQ_POST."""
    s = moment.state
    of_queue = w.qid == queue
    change = np.where(w.kind == kinds.SQ_FETCH, 1, 0) - np.where(w.kind == kinds.CQ_POST, 1, 0)
    rows = np.flatnonzero((change != 0) & of_queue)
    now = int(s.q_fetched[queue]) - int(s.q_completed[queue])
    return max(0.0, now - _added(change, rows, w))


def _channels(moment: Moment, w: Window) -> NDArray[np.float32]:
    s = moment.state
    n = s.channels
    if n == 0:
        return np.empty(0, np.float32)
    io = (np.asarray(s.q_admin) == 0)[w.qid] & (w.a < n)
    start, done = io & (w.kind == kinds.DEV_START), io & (w.kind == kinds.DEV_DONE)
    # Without a single row bincount answers in integers, whatever the weights are.
    spent = np.zeros(n)
    spent += np.bincount(w.a[done], weights=w.t[done] - w.from_ns, minlength=n)
    spent -= np.bincount(w.a[start], weights=w.t[start] - w.from_ns, minlength=n)
    inside = np.asarray(s.chan_cmd)[:n]
    begun = np.asarray(s.cmd_state)[inside] == layout.CMD_IN_DEVICE
    spent += np.where((inside >= 0) & begun, w.span_ns, 0)
    return np.clip(spent / w.span_ns, 0.0, 1.0).astype(np.float32)
