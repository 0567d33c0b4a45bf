"""Doorbell registers and Doorbell Buffer Config: offsets and opcodes. NVMe 1.3, 3.1.12-13 and
5.7.
"""

from __future__ import annotations

DOORBELL_BASE = 0x1000
ADMIN_DOORBELL_BUFFER_CONFIG = 0x7C  # NVMe 1.3, 5.7
ADMIN_GOOGLE_SET_DOORBELL_MEMORY = 0xC0  # vendor command of 2014, before the standard
NVM_WRITE = 0x01
NVM_READ = 0x02


def sq_tail_doorbell(qid: int, dstrd: int = 0) -> int:
    """Offset in BAR0 of the SQ's tail doorbell. NVMe 1.3, 3.1.12: 1000h + 2y * (4 << CAP.DSTRD)."""
    return DOORBELL_BASE + 2 * qid * (4 << dstrd)


def cq_head_doorbell(qid: int, dstrd: int = 0) -> int:
    """Offset in BAR0 of the CQ's head doorbell. NVMe 1.3, 3.1.13."""
    return DOORBELL_BASE + (2 * qid + 1) * (4 << dstrd)
