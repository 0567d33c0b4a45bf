"""A controller that polls the shadow buffers and never sleeps."""

from nvmeviz.engine.mode import (
    DBBUF_CONFIG,
    Announce,
    DoorbellMode,
    Interrupt,
    Rearm,
    Sleep,
    Worker,
)

MODE = DoorbellMode(
    name="polling",
    title="Polling controller",
    subtitle="shadow doorbells, a thread that polls and never sleeps",
    sentence="The controller looks at the shared tails again and again, so the guest need not ring: a "
    "processor of the host is spent instead.",
    source="nvme-mdev (Maxim Levitsky, linux-nvme, 2 May 2019); Jinhao Fan, QEMU polling series "
    "(qemu-devel, Aug 2022): EventIdx is not updated while it polls",
    limits="EventIdx is never written, so the guest rings once per turn of the ring, which nobody "
    "needs. One processor a poller is busy for ever. On a machine with QEMU's event loops the poller "
    "is an IOThread and works in passes.",
    announce=Announce.EVENTIDX_LINUX,
    worker=Worker.POLLER,
    rearm=Rearm.NEVER,
    sleep=Sleep.NEVER,
    interrupt=Interrupt.EACH,
    opcode=DBBUF_CONFIG,
    event_loop=True,
)
