"""Ring once every X commands, or after a time limit."""

from nvmeviz.engine.mode import Announce, DoorbellMode

MODE = DoorbellMode(
    name="batched",
    title="Batched doorbells",
    subtitle="ring once every X commands, or when time is up",
    sentence="The guest lets commands pile up and writes the doorbell once for X of them; a timer "
    "rings for those that waited too long.",
    source='Helen Koike, "Increased performance of emulated NVMe devices", Collabora, 23 Aug 2016, '
    "which names it as the simpler of two ways to trap less",
    limits="Commands wait for their batch, so latency rises when few are in flight. No driver in "
    "mainline Linux has the time limit; it is ours, so that a lone command is not stuck.",
    announce=Announce.BATCH,
    event_loop=True,
)
