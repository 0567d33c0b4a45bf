"""Rules about interrupts on logs by hand."""

from __future__ import annotations

from nvmeviz.analysis.findings.interrupts import STORM
from nvmeviz.log import kinds as k
from tests.analysis.findings.logs import about, commands, found, without


def test_a_handler_that_finds_nothing():
    rows = commands(3)
    (one,) = found("interrupt-empty", without(rows, k.CQ_REAP, 1))
    assert (one.severity, one.queue, one.t_ns) == ("note", 1, 250)
    assert not found("interrupt-empty", rows)
    assert not found("interrupt-empty", [(5, k.IRQ_ENTER)])  # it has not ended yet


def test_a_handler_whose_end_is_in_no_record_ends_with_the_next():
    rows = [row for row in commands(3) if row[1] != k.IRQ_EXIT]
    only_entries = about(without=(k.IRQ_EXIT,))
    assert not found("interrupt-empty", rows, about=only_entries)
    assert found("interrupt-empty", without(rows, k.CQ_REAP, 1), about=only_entries)


def test_an_interrupt_with_nothing_new():
    rows = commands(3)
    (one,) = found("interrupt-again", [*rows, (900, k.IRQ_RAISE)])
    assert (one.severity, one.t_ns) == ("note", 900)
    assert not found("interrupt-again", rows)
    device_only = about(without=(k.CQ_POST, k.CQ_REAP, k.IRQ_ENTER))
    assert found("interrupt-again", [*rows, (900, k.IRQ_RAISE)], about=device_only)
    assert not found("interrupt-again", rows, about=device_only)


def burst(raises: int, each: int) -> list:
    """CQEs that nobody takes for a while, and an interrupt after each so many."""
    rows = []
    for n in range(raises * each):
        rows.append((10 * n, k.CQ_POST, {"a": n % 8, "cid": n}))
        if n % each == each - 1:
            rows.append((10 * n + 1, k.IRQ_RAISE))
    return rows


def test_an_interrupt_for_each_cqe_although_some_wait_is_a_storm():
    (one,) = found("interrupt-storm", burst(STORM + 1, 1))
    assert (one.severity, one.t_ns) == ("warning", 11)
    assert "while 1 waited" in one.text
    assert not found("interrupt-storm", burst(STORM, 1))  # the first one had to be
    assert not found("interrupt-storm", burst(200, 4))
    assert not found("interrupt-storm", commands(200))
