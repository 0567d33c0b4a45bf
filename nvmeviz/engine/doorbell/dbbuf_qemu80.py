"""Doorbell Buffer Config as QEMU 8.0 and later re-arm it."""

from nvmeviz.engine.mode import DBBUF_CONFIG, Announce, CqRearm, DoorbellMode, Rearm

MODE = DoorbellMode(
    name="dbbuf_qemu80",
    title="Doorbell Buffer Config, QEMU 8.0",
    subtitle="NVMe 1.3 shadow doorbells; CQ EventIdx set before every completion",
    sentence="As in QEMU 7.1, but the controller also sets the CQ EventIdx to the last head it knew, "
    "so the first head move after a batch of completions traps.",
    source="NVMe 1.3, 5.7 and 7.13; QEMU hw/nvme/ctrl.c, commits 3f7fe8de3d49 and fa5db2aa168b "
    "(Dec 2022)",
    limits="At queue depth 1 it traps as often as plain MMIO doorbells. Nobody has published a "
    "measurement of it.",
    announce=Announce.EVENTIDX_LINUX,
    rearm=Rearm.EACH,
    cq_rearm=CqRearm.HEAD,
    cq_reads_shadow=True,
    opcode=DBBUF_CONFIG,
    event_loop=True,
)
