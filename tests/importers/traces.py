"""The runs to test with: the samples that come with the program, and the larger set beside the
checkout where it is there.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[2] / "resources" / "sample_traces"
SHARED = Path(__file__).parents[3] / "shared" / "traces"


@dataclass(frozen=True)
class Case:
    """One recorded run and what an independent script counted in it."""

    name: str
    qemu: str
    guest: str | None
    counts: dict[str, Any]

    @property
    def files(self) -> list[str]:
        """All its files."""
        return [self.qemu, *([self.guest] if self.guest else [])]


def _sample(folder: Path) -> Case:
    files = {file.name.split(".")[0]: str(file) for file in folder.iterdir()}
    counts = json.loads((folder / "counts.json").read_text(encoding="utf-8"))
    return Case(folder.name, files["qemu"], files.get("guest"), counts)


def _shared(folder: Path) -> Case:
    truth = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["ground_truth"]
    guest = folder / "guest-ftrace.txt.gz"
    return Case(folder.name, str(folder / "qemu-trace.log.gz"), str(guest), truth)


def sample(name: str) -> Case:
    """One of the samples."""
    return _sample(SAMPLES / name)


def all_cases() -> list[Case]:
    """Every run there is."""
    samples = [_sample(folder) for folder in sorted(SAMPLES.iterdir()) if folder.is_dir()]
    slow = os.environ.get("NVMEVIZ_PURE", "0") not in ("", "0")
    shared = sorted(SHARED.iterdir()) if SHARED.is_dir() and not slow else []
    return samples + [_shared(folder) for folder in shared if (folder / "meta.json").is_file()]
