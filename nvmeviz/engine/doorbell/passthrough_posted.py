"""Real hardware, interrupts posted by the IOMMU."""

from nvmeviz.engine.mode import Announce, DoorbellMode, Way, Worker

MODE = DoorbellMode(
    name="passthrough_posted",
    title="Pass-through, posted interrupts",
    subtitle="SR-IOV: neither doorbell nor interrupt stops the guest",
    sentence="As with pass-through, and the IOMMU posts the card's interrupts straight to the running "
    "vCPU, so that no exit is left.",
    source="Intel VT-d posted interrupts; Linux tag x86-irq-2024-05-12 (+10 to 130 % on bare metal)",
    limits="A halted vCPU still has to be woken by the host. The guest cannot be moved, copied or "
    "throttled by the VMM.",
    announce=Announce.EVERY,
    way=Way.REGISTER,
    worker=Worker.HARDWARE,
    posted=True,
)
