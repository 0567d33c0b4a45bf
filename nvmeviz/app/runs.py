"""A run: an identity that stays, a log that grows, and what is derived from it.

Simulated runs carry an engine that stands at the frontier; recorded ones end where their file ends.
The only place where log, timeline, series and engine are tied together.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from nvmeviz.analysis.series import Series, SeriesChunk, digest
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.mode import Worker
from nvmeviz.engine.simulation import Checkpoint, Simulation
from nvmeviz.log.eventlog import EventLog
from nvmeviz.log.recording import RecordingError, RunRecord, RunSource, blocks_of
from nvmeviz.model.timeline import BLOCK_EVENTS, Keyframe, Timeline, keyframe_is_due
from nvmeviz.model.topology import ADMIN_QID, QueuePair, Topology

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.analysis.activity import Standing
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario

RUN_END_NS = 60_000_000_000  # a simulated run stops here: a minute of machine time
LOG_BUDGET_BYTES = 256 << 20  # per run; older blocks are simulated again when they are wanted
MAX_QUEUES = 4096


@dataclass(frozen=True, eq=False, slots=True)
class Chunk:
    """What one advance made: events, the time up to which all are known, the keyframe before them
    where one was due, and what the series needs to know of them.
    """

    events: NDArray[np.void]
    frontier_ns: int
    keyframe: Keyframe | None
    series: SeriesChunk | None = None


@dataclass(eq=False, slots=True)
class Run:
    """One pane's subject. `frontier_ns` moves; everything else is fixed."""

    run_id: int
    mode: DoorbellMode
    scenario: Scenario
    topology: Topology
    provenance: Literal["simulated", "recorded"]
    log: EventLog
    timeline: Timeline
    series: Series
    simulation: Simulation | None = None
    end_ns: int = RUN_END_NS

    @property
    def frontier_ns(self) -> int:
        """Everything up to there is known."""
        return self.log.frontier_ns

    @property
    def complete(self) -> bool:
        """True when nothing more will come."""
        return self.simulation is None or self.log.frontier_ns >= self.end_ns

    def take(self, chunk: Chunk) -> None:
        """Append what an advance made."""
        if chunk.keyframe is not None:
            self.timeline.add_keyframe(chunk.keyframe)
        self.log.append(chunk.events, chunk.frontier_ns)
        self.series.take(chunk.series or digest(chunk.events, self.series.standing))


def series_of(topology: Topology, mode: DoorbellMode) -> Series:
    """The empty series of a run."""
    hardware: frozenset[int] = frozenset()
    if mode.worker is Worker.HARDWARE:
        hardware = frozenset(q.thread for q in topology.queues if q.qid != ADMIN_QID)
    threads = tuple(queue.thread for queue in topology.queues)
    return Series(len(topology.vcpus), threads, hardware)


def advance(
    simulation: Simulation, until_ns: int, limit: int, standing: Standing | None = None
) -> Chunk:
    """Run an engine up to `until_ns`, at most `limit` events; safe in a worker thread.

    standing: where the run's series stands; without it, whoever takes the chunk digests it.
    """
    keyframe = None
    if keyframe_is_due(simulation.events, simulation.last_keyframe, simulation.state.nbytes):
        simulation.last_keyframe = simulation.events
        keyframe = Keyframe(simulation.events, simulation.state.snapshot(), simulation.checkpoint())
    events = simulation.advance(until_ns, limit)
    # A full block may have been cut inside a nanosecond: only what is before it is known whole.
    frontier_ns = until_ns if len(events) < limit else max(0, simulation.now_ns - 1)
    digested = None if standing is None else digest(events, standing)
    return Chunk(events, frontier_ns, keyframe, digested)


def simulated_run(run_id: int, scenario: Scenario, mode: DoorbellMode, known_ns: int = 0) -> Run:
    """A run with an engine to go on, simulated up to `known_ns` already."""
    simulation = Simulation(scenario, mode)
    log = EventLog(LOG_BUDGET_BYTES)
    timeline = Timeline(log, simulation.topology)
    series = series_of(simulation.topology, mode)

    def refill(number: int) -> NDArray[np.void]:
        block = log.blocks[number]
        keyframe = timeline.keyframe_before(block.first)
        again = Simulation(scenario, mode)
        assert isinstance(keyframe.checkpoint, Checkpoint), (
            "a simulated run has only such keyframes"
        )
        again.restore(keyframe.state, keyframe.checkpoint)
        if keyframe.index < block.first:
            again.advance(block.first_ns, block.first - keyframe.index)
        return again.advance(block.last_ns, block.count)

    log.refill = refill
    run = Run(
        run_id=run_id,
        mode=mode,
        scenario=scenario,
        topology=simulation.topology,
        provenance="simulated",
        log=log,
        timeline=timeline,
        series=series,
        simulation=simulation,
    )
    while run.frontier_ns < known_ns:
        run.take(advance(simulation, known_ns, BLOCK_EVENTS))
    return run


def recorded_run(run_id: int, scenario: Scenario, record: RunRecord) -> Run:
    """A run out of a file. RecordingError when its description makes no sense."""
    mode = MODE_BY_NAME.get(record.mode)
    if mode is None:
        raise RecordingError(
            f'This recording uses a doorbell mode that this program lacks: "{record.mode}".'
        )
    topology = topology_from_json(record.topology)
    log = EventLog(len(record.events) * record.events.itemsize + 1)
    series = series_of(topology, mode)
    timeline = Timeline(log, topology)
    for block in blocks_of(record.events, BLOCK_EVENTS):
        log.append(block, int(block["t"][-1]))
        series.extend(block)
    log.frontier_ns = record.frontier_ns
    timeline.index_keyframes()
    return Run(
        run_id=run_id,
        mode=mode,
        scenario=scenario,
        topology=topology,
        provenance="recorded",
        log=log,
        timeline=timeline,
        series=series,
        end_ns=record.frontier_ns,
    )


def run_source(run: Run) -> RunSource:
    """A run as a recording takes it, block by block."""
    blocks = list(range(len(run.log.blocks)))
    last_ns = run.log.blocks[-1].last_ns if blocks else 0
    return RunSource(
        mode=run.mode.name,
        topology=topology_to_json(run.topology),
        frontier_ns=max(run.frontier_ns, last_ns),
        count=len(run.log),
        blocks=(run.log.events_of(number) for number in blocks),
    )


def topology_to_json(topology: Topology) -> dict[str, Any]:
    """Plain values for a recording."""
    return asdict(topology)


def topology_from_json(data: dict[str, Any]) -> Topology:
    """A checked topology. RecordingError when it is not one."""
    try:
        queues = tuple(
            QueuePair(**{key: int(value) for key, value in queue.items()})
            for queue in data["queues"]
        )
        made = Topology(
            guests=tuple(str(name) for name in data["guests"]),
            vcpus=tuple(str(name) for name in data["vcpus"]),
            threads=tuple(str(name) for name in data["threads"]),
            queues=queues,
            channels=int(data["channels"]),
            vcpu_guests=tuple(int(guest) for guest in data["vcpu_guests"]),
            thread_guests=tuple(int(guest) for guest in data["thread_guests"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RecordingError("This file is damaged: its topology can't be read.") from None
    sane = 1 <= len(queues) <= MAX_QUEUES and 0 <= made.channels <= 65_536
    sane = sane and 1 <= len(made.vcpus) <= 256 and 1 <= len(made.threads) <= 256
    sane = sane and 1 <= len(made.guests) <= 256
    sane = sane and len(made.vcpu_guests) == len(made.vcpus)
    sane = sane and len(made.thread_guests) == len(made.threads)
    sane = sane and all(0 <= guest < len(made.guests) for guest in made.vcpu_guests)
    sane = sane and all(-1 <= guest < len(made.guests) for guest in made.thread_guests)
    for index, queue in enumerate(queues):
        if queue.cq >= 0:
            # SQs that share a CQ stand right behind its owner.
            before = queues[index - 1] if index > 0 else queue
            sane = sane and ((queue.cq == index - 1 and before.cq < 0) or before.cq == queue.cq)
            sane = sane and index > 0 and before.vcpu == queue.vcpu
        sane = sane and 0 <= queue.vcpu < len(made.vcpus) and 0 <= queue.thread < len(made.threads)
        sane = sane and 0 <= queue.guest < len(made.guests)
        sane = sane and 2 <= queue.sq_slots <= 65_536 and 2 <= queue.cq_slots <= 65_536
        sane = sane and 1 <= queue.tags <= 65_536
    if not sane or made.commands > 1 << 20:
        raise RecordingError("This file is damaged: its topology makes no sense.")
    return made


def modes_of(scenario: Scenario) -> tuple[DoorbellMode, ...]:
    """The doorbell modes that a scenario compares."""
    return tuple(MODE_BY_NAME[name] for name in scenario.modes)


__all__ = [
    "Chunk",
    "Run",
    "advance",
    "modes_of",
    "recorded_run",
    "run_source",
    "series_of",
    "simulated_run",
]
