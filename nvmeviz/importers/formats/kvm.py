"""The host kernel's KVM events, Intel and AMD. Linux include/trace/events/kvm.h and
arch/x86/kvm/trace.h.

Where a doorbell is trapped stands in `kvm_mmio` (the exit itself does not know the address on Intel);
an eventfd of length 0 leaves `kvm_fast_mmio` instead. Newer kernels put the vCPU in front.
"""

from __future__ import annotations

from nvmeviz.importers import records as r
from nvmeviz.importers.format import Event, Format

# Intel's reasons are in capitals, AMD's in small letters.
REASONS = {
    "EPT_MISCONFIG": r.REASON_MMIO,
    "EPT_VIOLATION": r.REASON_MMIO,
    "npf": r.REASON_MMIO,
    "EXTERNAL_INTERRUPT": r.REASON_INTERRUPT,
    "PENDING_INTERRUPT": r.REASON_INTERRUPT,
    "INTERRUPT_WINDOW": r.REASON_INTERRUPT,
    "interrupt": r.REASON_INTERRUPT,
    "vintr": r.REASON_INTERRUPT,
    "HLT": r.REASON_HALT,
    "hlt": r.REASON_HALT,
}
WAYS = {"read": 0, "write": 1}

FORMAT = Format(
    name="kvm",
    words="the host's KVM events (kvm_exit, kvm_entry, kvm_mmio ...)",
    events=(
        Event("kvm_exit", r.K_EXIT, ("vcpu",), "", ("B", REASONS)),
        Event("kvm_entry", r.K_ENTRY, ("vcpu",)),
        Event("kvm_mmio", r.K_MMIO, ("gpa", "val", "len"), "AB", ("D", WAYS)),
        Event("kvm_fast_mmio", r.K_FAST_MMIO, ("gpa",), "A"),
        Event("kvm_userspace_exit", r.K_USERSPACE, (1,), "A"),
        Event("kvm_msi_set_irq", r.K_MSI, ("vec",), "A"),
        Event("kvm_apic_accept_irq", r.K_OTHER),
        Event("kvm_inj_virq", r.K_OTHER),
        Event("kvm_eoi", r.K_OTHER),
        Event("kvm_pv_eoi", r.K_OTHER),
        Event("kvm_set_irq", r.K_OTHER),
        Event("kvm_msr", r.K_OTHER),
        Event("kvm_pio", r.K_OTHER),
        Event("kvm_page_fault", r.K_OTHER),
        Event("kvm_vcpu_wakeup", r.K_OTHER),
        Event("kvm_halt_poll_ns", r.K_OTHER),
    ),
)
