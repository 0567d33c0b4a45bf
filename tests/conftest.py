"""What holds for every test: no display, no file of the user's, the same examples in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

BENCHMARKS = Path(__file__).parent / "benchmarks"

# Before anything imports Qt. `./dev test` on a desktop opens no windows.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A shared machine may be slow at any moment: no deadline. In CI the same examples each time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Benchmarks run only when they are named: `./dev bench`."""
    if collection_path != BENCHMARKS:
        return None
    here = config.invocation_params.dir
    named = (Path(here, arg.partition("::")[0]).resolve() for arg in config.args)
    return None if any(path.is_relative_to(BENCHMARKS) for path in named) else True


@pytest.fixture(autouse=True)
def _own_config_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and cached files lie in folders of the test's own."""
    monkeypatch.setenv("NVMEVIZ_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("NVMEVIZ_CACHE_DIR", str(tmp_path / "cache"))
