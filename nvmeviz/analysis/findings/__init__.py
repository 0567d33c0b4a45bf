"""The registry of findings, one row a rule, and `judge`, which asks them all about one run.

*error*: the protocol is broken or work is lost. *warning*: something went wrong or is about to.
*note*: worth knowing, and harmless. A rule whose events a log can't hold is not asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.analysis.findings import (
    commands,
    doorbells,
    eventidx,
    exits,
    interrupts,
    resets,
    rings,
    stalls,
)
from nvmeviz.analysis.findings.rule import (
    Finding,
    Hit,
    NotJudged,
    Report,
    Rule,
    summed,
)
from nvmeviz.log import kinds as k
from nvmeviz.log.about import SEVERITIES
from nvmeviz.log.events import KIND_BY_NUMBER

if TYPE_CHECKING:
    from nvmeviz.analysis.findings.seen import Seen

FINDINGS: tuple[Rule, ...] = (
    Rule(
        "lost-doorbell",
        "error",
        "A tail stored in the shadow, no doorbell, and a controller asleep: nothing happens after",
        "6.1 Lost doorbell, 1.7 Memory ordering: Linux commit f1ed3df20d2d; NVMe Base 2.2, B.5",
        stalls.lost_doorbell,
        needs=(k.SQ_POST, k.SQ_FETCH, k.DBBUF_CONFIG),
        evidence=(k.SQ_POST,),
    ),
    Rule(
        "eventidx-rule",
        "error",
        "A comparison with EventIdx that came out otherwise than the driver's rule says",
        "1.6 The EventIdx rule, 6.20 Wrong wrap arithmetic: NVMe Base 2.2, B.5; Linux pci.c",
        doorbells.rule_broken,
        needs=(k.SQ_SHADOW, k.SQ_EVENTIDX_READ),
        evidence=(k.SQ_SHADOW, k.SQ_EVENTIDX_READ),
    ),
    Rule(
        "stale-buffers",
        "error",
        "Shadow buffers used after a reset took them away, or with values from before it",
        "1.5 Doorbell Buffer Config, 6.10 Stale shadow values: NVMe Base 2.1, 5.2.5",
        resets.stale_buffers,
        needs=(k.SQ_SHADOW, k.CTRL_RESET, k.DBBUF_CONFIG),
        evidence=(k.SQ_SHADOW,),
    ),
    Rule(
        "doorbell-value",
        "error",
        "A doorbell or shadow value that names no slot of its ring",
        "1.3 Invalid doorbell writes, 6.18 Out-of-range doorbell: NVMe Base 2.1, 3.3.1.2",
        doorbells.out_of_range,
    ),
    Rule(
        "doorbell-queue",
        "error",
        "A doorbell of a queue that does not exist",
        "1.3 Invalid doorbell writes: NVMe Base 2.1, 3.3.1.2",
        doorbells.unknown_queue,
    ),
    Rule(
        "doorbell-repeated",
        "error",
        "The same doorbell value written twice in a row",
        "1.3 Invalid doorbell writes, 6.9 Same doorbell value twice: NVMe Base 2.1, 3.3.1.2",
        doorbells.repeated,
        needs=(k.SQ_DOORBELL,),
        evidence=(k.SQ_DOORBELL,),
    ),
    Rule(
        "tail-laps-head",
        "error",
        "More SQEs than the ring has room for",
        "1.1 Rings, 1.3 Invalid doorbell writes: NVMe Base 2.1, 3.3.1",
        rings.tail_laps_head,
        needs=(k.SQ_POST, k.SQ_FETCH),
    ),
    Rule(
        "head-passes-tail",
        "error",
        "A CQ head doorbell that gives back entries which were never there",
        "1.3 Invalid doorbell writes: NVMe Base 2.1, 3.3.1.2",
        rings.head_passes_tail,
        needs=(k.CQ_DOORBELL,),
        evidence=(k.CQ_DOORBELL,),
    ),
    Rule(
        "cq-overrun",
        "error",
        "A CQE written over one that was not taken yet",
        "1.1 Rings, 6.11 CQ full races: NVMe Base 2.1, 3.3.1",
        rings.cq_overrun,
        needs=(k.CQ_POST, k.CQ_REAP),
        evidence=(k.CQ_POST, k.CQ_REAP),
        one_clock=True,
    ),
    Rule(
        "phase",
        "error",
        "A CQE in the wrong slot, or with a phase tag that does not fit its turn",
        "1.1 Rings, 6.8 Stale phase: NVMe Base 2.1, 4.2.4",
        rings.phase_error,
        needs=(k.CQ_POST,),
        evidence=(k.CQ_POST,),
    ),
    Rule(
        "stale-cqe",
        "error",
        "A CQE taken that was not there yet",
        "1.1 Rings, 6.8 Stale phase: NVMe Base 2.1, 4.2.4",
        rings.reaped_unposted,
        needs=(k.CQ_POST, k.CQ_REAP),
        evidence=(k.CQ_POST, k.CQ_REAP),
        one_clock=True,
    ),
    Rule(
        "cid-twice",
        "error",
        "A CID given to a second command while the first is in flight",
        "1.1 Rings: NVMe Base 2.1, 3.3",
        commands.cid_twice,
    ),
    Rule(
        "unknown-completion",
        "error",
        "A completion of a command that was not in flight",
        "1.1 Rings, 6.3 Shadow buffer endianness: NVMe Base 2.1, 3.3",
        commands.unknown_completion,
    ),
    Rule(
        "timeout",
        "error",
        "A command that takes longer than Linux waits (30 s)",
        "1.8 Linux driver, timeout path: Linux drivers/nvme/host/pci.c, nvme_timeout",
        commands.timed_out,
    ),
    Rule(
        "lost-interrupt",
        "warning",
        "CQEs that wait, and nobody takes them",
        "1.8 Linux driver, timeout path, 6.7 Level interrupt treated as edge: QEMU, Jan 2023",
        stalls.lost_interrupt,
        needs=(k.SQ_POST, k.SQ_FETCH, k.CQ_REAP),
        evidence=(k.CQ_REAP,),
    ),
    Rule(
        "standing-still",
        "warning",
        "Commands wait in a queue and nobody is at work, for longer than is right",
        "6.5 Over-committed queue, 6.12 Parked SQ never woken: QEMU 9529aa6bb4d1; Propolis",
        stalls.standing_still,
        needs=(k.SQ_POST, k.SQ_FETCH),
    ),
    Rule(
        "never-completed",
        "warning",
        "A command still open at the end (Asynchronous Event Requests excepted)",
        "1.8 Linux driver, timeout path: Linux drivers/nvme/host/pci.c, nvme_timeout",
        commands.never_completed,
    ),
    Rule(
        "abort",
        "warning",
        "The driver aborts a command",
        "1.8 Linux driver, timeout path: NVMe Base 2.1, 5.1.1 (opcode 08h)",
        commands.aborts,
        needs=(k.SQ_POST,),
    ),
    Rule(
        "reset-in-flight",
        "warning",
        "The controller is reset with commands in flight",
        "1.8 Linux driver, timeout path, 6.10 Stale shadow values: NVMe Base 2.1, 3.7.2",
        resets.in_flight,
        needs=(k.CTRL_RESET,),
    ),
    Rule(
        "status",
        "warning",
        "A command that ends with an error status; on an admin queue a note",
        "1.4 Command and completion layout: NVMe Base 2.1, 4.2.3",
        commands.bad_status,
        needs=(k.DEV_DONE,),
    ),
    Rule(
        "sleeps-unarmed",
        "warning",
        "A controller that sleeps while EventIdx is not at the tail it knows",
        "1.7 Memory ordering, 6.13 Useless EventIdx (its mirror): SPDK vfio_user.c; FEMU",
        eventidx.sleeps_unarmed,
        needs=(k.CTRL_SLEEP, k.SQ_EVENTIDX, k.SQ_SHADOW_READ),
        evidence=(k.CTRL_SLEEP, k.SQ_EVENTIDX),
    ),
    Rule(
        "cq-eventidx-missing",
        "warning",
        "A controller that reads CQ heads and never writes the CQ EventIdx",
        "6.2 Missing CQ EventIdx update: QEMU commit fa5db2aa168b",
        eventidx.never_written,
        needs=(k.CQ_SHADOW_READ, k.CQ_EVENTIDX, k.DBBUF_CONFIG),
        evidence=(k.CQ_SHADOW_READ,),
    ),
    Rule(
        "interrupt-storm",
        "warning",
        "An interrupt for each CQE although CQEs wait already",
        "6.4 One interrupt per CQE: QEMU commit d38cc6fd1caf",
        interrupts.storm,
        needs=(k.IRQ_RAISE, k.CQ_REAP),
        evidence=(k.IRQ_RAISE,),
    ),
    Rule(
        "doorbell-unasked",
        "warning",
        "A doorbell that EventIdx did not ask for; a harmless race is a note",
        "1.6 The EventIdx rule: NVMe Base 2.2, B.5; Linux nvme_dbbuf_need_event",
        doorbells.not_asked,
        needs=(k.SQ_DOORBELL, k.SQ_SHADOW_READ, k.DBBUF_CONFIG),
        evidence=(k.SQ_DOORBELL, k.SQ_SHADOW_READ),
    ),
    Rule(
        "eventidx-useless",
        "note",
        "EventIdx that asks for a doorbell each time, under a controller that never sleeps",
        "6.13 Useless EventIdx: FEMU commit 2b230f4ec813",
        eventidx.asks_always,
        needs=(k.SQ_EVENTIDX_READ, k.CTRL_POLL, k.CTRL_SLEEP),
        evidence=(k.SQ_EVENTIDX_READ,),
    ),
    Rule(
        "interrupt-again",
        "note",
        "An interrupt raised although no CQE is new since the last one",
        "6.6 Spurious interrupts: QEMU commit 6da021815e75",
        interrupts.raised_again,
        needs=(k.IRQ_RAISE,),
        evidence=(k.IRQ_RAISE,),
    ),
    Rule(
        "interrupt-empty",
        "note",
        "An interrupt handler that finds no CQE",
        "1.9 Interrupts: Linux drivers/nvme/host/pci.c, nvme_irq",
        interrupts.empty_handler,
        needs=(k.IRQ_ENTER, k.CQ_REAP),
        evidence=(k.IRQ_ENTER, k.CQ_REAP),
    ),
    Rule(
        "slow-command",
        "note",
        "The slowest command, when it takes 20 times as long as half of them",
        "4.7 Devices: published latency distributions",
        commands.slow_command,
    ),
    Rule(
        "long-exit",
        "note",
        "The longest doorbell exit, when it takes 20 times as long as half of them",
        "2.1 The KVM exit path, 4.1 VM exit round trip: Linux arch/x86/kvm; QEMU's big lock",
        exits.long_exit,
        needs=(k.VM_ENTRY,),
        evidence=(k.VM_ENTRY,),
    ),
)


def why_not(rule: Rule, seen: Seen) -> str:
    """Why a rule says nothing about a log, in a sentence; "" when it can judge."""
    missing = [kind for kind in rule.needs if not seen.covers(kind)]
    if missing:
        return f"The log can't hold: {_names(missing)}."
    derived = [kind for kind in rule.evidence if not seen.recorded(kind)]
    if derived:
        return f"Not in the records, only concluded from others: {_names(derived)}."
    if rule.one_clock and seen.guessed_clocks:
        return "The clocks of guest and host were put together by estimate."
    return ""


def _names(kinds: list[int]) -> str:
    return ", ".join(KIND_BY_NUMBER[kind].words for kind in kinds)


def judge(seen: Seen, rules: tuple[Rule, ...] = FINDINGS) -> Report:
    """What all rules say of one run: errors first, then in the order of time."""
    findings: list[Finding] = []
    not_judged: list[NotJudged] = []
    for rule in rules:
        why = why_not(rule, seen)
        if why:
            not_judged.append(NotJudged(rule.name, why))
            continue
        findings += [_finding(seen, rule, hit) for hit in summed(rule.find(seen))]
    findings.sort(key=lambda one: (-SEVERITIES.index(one.severity), one.t_ns, one.pair))
    return Report(tuple(findings), tuple(not_judged))


def _finding(seen: Seen, rule: Rule, hit: Hit) -> Finding:
    queues, guests = seen.topology.queues, seen.topology.guests
    pair = queues[hit.queue] if hit.queue >= 0 else None
    of = f"{guests[pair.guest]}: " if pair is not None and len(guests) > 1 else ""
    return Finding(
        rule.name,
        hit.severity or rule.severity,
        None if pair is None else pair.qid,
        hit.t_ns,
        of + hit.text,
        rule.facts,
        hit.queue,
    )


__all__ = ["FINDINGS", "Finding", "NotJudged", "Report", "Rule", "judge", "why_not"]
