"""The rules together: names, documents, logs that can't tell, any log at all, and simulated runs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.analysis.findings import FINDINGS, judge
from nvmeviz.analysis.findings.seen import Seen
from nvmeviz.analysis.landmarks import quiet_ns_of
from nvmeviz.engine.doorbell import MODE_BY_NAME, MODES
from nvmeviz.engine.simulation import Simulation
from nvmeviz.log import kinds as k
from nvmeviz.log.about import About
from nvmeviz.log.events import EVENT, KINDS
from nvmeviz.model.topology import QueuePair, Topology
from nvmeviz.scenario.schema import Machine, Workload
from nvmeviz.scenario.toml import builtin_names, load_scenario
from tests.analysis.findings.logs import MACHINE, MS, about, commands, found, report
from tests.benchmarks.write_findings_table import DOCUMENT, written
from tests.engine.runs import examples, first_events, scenario_of, scenarios

KIND_NUMBERS = [row.kind for row in KINDS]


def test_names_are_unique_and_every_rule_rests_on_a_section():
    assert len({rule.name for rule in FINDINGS}) == len(FINDINGS) >= 15
    for rule in FINDINGS:
        assert re.match(r"\d\.\d+ \w.*: \w", rule.facts), rule.name
        assert set(rule.evidence) <= set(rule.needs), rule.name


def test_every_rule_has_a_test_where_it_fires():
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for rule in FINDINGS:
        assert f'"{rule.name}"' in tests, rule.name


def test_the_document_lists_the_rules_as_they_are():
    text = DOCUMENT.read_text("utf-8")
    assert written(text) == text, "python -m tests.benchmarks.write_findings_table"


def test_commands_that_go_well_give_no_finding():
    made = report(commands(40), 0)
    assert made.findings == ()
    assert made.not_judged == ()


def test_a_log_that_cannot_hold_an_event_is_not_judged_and_says_why():
    made = report(commands(4), 0, about=about(without=(k.IRQ_ENTER, k.VM_ENTRY)))
    why = {one.rule: one.why for one in made.not_judged}
    assert set(why) == {"interrupt-empty", "long-exit"}
    assert why["long-exit"] == "The log can't hold: back in the guest."
    made = report(commands(4), 0, about=about(inferred=(k.CQ_POST,)))
    why = {one.rule: one.why for one in made.not_judged}
    assert set(why) == {"phase", "cq-overrun", "stale-cqe"}
    assert "only concluded" in why["phase"]


def test_order_across_clocks_is_no_evidence_when_one_was_guessed():
    rows = commands(4)
    rows[0][2]["flags"] = k.CLOCK_GUESSED
    assert {one.rule for one in report(rows).not_judged} == {"cq-overrun", "stale-cqe"}


def test_a_noisy_run_has_one_row_a_rule_and_queue_with_a_count():
    rows = [(n * 1_000, k.SQ_DOORBELL, {"a": 90 + n}) for n in range(50)]
    (one,) = found("doorbell-value", rows)
    assert one.t_ns == 0
    assert one.text.startswith("SQ tail 90 was written")
    assert one.text.endswith("50 times in all, the last at 49.0\u00a0µs.")


def test_findings_name_the_guest_when_there_are_several():
    several = replace(MACHINE, guests=("VM 1", "VM 2"))
    rows = [(5, k.SQ_DOORBELL, {"a": 99})]
    (one,) = found("doorbell-value", rows, topology=several)
    assert one.text.startswith("VM 1: ")
    assert (one.queue, one.pair) == (1, 0)


def test_errors_come_first():
    rows = [(5, k.DEV_DONE, {"b": 2}), (9, k.SQ_DOORBELL, {"a": 99})]
    severities = [one.severity for one in report(rows, about=about()).findings]
    assert severities == ["error", "warning"]


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    size = st.integers(2, 12)
    count = draw(st.integers(1, 4))
    queues = [
        QueuePair(
            n + 1 if n + 1 < count else draw(st.integers(0, 1)), 0, 0, draw(st.integers(0, 1)),
            draw(size), draw(size), draw(st.integers(1, 9)), n - 1 if n == 1 else -1,
        )
        for n in range(count)
    ]  # fmt: skip
    return Topology(("VM 1",), ("vCPU 0",), ("a", "b"), tuple(queues), 0)


@st.composite
def random_logs(draw: st.DrawFn) -> Seen:
    raw = draw(st.binary(max_size=32 * 120))
    events = np.frombuffer(raw[: len(raw) // 32 * 32], EVENT).copy()
    if draw(st.booleans()) and len(events):  # nearly sensible ones reach deeper
        events["kind"] = np.array(KIND_NUMBERS, np.uint8)[events["kind"] % len(KIND_NUMBERS)]
        events["qid"] %= 5
        events["cid"] %= 4
        events["a"] %= 14
        events["vcpu"] %= 3
        events["flags"] &= np.uint16(draw(st.sampled_from([0, 7])))
        events["t"] = np.sort(events["t"] % (90_000 * MS))
    kinds = draw(st.none() | st.frozensets(st.sampled_from(KIND_NUMBERS)))
    inferred = draw(st.frozensets(st.sampled_from(KIND_NUMBERS), max_size=6))
    last = int(events["t"][-1]) if len(events) else 0
    frontier_ns = last + draw(st.sampled_from([0, 5 * MS]))
    topology = draw(topologies())
    described = About(kinds=kinds, inferred=inferred) if kinds is not None else About()
    return Seen(events, topology, min(frontier_ns, 2**62), described)


@given(random_logs())
@settings(max_examples=examples(300), deadline=None)
def test_no_rule_raises_whatever_the_log_holds(seen: Seen):
    for one in judge(seen).findings:
        assert one.text.endswith(".")
        assert one.pair < len(seen.topology.queues)


def of_simulation(scenario, mode, until_ns: int = 20 * MS):
    simulation = Simulation(scenario, mode)
    events = simulation.advance(until_ns, 150_000)
    frontier_ns = until_ns if len(events) < 150_000 else int(events["t"][-1])
    quiet_ns = quiet_ns_of(scenario)
    seen = Seen(
        events, simulation.topology, frontier_ns, quiet_ns=quiet_ns, spec_rule=mode.spec_rule
    )
    return judge(seen)


@pytest.mark.parametrize("name", [name for name in builtin_names() if name != "lost-doorbell"])
def test_no_error_in_any_scenario_under_any_mode(name: str):
    for mode in MODES:
        made = of_simulation(load_scenario(name, MODE_BY_NAME), mode)
        assert [one for one in made.findings if one.severity == "error"] == [], mode.name
        assert not {"lost-interrupt", "standing-still"} & {f.rule for f in made.findings}, mode.name
        assert made.not_judged == ()


@given(scenario=scenarios(), mode=st.sampled_from(MODES))
@settings(max_examples=examples(60), deadline=None)
def test_no_error_in_any_machine_whose_barriers_stand(scenario, mode):
    simulation = Simulation(scenario, mode)
    events = first_events(scenario, mode, 3_000)
    seen = Seen(
        events,
        simulation.topology,
        int(events["t"][-1]),
        quiet_ns=quiet_ns_of(scenario),
        spec_rule=mode.spec_rule,
    )
    whole = scenario.doorbell.guest_barrier == scenario.doorbell.controller_barrier == "present"
    errors = [one for one in judge(seen).findings if one.severity == "error"]
    if whole and scenario.machine.reset_driver != "forgets":
        assert errors == []


@pytest.mark.parametrize(
    ("mode", "other"), [("google_2016", "adaptive_polling"), ("adaptive_polling", "google_2016")]
)
def test_the_lost_doorbell_is_an_error_on_its_queue_where_the_last_store_arrives(mode, other):
    scenario = load_scenario("lost-doorbell", MODE_BY_NAME)
    made = of_simulation(scenario, MODE_BY_NAME[mode])
    (error,) = [one for one in made.findings if one.severity == "error"]
    events = Simulation(scenario, MODE_BY_NAME[mode]).advance(20 * MS, 150_000)
    stored = events[events["kind"] == k.SQ_SHADOW][-1]
    assert (error.rule, error.queue, error.t_ns) == ("lost-doorbell", 1, int(stored["t"]))
    assert "1 command waited" in error.text


@pytest.mark.parametrize("mode", ["google_2016", "dbbuf_qemu80", "polling"])
@pytest.mark.parametrize("driver", ["forgets", "resends"])
def test_a_driver_that_forgets_its_buffers_after_a_reset_is_an_error(mode: str, driver: str):
    machine = Machine(reset_at_ns=500_000, reset_driver=driver)
    scenario = scenario_of(machine=machine, workload=Workload(queue_depth=4))
    errors = {
        one.rule
        for one in of_simulation(scenario, MODE_BY_NAME[mode]).findings
        if one.severity == "error"
    }
    assert errors == ({"stale-buffers"} if driver == "forgets" else set())
