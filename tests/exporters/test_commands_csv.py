"""One row a command, with what is known of it."""

from __future__ import annotations

import csv

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nvmeviz.exporters.formats.commands_csv import COLUMNS, EXPORTER
from nvmeviz.log import kinds as k
from tests.engine.runs import examples, modes, scenarios
from tests.exporters.runs import event, nonsense, run_of, simulated, text_of

STEPS = [name for name in COLUMNS if name.endswith("_ns") and name != "latency_ns"]


def rows_of(run) -> list[dict[str, str]]:
    return list(csv.DictReader(text_of(EXPORTER, run).splitlines()))


@given(scenario=scenarios(), mode=modes)
@settings(max_examples=examples(60))
def test_every_command_of_a_run_has_its_row(scenario, mode):
    run, events = simulated(scenario, mode, 1_500)
    rows = rows_of(run)
    assert len(rows) == int((events["kind"] == k.SQ_POST).sum())
    reaped = [row for row in rows if row["reap_ns"]]
    reaps = events[events["kind"] == k.CQ_REAP]
    assert [int(row["latency_ns"]) for row in reaped] == reaps["b"].tolist()
    assert [int(row["reap_ns"]) for row in reaped] == reaps["t"].tolist()
    assert rows[len(reaped) :] == [row for row in rows if not row["reap_ns"]]
    for row in rows:
        times = [int(row[name]) for name in STEPS if row[name]]
        if row["ring_ns"]:
            # The poller of a batch that is late may fetch nothing before its tail is told.
            assert int(row["post_ns"]) <= int(row["ring_ns"])
        times = [int(row[n]) for n in STEPS if row[n] and n not in ("ring_ns", "irq_ns")]
        assert times == sorted(times)
        assert row["inferred"] == ""
    for row in reaped:
        assert all(row[f"{name}_ns"] for name in ("post", "ring", "fetch", "done", "cqe"))
        assert row["status"] == "0x0"


@given(seed=st.integers(0, 2**32))
@settings(max_examples=100)
def test_events_that_make_no_sense_still_give_a_row_for_every_reap(seed):
    events = nonsense(seed)
    known = events[events["qid"] < 5]
    rows = rows_of(run_of(events))
    assert sum(bool(row["reap_ns"]) for row in rows) == int((known["kind"] == k.CQ_REAP).sum())


def test_what_is_unknown_is_empty():
    (row,) = rows_of(run_of(event(k.DEV_DONE, 70, cid=2, b=0x4002)))
    assert row["done_ns"] == "70"
    assert row["status"] == "0x4002"
    assert row["opcode"] == row["blocks"] == row["post_ns"] == row["latency_ns"] == ""


def test_what_follows_from_other_records_is_named_and_gives_no_latency():
    events = np.concatenate(
        [
            event(k.SQ_POST, 10, flags=k.INFERRED),
            event(k.SQ_DOORBELL, 20, a=1),
            event(k.SQ_FETCH, 30),
            event(k.CQ_REAP, 90, b=80),
        ]
    )
    (row,) = rows_of(run_of(events))
    assert (row["post_ns"], row["ring_ns"], row["reap_ns"]) == ("10", "20", "90")
    assert row["inferred"] == "post"
    assert row["latency_ns"] == row["opcode"] == ""


def test_a_doorbell_rings_for_all_before_its_tail_and_a_second_one_for_none():
    posts = [event(k.SQ_POST, t, cid=t, a=t) for t in range(3)]
    bells = [event(k.SQ_DOORBELL, 10, a=2), event(k.SQ_DOORBELL, 11, a=2)]
    rows = rows_of(run_of(np.concatenate([*posts, *bells])))
    assert [row["ring_ns"] for row in rows] == ["10", "10", ""]


def test_a_tag_used_anew_ends_the_command_before_it():
    events = np.concatenate([event(k.SQ_POST, 1, b=2), event(k.SQ_POST, 5, b=1)])
    rows = rows_of(run_of(events))
    assert [(row["post_ns"], row["opcode"]) for row in rows] == [("1", "read"), ("5", "write")]
