"""A scenario's machine in small, from its description alone: nothing is simulated for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nvmeviz.app.present.start_frame import Announce, Sketch, SketchPane, Wall, Worker
from nvmeviz.engine import mode as choices
from nvmeviz.engine.doorbell import MODE_BY_NAME

if TYPE_CHECKING:
    from nvmeviz.app.samples import Sample
    from nvmeviz.engine.mode import DoorbellMode
    from nvmeviz.scenario.schema import Scenario

MOST_RINGS, MOST_CHANNELS = 4, 8
LEAST, MOST = 1 / 16, 0.9  # of a ring: a command is seen, and a full ring still has an end
CQ_MOST = 0.2
SAMPLE_SLOTS = 32


def sketch_of(scenario: Scenario) -> Sketch:
    """The machine of a scenario in each of its modes."""
    device = scenario.device
    sqs = _sq_fills(scenario)
    sharing = scenario.machine.sqs_per_cq
    missing = "missing" in (scenario.doorbell.guest_barrier, scenario.doorbell.controller_barrier)
    panes = tuple(
        _pane(
            MODE_BY_NAME[name],
            sqs,
            tuple(min(fill, CQ_MOST) for fill in sqs[::sharing]),
            guest_polls=scenario.workload.completion == "poll",
            cup=scenario.machine.coalesce > 1,
            torn=missing,
        )
        for name in scenario.modes
    )
    null = device.kind == "null" and not device.drive
    return Sketch(panes, 0 if null else min(MOST_CHANNELS, max(1, device.channels)))


def sketch_of_trace(sample: Sample) -> Sketch:
    """A real machine with one queue pair."""
    fill = max(LEAST, min(MOST, sample.depth / SAMPLE_SLOTS))
    pane = _pane(MODE_BY_NAME[sample.mode], (fill,), (min(fill, CQ_MOST),))
    if sample.batch > 1:
        pane = replace(pane, announce="batched", wall="part")
    return Sketch((pane,), MOST_CHANNELS, traced=True)


def _sq_fills(scenario: Scenario) -> tuple[float, ...]:
    """How full each SQ is: those of one guest, or one of each guest where there are several."""
    machine, workload = scenario.machine, scenario.workload
    depth = workload.burst if workload.kind == "bursts" else workload.queue_depth
    quiet, noisy = (depth, workload.noisy_depth)
    if machine.guests > 1:
        first_noisy = machine.guests - workload.noisy_guests
        depths = [quiet if n < first_noisy else noisy for n in range(machine.guests)]
    else:
        depths = [quiet] * (machine.queues or machine.vcpus)
    shown = depths if len(depths) <= MOST_RINGS else [*depths[: MOST_RINGS - 1], depths[-1]]
    return tuple(max(LEAST, min(MOST, one / machine.ring_slots)) for one in shown)


def _pane(
    mode: DoorbellMode,
    sqs: tuple[float, ...],
    cqs: tuple[float, ...],
    *,
    guest_polls: bool = False,
    cup: bool = False,
    torn: bool = False,
) -> SketchPane:
    announce: Announce = "shadow" if mode.uses_shadow else "every"
    if mode.announce is choices.Announce.BATCH:
        announce = "batched"
    return SketchPane(
        accent=mode.name,
        sqs=sqs,
        cqs=cqs,
        announce=announce,
        wall=_wall(mode),
        worker=_worker(mode),
        guest_polls=guest_polls,
        cup=cup,
        torn=torn and mode.uses_shadow,
    )


def _wall(mode: DoorbellMode) -> Wall:
    if not mode.traps:
        return "open"
    if mode.announce is choices.Announce.EVERY:
        return "lit"
    # One that is armed anew after each sweep is rung whenever the other side had gone to sleep.
    armed = mode.rearm is choices.Rearm.EACH
    return "part" if armed or mode.announce is choices.Announce.BATCH else "shut"


def _worker(mode: DoorbellMode) -> Worker:
    if mode.passthrough:
        return "card"
    if mode.sleep is choices.Sleep.NEVER:
        return "polls"
    return "naps" if mode.sleep is choices.Sleep.ADAPTIVE else "sleeps"
