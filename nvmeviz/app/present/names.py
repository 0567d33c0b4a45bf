"""Who is who in words: guests, their queue pairs and CQs, vCPUs and threads, the holder of a lock.

Names come from the run's topology. Inside the picture of one guest its own name is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.log import kinds
from nvmeviz.model import layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nvmeviz.app.present.moment import Moment
    from nvmeviz.app.runs import Run

MOST_LISTED = 4


def tells_mode(run: Run) -> bool:
    """False when the log holds nothing of the controller's side: then it does not say how doorbells
    travel either.
    """
    return run.about.tells(kinds.SQ_FETCH)


def run_title(run: Run) -> str:
    """A run by its doorbell mode, or by what its log is when that does not tell the mode."""
    return run.mode.title if tells_mode(run) else run.about.title or "measured"


def run_accent(run: Run) -> str:
    """The mode whose colour a run has; one of its own when the log does not tell the mode."""
    return run.mode.name if tells_mode(run) else "unknown"


def vcpu_name(moment: Moment, vcpu: int) -> str:
    """A vCPU as its guest calls it: "vCPU 0"."""
    topology = moment.run.topology
    return topology.vcpus[vcpu].removeprefix(f"{_guest_of_vcpu(moment, vcpu)} ")


def thread_name(moment: Moment, thread: int) -> str:
    """A controller thread inside the picture of its guest: "main loop"."""
    topology, guest = moment.run.topology, int(moment.state.thr_guest[thread])
    name = topology.threads[thread]
    return name if guest < 0 else name.removeprefix(f"{topology.guests[guest]} ")


def _guest_of_vcpu(moment: Moment, vcpu: int) -> str:
    return moment.run.topology.guests[int(moment.state.v_guest[vcpu])]


def actor_name(moment: Moment, actor: int) -> str:
    """Who holds a lock, or waits for it: `layout` says how vCPUs and threads are told apart."""
    if actor >= layout.THREAD_ACTOR:
        return thread_name(moment, actor - layout.THREAD_ACTOR)
    return vcpu_name(moment, actor)


def io_queues(moment: Moment, guest: int) -> list[int]:
    """The I/O queue pairs of a guest, in the order of the topology."""
    s = moment.state
    of_guest = np.asarray(s.q_guest) == guest
    return np.flatnonzero(of_guest & (np.asarray(s.q_admin) == 0)).tolist()


def first_queues(moment: Moment) -> tuple[int, ...]:
    """The first queue pair of each guest."""
    s = moment.state
    first = np.zeros(s.guests, np.int64)
    first[np.asarray(s.q_guest)[::-1]] = np.arange(s.queues)[::-1]  # the last one written stays
    return tuple(first.tolist())


def qids(moment: Moment, queues: Sequence[int]) -> str:
    """Queue ids in words: "1 · 2 · 3", or "1–8" where they are many and follow one another."""
    numbers = [moment.run.topology.queues[queue].qid for queue in queues]
    if len(numbers) > MOST_LISTED:
        if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            return f"{numbers[0]}–{numbers[-1]}"
        return (
            f"{' · '.join(str(n) for n in numbers[: MOST_LISTED - 1])} and {len(numbers) - 3} more"
        )
    return " · ".join(str(number) for number in numbers)


def queue_note(moment: Moment, queue: int, own: Sequence[int]) -> str:
    """Which queue pair is large, and who shares its CQ. own: the I/O queue pairs of its guest."""
    if moment.state.q_admin[queue]:
        return "admin queue pair"
    note = f"queue pair {own.index(queue) + 1} of {len(own)}"
    sharing = shared_by(moment, queue)
    if sharing:
        qid = moment.run.topology.queues[moment.cq(queue)].qid
        note = f"{note} · CQ {qid} shared by SQ {sharing}"
    return note


def shared_by(moment: Moment, queue: int) -> str:
    """The SQs whose completions go into this queue's CQ, "" when it is the only one."""
    owner, s = moment.cq(queue), moment.state
    after = owner + 1  # those that share are neighbours, the owner of the CQ first
    while after < s.queues and s.q_cq[after] == owner:
        after += 1
    return qids(moment, range(owner, after)) if after > owner + 1 else ""


def waits_for_lock(moment: Moment, actor: int) -> bool:
    """True while a vCPU or thread stands in the queue for its guest's lock, or was woken to win
    it.
    """
    s = moment.state
    thread = actor - layout.THREAD_ACTOR
    guest = int(s.thr_guest[thread] if thread >= 0 else s.v_guest[actor])
    if guest < 0 or s.g_lock_owner[guest] == actor or s.totals[layout.T_LOCK_WAITS] == 0:
        return False
    first, ring = int(s.g_lock_first[guest]), guest * layout.LOCK_WAITERS
    waiting = (
        int(s.lock_wait[ring + (first + place) % layout.LOCK_WAITERS])
        for place in range(int(s.g_lock_waits[guest]))
    )
    if actor in waiting:
        return True
    return int(s.g_lock_next[guest]) == actor and _has_not_taken(moment, actor)


def _has_not_taken(moment: Moment, actor: int) -> bool:
    """True when the last that an actor did about the lock was to wait for it."""
    past, thread = moment.past, actor - layout.THREAD_ACTOR
    by, number = (kinds.BY_THREAD, thread) if thread >= 0 else (kinds.BY_VCPU, actor)
    kind = moment.kind
    rows = np.flatnonzero((kind == kinds.LOCK_WAIT) | (kind == kinds.LOCK_TAKE))
    own = rows[(moment.vcpu[rows] == number) & (past["a"][rows] == by)]
    return len(own) > 0 and bool(kind[own[-1]] == kinds.LOCK_WAIT)
