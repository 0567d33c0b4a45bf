"""Drives the program without Qt: messages in, effects performed at once, state out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.app.effects import perform
from nvmeviz.app.messages import Opened, Tick
from nvmeviz.app.opening import LOOKAHEAD_NS
from nvmeviz.app.runs import simulated_run
from nvmeviz.app.state import initial_state
from nvmeviz.app.update import update
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.scenario.toml import load_scenario, with_settings

if TYPE_CHECKING:
    from nvmeviz.app.effects import Effect
    from nvmeviz.app.messages import Message
    from nvmeviz.app.state import AppState

FRAME_NS = 16_666_667


def settle(state: AppState, effects: tuple[Effect, ...]) -> AppState:
    """Perform effects and what follows from them."""
    waiting = list(effects)
    while waiting:
        answer = perform(waiting.pop(0))
        if answer is not None:
            state, more = update(state, answer)
            waiting += more
    return state


def send(state: AppState, *messages: Message) -> AppState:
    """The state after messages and their effects."""
    for message in messages:
        state = settle(*update(state, message))
    return state


def opened(source: str, modes: tuple[str, ...] | None = None) -> AppState:
    """The program just after opening."""
    return settle(*initial_state(source, modes))


def ticks(state: AppState, count: int) -> AppState:
    """Some frames later."""
    return send(state, *[Tick(FRAME_NS)] * count)


def changed(source: str, mode: str, *settings: str) -> AppState:
    """The program just after opening a scenario in one mode, with settings as `--set` takes them."""
    scenario = with_settings(load_scenario(source, MODE_BY_NAME), settings)
    known_ns = scenario.show_from_ns + LOOKAHEAD_NS
    run = simulated_run(0, scenario, MODE_BY_NAME[mode], known_ns)
    state, _ = initial_state(source, (mode,))
    return send(state, Opened(source, state.opening, (run,)))
