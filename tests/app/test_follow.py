"""One command followed in every pane, from not yet submitted to finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.app.messages import Follow, FollowNewest, Pause, Seek
from nvmeviz.app.present import present
from nvmeviz.app.present.follow import NOT_YET, REAPED, STAGES, live_commands
from nvmeviz.app.present.moment import moment_of
from tests.app.drive import opened, send

if TYPE_CHECKING:
    from nvmeviz.app.present.about import Followed

START_NS = 1_250_000


def followed(state) -> list[Followed]:
    found = [pane.followed for pane in present(state).panes]
    assert None not in found
    return [one for one in found if one is not None]


def test_a_command_goes_through_its_stages_in_order_and_slots_stay():
    state = send(opened("gce-local-ssd-2017"), Pause(), Seek(START_NS))
    run = state.runs[0]
    newest = send(state, FollowNewest())
    assert newest.follow is not None
    number = newest.follow[1]
    assert followed(newest)[0].ahead == 0
    assert send(newest, FollowNewest()).follow is None
    state = send(state, Follow(0, number + 1))
    stages, slots = [], set()
    for t_ns in range(START_NS, START_NS + 900_000, 1_000):
        state = send(state, Seek(t_ns))
        found = followed(state)[0]
        stages.append(found.stage)
        if found.slot >= 0:
            slots.add(found.slot)
            moment = moment_of(run, t_ns, state.head.counts[0])
            live = live_commands(moment, 0)
            assert live.at_slot(found.slot) == live.with_cid(found.cid) == number + 1
    assert stages == sorted(stages)
    assert stages[0] == NOT_YET
    assert stages[-1] == REAPED == len(STAGES)
    assert len(set(stages)) >= 4
    assert len(slots) == 1


def test_who_is_ahead_is_counted_in_commands():
    state = send(opened("gce-local-ssd-2017"), Pause(), Seek(START_NS), Follow(0, 40))
    slow, fast = followed(state)
    assert fast.ahead > slow.ahead > 0
    assert fast.words.startswith("finished")
    for run, found in zip(state.runs, (slow, fast), strict=True):
        posted = int(run.timeline.state_at(START_NS).q_posted[0])
        assert found.ahead == posted - 1 - 40


def test_nothing_is_followed_after_all():
    state = send(opened("gce-local-ssd-2017"), Follow(0, 3), Follow(0, None))
    assert [pane.followed for pane in present(state).panes] == [None, None]
    state = send(state, Follow(500, 3))
    assert [pane.followed for pane in present(state).panes] == [None, None]
