"""Traces of real machines, read into the same events that the engine writes.

`IMPORTERS` is the registry of formats; `read.read_traces` reads files.
"""

from __future__ import annotations

from nvmeviz.importers.formats import kvm, linux_guest, qemu_log

IMPORTERS = (qemu_log.FORMAT, linux_guest.FORMAT, kvm.FORMAT)
