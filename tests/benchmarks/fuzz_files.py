"""Scenarios, settings and recordings made wrong at random for as long as is wished.

python -m tests.benchmarks.fuzz_files scenario|settings|recording|replay [SECONDS [SEED]]

A failure is printed with its damages, and its file is left in the folder that is named.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

from nvmeviz.app.settings import FILE
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.toml import load_scenario
from tests.app import damage

SLOW_S = 5.0  # an example that takes longer is a finding too


def survives(what: str, seed: int, here: Path, whole: bytes) -> bool:
    """Make one example and look at it; False when it was refused."""
    draw = random.Random(seed)
    count = draw.choice((1, 1, 2, 3, 5, 8, 20))
    damages = [
        (draw.randrange(40), draw.randrange(1 << 16), draw.randrange(1 << 20)) for _ in range(count)
    ]
    (here / "damages").write_text(repr(damages))
    if what == "scenario":
        text = draw.choice(damage.scenario_texts())
        path = here / "x.toml"
        path.write_bytes(damage.text_damaged(text, damages))
        return damage.survive_scenario(path)
    if what == "settings":
        (here / FILE).write_bytes(damage.text_damaged(whole, damages))
        return damage.survive_settings(here, load_scenario("first-steps", MODE_BY_NAME))
    path = here / "x.nvmeviz"
    path.write_bytes(damage.archive_damaged(whole, damages))
    if what == "replay":
        return damage.survive_replay(path)
    return damage.survive_recording(path, here)


def main(what: str, seconds: float = 60.0, seed: int = 0) -> int:
    """Run; returns how many examples failed."""
    warnings.simplefilter("error")
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{what}-"))
    os.environ["NVMEVIZ_CACHE_DIR"] = str(folder / "cache")
    whole = damage.settings_text(folder) if what == "settings" else damage.recording_bytes(folder)
    results: Counter[str] = Counter()
    seen: set[str] = set()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seed += 1
        here = folder / str(seed)
        here.mkdir()
        (folder / "now").write_text(str(seed))  # should the process itself die of it
        began = time.monotonic()
        try:
            read = survives(what, seed, here, whole)
        except Exception as error:
            results["failed"] += 1
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__} {place.filename} {place.lineno}"
            if kind not in seen:
                seen.add(kind)
                print(f"seed {seed}, files in {here}:\n{traceback.format_exc()}", flush=True)
            continue
        if time.monotonic() - began > SLOW_S:
            results["slow"] += 1
            print(f"seed {seed} took {time.monotonic() - began:.1f} s, files in {here}", flush=True)
            continue
        results["read" if read else "refused"] += 1
        for path in here.iterdir():
            path.unlink()
        here.rmdir()
    print(what, dict(results))
    return results["failed"]


if __name__ == "__main__":
    what, seconds, seed, *_ = [*sys.argv[1:], *("scenario", "60", "0")[len(sys.argv) - 1 :]]
    raise SystemExit(main(what, float(seconds), int(seed)) > 0)
