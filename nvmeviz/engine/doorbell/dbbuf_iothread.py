"""Doorbell Buffer Config with ioeventfd, served by a thread of its own."""

from nvmeviz.engine.mode import DBBUF_CONFIG, Announce, DoorbellMode, Interrupt, Rearm, Way, Worker

MODE = DoorbellMode(
    name="dbbuf_iothread",
    title="Shadow doorbells + IOThread",
    subtitle="ioeventfd into an IOThread, away from the VMM's lock",
    sentence="As with ioeventfd, but a thread that does nothing else serves the queues, so they need "
    "not wait for the main loop and its lock.",
    source="Jinhao Fan, QEMU IOThread series v1 to v3 (qemu-devel, Jul and Aug 2022); QEMU iothread.c, "
    "util/aio-posix.c",
    limits="The series was reviewed and never merged; no release of QEMU has it. Admin commands stay "
    "with the main loop.",
    announce=Announce.EVENTIDX_LINUX,
    way=Way.IOEVENTFD,
    worker=Worker.IOTHREAD,
    rearm=Rearm.EACH,
    cq_reads_shadow=True,
    interrupt=Interrupt.EACH,
    opcode=DBBUF_CONFIG,
    event_loop=True,
)
