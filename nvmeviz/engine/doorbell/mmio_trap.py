"""Every doorbell is an MMIO write that traps."""

from nvmeviz.engine.mode import Announce, DoorbellMode

MODE = DoorbellMode(
    name="mmio_trap",
    title="MMIO doorbells",
    subtitle="every doorbell write traps to the VMM",
    sentence="The guest writes the doorbell register for every command and after every interrupt; "
    "each write stops its vCPU until the VMM has handled it.",
    source="NVMe 1.0e, 3.1.10-11; Linux drivers/nvme/host/pci.c; Linux arch/x86/kvm (EPT misconfig exit)",
    limits="The exit goes to user space, as in QEMU without ioeventfd; an in-kernel exit is cheaper.",
    announce=Announce.EVERY,
)
