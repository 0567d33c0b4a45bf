"""What an import says about itself: titles, what a log can tell, and what was wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from nvmeviz.importers import records as r
from nvmeviz.importers.tally import ENABLED
from nvmeviz.log import kinds as k
from nvmeviz.log.about import About, Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.importers.base import Text
    from nvmeviz.importers.lifting import Lifter
    from nvmeviz.importers.tally import EpochCount, Tally
    from nvmeviz.log.about import Severity

    class Named(Protocol):
        """A file of the import."""

        text: Text


_QEMU_TELLS = frozenset(
    {
        *(k.SQ_DOORBELL, k.CQ_DOORBELL, k.SQ_FETCH, k.DEV_DONE, k.IRQ_RAISE, k.CTRL_RESET, k.STRAY),
        *(k.SQ_SHADOW_READ, k.SQ_EVENTIDX, k.CQ_SHADOW_READ, k.CQ_EVENTIDX, k.DBBUF_CONFIG),
    }
)
_FOLLOWS = frozenset(
    {
        *(k.SQ_POST, k.CQ_REAP, k.CQ_POST, k.DEV_START, k.VM_EXIT, k.VM_ENTRY, k.CTRL_WAKE),
        *(k.CTRL_SLEEP, k.IRQ_ENTER, k.IRQ_EXIT),
        *(k.SQ_SHADOW, k.SQ_EVENTIDX_READ, k.CQ_SHADOW, k.CQ_EVENTIDX_READ),
    }
)
_GUEST_TELLS = frozenset({k.SQ_POST, k.CQ_REAP, k.STRAY})
_GUEST_FOLLOWS = frozenset({k.SQ_FETCH, k.DEV_DONE, k.CQ_POST})


def title_of(epoch: EpochCount, number: int) -> str:
    """Which part of the log an epoch is."""
    if epoch.starts_with != ENABLED:
        return "from the middle" if epoch.io_commands() else "before the controller is enabled"
    enabled = [bool(interrupts) for _, interrupts in epoch.cqs.values()]
    if enabled and not any(enabled):
        return f"firmware, epoch {number}"
    return f"driver, epoch {number}"


def mode_of(epoch: EpochCount) -> str:
    """The doorbell mode whose lines look like these."""
    io = [queue for qid, queue in epoch.queues.items() if qid]
    if not any(queue.counts["shadow_sq_reads"] for queue in io):
        return "mmio_trap"
    if not any(queue.counts["sq_mmio_doorbells"] for queue in io):
        of_admin = {who for qid, who in epoch.workers if qid == 0}
        of_io = {who for qid, who in epoch.workers if qid}
        return "dbbuf_iothread" if of_admin and not of_admin & of_io else "dbbuf_ioeventfd"
    told = any(queue.counts["eventidx_cq_writes_traced"] for queue in io)
    return "dbbuf_qemu80" if told else "dbbuf_qemu71"


def about_of(
    epoch: EpochCount | None,
    tally: Tally,
    facts: list[tuple[str, str]],
    files: Sequence[Named],
    number: int,
) -> About:
    """What the log of a run can hold. epoch: None for what only the guest tells."""
    if epoch is None:
        measured, inferred = _GUEST_TELLS, _GUEST_FOLLOWS
    else:
        measured, inferred = _QEMU_TELLS, _FOLLOWS
        if mode_of(epoch) in ("dbbuf_ioeventfd", "dbbuf_iothread"):
            # A doorbell that becomes an eventfd leaves no line.
            measured = measured - {k.SQ_DOORBELL, k.CQ_DOORBELL}
            inferred = inferred | {k.SQ_KICK}
        if not any(q.counts["eventidx_cq_writes_traced"] for q in epoch.queues.values()):
            measured = measured - {k.CQ_EVENTIDX}
            inferred = inferred - {k.CQ_EVENTIDX_READ}
        if mode_of(epoch) == "mmio_trap":
            shadow = {k.SQ_SHADOW, k.SQ_EVENTIDX_READ, k.CQ_SHADOW, k.CQ_EVENTIDX_READ}
            inferred = inferred - shadow
        if tally.guest:
            measured, inferred = measured | _GUEST_TELLS, inferred - _GUEST_TELLS
    if tally.irqs:
        measured, inferred = measured | {k.IRQ_ENTER}, inferred - {k.IRQ_ENTER} | {k.IRQ_EXIT}
    if tally.exits:
        told = {k.VM_EXIT, k.VM_ENTRY, k.VCPU_HALT, k.VCPU_WAKE}
        measured, inferred = measured | told, inferred - told
    return About(
        files=tuple(file.text.name for file in files),
        kinds=measured | inferred,
        inferred=inferred,
        facts=tuple(facts),
    )


# Place in a scanner's counts, that of the first line, and what to say.
_COUNTED: tuple[tuple[int, int, str, Severity, str, str], ...] = (
    (
        *(r.S_FOREIGN, r.S_FOREIGN_FIRST, "not-a-trace-line", "warning"),
        "lines that are no trace lines; they were passed over",
        "Other output in the same file is harmless; torn lines mean that two programs wrote at once.",
    ),
    (
        *(r.S_BAD, r.S_BAD_FIRST, "unreadable-event", "warning"),
        "lines of known events whose numbers can't be read; they were passed over",
        "The line may be torn, or its program is newer than this one.",
    ),
    (
        *(r.S_BACKWARDS, r.S_BACKWARDS_FIRST, "time-backwards", "warning"),
        "lines are earlier than the line before; they are shown at its time",
        "Sort the file by time, or record with one buffer and one clock.",
    ),
    (
        *(r.S_LOST, r.S_LOST_FIRST, "events-lost", "warning"),
        "times the kernel says that it lost events",
        "Record with a larger buffer (trace-cmd record -b 50000).",
    ),
    (
        *(r.S_CUT, r.S_CUT_FIRST, "line-too-long", "warning"),
        "lines are too long to be trace lines; they were passed over",
        "",
    ),
)


def issues_of_file(text: Text, counts: list[int]) -> list[Issue]:
    """What was wrong with one file."""
    found = [
        Issue(code, severity, counts[place], words, advice, text.name, counts[first])
        for place, first, code, severity, words, advice in _COUNTED
        if counts[place]
    ]
    if counts[r.S_TIMELESS]:
        words = "lines have no time; they stand a microsecond apart in their order"
        advice = "Start QEMU with -msg timestamp=on."
        found.append(Issue("no-times", "warning", counts[r.S_TIMELESS], words, advice, text.name))
    if text.cut:
        words = f"The file is cut off: {text.cut}. What there is of it was read."
        advice = "Copy it again, or stop the recording before copying."
        found.append(Issue("cut-off", "warning", 1, words, advice, text.name, counts[r.S_LINES]))
    return found


def issues_of_lift(lifter: Lifter, events: NDArray[np.void], title: str) -> list[Issue]:
    """What did not fit, and what was too much."""
    found: list[Issue] = []
    strays = int((events["kind"] == k.STRAY).sum())
    if strays:
        words = f"records of {title} fit nothing that came before; they are told as strays"
        found.append(Issue("stray", "warning", strays, words, "nvmeviz check says which."))
    if lifter.dropped:
        words = f"events of {title} are more than are kept; the run ends before them"
        advice = "Cut the file into pieces, or record for a shorter time."
        found.append(Issue("too-many-events", "warning", lifter.dropped, words, advice))
    return found
