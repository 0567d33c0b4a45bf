"""Ring arithmetic against a plain list of slots."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nvmeviz.nvme import ring

sizes = st.integers(ring.MIN_SLOTS, 70)


@given(sizes, st.data())
def test_a_ring_is_a_window_over_endless_slots(size: int, data: st.DataObject):
    head = data.draw(st.integers(0, 500))
    tail = head + data.draw(st.integers(0, size - 1))
    inside = {i % size for i in range(head, tail)}
    h, t = head % size, tail % size
    assert ring.used(h, t, size) == len(inside) == tail - head
    assert ring.is_full(h, t, size) == (tail - head == size - 1)
    assert {slot for slot in range(size) if ring.contains(h, t, slot, size)} == inside
    assert ring.advance(h, size, tail - head) == t
