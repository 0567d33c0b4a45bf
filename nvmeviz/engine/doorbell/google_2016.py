"""Google's vendor command of 2014 to 2016, the ancestor of Doorbell Buffer Config."""

from nvmeviz.engine.mode import GOOGLE_DOORBELLS, Announce, DoorbellMode, Rearm, Sleep

MODE = DoorbellMode(
    name="google_2016",
    title="Shadow doorbells + EventIdx",
    subtitle="Google's VMM: EventIdx once a batch, ahead of the guest",
    sentence="The guest stores its tail in shared memory and traps only when it passes EventIdx, a "
    "hint that the controller moves ahead once a batch while it is awake.",
    source="QEMU fork commit 162ec6479447 (admin opcode C0h, Sep 2014); Helen Koike, Collabora, "
    "23 Aug 2016 (the hint how many commands may go unrung); Linux commit f9f38e33389c",
    limits="How long the controller looks around before it sleeps was never published; the time is "
    "a setting of the scenario (doorbell.poll_window). EventIdx is set half a ring ahead. A guest "
    "whose driver lacks the command (machine.plain_guests) rings every doorbell.",
    announce=Announce.EVENTIDX_LINUX,
    rearm=Rearm.AHEAD,
    sleep=Sleep.ADAPTIVE,
    opcode=GOOGLE_DOORBELLS,
)
