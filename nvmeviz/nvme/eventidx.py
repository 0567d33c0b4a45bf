"""The EventIdx rules: may the guest stay silent after it moved an index from `old` to `new`?

Both rules use the 16-bit arithmetic of their source. Linux and SPDK differ only when EventIdx
equals the new value: SPDK (and the example in the specification) rings, Linux does not.
"""

from __future__ import annotations

_MASK = 0xFFFF


def linux_rings(eventidx: int, new: int, old: int) -> bool:
    """True when the MMIO doorbell must be written. Linux drivers/nvme/host/pci.c
    nvme_dbbuf_need_event.
    """
    return (new - eventidx - 1) & _MASK < (new - old) & _MASK


def spec_rings(eventidx: int, new: int, old: int) -> bool:
    """The same in SPDK lib/nvme/nvme_pcie_internal.h and in Base Specification 2.2, Annex B.5
    (example).
    """
    return (new - eventidx) & _MASK <= (new - old) & _MASK
