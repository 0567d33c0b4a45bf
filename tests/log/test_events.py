"""The vocabulary is whole: one row a kind, and nothing in two places."""

from __future__ import annotations

import re

from nvmeviz.log import kinds
from nvmeviz.log.events import EVENT, KIND_BY_NAME, KIND_BY_NUMBER, KINDS

NOT_KINDS = re.compile(
    r"EXIT_|BY_|DOORBELL_|POLL_|FETCH_|CQE_|OP_|DRAINED$|INFERRED$|CLOCK_GUESSED$|LOST_BEFORE$|NO_QUEUE$"
)


def test_every_kind_has_one_row_named_like_its_constant():
    numbers = {n: v for n, v in vars(kinds).items() if n.isupper() and not NOT_KINDS.match(n)}
    assert {row.name.upper(): row.kind for row in KINDS} == numbers
    assert len(KIND_BY_NUMBER) == len(KIND_BY_NAME) == len(KINDS)


def test_an_event_is_32_bytes_without_gaps():
    assert EVENT.itemsize == 32
    assert sum(EVENT[name].itemsize for name in EVENT.names or ()) == 32


def test_kinds_fit_their_field():
    assert all(0 < row.kind < 256 for row in KINDS)
    assert all(row.words for row in KINDS)
