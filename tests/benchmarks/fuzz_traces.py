"""Traces made wrong at random for as long as is wished; what is found is kept in files.

python -m tests.benchmarks.fuzz_traces [SECONDS [SEED]]

Every example is checked as the property tests check theirs (`tests.importers.survival`). A failure is
printed with its mutations, and its files are left in the folder that is named.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

from tests.importers.mutations import MUTATIONS, WRAPPINGS, mutated, texts
from tests.importers.survival import survive

SLOW_S = 5.0  # an example that takes longer is a finding too


def example(draw: random.Random, folder: Path) -> tuple[list[str], str]:
    """One or several files with mutations, and what was done to them."""
    paths: list[str] = []
    words: list[str] = []
    for number in range(draw.choice((1, 1, 1, 2, 2, 3))):
        name, text = draw.choice(texts())
        steps = [
            (draw.randrange(len(MUTATIONS)), draw.randrange(1 << 16), draw.randrange(1 << 24))
            for _ in range(draw.choice((0, 1, 1, 2, 3, 5, 8, 20, 100)))
        ]
        wrapping = draw.choice((0, 0, 0, draw.randrange(len(WRAPPINGS))))
        path = folder / f"{number}.log"
        path.write_bytes(WRAPPINGS[wrapping](mutated(text, steps)))
        paths.append(str(path))
        words.append(f"{name!r}, {steps}, wrapping {wrapping}")
    return paths, "\n  ".join(words)


def main(seconds: float = 60.0, seed: int = 0) -> int:
    """Run; returns how many examples failed."""
    warnings.simplefilter("error")
    folder = Path(tempfile.mkdtemp(prefix="fuzz-traces-"))
    results: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seed += 1
        here = folder / str(seed)
        here.mkdir()
        paths, words = example(random.Random(seed), here)
        began = time.monotonic()
        try:
            imported = survive(paths)
        except Exception:
            results["failed"] += 1
            print(f"seed {seed}, files in {here}:\n  {words}\n{traceback.format_exc()}")
            continue
        if time.monotonic() - began > SLOW_S:
            results["slow"] += 1
            print(f"seed {seed} took {time.monotonic() - began:.1f} s, files in {here}:\n  {words}")
            continue
        results["refused" if imported is None else "read"] += 1
        for path in paths:
            Path(path).unlink()
        here.rmdir()
    print(dict(results))
    return results["failed"]


if __name__ == "__main__":
    seconds, seed = [*sys.argv[1:], "60", "0"][:2] if len(sys.argv) != 2 else (sys.argv[1], "0")
    raise SystemExit(main(float(seconds), int(seed)) > 0)
