"""From a run to a file that the engine can replay, and to the scenario that replays it.

The file holds the I/O submissions alone and lies in the program's cache folder, under a name made
from what is in it. Of a measured run the scenario takes rings, queues, vCPUs, depth and the latency
of the device; costs and all else are those of the scenario that is open. A recorded simulation is
replayed on its own machine.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import platformdirs

from nvmeviz import __version__
from nvmeviz.app.runs import RUN_END_NS, topology_to_json
from nvmeviz.files import reason
from nvmeviz.log import kinds as k
from nvmeviz.log.recording import SUFFIX, VERSION, RecordingError, RunSource, write_recording
from nvmeviz.model.topology import ADMIN_QID, Topology
from nvmeviz.scenario.texts import MAX_LATENCY_NS
from nvmeviz.scenario.toml import write_scenario
from nvmeviz.units import grouped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nvmeviz.app.runs import Run
    from nvmeviz.scenario.schema import Device, Machine, Scenario

MOST_PAIRS = MOST_VCPUS = 8  # of a simulated guest (scenario.schema.Machine)
FEWEST_LATENCIES = 20
OP_READ = 2
_PERCENTILES = (0.0, 1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0)
_NEEDED = (k.SQ_POST, k.REQUEST, k.SQ_FETCH, k.DEV_DONE, k.CQ_REAP, k.SQ_DOORBELL, k.IRQ_RAISE)


@dataclass(frozen=True, slots=True)
class Replay:
    """scenario: what replays a run. words: what of it is replayed, in a sentence or two."""

    scenario: Scenario
    words: str


def cache_dir() -> Path:
    """The folder of what can be made again; it need not exist."""
    own = os.environ.get("NVMEVIZ_CACHE_DIR")
    return Path(own) if own else platformdirs.user_cache_path("nvmeviz", appauthor=False)


def replay_of(run: Run, base: Scenario, name: str) -> Replay:
    """Write the submissions of a recorded or measured run where they are not there yet; the scenario
    that replays them on `base`. name: of the run, in words. RecordingError when it can't be replayed.
    """
    parts = (run.log.read(number) for number in range(len(run.log.blocks)))
    needed = [part[np.isin(part["kind"], _NEEDED)] for part in parts]
    events = np.concatenate(needed) if needed else run.log.slice(0, 0)
    topology = run.topology
    io = np.array([queue.qid != ADMIN_QID for queue in topology.queues])
    events = events[io[np.minimum(events["qid"], len(io) - 1)] & (events["qid"] < len(io))]
    _check(events, name)
    said: list[str] = []
    if run.provenance == "measured":
        topology, events, folded = _within_limits(topology, events)
        said += [folded] if folded else []
        scenario = _measured_scenario(run, topology, events, base, said)
    else:
        scenario = run.scenario
    posts = events[np.isin(events["kind"], (k.SQ_POST, k.REQUEST))]
    path = _write(run, topology, posts, scenario)
    workload = replace(scenario.workload, kind="replay", replay=str(path))
    depth = workload.queue_depth
    count = int(np.count_nonzero(events["kind"] == k.SQ_POST))
    words = (
        f"The {grouped(count)} I/O commands of {name} are made again at their own times, at most "
        f"{depth} in flight on a queue pair; admin commands are left out."
    )
    return Replay(replace(scenario, workload=workload), " ".join([words, *said]))


def _check(events: NDArray[np.void], name: str) -> None:
    posts = events[events["kind"] == k.SQ_POST]
    if not len(posts):
        raise RecordingError(f"No I/O command was submitted in this run: {name}.")
    if (posts["flags"] & k.CLOCK_GUESSED).all():
        raise RecordingError(
            "The lines of this trace bear no times, so its commands can't be made again at theirs. "
            f"Record it with times: {name}."
        )
    if int(posts["t"][0]) >= RUN_END_NS:
        raise RecordingError(
            f"A simulation ends after a minute of machine time, and this run's first I/O command comes "
            f"later: {name}."
        )


def _within_limits(
    topology: Topology, events: NDArray[np.void]
) -> tuple[Topology, NDArray[np.void], str]:
    """The run on at most MOST_PAIRS queue pairs, and in words how that was done, if it was."""
    pairs = [number for number, queue in enumerate(topology.queues) if queue.qid != ADMIN_QID]
    if len(pairs) <= MOST_PAIRS:
        return topology, events, ""
    used: list[int] = np.unique(events["qid"][events["kind"] == k.SQ_POST]).tolist()
    place = np.full(len(topology.queues), 0, np.uint16)
    for number, pair in enumerate(used):
        place[pair] = number % MOST_PAIRS
    events = events[np.isin(events["qid"], used)]
    moved = events.copy()
    moved["qid"] = place[events["qid"]]
    kept = tuple(
        replace(topology.queues[pair], qid=number + 1, cq=-1)
        for number, pair in enumerate(used[:MOST_PAIRS])
    )
    if len(used) <= MOST_PAIRS:
        said = f"Only the {len(used)} of its {len(pairs)} queue pairs that were used are simulated."
    else:
        said = (
            f"Its {len(used)} queue pairs are folded into {MOST_PAIRS}, the most that a simulated "
            "guest has."
        )
    return replace(topology, queues=kept), moved, said


def _measured_scenario(
    run: Run, topology: Topology, events: NDArray[np.void], base: Scenario, said: list[str]
) -> Scenario:
    machine = _machine(topology, base.machine)
    device = None
    if run.about.inferred.isdisjoint((k.SQ_FETCH, k.DEV_DONE)):
        device = _device(events, base.device)
    if device is None:
        said.append(
            "The trace does not tell how long the device took: it is the scenario's, not the "
            "measured one."
        )
    else:
        said.append("The device takes as long as measured, costs are the scenario's.")
    if int(events["t"][events["kind"] == k.SQ_POST][-1]) >= RUN_END_NS:
        said.append("The simulation ends after a minute.")
    # With shadow buffers most batches ring no doorbell, so that these tell nothing of batches.
    batch = 1 if run.mode.uses_shadow else _largest_batch(events)
    silent = run.about.covers(k.IRQ_RAISE) and not (events["kind"] == k.IRQ_RAISE).any()
    workload = replace(
        base.workload,
        queue_depth=max(1, min(_most_in_flight(events), machine.ring_slots - 1)),
        jobs=0,
        batch_submit=max(1, min(batch, 256)),
        completion="poll" if silent else "interrupt",
        noisy_guests=0,
    )
    return replace(base, machine=machine, workload=workload, device=device or base.device)


def _machine(topology: Topology, base: Machine) -> Machine:
    pairs = [queue for queue in topology.queues if queue.qid != ADMIN_QID]
    slots = max(queue.sq_slots for queue in pairs)
    cq_slots = max(queue.cq_slots for queue in pairs)
    owners = [number if queue.cq < 0 else queue.cq for number, queue in enumerate(topology.queues)]
    shared = max(owners.count(owner) for owner in owners)
    return replace(
        base,
        guests=1,
        plain_guests=0,
        vcpus=max(1, min(len(topology.vcpus), MOST_VCPUS)),
        queues=len(pairs),
        ring_slots=slots,
        cq_slots=0 if cq_slots == slots else cq_slots,
        sqs_per_cq=min(shared, 8),
        reset_at_ns=0,
    )


def _batches(own: NDArray[np.void]) -> NDArray[np.int64]:
    """For each command of a queue pair the number of its batch: commands announced by one doorbell."""
    bells = np.cumsum(own["kind"] == k.SQ_DOORBELL)
    return bells[own["kind"] == k.SQ_POST]


def _largest_batch(events: NDArray[np.void]) -> int:
    if not (events["kind"] == k.SQ_DOORBELL).any():
        return 1
    queues = np.unique(events["qid"]).tolist()
    batches = (_batches(events[events["qid"] == queue]) for queue in queues)
    return max(int(np.unique(b, return_counts=True)[1].max(initial=1)) for b in batches)


def _most_in_flight(events: NDArray[np.void]) -> int:
    """The most commands of one queue pair that were written and not yet reaped."""
    most = 1
    for queue in np.unique(events["qid"]).tolist():
        kind = events["kind"][events["qid"] == queue]
        flying = np.cumsum((kind == k.SQ_POST).astype(np.int64) - (kind == k.CQ_REAP))
        most = max(most, int(flying.max(initial=1)))
    return most


def device_latencies(events: NDArray[np.void]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(reads, all others): from fetch to done, ns, of the commands that a log holds whole."""
    rows = events[np.isin(events["kind"], (k.SQ_POST, k.SQ_FETCH, k.DEV_DONE))]
    key = rows["qid"].astype(np.int64) << 16 | rows["cid"]
    order = np.argsort(key, kind="stable")
    rows, key = rows[order], key[order]
    kind = rows["kind"]
    whole = (kind[:-2] == k.SQ_POST) & (kind[1:-1] == k.SQ_FETCH) & (kind[2:] == k.DEV_DONE)
    at = np.flatnonzero(whole & (key[:-2] == key[2:]))
    taken = rows["t"][at + 2] - rows["t"][at + 1]
    reads = rows["b"][at] & 0xFF == OP_READ
    return taken[reads], taken[~reads]


def _device(events: NDArray[np.void], base: Device) -> Device | None:
    """A device that takes as long as the measured one; None when too few commands tell."""
    reads, others = device_latencies(events)
    lead = reads if len(reads) >= len(others) else others
    if len(lead) < FEWEST_LATENCIES:
        return None

    def mean_ns(found: NDArray[np.int64]) -> int:
        return max(1, min(round(float((found if len(found) else lead).mean())), MAX_LATENCY_NS))

    table = np.quantile(lead, np.array(_PERCENTILES) / 100, method="inverted_cdf")
    table = table * (mean_ns(reads) / mean_ns(lead))  # a table is that of reads
    points = np.clip(table, 1, MAX_LATENCY_NS).astype(np.int64).tolist()
    pairs = zip(_PERCENTILES, points, strict=True)
    return replace(
        base,
        kind="fixed",
        drive="",
        latency_ns=mean_ns(reads),
        write_latency_ns=mean_ns(others),
        spread_percent=0,
        latency_table=", ".join(f"{share:g}: {ns}ns" for share, ns in pairs),
        bandwidth=0,
    )


def _write(run: Run, topology: Topology, posts: NDArray[np.void], scenario: Scenario) -> Path:
    """The path of the file that holds the submissions, written if it isn't there."""
    described: dict[str, Any] = topology_to_json(topology)
    digest = hashlib.blake2b(digest_size=12)
    digest.update(json.dumps([VERSION, run.mode.name, described], sort_keys=True).encode())
    digest.update(posts.tobytes())
    folder = cache_dir()
    path = folder / f"{digest.hexdigest()}{SUFFIX}"
    if path.is_file():
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"The submissions to replay were not written: {reason(error)}"
        raise RecordingError(f"{problem} ({folder})") from None
    source = RunSource(
        mode=run.mode.name,
        topology=described,
        frontier_ns=max(run.frontier_ns, int(posts["t"][-1])),
        count=len(posts),
        blocks=(posts,),
        about=run.about,
    )
    write_recording(
        path,
        program=__version__,
        name=scenario.name,
        scenario=write_scenario(scenario),
        runs=(source,),
    )
    return path
