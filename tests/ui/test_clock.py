"""The frame clock keeps time and rests; the store tells only of changes."""

from __future__ import annotations

from nvmeviz.app.effects import Open
from nvmeviz.app.messages import Pause, TogglePlay
from nvmeviz.app.state import initial_state
from nvmeviz.ui.clock import FRAME_NS, FrameClock
from nvmeviz.ui.effect_runner import EffectRunner
from nvmeviz.ui.store import Store


def test_ticks_add_up_to_the_time_that_passed(qtbot):
    import time

    ticks = []
    clock = FrameClock(lambda dt: ticks.append(dt) or len(ticks) < 20)
    start = time.monotonic_ns()
    clock.request()
    qtbot.waitUntil(lambda: len(ticks) == 20, timeout=3000)
    passed = time.monotonic_ns() - start
    assert ticks[0] == FRAME_NS
    assert sum(ticks[1:]) <= passed
    assert sum(ticks[1:]) >= 18 * FRAME_NS * 0.9
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
