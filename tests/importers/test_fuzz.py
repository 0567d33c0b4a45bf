"""No file whatever breaks the importers: real logs made wrong in every way give a result or a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nvmeviz.engine.core import COMPILED
from tests.importers.mutations import MUTATIONS, WRAPPINGS, mutated, texts
from tests.importers.survival import fingerprint, survive

MUTATION = st.tuples(
    st.integers(0, len(MUTATIONS) - 1), st.integers(0, (1 << 16) - 1), st.integers(0, (1 << 24) - 1)
)
TEXT = st.builds(
    mutated, st.sampled_from([text for _, text in texts()]), st.lists(MUTATION, max_size=12)
)
FILE = st.builds(lambda text, wrapping: wrapping(text), TEXT, st.sampled_from(WRAPPINGS))
PATIENT = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
EXAMPLES = settings(max_examples=150 if COMPILED else 60, suppress_health_check=PATIENT)


def written(folder: str, files: list[bytes]) -> list[str]:
    """The paths of files with these bytes."""
    paths = [Path(folder, f"{number}.log") for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    return [str(path) for path in paths]


@EXAMPLES
@given(file=FILE)
def test_a_file_gives_runs_that_fold_or_a_sentence(file: bytes):
    with tempfile.TemporaryDirectory() as folder:
        survive(written(folder, [file]))


@settings(EXAMPLES, max_examples=60 if COMPILED else 20)
@given(files=st.lists(TEXT, min_size=2, max_size=3))
def test_several_files_give_runs_that_fold_or_a_sentence(files: list[bytes]):
    with tempfile.TemporaryDirectory() as folder:
        survive(written(folder, files))


@EXAMPLES
@given(
    data=st.binary(max_size=600),
    front=st.sampled_from([b"", b"1@2.000003:pci_nvme_", b" x-1 [0] 1.0: nvme_sq:", b"\xff\xfe"]),
)
def test_any_bytes_at_all_give_a_sentence_or_runs(data: bytes, front: bytes):
    with tempfile.TemporaryDirectory() as folder:
        survive(written(folder, [front + data]))


@pytest.mark.skipif(not COMPILED, reason="nothing to compare with")
@settings(max_examples=4, suppress_health_check=PATIENT)
@given(groups=st.lists(st.lists(FILE, min_size=1, max_size=2), min_size=8, max_size=12))
def test_compiled_and_uncompiled_read_the_same(groups: list[list[bytes]]):
    with tempfile.TemporaryDirectory() as folder:
        lists: list[list[str]] = []
        for number, files in enumerate(groups):
            here = Path(folder, str(number))
            here.mkdir()
            lists.append(written(str(here), files))
        told = subprocess.run(
            [sys.executable, "-m", "tests.importers.survival", *map("|".join, lists)],
            env={**os.environ, "NVMEVIZ_PURE": "1"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.stderr == ""
        assert told.stdout.split() == [fingerprint(paths) for paths in lists]
