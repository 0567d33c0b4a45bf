"""The EventIdx rules over every position in small rings; the difference between Linux and SPDK
pinned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.engine.mode import Announce
from nvmeviz.log import kinds as k
from nvmeviz.nvme import ring
from nvmeviz.nvme.eventidx import linux_rings, spec_rings
from nvmeviz.scenario.schema import Machine, Workload
from tests.engine.runs import first_events, scenario_of

SIZES = (2, 3, 4, 8, 16, 31)
Rule = Callable[[int, int, int], bool]


def moves(size: int) -> list[tuple[int, int, int]]:
    """Every (eventidx, new, old) in which the index really moved."""
    slots = range(size)
    return [(e, new, old) for e in slots for new in slots for old in slots if new != old]


@pytest.mark.parametrize("size", SIZES)
def test_linux_rings_when_eventidx_was_passed(size: int):
    for eventidx, new, old in moves(size):
        assert linux_rings(eventidx, new, old) == ring.contains(old, new, eventidx, size)


@pytest.mark.parametrize("size", SIZES)
def test_the_specification_also_rings_when_eventidx_is_reached(size: int):
    for eventidx, new, old in moves(size):
        passed = ring.contains(old, new, eventidx, size)
        assert spec_rings(eventidx, new, old) == (passed or eventidx == new)


@pytest.mark.parametrize("size", SIZES)
def test_the_rules_differ_only_when_eventidx_equals_the_new_value(size: int):
    differing = {m for m in moves(size) if linux_rings(*m) != spec_rings(*m)}
    assert differing == {(e, new, old) for e, new, old in moves(size) if e == new}


@pytest.mark.parametrize("rings", [linux_rings, spec_rings])
def test_16_bit_wrap(rings: Rule):
    """Indices of a ring with 65 536 slots wrap with the arithmetic itself."""
    assert rings(0xFFFF, 0x0001, 0xFFFE)
    assert rings(0x0000, 0x0001, 0xFFFE)
    assert not rings(0xFFFD, 0x0001, 0xFFFE)
    assert not rings(0x0002, 0x0001, 0xFFFE)


@pytest.mark.parametrize(
    ("announce", "rule"),
    [(Announce.EVENTIDX_LINUX, linux_rings), (Announce.EVENTIDX_SPEC, spec_rings)],
)
@pytest.mark.parametrize("name", ["dbbuf_qemu71", "dbbuf_qemu80", "google_2016"])
@pytest.mark.parametrize("size", SIZES)
def test_the_engine_compares_by_the_rule_of_its_mode(
    name: str, announce: Announce, rule: Rule, size: int
):
    mode = replace(MODE_BY_NAME[name], announce=announce)
    workload = Workload(queue_depth=min(3, size - 1))
    scenario = scenario_of(machine=Machine(ring_slots=size), workload=workload)
    events = first_events(scenario, mode, 4_000)
    verdicts: set[int] = set()
    for store, read in ((k.SQ_SHADOW, k.SQ_EVENTIDX_READ), (k.CQ_SHADOW, k.CQ_EVENTIDX_READ)):
        of_index = (events["kind"] == store) | (events["kind"] == read)
        rows = events[of_index][["a", "b"]].tolist()
        assert len(rows) >= 40
        for (new, old), (eventidx, rings) in zip(rows[::2], rows[1::2]):
            assert rings == rule(eventidx, new, old)
            verdicts.add(rings)
    assert 1 in verdicts
