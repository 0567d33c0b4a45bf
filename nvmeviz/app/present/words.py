"""An event as a sentence, from the vocabulary table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nvmeviz.app.present.names import run_title
from nvmeviz.log import kinds
from nvmeviz.log.events import KIND_BY_NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nvmeviz.app.runs import Run
    from nvmeviz.log.events import KindRow
    from nvmeviz.model.topology import Topology

_EXIT_FOR = {
    kinds.EXIT_SQ_DOORBELL: "the SQ tail doorbell",
    kinds.EXIT_CQ_DOORBELL: "the CQ head doorbell",
    kinds.EXIT_INTERRUPT: "an interrupt",
    kinds.EXIT_RESET: "a controller reset",
    kinds.EXIT_OTHER: "something else than a queue",
}
_BY_ACTOR = {kinds.LOCK_TAKE, kinds.LOCK_WAIT, kinds.LOCK_RELEASE}
_BY_THREAD = {kinds.CTRL_WAKE, kinds.CTRL_SLEEP, kinds.CTRL_POLL, kinds.LOOP_PASS}
_BY_VCPU = {
    kinds.VM_EXIT,
    kinds.VM_ENTRY,
    kinds.VCPU_HALT,
    kinds.VCPU_WAKE,
    kinds.VCPU_POLL,
    kinds.GUEST_READY,
    kinds.RESET_DUE,
}
_NO_VALUE = {kinds.CTRL_WAKE, kinds.CTRL_SLEEP, kinds.CTRL_RESET, kinds.CTRL_POLL}
_OPCODES = {
    kinds.OP_DBBUF_CONFIG: "Doorbell Buffer Config",
    kinds.OP_GOOGLE_DOORBELLS: "Google's doorbell command C0h",
}


def _name(names: tuple[str, ...], number: int) -> str:
    return names[number] if number < len(names) else f"number {number}"


def queue_name(topology: Topology, index: int) -> str:
    """A queue pair in a sentence, with its guest where there are several."""
    queue = topology.queues[min(index, len(topology.queues) - 1)]
    guest = f"{topology.guests[queue.guest]} " if len(topology.guests) > 1 else ""
    return f"{guest}queue {queue.qid}" if queue.qid else f"{guest}admin queue"


def _who(event: Any, topology: Topology) -> str:
    """The subject of an event: a vCPU, a thread, or the queue it is about."""
    kind, number = int(event["kind"]), int(event["vcpu"])
    by_thread = kind in _BY_ACTOR and event["a"] == kinds.BY_THREAD
    if kind in _BY_THREAD or by_thread:
        return _name(topology.threads, number)
    if kind in _BY_VCPU or kind in _BY_ACTOR:
        return _name(topology.vcpus, number)
    return queue_name(topology, int(event["qid"]))


def _details(row: KindRow, event: Any) -> list[str]:
    """What `a` and `b` of an event say."""
    a, b = int(event["a"]), int(event["b"])
    match row.kind:
        case kinds.VM_EXIT | kinds.VM_ENTRY:
            for_what = _EXIT_FOR.get(a, "something unknown")
            return [f"for {for_what}" if row.kind == kinds.VM_EXIT else f"after {for_what}"]
        case kinds.SQ_EVENTIDX_READ | kinds.CQ_EVENTIDX_READ:
            return [f"· EventIdx {a}:", "ring" if b else "no doorbell needed"]
        case kinds.SQ_SHADOW | kinds.CQ_SHADOW if b == kinds.DRAINED:
            return [f"· {row.a} {a}", "· out of the store buffer"]
        case kinds.SQ_DOORBELL | kinds.CQ_DOORBELL if b == kinds.DOORBELL_MAPPED:
            return [f"· {row.a} {a}", "· mapped, no trap"]
        case kinds.SQ_POST if b & 0xFF in _OPCODES:
            return [f"· slot {a}", f"· {_OPCODES[b & 0xFF]}"]
        case kinds.CQ_POST if b & kinds.CQE_HELD:
            return [f"· slot {a}", "· its interrupt waits for more"]
        case kinds.CTRL_SLEEP if a:
            return ["until a timer"]
        case kinds.CTRL_POLL:
            return ["and finds work" if a else "and finds nothing"]
        case kinds.DBBUF_CONFIG:
            return [f"· SQ EventIdx {a}, CQ EventIdx {b}"]
        case kinds.CTRL_RESET:
            return ["· the driver keeps its stale buffers"] if a else []
        case _ if row.kind in _BY_ACTOR or row.kind in _NO_VALUE:
            return []
        case _:
            return [f"· {row.a} {a}"] if row.a else []


def describe(event: Any, topology: Topology) -> str:
    """One event: who, what happened, with its value."""
    row = KIND_BY_NUMBER.get(int(event["kind"]))
    if row is None:
        return f"event of kind {int(event['kind'])}"
    parts = [row.words, *_details(row, event)]
    if row.has_cid:
        parts.append(f"· cid {int(event['cid']):02x}")
    if int(event["flags"]) & kinds.INFERRED:
        parts.append("· inferred")
    return f"{_who(event, topology)}: {' '.join(part for part in parts if part)}"


def event_words(runs: Sequence[Run], counts: Sequence[int]) -> str:
    """The last event over all panes, "" before the first. counts: events of each that happened."""
    last: tuple[int, Any, Run] | None = None
    for run, count in zip(runs, counts, strict=True):
        for event in run.log.slice(count - 1, count):
            if last is None or event["t"] >= last[0]:
                last = (int(event["t"]), event, run)
    if last is None:
        return ""
    _, event, run = last
    words = describe(event, run.topology)
    return f"{run_title(run)} · {words}" if len(runs) > 1 else words
