"""One row an event, whatever it is."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.exporters.formats.events_csv import EXPORTER
from nvmeviz.log import kinds as k
from nvmeviz.log.events import KIND_BY_NUMBER
from tests.engine.runs import examples, modes, scenarios
from tests.exporters.runs import event, nonsense, run_of, simulated, text_of


def rows_of(run) -> list[dict[str, str]]:
    return list(csv.DictReader(text_of(EXPORTER, run).splitlines()))


@given(scenario=scenarios(), mode=modes)
@settings(max_examples=examples(20))
def test_every_event_has_its_row(scenario, mode):
    run, events = simulated(scenario, mode, 500)
    rows = rows_of(run)
    assert [int(row["t_ns"]) for row in rows] == events["t"].tolist()
    assert [row["event"] for row in rows] == [KIND_BY_NUMBER[n].name for n in events["kind"]]
    assert [int(row["cause"] or -1) for row in rows] == events["cause"].tolist()
    for row, number in zip(rows, events["kind"]):
        kind = KIND_BY_NUMBER[number]
        assert bool(row["cid"]) is kind.has_cid
        assert bool(row["a"]) is bool(kind.a)
        assert row["actor"]


@given(seed=st.integers(0, 2**32))
@settings(max_examples=50)
def test_events_that_make_no_sense_have_theirs(seed):
    assert len(rows_of(run_of(nonsense(seed)))) == 300


@pytest.mark.parametrize(
    ("given_event", "cells"),
    [
        (event(k.VM_EXIT, 7, a=1, b=3, vcpu=1, qid=2), {"actor": "vCPU 1", "guest": 'a "b"'}),
        (event(k.CTRL_WAKE, 7, vcpu=1), {"actor": "poller", "guest": "VM 1", "a": "", "cause": ""}),
        (event(k.LOCK_TAKE, a=k.BY_THREAD), {"actor": "main loop"}),
        (event(k.LOCK_TAKE, a=k.BY_VCPU), {"actor": "vCPU 0"}),
        (event(k.STRAY, qid=k.NO_QUEUE, cid=9), {"qid": "9", "guest": "", "actor": "", "cid": ""}),
        (event(99, a=5), {"event": "kind 99", "a": "5"}),
        (event(k.SQ_POST, flags=5), {"flags": "inferred lost before", "cid": "0"}),
    ],
)
def test_cells_hold_names(given_event, cells):
    (row,) = rows_of(run_of(given_event))
    assert {name: row[name] for name in cells} == cells
