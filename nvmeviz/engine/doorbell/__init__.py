"""The registry of doorbell modes: one file and one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.engine.doorbell import (
    adaptive_polling,
    batched,
    dbbuf_ioeventfd,
    dbbuf_iothread,
    dbbuf_qemu71,
    dbbuf_qemu80,
    eventidx_behind,
    google_2016,
    mapped_doorbell,
    mmio_trap,
    passthrough,
    passthrough_posted,
    polling,
)

if TYPE_CHECKING:
    from nvmeviz.engine.mode import DoorbellMode

MODES: tuple[DoorbellMode, ...] = (
    mmio_trap.MODE,
    batched.MODE,
    google_2016.MODE,
    dbbuf_qemu71.MODE,
    dbbuf_qemu80.MODE,
    dbbuf_ioeventfd.MODE,
    dbbuf_iothread.MODE,
    polling.MODE,
    adaptive_polling.MODE,
    eventidx_behind.MODE,
    mapped_doorbell.MODE,
    passthrough.MODE,
    passthrough_posted.MODE,
)

MODE_BY_NAME: dict[str, DoorbellMode] = {mode.name: mode for mode in MODES}
