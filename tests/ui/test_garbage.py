"""Garbage is looked for on the window's thread, and nowhere else."""

from __future__ import annotations

import gc
import threading

import pytest

from nvmeviz.ui.application import Session
from nvmeviz.ui.garbage import GarbageCollector


class Ring:
    """Garbage that only the collector finds; tells which thread took it down."""

    def __init__(self, told: list[int]) -> None:
        self.self, self.told = self, told

    def __del__(self) -> None:
        self.told.append(threading.get_ident())


@pytest.fixture
def collector(qtbot):
    made = GarbageCollector()
    yield made
    made.close()


def litter(told, kept):
    """Among more than the youngest generation may hold."""
    Ring(told)
    kept += [[n] for n in range(5 * gc.get_threshold()[0])]
    Ring(told)


def test_a_worker_takes_down_nothing_and_the_window_all(qtbot, collector):
    told: list[int] = []
    kept: list[list[int]] = []  # with the youngest generation full Python would look at once
    worker = threading.Thread(target=litter, args=(told, kept))
    worker.start()
    worker.join()
    assert told == []
    qtbot.waitUntil(lambda: len(told) == 2)
    assert set(told) == {threading.get_ident()}


def test_what_grew_old_is_found_too(qtbot, collector, monkeypatch):
    told: list[int] = []
    ring = Ring(told)
    gc.collect()
    del ring
    rounds = (gc.get_threshold()[1] + 1) * (gc.get_threshold()[2] + 2)
    for _ in range(rounds):
        kept = [[n] for n in range(2 * gc.get_threshold()[0])]
        collector.look()
        del kept
    assert told == [threading.get_ident()]


def test_python_looks_for_it_again_afterwards(qtbot):
    made = GarbageCollector()
    assert not gc.isenabled()
    made.close()
    assert gc.isenabled()


def test_a_window_brings_one_along(qtbot, monkeypatch, tmp_path):
    monkeypatch.setenv("NVMEVIZ_CONFIG_DIR", str(tmp_path))
    session = Session("first-steps")
    qtbot.addWidget(session.window)
    assert not gc.isenabled()
    session.close()
    assert gc.isenabled()
