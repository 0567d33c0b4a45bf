"""One file of an import: its records block by block, what kind of file it is, what its clock is compared
by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.importers import IMPORTERS
from nvmeviz.importers import records as r
from nvmeviz.importers.base import ImportProblem, Text
from nvmeviz.importers.format import scanner_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from nvmeviz.importers.clock import Told

ROLES = QEMU, GUEST, HOST = "qemu", "guest", "host"
LINE_NS = 1000  # apart are lines of a log that has no times
CHANGED = "The file changed while it was read: stop what writes it, or copy it first."
_KEYS = 200_000  # tellings that clocks are compared by


class TraceFile:
    """One file in the course of an import. keys: (keys, times) by which its clock is compared."""

    def __init__(self, path: str) -> None:
        self.text = Text(path)
        self.scanner = scanner_of(IMPORTERS)
        self.role = ""
        self.offset_ns = 0
        self.timeless = False
        self.commands: list[NDArray[np.int64]] = []
        self.completions: list[NDArray[np.int64]] = []
        self.writes: list[NDArray[np.int64]] = []
        self.kinds = np.zeros(r.KINDS, np.int64)
        self.first_ns = self.last_ns = 0
        self._counts: list[int] = []

    def rows(self) -> Iterator[NDArray[np.int64]]:
        """Records (n, WIDTH) block by block, times rising: what lacks one or goes back is put where
        it stands.
        """
        self.scanner = scanner_of(IMPORTERS)
        last_ns = 0
        for block in self.text.blocks():
            out = np.empty((block.count(b"\n") + 1, r.WIDTH), np.int64)
            rows = out[: self.scanner.scan(block, 0, len(block), out)]
            if not len(rows):
                continue
            times = rows[:, r.T]
            missing = times == r.MISSING
            if missing.any():
                # No times at all: the order is known, so lines stand at even distances.
                times[missing] = rows[missing, r.LINE] * LINE_NS if last_ns < 1 << 50 else last_ns
            times[0] = max(int(times[0]), last_ns)
            np.maximum.accumulate(times, out=times)
            last_ns = int(times[-1])
            yield rows

    def moved(self) -> Iterator[NDArray[np.int64]]:
        """The records by the clock that all files are put on."""
        for rows in self.rows():
            if self.offset_ns:
                rows[:, r.T] += self.offset_ns
            yield rows

    def survey(self, rows: NDArray[np.int64]) -> None:
        """What the first reading keeps of a block."""
        if not self.kinds.any():
            self.first_ns = int(rows[0, r.T])
        self.last_ns = int(rows[-1, r.T])
        self.kinds += np.bincount(rows[:, r.KIND], minlength=r.KINDS)[: r.KINDS]
        kinds = rows[:, r.KIND]
        columns = [r.A, r.B, r.T]
        if sum(map(len, self.commands)) < _KEYS:
            told = rows[np.isin(kinds, (r.R_IO_CMD, r.G_SETUP)) & (rows[:, r.A] > 0)]
            self.commands.append(told[:_KEYS, columns])
            told = rows[np.isin(kinds, (r.R_DONE, r.G_COMPLETE)) & (rows[:, r.A] > 0)]
            self.completions.append(told[:_KEYS, columns])
        if sum(map(len, self.writes)) < _KEYS:
            told = rows[(kinds == r.R_MMIO_WRITE) | ((kinds == r.K_MMIO) & (rows[:, r.D] == 1))]
            self.writes.append(told[:_KEYS, columns])

    def keys(self, rows: list[NDArray[np.int64]], mask: int = -1) -> Told:
        """(keys, times) of records (a, b, t): by the low bits of a, and b."""
        if not rows:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        all_rows = np.concatenate(rows)
        return ((all_rows[:, 0] & mask) << 32) | (all_rows[:, 1] & r.U32), all_rows[:, 2]

    def find_role(self) -> None:
        """What kind of file it is, by most of its records. Raises ImportProblem for none."""
        of_kinds = {
            QEMU: int(self.kinds[:40].sum()),
            GUEST: int(self.kinds[40:50].sum()),
            HOST: int(self.kinds[60:80].sum()),
        }
        self.role = max(of_kinds, key=lambda role: of_kinds[role])
        self._counts = counts = self.scanner.told()
        self.timeless = counts[r.S_TIMELESS] > sum(of_kinds.values()) // 2
        if of_kinds[self.role] == 0:
            raise ImportProblem(_nothing(counts, self.text))

    @property
    def lines(self) -> int:
        """How many lines the first reading found."""
        return self._counts[r.S_LINES]

    def tells_of_commands(self) -> bool:
        """True when it tells of commands being taken or done."""
        return bool(
            self.kinds[[r.R_IO_CMD, r.R_ADMIN_CMD, r.R_DONE, r.G_SETUP, r.G_COMPLETE]].any()
        )

    def tells_of_guest(self) -> bool:
        """True when a guest's kernel speaks in some of its lines."""
        return bool(self.kinds[40:60].any())

    def check_unchanged(self) -> None:
        """ImportProblem when the last reading found something else than the first."""
        if self.scanner.told() != self._counts:
            raise ImportProblem(f"{CHANGED} ({self.text.path})")


def _nothing(counts: list[int], text: Text) -> str:
    if counts[r.S_LINES] == counts[r.S_EMPTY]:
        what = "This file is empty" if counts[r.S_LINES] == 0 else "This file holds no lines"
        return f"{what}: nothing was recorded, or it was not written yet. ({text.path})"
    if counts[r.S_OTHER]:
        return (
            "This trace has no events of NVMe queues in it: record pci_nvme_* (QEMU), nvme:* (guest) "
            f"or kvm:* (host). ({text.path})"
        )
    expected = "TID@SECONDS.MICROS:pci_nvme_... of QEMU, or ftrace and perf script text"
    return f"No line of this file is a trace line; expected: {expected}. ({text.path})"
