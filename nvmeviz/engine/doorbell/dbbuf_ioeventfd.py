"""Doorbell Buffer Config with ioeventfd: QEMU 7.1 with its property switched on."""

from nvmeviz.engine.mode import DBBUF_CONFIG, Announce, DoorbellMode, Interrupt, Rearm, Way

MODE = DoorbellMode(
    name="dbbuf_ioeventfd",
    title="Shadow doorbells + ioeventfd",
    subtitle="QEMU 7.1, ioeventfd=on: KVM signals the main loop",
    sentence="A doorbell that must be rung never reaches the VMM's lock: KVM signals an eventfd and "
    "lets the vCPU go on, and the main loop reads the tail from shared memory.",
    source="QEMU hw/nvme/ctrl.c, commit 2e53b0b45024 (Jul 2022); off by default since e2e137f64282; "
    "Linux virt/kvm/eventfd.c",
    limits="The eventfd loses the value written and merges several writes, so it needs the shadow "
    "buffers. Every completion raises an interrupt of its own (until d38cc6fd1caf). The CQ EventIdx "
    "is never written.",
    announce=Announce.EVENTIDX_LINUX,
    way=Way.IOEVENTFD,
    rearm=Rearm.EACH,
    cq_reads_shadow=True,
    interrupt=Interrupt.EACH,
    opcode=DBBUF_CONFIG,
    event_loop=True,
)
