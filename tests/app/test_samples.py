"""The samples that come with the program open by name, in the window's chooser and elsewhere."""

from __future__ import annotations

import pytest

from nvmeviz.app.measured import trace_files
from nvmeviz.app.opening import open_source
from nvmeviz.app.samples import files_of_sample, samples


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.source)
def test_every_sample_opens_by_its_name(sample):
    found = open_source(sample.source)
    assert found.runs[0].provenance == "measured"
    assert len(found.runs[0].log) > 1000
    assert found.base.title == sample.title
    assert found.panes[0].mode == sample.mode, "its picture shows what is found in it"
    assert found.panes[0].recording.startswith(f"{sample.source}#")
    assert sample.title.startswith("Real trace")
    assert len(sample.sentence) < 120


def test_a_sample_with_a_guest_is_read_from_both_files():
    assert [file.rsplit("/", 1)[1] for file in trace_files("sample:linux-dbbuf-qd16")] == [
        "qemu.log.xz",
        "guest.txt.xz",
    ]


@pytest.mark.parametrize("name", ["sample:", "sample:nothing", "sample:../scenarios", "linux"])
def test_what_is_no_sample_has_no_files(name):
    assert files_of_sample(name) == ()
