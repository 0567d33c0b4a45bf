"""What has to hold for any files whatever, once they were given to the importers."""

from __future__ import annotations

import hashlib
import json
import sys

import numpy as np

from nvmeviz.app.findings import judged
from nvmeviz.app.measured import read_measured
from nvmeviz.importers import records as r
from nvmeviz.importers.read import Imported, ImportProblem, MeasuredRun
from nvmeviz.importers.report import report
from nvmeviz.importers.trace_file import TraceFile
from nvmeviz.log import kinds as k
from nvmeviz.log.events import EVENT
from nvmeviz.model.layout import T_IGNORED
from nvmeviz.model.reduce import fold
from nvmeviz.model.state import MachineState

_BY_THREAD = (
    *(k.SQ_FETCH, k.DEV_START, k.DEV_DONE, k.CQ_POST, k.IRQ_RAISE, k.SQ_SHADOW_READ, k.SQ_EVENTIDX),
    *(k.CQ_SHADOW_READ, k.CQ_EVENTIDX, k.CTRL_WAKE, k.CTRL_SLEEP, k.CTRL_RESET, k.DBBUF_CONFIG),
)
_SQ_SLOTS = (k.SQ_POST, k.SQ_FETCH, k.SQ_DOORBELL, k.SQ_SHADOW, k.SQ_SHADOW_READ)
_CQ_SLOTS = (k.CQ_POST, k.CQ_REAP, k.CQ_DOORBELL, k.CQ_SHADOW, k.CQ_SHADOW_READ)


def check_lines(path: str) -> None:
    """Every line of a file is accounted for: read, or counted among what was not."""
    file = TraceFile(path)
    rows = 0
    last_ns = -1
    for block in file.rows():
        rows += len(block)
        assert int(block[0, r.T]) >= last_ns
        assert (np.diff(block[:, r.T]) >= 0).all()
        last_ns = int(block[-1, r.T])
    counts = file.scanner.told()
    passed_over = (r.S_OTHER, r.S_EMPTY, r.S_FOREIGN, r.S_BAD, r.S_CUT)
    assert counts[r.S_LINES] == rows + sum(counts[place] for place in passed_over)


def check_run(run: MeasuredRun) -> None:
    """The events of a run are in order, lie inside its topology, and fold."""
    events, topology = run.events, run.topology
    if not len(events):
        return
    assert (np.diff(events["t"]) >= 0).all()
    assert int(events["t"][0]) >= 0
    assert int(events["t"][-1]) < run.frontier_ns
    queues = len(topology.queues)
    nowhere = (events["kind"] == k.STRAY) & (events["qid"] == k.NO_QUEUE)
    assert (nowhere | (events["qid"] < queues)).all()
    of_threads = np.isin(events["kind"], _BY_THREAD)
    assert (events["vcpu"][of_threads] < len(topology.threads)).all()
    others = ~of_threads & (events["kind"] != k.STRAY)
    assert (events["vcpu"][others] < len(topology.vcpus)).all()
    owners = [topology.queues[q.cq] if q.cq >= 0 else q for q in topology.queues]
    slots_of = (
        (_SQ_SLOTS, [queue.sq_slots for queue in topology.queues]),
        (_CQ_SLOTS, [owner.cq_slots for owner in owners]),
    )
    for kinds, slots in slots_of:
        own = events[np.isin(events["kind"], kinds)]
        assert (own["a"] < np.array(slots)[own["qid"]]).all()
    state = MachineState(topology)
    fold(state, events, 0, len(events))
    assert state.totals[T_IGNORED] == int((events["qid"] == k.NO_QUEUE).sum())


def survive(paths: list[str], *, rules: bool = True) -> Imported | None:
    """Import files and check everything; None when they were refused in words."""
    try:
        for path in paths:
            check_lines(path)
        _, _, runs, imported = read_measured(tuple(paths))
    except ImportProblem:
        return None
    for run in imported.runs:
        check_run(run)
    if rules:
        for run in runs:
            judged(run)
    json.dumps(report(imported), allow_nan=False)
    return imported


def fingerprint(paths: list[str]) -> str:
    """What an import gave, as few characters: the same wherever the same was read."""
    try:
        _, _, _, imported = read_measured(tuple(paths))
    except ImportProblem as problem:
        return type(problem).__name__
    found = hashlib.sha256(json.dumps(report(imported), sort_keys=True).encode())
    for run in imported.runs:
        assert run.events.dtype == EVENT
        found.update(run.events.tobytes())
        found.update(repr(run.topology).encode())
    return found.hexdigest()


def main(lists: list[str]) -> None:
    """Print the fingerprint of each list of files, their names joined by |."""
    for names in lists:
        print(fingerprint(names.split("|")))


if __name__ == "__main__":
    main(sys.argv[1:])
