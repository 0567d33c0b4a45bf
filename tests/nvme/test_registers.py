"""Doorbell offsets as the specification's formula gives them."""

from __future__ import annotations

import pytest

from nvmeviz.nvme.registers import cq_head_doorbell, sq_tail_doorbell


@pytest.mark.parametrize(
    ("qid", "dstrd", "sq", "cq"),
    [
        (0, 0, 0x1000, 0x1004),
        (1, 0, 0x1008, 0x100C),
        (3, 0, 0x1018, 0x101C),
        (1, 2, 0x1020, 0x1030),
    ],
)
def test_doorbell_offsets(qid: int, dstrd: int, sq: int, cq: int):
    assert sq_tail_doorbell(qid, dstrd) == sq
    assert cq_head_doorbell(qid, dstrd) == cq
