"""Real hardware, interrupts forwarded by the host."""

from nvmeviz.engine.mode import Announce, DoorbellMode, Way, Worker

MODE = DoorbellMode(
    name="passthrough",
    title="Pass-through",
    subtitle="SR-IOV: the card serves the guest; the host forwards interrupts",
    sentence="The card shows several NVMe devices and each guest has one of its own: doorbells and "
    "data go past the VMM. Only interrupts still pass through the host.",
    source="Linux drivers/vfio; SR-IOV cards such as Diamanti's; facts of KVM's external-interrupt "
    "exit: arch/x86/kvm/vmx",
    limits="The guest cannot be moved, copied or throttled by the VMM. The hardware's own limits are "
    "those of the device section.",
    announce=Announce.EVERY,
    way=Way.REGISTER,
    worker=Worker.HARDWARE,
)
