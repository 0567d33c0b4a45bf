"""Too fast for the eye: rates and shares, counted right, and words that stand still."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from nvmeviz.app import playback
from nvmeviz.app.messages import (
    ChangeSpeed,
    Pause,
    Place,
    Seek,
    SelectQueue,
    SetPanes,
    SetSpeedPosition,
)
from nvmeviz.app.present import Presenter, present
from nvmeviz.app.present.averaged import short_rate
from nvmeviz.app.present.frame import OUTSIDE, Activity, BatchBox, CellBox, TrapBox
from nvmeviz.app.present.lanes import OF_THREAD, vcpu_now
from nvmeviz.app.present.moment import moment_of
from nvmeviz.app.present.rates import (
    lock_share,
    rates_of,
    thread_shares,
    vcpu_shares,
    window_of,
)
from nvmeviz.engine.doorbell import MODES
from nvmeviz.model import layout
from tests.app.drive import changed, opened, send, ticks

MODE_NAMES = [mode.name for mode in MODES]
FAST = 0.7
UNTIL_NS = 1_600_000


def sampled(run, from_ns: int, until_ns: int, every_ns: int):
    """(state, moment) at many moments of a run, as a slow but plain way to know shares."""
    for t_ns in range(from_ns + every_ns // 2, until_ns, every_ns):
        moment = moment_of(run, t_ns, run.log.count_at(t_ns))
        yield moment.state, moment


@pytest.mark.parametrize(
    "mode", ["mmio_trap", "dbbuf_ioeventfd", "adaptive_polling", "google_2016"]
)
def test_shares_are_those_that_looking_at_many_moments_finds(mode):
    state = changed("gce-local-ssd-2017", mode, "machine.vcpus=2", "machine.trap_handler=main_loop")
    run = state.runs[0]
    w = window_of(moment_of(run, UNTIL_NS, run.log.count_at(UNTIL_NS)))
    seen = {"out": 0, "busy": 0, "hand": 0, "lock": 0}
    acts: list[Activity] = []
    threads: list[Activity] = []
    looks = 0
    for s, moment in sampled(run, w.from_ns, UNTIL_NS, 1_500):
        looks += 1
        seen["out"] += int((np.asarray(s.vcpu_act) == layout.VCPU_EXITED).sum())
        states = np.asarray(s.cmd_state)
        seen["busy"] += int((states == layout.CMD_IN_DEVICE).sum())
        seen["hand"] += int(s.q_fetched[0] - s.q_completed[0])
        seen["lock"] += s.g_lock_owner[0] != layout.LOCK_FREE
        acts.append(vcpu_now(moment, 0))
        threads.append(OF_THREAD[int(s.thr_act[s.q_thread[0]])])
    moment = moment_of(run, UNTIL_NS, run.log.count_at(UNTIL_NS))
    rates = rates_of(moment, 0, w)
    assert rates.guest_outside == pytest.approx(seen["out"] / 2 / looks, abs=0.03)
    assert float(rates.channels.sum()) == pytest.approx(seen["busy"] / looks, rel=0.05, abs=0.1)
    assert rates.in_hand == pytest.approx(seen["hand"] / looks, rel=0.05, abs=0.1)
    assert lock_share(moment, w, 0) == pytest.approx(seen["lock"] / looks, abs=0.04)
    for found, looked in (
        (vcpu_shares(moment, w, [0])[0], acts),
        (thread_shares(moment, w, int(moment.state.q_thread[0])), threads),
    ):
        assert sum(found.values()) == pytest.approx(1.0)
        out = sum(looked.count(activity) for activity in OUTSIDE) / looks
        assert sum(found.get(one, 0.0) for one in OUTSIDE) == pytest.approx(out, abs=0.05)
        for activity in set(Activity) - set(OUTSIDE):
            if activity in (Activity.WAKING, Activity.IDLE):
                continue  # a thread wakes without an event of its own
            share = looked.count(activity) / looks
            assert found.get(activity, 0.0) == pytest.approx(share, abs=0.05), activity


def test_the_window_is_the_figures_own_and_shorter_where_too_much_happens():
    state = opened("gce-local-ssd-2017")
    run = state.runs[0]
    early = window_of(moment_of(run, 700_000, run.log.count_at(700_000)))
    assert early.whole
    assert early.span_ns == 700_001
    busy = changed("first-steps", "polling", "machine.guests=8", "machine.vcpus=8").runs[0]
    t_ns = 1_200_000
    w = window_of(moment_of(busy, t_ns, busy.log.count_at(t_ns)))
    assert not w.whole
    assert w.span_ns in (500_000, 200_000, 100_000, 50_000)
    assert len(w.t) == busy.log.count_at(t_ns) - busy.log.count_at(t_ns - w.span_ns)


@pytest.mark.parametrize("mode", MODE_NAMES)
def test_at_flow_speed_nothing_changes_within_a_tenth_of_a_second_but_streams_and_dial(mode):
    presenter = Presenter()
    state = ticks(send(opened("first-steps", (mode,)), SetSpeedPosition(FAST)), 20)
    first = presenter.present(state).panes[0]
    assert first.averages
    assert len(first.tokens.path) == 0
    moving = 0
    for _ in range(5):
        state = ticks(state, 1)
        pane = presenter.present(state).panes[0]
        moving += pane.flow_phase != first.flow_phase
        still = replace(pane.controller, dial=first.controller.dial)
        assert still == first.controller
        for name in pane.__slots__:
            if name not in ("flow_phase", "controller"):
                assert getattr(pane, name) is getattr(first, name), name
    assert moving == 5


def test_each_of_several_panes_is_made_anew_once_in_six_frames():
    presenter = Presenter()
    state = ticks(send(opened("first-steps"), SetSpeedPosition(FAST)), 20)
    flows = []
    for _ in range(18):
        state = ticks(state, 1)
        flows.append([id(pane.center) for pane in presenter.present(state).panes])
    for of_pane in zip(*flows[6:], strict=True):
        assert sum(a != b for a, b in pairwise(of_pane)) in (1, 2)


def test_a_dial_turns_evenly_in_wall_time_however_fast_the_poller_polls():
    presenter = Presenter()
    state = ticks(send(opened("first-steps", ("polling",)), SetSpeedPosition(FAST)), 40)
    dials = []
    for _ in range(20):
        state = ticks(state, 1)
        dials.append(presenter.present(state).panes[0].controller.dial)
    turned = np.diff(np.unwrap(dials, period=1.0))
    assert turned == pytest.approx(turned.mean(), rel=0.01)
    assert 0 < turned.mean() * 60 <= 1


def test_stopping_shows_the_instant_again():
    presenter = Presenter()
    state = ticks(send(opened("gce-local-ssd-2017"), SetSpeedPosition(FAST)), 60)
    assert presenter.present(state).panes[0].averages == "averages of the last 5\u00a0ms"
    pane = presenter.present(send(state, Pause())).panes[0]
    assert not pane.averages
    assert pane.wall_share is None
    assert pane.flow is None


def flowing(*modes: str):
    state = ticks(send(opened("gce-local-ssd-2017", modes), SetSpeedPosition(FAST)), 60)
    return state, present(state).panes


def test_words_agree_with_the_figures():
    _, (trap, batch, shadow) = flowing("mmio_trap", "batched", "google_2016")
    assert isinstance(trap.center, TrapBox)
    assert trap.center.headline.endswith("exits/s")
    assert trap.wall_share == pytest.approx(
        float(trap.chips[3].value.split("\u00a0")[0]) / 100, abs=0.02
    )
    assert isinstance(batch.center, BatchBox)
    assert 1 < batch.center.waiting <= batch.center.batch
    assert batch.center.title == "mean batch"
    assert isinstance(shadow.center, CellBox)
    assert shadow.center.avoided is not None
    assert shadow.center.avoided > 0.9
    assert "avoided" in shadow.center.verdict
    assert shadow.center.progress is None
    assert trap.wall_share > batch.wall_share > shadow.wall_share  # type: ignore[operator]
    assert trap.bells[0].ringing == pytest.approx(1.0, abs=0.02)
    assert shadow.bells[0].ringing < 0.1
    assert trap.bells[0].value.endswith("/s")
    assert "polls" in shadow.controller.words
    assert shadow.controller.rate.endswith("polls/s")
    assert shadow.controller.rate in shadow.controller.caption


@pytest.mark.parametrize("mode", MODE_NAMES)
def test_every_mode_and_its_admin_pair_have_averages(mode):
    state = ticks(send(opened("first-steps", (mode,)), SetSpeedPosition(FAST)), 30)
    pane = present(state).panes[0]
    assert pane.admin is not None
    for queue in (0, pane.admin.index):
        pane = present(send(state, SelectQueue(queue))).panes[0]
        assert pane.lanes[0].spans[-1].end == 1.0
        assert sum(share for _, share in pane.controller.shares) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("per_s", "text"),
    [
        (0, "0"),
        (3_000, "3\u00a0k"),
        (2_600, "2.6\u00a0k"),
        (48_649, "49\u00a0k"),
        (100_000, "100\u00a0k"),
    ],
)
def test_a_rate_where_room_is_short_has_two_digits(per_s, text):
    assert short_rate(per_s) == text


def test_averages_at_the_very_start_are_since_the_start():
    state = send(opened("first-steps", ("mmio_trap",)), Seek(0), SetSpeedPosition(FAST))
    assert present(state).panes[0].averages == "averages since the start"


@pytest.mark.parametrize("panes", [1, 2, 3, 5])
def test_every_pane_of_many_is_averaged_anew(panes: int):
    state = send(opened("gce-local-ssd-2017"), SetPanes(("mmio_trap",) * panes), Seek(Place.START))
    while playback.SPEEDS_NS[state.speed] < 500_000:
        state = send(state, ChangeSpeed(1))
    assert state.playing
    presenter = Presenter()
    seen: list[set[str]] = [set() for _ in range(panes)]
    for _ in range(60):
        state = ticks(state, 1)
        for number, pane in enumerate(presenter.present(state).panes):
            seen[number].add(pane.chips[1].hint)
    assert all(len(found) > 5 for found in seen), [len(found) for found in seen]


def test_averages_of_a_moment_in_which_the_device_did_nothing():
    state = send(opened("gce-local-ssd-2017"), Seek(Place.START))
    while playback.SPEEDS_NS[state.speed] != 200_000:
        state = send(state, ChangeSpeed(1))
    presenter = Presenter()
    for _ in range(12):
        state = ticks(state, 1)
        presenter.present(state)
