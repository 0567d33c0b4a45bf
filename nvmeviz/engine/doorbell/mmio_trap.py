"""Every doorbell is an MMIO write that traps."""

from nvmeviz.engine.mode import Announce, DoorbellMode

MODE = DoorbellMode(
    name="mmio_trap",
    title="MMIO doorbells",
    subtitle="every doorbell write traps to the VMM",
    sentence="The guest writes the doorbell register for every command and after every interrupt; "
    "each write stops its vCPU until the VMM has handled it.",
    source="NVMe 1.0e, 3.1.10-11; Linux drivers/nvme/host/pci.c and arch/x86/kvm (EPT misconfig exit); "
    "QEMU hw/nvme/ctrl.c up to 7.0 (timers) and d38cc6fd1caf (bottom halves, 7.2)",
    limits="machine.kick chooses QEMU's timers or bottom halves. The exit goes to user space; an "
    "in-kernel exit is cheaper.",
    announce=Announce.EVERY,
    event_loop=True,
)
