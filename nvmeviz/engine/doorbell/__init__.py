"""The registry of doorbell modes: one file and one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.engine.doorbell import batched, dbbuf_qemu71, dbbuf_qemu80, google_2016, mmio_trap

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

MODES: tuple[DoorbellMode, ...] = (
    mmio_trap.MODE,
    batched.MODE,
    google_2016.MODE,
    dbbuf_qemu71.MODE,
    dbbuf_qemu80.MODE,
)

MODE_BY_NAME: dict[str, DoorbellMode] = {mode.name: mode for mode in MODES}
