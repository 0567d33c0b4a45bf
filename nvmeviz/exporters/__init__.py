"""The registry of formats that a run can be written in: one file and one row each."""

from __future__ import annotations

from nvmeviz.exporters.formats import commands_csv, events_csv, perfetto, qemu_log

EXPORTERS = (
    perfetto.EXPORTER,
    events_csv.EXPORTER,
    commands_csv.EXPORTER,
    qemu_log.EXPORTER,
)

EXPORTER_BY_NAME = {exporter.name: exporter for exporter in EXPORTERS}
