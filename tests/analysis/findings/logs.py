"""Small logs by hand, and what the rules say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nvmeviz.analysis.findings import judge
from nvmeviz.analysis.findings.seen import Seen
from nvmeviz.log import kinds as k
from nvmeviz.log.about import About
from nvmeviz.log.events import EVENT, KINDS
from nvmeviz.model.topology import QueuePair, Topology

if TYPE_CHECKING:
    from nvmeviz.analysis.findings import Finding, Report

MS = 1_000_000
SLOTS = 8
MACHINE = Topology(
    guests=("VM 1",),
    vcpus=("vCPU 0",),
    threads=("worker", "main loop"),
    queues=(
        QueuePair(1, 0, 0, 0, SLOTS, SLOTS, 7),
        QueuePair(2, 0, 0, 0, SLOTS, SLOTS, 7),
        QueuePair(0, 0, 0, 1, 32, 32, 4),
    ),
    channels=0,
)
ADMIN = 2  # its index
Row = tuple[Any, ...]
SHADOW_ON: list[Row] = [(0, k.DBBUF_CONFIG, {"qid": ADMIN, "vcpu": 1})]


def log(rows: list[Row]) -> np.ndarray:
    """Events from (t, kind, fields) rows."""
    events = np.zeros(len(rows), EVENT)
    events["cause"] = -1
    for event, (t_ns, kind, *more) in zip(events, rows, strict=True):
        event["t"], event["kind"] = t_ns, kind
        for name, value in more[0].items() if more else ():
            event[name] = value
    return events


def about(without: tuple[int, ...] = (), inferred: tuple[int, ...] = ()) -> About:
    """A measured log that can't hold some kinds, or only concludes them."""
    kinds = frozenset(row.kind for row in KINDS) - set(without)
    return About(title="by hand", kinds=kinds, inferred=frozenset(inferred))


def report(rows: list[Row], frontier_ns: int = 0, **more: Any) -> Report:
    """What all rules say of a log."""
    last = rows[-1][0] if rows else 0
    topology = more.pop("topology", MACHINE)
    return judge(Seen(log(rows), topology, max(frontier_ns, last), **more))


def found(rule: str, rows: list[Row], frontier_ns: int = 0, **more: Any) -> list[Finding]:
    """What one rule says of a log."""
    return [f for f in report(rows, frontier_ns, **more).findings if f.rule == rule]


def command(t_ns: int, slot: int = 0, cid: int = 0, q: int = 0, phase: int = 1) -> list[Row]:
    """The whole life of one command, with its doorbells, in 60 ns."""
    at = {"qid": q, "cid": cid}
    word = k.CQE_PHASE if phase else 0
    return [
        (t_ns, k.SQ_POST, {**at, "a": slot}),
        (t_ns + 10, k.SQ_DOORBELL, {"qid": q, "a": (slot + 1) % SLOTS}),
        (t_ns + 20, k.SQ_FETCH, {**at, "a": slot}),
        (t_ns + 30, k.DEV_DONE, at),
        (t_ns + 40, k.CQ_POST, {**at, "a": slot, "b": word}),
        (t_ns + 45, k.IRQ_RAISE, {"qid": q}),
        (t_ns + 50, k.IRQ_ENTER, {"qid": q}),
        (t_ns + 52, k.CQ_REAP, {**at, "a": slot, "b": 52}),
        (t_ns + 55, k.CQ_DOORBELL, {"qid": q, "a": (slot + 1) % SLOTS}),
        (t_ns + 60, k.IRQ_EXIT, {"qid": q}),
    ]


def commands(count: int, start_ns: int = 100, q: int = 0) -> list[Row]:
    """One after the other, rings and phases as they should be."""
    rows: list[Row] = []
    for n in range(count):
        rows += command(start_ns + 100 * n, n % SLOTS, n % 4, q, 1 - n // SLOTS % 2)
    return rows


def changed(rows: list[Row], place: int, **fields: int) -> list[Row]:
    """The same log with other fields in one event."""
    t_ns, kind, *more = rows[place]
    old = more[0] if more else {}
    return [*rows[:place], (t_ns, kind, {**old, **fields}), *rows[place + 1 :]]


def place(rows: list[Row], kind: int, number: int = 0) -> int:
    """Where the number-th event of a kind stands."""
    return [i for i, row in enumerate(rows) if row[1] == kind][number]


def without(rows: list[Row], kind: int, number: int = 0) -> list[Row]:
    """The same log less one event."""
    gone = place(rows, kind, number)
    return [*rows[:gone], *rows[gone + 1 :]]
