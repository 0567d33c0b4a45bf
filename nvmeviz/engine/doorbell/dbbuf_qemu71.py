"""Doorbell Buffer Config as QEMU 7.1 and 7.2.0 re-arm it."""

from nvmeviz.engine.mode import DBBUF_CONFIG, Announce, DoorbellMode, Rearm

MODE = DoorbellMode(
    name="dbbuf_qemu71",
    title="Doorbell Buffer Config, QEMU 7.1",
    subtitle="NVMe 1.3 shadow doorbells; CQ EventIdx never written",
    sentence="The guest stores its tail in shared memory and traps only when it passes EventIdx, "
    "which the controller sets to the last tail it read, after every command.",
    source="NVMe 1.3, 5.7 and 7.13; QEMU hw/nvme/ctrl.c, commit 3f7fe8de3d49 (Jun 2022); "
    "Linux nvme_dbbuf_need_event",
    limits="The CQ EventIdx stays 0, so the guest rings the CQ doorbell once per turn of the ring; "
    "with pin interrupts this lost interrupts (fixed by fa5db2aa168b), and a CQ that fills is not "
    "noticed to be empty again.",
    announce=Announce.EVENTIDX_LINUX,
    rearm=Rearm.EACH,
    cq_reads_shadow=True,
    opcode=DBBUF_CONFIG,
    event_loop=True,
)
