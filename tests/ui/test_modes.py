"""Every doorbell mode paints, from its first event to steady state, in every form a pane takes."""

from __future__ import annotations

import pytest

from nvmeviz.app.messages import Pause, Seek, SelectQueue, SetSpeedPosition
from nvmeviz.app.present import present
from nvmeviz.engine.doorbell import MODES
from nvmeviz.ui.draw.canvas import Canvas
from nvmeviz.ui.theme import load
from tests.app.drive import changed, opened, send, ticks
from tests.ui.test_painters import near, picture

MOMENTS = (0, 700, 4_000, 12_000, 25_000, 80_000, 400_000, 1_200_000)
SIZES = ((300, 400), (622, 668), (1260, 900))


@pytest.mark.parametrize("mode", [mode.name for mode in MODES])
def test_a_pane_of_every_mode_paints_at_every_moment(qtbot, mode):
    canvas = Canvas(load("dark"), 1.0)
    state = send(opened("first-steps", (mode,)), Pause())
    for t_ns in MOMENTS:
        frame = present(send(state, Seek(t_ns))).panes[0]
        for width, height in SIZES:
            pixels, _ = picture(frame, width, height, canvas=canvas)
            assert near(pixels, "#ff00ff", 0) == 0


@pytest.mark.parametrize("mode", [mode.name for mode in MODES])
def test_a_pane_of_every_mode_paints_its_flow_and_its_admin_pair(qtbot, mode):
    state = send(opened("first-steps", (mode,)), SetSpeedPosition(0.6))
    state = ticks(state, 10)
    frame = present(state).panes[0]
    assert frame.flow is not None
    assert near(picture(frame)[0], "#ff00ff", 0) == 0
    assert frame.admin is not None
    admin = present(send(state, SelectQueue(frame.admin.index))).panes[0]
    assert near(picture(admin)[0], "#ff00ff", 0) == 0


@pytest.mark.parametrize("mode", ["mmio_trap", "google_2016", "dbbuf_iothread", "passthrough"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_largest_machine_fits_its_pane(qtbot, mode, width, height):
    state = send(
        changed(
            "first-steps",
            mode,
            "machine.guests=16",
            "machine.vcpus=8",
            "machine.queues=8",
            "machine.sqs_per_cq=2",
        ),
        Pause(),
        Seek(300_000),
        SelectQueue(77),
    )
    frame = present(state).panes[0]
    pixels, plan = picture(frame, width, height)
    assert near(pixels, "#ff00ff", 0) == 0
    assert len(frame.queues) == 8
    assert len(plan.queues) == 8
    assert len(frame.lanes) == 4
    assert frame.guests[frame.guest] == "VM 10"
