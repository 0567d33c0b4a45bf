"""The vocabulary: one row per event kind, the one place where a kind is described.

An event is 32 bytes. Views, importers, the recording file and the docs all read this table. Names
follow QEMU's `pci_nvme_*` trace points and the Linux driver where those have a name for the thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nvmeviz.log import kinds as k

EVENT = np.dtype(
    [
        ("t", "<i8"),  # ns since the run's origin
        ("cause", "<i8"),  # index of the causing event, -1 when there is none or it is unknown
        ("a", "<u4"),
        ("b", "<u4"),
        ("qid", "<u2"),  # index into the run's topology, not the NVMe queue id
        ("cid", "<u2"),
        ("kind", "u1"),
        ("vcpu", "u1"),  # vCPU for the guest's events, controller thread for the controller's
        ("flags", "<u2"),
    ]
)
assert EVENT.itemsize == 32

Actor = Literal["guest", "vmm", "controller", "device", "run"]


@dataclass(frozen=True, slots=True)
class KindRow:
    """One event kind: who does it, in words, and what `a` and `b` hold ("" = unused)."""

    kind: int
    name: str
    actor: Actor
    words: str
    a: str = ""
    b: str = ""
    has_cid: bool = False


KINDS: tuple[KindRow, ...] = (
    KindRow(k.SQ_POST, "sq_post", "guest", "SQE written", "slot", "opcode, 512 B blocks", True),
    KindRow(k.SQ_SHADOW, "sq_shadow", "guest", "shadow SQ tail in memory", "tail", "old tail"),
    KindRow(
        k.SQ_EVENTIDX_READ, "sq_eventidx_read", "guest", "SQ EventIdx compared", "EventIdx", "rings"
    ),
    KindRow(k.CQ_REAP, "cq_reap", "guest", "CQE reaped", "slot", "latency ns", has_cid=True),
    KindRow(k.CQ_SHADOW, "cq_shadow", "guest", "shadow CQ head in memory", "head", "old head"),
    KindRow(
        k.CQ_EVENTIDX_READ, "cq_eventidx_read", "guest", "CQ EventIdx compared", "EventIdx", "rings"
    ),
    KindRow(k.VM_EXIT, "vm_exit", "guest", "VM exit", "reason", "value written"),
    KindRow(k.VM_ENTRY, "vm_entry", "vmm", "back in the guest", "reason", "time outside ns"),
    KindRow(k.IRQ_ENTER, "irq_enter", "guest", "interrupt handler starts", "vector"),
    KindRow(k.IRQ_EXIT, "irq_exit", "guest", "interrupt handler ends", "vector"),
    KindRow(k.VCPU_HALT, "vcpu_halt", "guest", "vCPU halts, nothing to do"),
    KindRow(k.VCPU_WAKE, "vcpu_wake", "guest", "vCPU woken"),
    KindRow(k.BATCH_TIMER, "batch_timer", "guest", "batch waited long enough", "commands waiting"),
    KindRow(k.REQUEST, "request", "guest", "program wants one more command", "number"),
    KindRow(k.VCPU_POLL, "vcpu_poll", "guest", "vCPU polls the CQ"),
    KindRow(
        k.SQ_STORE, "sq_store", "guest", "shadow SQ tail in the store buffer", "tail", "old tail"
    ),
    KindRow(
        k.CQ_STORE, "cq_store", "guest", "shadow CQ head in the store buffer", "head", "old head"
    ),
    KindRow(k.GUEST_READY, "guest_ready", "guest", "driver is set up, I/O may start"),
    KindRow(k.RESET_DUE, "reset_due", "guest", "driver wants to reset the controller"),
    KindRow(k.SQ_DOORBELL, "sq_doorbell", "vmm", "SQ tail doorbell", "tail", "way"),
    KindRow(k.CQ_DOORBELL, "cq_doorbell", "vmm", "CQ head doorbell", "head", "way"),
    KindRow(k.SQ_KICK, "sq_kick", "vmm", "SQ doorbell became an eventfd signal"),
    KindRow(k.CQ_KICK, "cq_kick", "vmm", "CQ doorbell became an eventfd signal"),
    KindRow(k.CTRL_WAKE, "ctrl_wake", "controller", "controller awake", "", "looks everywhere"),
    KindRow(
        k.CTRL_SLEEP,
        "ctrl_sleep",
        "controller",
        "controller sleeps",
        "until a timer",
        "vCPUs go on",
    ),
    KindRow(
        k.CTRL_POLL, "ctrl_poll", "controller", "controller polls", "queues with work", "looks at"
    ),
    KindRow(
        k.SQ_SHADOW_READ,
        "sq_shadow_read",
        "controller",
        "SQ tail read from memory",
        "tail",
        "arming",
    ),
    KindRow(k.SQ_EVENTIDX, "sq_eventidx", "controller", "SQ EventIdx set", "EventIdx", "arming"),
    KindRow(k.CQ_SHADOW_READ, "cq_shadow_read", "controller", "CQ head read from memory", "head"),
    KindRow(k.CQ_EVENTIDX, "cq_eventidx", "controller", "CQ EventIdx set", "EventIdx"),
    KindRow(k.SQ_FETCH, "sq_fetch", "controller", "SQE fetched", "slot", "turn, round", True),
    KindRow(k.CQ_POST, "cq_post", "controller", "CQE posted", "slot", "phase, SQ head", True),
    KindRow(k.IRQ_RAISE, "irq_raise", "controller", "interrupt raised", "vector"),
    KindRow(k.LOOP_PASS, "loop_pass", "controller", "event loop starts a pass", "number"),
    KindRow(k.IRQ_TIMER, "irq_timer", "controller", "coalescing time is up", "entries waiting"),
    KindRow(
        k.EVENTIDX_STORE,
        "eventidx_store",
        "controller",
        "SQ EventIdx in the store buffer",
        "EventIdx",
    ),
    KindRow(
        k.DBBUF_CONFIG,
        "dbbuf_config",
        "controller",
        "shadow buffers taken over",
        "SQ EventIdx",
        "CQ EventIdx",
    ),
    KindRow(k.CTRL_RESET, "ctrl_reset", "controller", "controller reset", "driver forgets buffers"),
    KindRow(k.DEV_START, "dev_start", "device", "device starts", "channel", has_cid=True),
    KindRow(k.DEV_DONE, "dev_done", "device", "device done", "channel", "status", True),
    KindRow(k.LOCK_TAKE, "lock_take", "vmm", "VMM lock taken", "by a thread"),
    KindRow(k.LOCK_WAIT, "lock_wait", "vmm", "waits for the VMM lock", "by a thread"),
    KindRow(k.LOCK_RELEASE, "lock_release", "vmm", "VMM lock released", "by a thread", "waiter"),
    KindRow(k.SCENARIO_CHANGE, "scenario_change", "run", "scenario changed", "change number"),
    KindRow(k.STRAY, "stray", "run", "seen, and fits nothing", "kind seen", "value", True),
)

KIND_BY_NUMBER: dict[int, KindRow] = {row.kind: row for row in KINDS}
KIND_BY_NAME: dict[str, KindRow] = {row.name: row for row in KINDS}
