"""The frame clock keeps time and rests; the store tells only of changes."""

from __future__ import annotations

import time

from nvmeviz.app.effects import Open
from nvmeviz.app.messages import Pause, TogglePlay
from nvmeviz.app.state import initial_state
from nvmeviz.ui.clock import FRAME_NS, FrameClock
from nvmeviz.ui.effect_runner import EffectRunner
from nvmeviz.ui.store import Store


def test_ticks_add_up_to_the_time_that_passed(qtbot):
    """On whatever machine: each tick is the time since the one before, and nothing is left out."""
    read: list[int] = []
    ticks: list[int] = []
    fired: list[int] = []

    def now_ns() -> int:
        read.append(time.monotonic_ns())
        return read[-1]

    def on_frame(dt_ns: int) -> bool:
        ticks.append(dt_ns)
        fired.append(read[-1])
        return len(ticks) < 20

    clock = FrameClock(on_frame, now_ns)
    clock.request()
    qtbot.waitUntil(lambda: len(ticks) == 20, timeout=30_000)
    assert ticks[0] == FRAME_NS
    assert sum(ticks[1:]) == fired[-1] - fired[0]
    assert not clock.running


def test_after_a_rest_the_first_tick_is_one_frame(qtbot):
    ticks = []
    clock = FrameClock(lambda dt: ticks.append(dt) or False)
    clock.request()
    qtbot.waitUntil(lambda: len(ticks) == 1)
    qtbot.wait(120)
    clock.request()
    qtbot.waitUntil(lambda: len(ticks) == 2)
    assert ticks == [FRAME_NS, FRAME_NS]


def test_the_store_tells_of_changes_only(qtbot):
    state, _ = initial_state("first-steps")
    store = Store(state, EffectRunner())
    told = []
    store.changed.connect(lambda: told.append(store.state))
    store.dispatch(TogglePlay())
    assert len(told) == 1
    assert not store.state.playing
    store.dispatch(Pause())
    assert not store.state.playing


def test_an_effect_answers_on_this_thread_in_a_later_turn(qtbot):
    runner = EffectRunner()
    with qtbot.waitSignal(runner.replied) as answer:
        runner.run(Open("no-such-scenario", 1))
        assert not answer.signal_triggered
    assert "no-such-scenario" in answer.args[0].text
    runner.close()
    runner.run(Open("no-such-scenario", 1))
    with qtbot.assertNotEmitted(runner.replied, wait=50):
        pass
