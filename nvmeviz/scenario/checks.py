"""What no field of a scenario can know alone: whether commands fit their rings, guests their number
and devices their kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nvmeviz.scenario.schema import Machine, Scenario, Workload

MAX_IN_FLIGHT = 262_144  # live commands kept by the machine state
BLOCK_BYTES = 512

Problem = tuple[str, str, str]  # sentence, section, key


def pairs_of(machine: Machine) -> int:
    """I/O queue pairs of one guest."""
    return machine.queues or machine.vcpus


def jobs_of(machine: Machine, workload: Workload) -> int:
    """Jobs of one guest."""
    return workload.jobs or pairs_of(machine)


def first_problem(made: Scenario) -> Problem | None:
    """The first thing that does not agree, with the setting to look at; None when all do."""
    return _guests(made) or _rings(made) or _sizes(made) or _device(made)


def _guests(made: Scenario) -> Problem | None:
    machine, workload = made.machine, made.workload
    for section, key, count, words in (
        ("machine", "plain_guests", machine.plain_guests, "plain"),
        ("workload", "noisy_guests", workload.noisy_guests, "noisy"),
    ):
        if count > machine.guests:
            sentence = (
                f'"{section}.{key}": there are {machine.guests} guests, so {count} of them can\'t be '
                f"{words}; lower it or raise machine.guests."
            )
            return sentence, section, key
    return None


def _rings(made: Scenario) -> Problem | None:
    machine, workload = made.machine, made.workload
    if machine.cq_slots == 1:
        return '"machine.cq_slots": a CQ must hold at least 2 slots.', "machine", "cq_slots"
    slots = machine.ring_slots
    pairs, jobs = pairs_of(machine), jobs_of(machine, workload)
    fullest = -(-jobs // pairs)
    depths = [("queue_depth", workload.queue_depth)]
    if workload.noisy_guests:
        depths.append(("noisy_depth", workload.noisy_depth))
    for key, depth in depths:
        if depth * fullest > slots - 1:
            each = (
                f"{fullest} jobs with {depth} commands each" if fullest > 1 else f"{depth} commands"
            )
            sentence = (
                f'"workload.{key}": {each} do not fit a ring of {slots} slots, which holds '
                f"{slots - 1}; lower it or raise machine.ring_slots."
            )
            return sentence, "workload", key
    quiet = machine.guests - workload.noisy_guests
    flying = jobs * (quiet * workload.queue_depth + workload.noisy_guests * workload.noisy_depth)
    if flying > MAX_IN_FLIGHT:
        sentence = (
            f'"workload.queue_depth": {flying} commands in flight over all queues are more than the '
            f"{MAX_IN_FLIGHT} that can be simulated; lower the depth, the jobs or the guests."
        )
        return sentence, "workload", "queue_depth"
    return None


def _sizes(made: Scenario) -> Problem | None:
    workload = made.workload
    sizes = (("block_size", workload.block_size), ("noisy_block_size", workload.noisy_block_size))
    for key, size in sizes:
        if size % BLOCK_BYTES:
            sentence = f'"workload.{key}": {size} is not a multiple of {BLOCK_BYTES} bytes.'
            return sentence, "workload", key
    if workload.kind == "replay" and not workload.replay:
        sentence = '"workload.replay" must name a recording when workload.kind is "replay".'
        return sentence, "workload", "replay"
    return None


def _device(made: Scenario) -> Problem | None:
    device = made.device
    if device.kind == "channels" and device.channels < 1:
        sentence = '"device.channels" must be at least 1 when device.kind is "channels".'
        return sentence, "device", "channels"
    return None
