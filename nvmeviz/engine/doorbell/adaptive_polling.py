"""A controller that polls while there is work and sleeps when there is none."""

from nvmeviz.engine.mode import DBBUF_CONFIG, Announce, CqRearm, DoorbellMode, Rearm, Sleep, Worker

MODE = DoorbellMode(
    name="adaptive_polling",
    title="Adaptive polling",
    subtitle="SPDK-like: EventIdx off while polling, armed before sleep",
    sentence="While the controller polls, EventIdx asks for no doorbell; before it sleeps it sets "
    "EventIdx to the tail and looks once more, so that nothing is lost.",
    source="SPDK lib/nvmf/vfio_user.c, commit 3b047a6162 (Mar 2022), interrupt mode",
    limits="EventIdx FFFFh still rings once per turn of the ring. How long it polls is a setting "
    "(doorbell.poll_window). SPDK's delayed interrupts (adaptive irq) are not simulated.",
    announce=Announce.EVENTIDX_LINUX,
    worker=Worker.POLLER,
    rearm=Rearm.OFF,
    cq_rearm=CqRearm.OFF,
    sleep=Sleep.ADAPTIVE,
    opcode=DBBUF_CONFIG,
)
