"""Rules about VM exits on logs by hand."""

from __future__ import annotations

from nvmeviz.log import kinds as k
from tests.analysis.findings.logs import found


def exits(*outside_ns: int, reason: int = k.EXIT_SQ_DOORBELL) -> list:
    return [
        (1_000_000 * n, k.VM_ENTRY, {"a": reason, "b": ns}) for n, ns in enumerate(outside_ns, 1)
    ]


def test_an_exit_far_longer_than_the_others():
    usual = (2_000,) * 120
    (one,) = found("long-exit", exits(*usual, 90_000))
    assert (one.severity, one.queue, one.t_ns) == ("note", 1, 121_000_000 - 90_000)
    assert not found("long-exit", exits(*usual, 30_000))
    assert not found("long-exit", exits(*usual[:50], 90_000))
    assert not found("long-exit", exits(*usual, 90_000, reason=k.EXIT_RESET))
