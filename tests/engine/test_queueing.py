"""The engine against queueing theory: where a formula is known, the simulation must give it.

M/M/1, M/M/c and the machine-repair model as in Kleinrock, Queueing Systems I (1975), 3.2, 3.5, 3.8;
Little's law and the interactive response time law as in Lazowska et al. (1984), 3. Costs stand at
their minimum, so that the device is what is measured; what they still add is measured at almost no
load and taken off.
"""

from __future__ import annotations

from dataclasses import fields, replace
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nvmeviz.engine import core
from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.log import kinds as k
from nvmeviz.scenario.schema import Costs, Device, Machine, Scenario, Workload
from tests.engine.runs import channels, run_until, scenario_of

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

MS = 1_000_000
SECOND = 1_000_000_000
SERVICE_NS = 1_000_000  # long beside every cost
CHEAP = replace(Costs(**{f.name: f.metadata["limits"].low for f in fields(Costs)}), reset_ns=10_000)
FREE = Machine(trap_handler="thread", ring_slots=4096, posted_interrupts="on")

statistics = pytest.mark.skipif(not core.COMPILED, reason="too many commands for it uncompiled")


def times_in_system(events: np.ndarray, qid: int = 0) -> np.ndarray:
    """From each request of an open queue to its completion, ns; the n-th request is the n-th
    command.
    """
    mine = events[events["qid"] == qid]
    asked = mine["t"][mine["kind"] == k.REQUEST]
    posts, reaps = mine[mine["kind"] == k.SQ_POST], mine[mine["kind"] == k.CQ_REAP]
    # One channel serves in turn and many don't: match by CID. A CID is reused only after its reap.
    order_of_posts = np.lexsort((posts["t"], posts["cid"]))
    order_of_reaps = np.lexsort((reaps["t"], reaps["cid"]))
    found: list[np.ndarray] = []
    posted_cids, reaped_cids = posts["cid"][order_of_posts], reaps["cid"][order_of_reaps]
    for cid in np.unique(reaped_cids):
        numbers = order_of_posts[posted_cids == cid]
        ends = reaps["t"][order_of_reaps[reaped_cids == cid]]
        found.append(ends - asked[numbers[: len(ends)]])
    return np.concatenate(found)


def open_run(mode: DoorbellMode, rate: int, servers: int, commands: int) -> np.ndarray:
    scenario = scenario_of(
        machine=FREE,
        workload=Workload(kind="poisson", rate=rate, queue_depth=4095),
        costs=replace(CHEAP, jitter_percent=0),
        device=channels(servers, SERVICE_NS, 100),
        seed=rate * 31 + servers,
    )
    return run_until(scenario, mode, commands * SECOND // rate)


def erlang_c(servers: int, load: float) -> float:
    """Probability that an arrival has to wait; load = lambda / mu."""
    top = load**servers / factorial(servers) * servers / (servers - load)
    return top / (sum(load**n / factorial(n) for n in range(servers)) + top)


def mean_time_in_system(servers: int, rho: float) -> float:
    """M/M/c: mean time from arrival to end of service, ns."""
    load = rho * servers
    wait = erlang_c(servers, load) / (servers - load)
    return SERVICE_NS * (1 + wait)


@statistics
@pytest.mark.parametrize("name", ["dbbuf_qemu80", "passthrough_posted"])
@pytest.mark.parametrize(("servers", "rho"), [(1, 0.3), (1, 0.5), (1, 0.7), (4, 0.7)])
def test_time_in_system_is_that_of_an_m_m_c_queue(name: str, servers: int, rho: float):
    mode = MODE_BY_NAME[name]
    overhead = times_in_system(open_run(mode, 5, servers, 4_000)).mean() - SERVICE_NS
    rate = round(rho * servers * SECOND / SERVICE_NS)
    found = times_in_system(open_run(mode, rate, servers, 150_000))
    assert mean_time_in_system(1, rho) == pytest.approx(SERVICE_NS / (1 - rho))
    assert found.mean() - overhead == pytest.approx(mean_time_in_system(servers, rho), rel=0.05)


def test_poisson_gaps_are_exponential():
    scenario = scenario_of(
        machine=Machine(vcpus=2),
        workload=Workload(kind="poisson", rate=50_000),
        costs=replace(CHEAP, jitter_percent=0),
    )
    events = run_until(scenario, MODE_BY_NAME["mmio_trap"], (200 if core.COMPILED else 20) * MS)
    for qid in (0, 1):
        times = events["t"][(events["kind"] == k.REQUEST) & (events["qid"] == qid)]
        gaps = np.diff(times)
        error = 4 / np.sqrt(len(gaps))
        assert gaps.mean() == pytest.approx(20_000, rel=error)
        assert gaps.std() == pytest.approx(20_000, rel=2 * error)
        assert np.mean(gaps > 20_000) == pytest.approx(np.exp(-1), abs=error)
        assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < error


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_requests_come_at_the_same_times_in_every_mode(mode: DoorbellMode):
    workload = Workload(kind="poisson", rate=100_000, queue_depth=8)
    scenario = scenario_of(machine=Machine(vcpus=2), workload=workload, device=channels(2, 20_000))

    def gaps(mode: DoorbellMode) -> np.ndarray:
        events = run_until(scenario, mode, 2 * MS)
        return np.diff(events["t"][(events["kind"] == k.REQUEST) & (events["qid"] == 1)])[:150]

    assert gaps(mode).tolist() == gaps(MODE_BY_NAME["mmio_trap"]).tolist()


def test_bursts_come_together_and_in_their_period():
    workload = Workload(kind="bursts", burst=7, period_ns=50_000, queue_depth=32)
    events = run_until(scenario_of(workload=workload), MODE_BY_NAME["mmio_trap"], 3 * MS)
    times, count = np.unique(events["t"][events["kind"] == k.REQUEST], return_counts=True)
    assert len(times) > 50
    assert (np.diff(times) == 50_000).all()
    assert (count == 7).all()


def in_flight(events: np.ndarray) -> tuple[float, float]:
    """Time average of the commands in flight, and the time it is taken over."""
    steps = events[np.isin(events["kind"], [k.SQ_POST, k.CQ_REAP])]
    change = np.where(steps["kind"] == k.SQ_POST, 1, -1)
    lasted = np.diff(steps["t"])
    return float((np.cumsum(change)[:-1] * lasted).sum() / lasted.sum()), float(lasted.sum())


MACHINES: dict[str, Scenario] = {
    "one vCPU": scenario_of(device=channels(16, 70_000, 50)),
    "three guests": scenario_of(
        machine=Machine(guests=3, vcpus=2, iothreads=2), device=channels(16, 70_000, 50)
    ),
    "requests": scenario_of(
        machine=Machine(vcpus=2),
        workload=Workload(kind="poisson", rate=30_000),
        device=Device(kind="fixed", latency_ns=50_000),
    ),
}


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@pytest.mark.parametrize("machine", MACHINES)
def test_littles_law(mode: DoorbellMode, machine: str):
    """Mean number in flight = throughput x mean latency, from posts and reaps alone."""
    if machine == "three guests" and not core.COMPILED:
        pytest.skip("takes too many events to settle")
    scenario = MACHINES[machine]
    events = run_until(scenario, mode, (20 if core.COMPILED else 3) * MS)
    io = events[events["qid"] < np.uint16(scenario.machine.guests * scenario.machine.vcpus)]
    mean_in_flight, lasted_ns = in_flight(io)
    reaps = io[io["kind"] == k.CQ_REAP]
    throughput = len(reaps) / lasted_ns
    tolerance = 0.03 if core.COMPILED else 0.15
    assert mean_in_flight == pytest.approx(throughput * float(reaps["b"].mean()), rel=tolerance)
    assert mean_in_flight <= 32 * scenario.machine.guests * scenario.machine.vcpus


@statistics
@pytest.mark.parametrize("name", ["mmio_trap", "passthrough_posted"])
@pytest.mark.parametrize(("jobs", "think_ns"), [(1, 1_000_000), (4, 2_000_000), (8, 5_000_000)])
def test_jobs_that_think_give_the_throughput_of_the_machine_repair_model(
    name: str, jobs: int, think_ns: int
):
    """One channel, N jobs that think for Z: the law of the closed network, which asks only for the
    mean of Z; and N = X (R + Z).
    """
    scenario = scenario_of(
        machine=replace(FREE, ring_slots=64),
        workload=Workload(queue_depth=jobs, think_ns=think_ns),
        costs=replace(CHEAP, jitter_percent=0),
        device=channels(1, SERVICE_NS, 100),
    )
    until_ns = 60_000 * MS
    events = run_until(scenario, MODE_BY_NAME[name], until_ns)
    reaps = events[(events["kind"] == k.CQ_REAP) & (events["qid"] == 0)]
    throughput = len(reaps) / until_ns
    ratio = SERVICE_NS / think_ns
    weights = [factorial(jobs) // factorial(jobs - n) * ratio**n for n in range(jobs + 1)]
    expected = (1 - weights[0] / sum(weights)) / SERVICE_NS
    assert throughput == pytest.approx(expected, rel=0.03)
    assert throughput * (reaps["b"].mean() + think_ns) == pytest.approx(jobs, rel=0.02)
