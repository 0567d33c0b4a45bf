"""A run: an identity that stays, a log that grows, and what is derived from it.

Simulated runs carry an engine that stands at the frontier; recorded ones end where their file ends.
The only place where log, timeline, series and engine are tied together.
"""

from __future__ import annotations

import weakref
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nvmeviz.analysis.landmarks import (
    Carry,
    Found,
    Landmarks,
    carry_of,
    digest_landmarks,
    quiet_ns_of,
)
from nvmeviz.analysis.series import Series, SeriesChunk, digest
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.mode import Worker
from nvmeviz.engine.simulation import Change, Checkpoint, Simulation
from nvmeviz.log.about import SIMULATED
from nvmeviz.log.eventlog import EventLog
from nvmeviz.log.kinds import SQ_POST
from nvmeviz.log.recording import RecordingError, RunRecord, RunSource, blocks_of
from nvmeviz.model.timeline import BLOCK_EVENTS, Keyframe, Timeline, keyframe_is_due
from nvmeviz.model.topology import ADMIN_QID, QueuePair, Topology

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from nvmeviz.analysis.activity import Standing
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.log.about import About
    from nvmeviz.scenario.schema import Scenario

RUN_END_NS = 60_000_000_000  # a simulated run stops here: a minute of machine time
LOG_BUDGET_BYTES = 64 << 20  # of each run; older blocks are simulated again when they are wanted
# A run ends here at the latest: what figures and graphs need is kept for good, about 4 bytes an
# event, so four runs stay within a gigabyte however long the window plays.
RUN_MOST_EVENTS = 24_000_000
MAX_QUEUES = 4096
# A queue of real hardware or of an emulator under load may be silent for far longer than a simulated
# one; Linux waits for 30 s. Our choice.
MEASURED_QUIET_NS = 2_000_000_000


@dataclass(frozen=True, eq=False, slots=True)
class Chunk:
    """What one advance made: events, the time up to which all are known, the keyframe before them
    where one was due, what the series needs to know of them, and the landmarks among them.
    """

    events: NDArray[np.void]
    frontier_ns: int
    keyframe: Keyframe | None
    series: SeriesChunk | None = None
    landmarks: Found | None = None


@dataclass(eq=False, slots=True)
class Run:
    """One pane's subject. `frontier_ns` moves; everything else is fixed.

    scenario: what it begins with; changes: what took over later, in the order of their events.
    about: what a log that was read from traces can tell; io_commands, start_ns: how many I/O commands
    such a run submits, and when its work begins.
    """

    run_id: int
    mode: DoorbellMode
    scenario: Scenario
    topology: Topology
    provenance: Literal["simulated", "recorded", "measured"]
    log: EventLog
    timeline: Timeline
    series: Series
    landmarks: Landmarks
    simulation: Simulation | None = None
    end_ns: int = RUN_END_NS
    changes: tuple[Change, ...] = ()
    most_events: int = RUN_MOST_EVENTS
    about: About = SIMULATED
    io_commands: int = 0
    start_ns: int = 0

    def scenario_at(self, count: int) -> Scenario:
        """The scenario in force after `count` events."""
        past = [change.scenario for change in self.changes if change.count <= count]
        return past[-1] if past else self.scenario

    @property
    def quiet_ns(self) -> int:
        """How long nothing may happen on a queue for good reasons."""
        return self.landmarks.carry.quiet_ns

    @property
    def frontier_ns(self) -> int:
        """Everything up to there is known."""
        return self.log.frontier_ns

    @property
    def complete(self) -> bool:
        """True when nothing more will come."""
        if self.simulation is None or self.log.frontier_ns >= self.end_ns:
            return True
        return len(self.log) >= self.most_events

    def take(self, chunk: Chunk) -> None:
        """Append what an advance made."""
        if chunk.keyframe is not None:
            self.timeline.add_keyframe(chunk.keyframe)
        self.log.append(chunk.events, chunk.frontier_ns)
        self.series.take(chunk.series or digest(chunk.events, self.series.standing))
        found = chunk.landmarks or digest_landmarks(
            chunk.events, chunk.frontier_ns, self.landmarks.carry
        )
        self.landmarks.take(found)


def _quiet_ns(scenario: Scenario, changes: tuple[Change, ...]) -> int:
    """How long nothing may happen, whatever scenario is in force."""
    return max(quiet_ns_of(found) for found in (scenario, *(c.scenario for c in changes)))


def series_of(topology: Topology, mode: DoorbellMode) -> Series:
    """The empty series of a run."""
    hardware: frozenset[int] = frozenset()
    if mode.worker is Worker.HARDWARE:
        hardware = frozenset(q.thread for q in topology.queues if q.qid != ADMIN_QID)
    threads = tuple(queue.thread for queue in topology.queues)
    return Series(len(topology.vcpus), threads, hardware)


def advance(
    simulation: Simulation,
    until_ns: int,
    limit: int,
    standing: Standing | None = None,
    carry: Carry | None = None,
) -> Chunk:
    """Run an engine up to `until_ns`, at most `limit` events; safe in a worker thread.

    standing, carry: where the run's series and landmarks stand; without them, whoever takes the
    chunk digests it.
    """
    keyframe = None
    if keyframe_is_due(simulation.events, simulation.last_keyframe, simulation.state.nbytes):
        simulation.last_keyframe = simulation.events
        checkpoint = simulation.checkpoint()
        state = simulation.state.snapshot()
        keyframe = Keyframe(simulation.events, state, checkpoint, len(checkpoint.entries))
    events = simulation.advance(until_ns, limit)
    # A full block may have been cut inside a nanosecond: only what is before it is known whole.
    frontier_ns = until_ns if len(events) < limit else max(0, simulation.now_ns - 1)
    digested = None if standing is None else digest(events, standing)
    landmarks = None if carry is None else digest_landmarks(events, frontier_ns, carry)
    return Chunk(events, frontier_ns, keyframe, digested, landmarks)


def simulated_run(
    run_id: int,
    scenario: Scenario,
    mode: DoorbellMode,
    known_ns: int = 0,
    changes: tuple[Change, ...] = (),
) -> Run:
    """A run with an engine to go on, simulated up to `known_ns` already."""
    simulation = Simulation(scenario, mode, changes)
    log = EventLog(LOG_BUDGET_BYTES)
    timeline = Timeline(log, simulation.topology)
    series = series_of(simulation.topology, mode)

    def again(keyframe: Keyframe, count: int) -> Simulation:
        """An engine that stands after `count` events once more."""
        made = Simulation(scenario, mode, changes)
        if keyframe.index > 0:
            assert isinstance(keyframe.checkpoint, Checkpoint), (
                "a simulated run has only such keyframes"
            )
            made.restore(keyframe.state, keyframe.checkpoint)
        while made.events < count:
            made.advance(RUN_END_NS, min(BLOCK_EVENTS, count - made.events))
        return made

    # Weak: a circle of run, log and refill would keep a run that nobody shows, and all its memory,
    # until Python looks for circles.
    weak = weakref.ref(timeline)

    def refill(number: int) -> NDArray[np.void]:
        known = weak()
        assert known is not None, "who reads a log holds its run"
        block = known.log.blocks[number]
        engine = again(known.keyframe_before(block.first), block.first)
        return engine.advance(block.last_ns, block.count)

    log.refill = refill
    timeline.leap = lambda keyframe, count: again(keyframe, count).state.snapshot()
    run = Run(
        run_id=run_id,
        mode=mode,
        scenario=scenario,
        topology=simulation.topology,
        provenance="simulated",
        log=log,
        timeline=timeline,
        series=series,
        landmarks=Landmarks(carry_of(simulation.topology, _quiet_ns(scenario, changes))),
        simulation=simulation,
        changes=changes,
    )
    while run.frontier_ns < known_ns:
        run.take(advance(simulation, known_ns, BLOCK_EVENTS))
    return run


def recorded_run(
    run_id: int,
    scenario: Scenario,
    record: RunRecord,
    changes: tuple[Change, ...] = (),
    progress: Callable[[float], None] | None = None,
) -> Run:
    """A run out of a file. progress: takes the share that is done, block by block, and may raise.
    RecordingError when its description makes no sense.
    """
    mode = MODE_BY_NAME[record.mode]
    topology = topology_from_json(record.topology)
    log = EventLog(len(record.events) * record.events.itemsize + 1)
    series = series_of(topology, mode)
    quiet_ns = _quiet_ns(scenario, changes)
    if record.about != SIMULATED:
        quiet_ns = max(quiet_ns, MEASURED_QUIET_NS)
    landmarks = Landmarks(carry_of(topology, quiet_ns))
    timeline = Timeline(log, topology)
    for block in blocks_of(record.events, BLOCK_EVENTS):
        if progress is not None:
            progress(len(log) / len(record.events))
        log.append(block, int(block["t"][-1]))
        series.extend(block)
        landmarks.take(digest_landmarks(block, log.frontier_ns, landmarks.carry))
    measured = record.about != SIMULATED
    io_commands, start_ns = _work_of(topology, record.events) if measured else (0, 0)
    landmarks.take(digest_landmarks(record.events[:0], record.frontier_ns, landmarks.carry))
    log.frontier_ns = record.frontier_ns
    timeline.index_keyframes()
    return Run(
        run_id=run_id,
        mode=mode,
        scenario=scenario,
        topology=topology,
        provenance="measured" if measured else "recorded",
        log=log,
        timeline=timeline,
        series=series,
        landmarks=landmarks,
        end_ns=record.frontier_ns,
        changes=changes,
        about=record.about,
        io_commands=io_commands,
        start_ns=start_ns,
    )


def _work_of(topology: Topology, events: NDArray[np.void]) -> tuple[int, int]:
    """(I/O commands submitted, when the work begins): a driver reads a little when it starts."""
    admin = [index for index, queue in enumerate(topology.queues) if queue.qid == ADMIN_QID]
    posts = events["t"][(events["kind"] == SQ_POST) & ~np.isin(events["qid"], admin)]
    count = len(posts)
    return count, int(posts[min(count - 1, max(3, count // 100))]) if count else 0


def room_ns(runs: Iterable[Run], most: int) -> int | None:
    """The time until which runs have no more than `most` events together, in whole blocks; None when
    that is all of them.
    """
    blocks = sorted((block.last_ns, block.count) for run in runs for block in run.log.blocks)
    if sum(count for _, count in blocks) <= most:
        return None
    fits_ns = 0
    for last_ns, count in blocks:
        most -= count
        if most < 0:
            break
        fits_ns = last_ns
    return fits_ns


def run_source(run: Run, pane: dict[str, Any], until_ns: int | None = None) -> RunSource:
    """A run as a recording takes it, block by block. pane: how it was set, as a plain table. until_ns:
    no block that ends later.
    """
    # What is known now: the log may go on growing while a worker writes.
    known = run.log.blocks[:]
    if until_ns is not None:
        known = [block for block in known if block.last_ns <= until_ns]
    blocks = range(len(known))
    last_ns = known[-1].last_ns if known else 0
    return RunSource(
        mode=run.mode.name,
        topology=topology_to_json(run.topology),
        frontier_ns=last_ns if until_ns is not None else max(run.frontier_ns, last_ns),
        count=sum(block.count for block in known),
        blocks=(run.log.read(number) for number in blocks),
        pane=pane,
        about=run.about,
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
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise RecordingError("This file is damaged: its topology can't be read.") from None
    sane = 1 <= len(queues) <= MAX_QUEUES and 0 <= made.channels <= 65_536
    sane = sane and 1 <= len(made.vcpus) <= 256 and 1 <= len(made.threads) <= 256
    sane = sane and 1 <= len(made.guests) <= 256
    sane = sane and len(made.vcpu_guests) == len(made.vcpus)
    sane = sane and len(made.thread_guests) == len(made.threads)
    sane = sane and all(0 <= guest < len(made.guests) for guest in made.vcpu_guests)
    sane = sane and all(-1 <= guest < len(made.guests) for guest in made.thread_guests)
    admin = [queue.qid == ADMIN_QID for queue in queues]
    owners = [queue.guest for queue in queues if queue.qid == ADMIN_QID]
    sane = sane and admin == sorted(admin) and len(owners) == len(set(owners))
    for index, queue in enumerate(queues):
        sane = sane and 0 <= queue.qid <= 65_535
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
