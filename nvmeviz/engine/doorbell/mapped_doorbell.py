"""The doorbell page itself is shared memory that a poller reads."""

from nvmeviz.engine.mode import Announce, DoorbellMode, Sleep, Way, Worker

MODE = DoorbellMode(
    name="mapped_doorbell",
    title="Mapped doorbells",
    subtitle="SPDK vfio-user: BAR0 is plain memory, read by a poller",
    sentence="The page with the doorbell registers is mapped into the guest as ordinary memory: "
    "ringing is a store, nothing traps, and a poller of the host sees it in its next sweep.",
    source="SPDK lib/nvmf/vfio_user.c, polling mode; safl.dk notebook, 2 Sep 2025",
    limits="The poller may never sleep: nobody tells it. Shadow doorbells are not offered. The admin "
    "queue is simulated as trapping, though nothing is sent to it here.",
    announce=Announce.EVERY,
    way=Way.MAPPED,
    worker=Worker.POLLER,
    sleep=Sleep.NEVER,
)
