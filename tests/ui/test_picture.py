"""Painting only what changed gives the picture that painting everything gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication

from nvmeviz.app.messages import Pause, Seek
from nvmeviz.app.present import present
from nvmeviz.app.present.frame import Lock
from nvmeviz.ui.draw.canvas import Canvas
from nvmeviz.ui.panes import pane_widget
from nvmeviz.ui.panes.paint import PaneLayers, layout_for, paint_pane
from nvmeviz.ui.panes.pane_widget import PaneWidget
from nvmeviz.ui.theme import load
from tests.app.drive import changed, opened, send, ticks

if TYPE_CHECKING:
    from nvmeviz.app.state import AppState

START_NS, STEP_NS, STEPS = 1_250_000, 700, 30
SIZES = ((470, 620), (310, 420), (950, 1100))


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1).copy()
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3]


def frames_of(state: AppState):
    state = send(state, Pause())
    for step in range(STEPS):
        yield present(send(state, Seek(START_NS + step * STEP_NS))).panes[0]


def painted(frame, size, canvas, layers, scale: float = 1.0) -> np.ndarray:
    wide, high = (round(side * canvas.dpr) for side in size)
    image = QImage(wide, high, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(canvas.dpr)
    image.fill(0)  # of the last pixel only a part belongs to the pane
    painter = QPainter(image)
    paint_pane(painter, frame, layout_for(frame, size[0], size[1], scale), canvas, layers)
    painter.end()
    return pixels(image)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    "mode", ["mmio_trap", "batched", "dbbuf_qemu71", "dbbuf_iothread", "polling", "passthrough"]
)
def test_what_changed_over_what_stood_there_is_the_whole_picture(qapp, mode, size):
    canvas, kept = Canvas(load("dark"), 1.0), PaneLayers()
    state = changed("google-null-device-2016", mode, "machine.guests=2", "machine.coalesce=4")
    different = 0
    last = None
    for frame in frames_of(state):
        now = painted(frame, size, canvas, kept)
        assert (now == painted(frame, size, canvas, PaneLayers())).all()
        different += last is not None and bool((now != last).any())
        last = now
    assert different > STEPS / 2


def test_only_the_parts_that_changed_are_painted_and_a_hint_paints_nothing(qapp):
    canvas, layers, size = Canvas(load("dark"), 1.0), PaneLayers(), SIZES[0]
    settings = "machine.vcpus=4", "machine.queues=4"
    frame = next(frames_of(changed("google-null-device-2016", "mmio_trap", *settings)))
    frame = replace(frame, lock=Lock("lock free", held=False, hint="for 2 µs"))
    painted(frame, size, canvas, layers)
    plan = layout_for(frame, *size, 1.0)

    def differs(**new: object) -> QRegion | None:
        shown = replace(frame, **new)
        canvas.u = plan.u
        return layers.picture.changed(canvas, shown, plan, layers.get(canvas, shown, plan))

    bells = tuple(replace(bell, hint="another") for bell in frame.bells)
    lock = Lock("lock free", held=False, hint="for 3 µs")
    hints = differs(bells=bells, lock=lock, traps_hint="another")
    assert hints is not None
    assert hints.isEmpty()
    ring = differs(cq=replace(frame.cq, head=frame.cq.head + 1))
    assert ring is not None
    assert ring.intersects(QRectF(*plan.cq.field).toRect())
    assert not ring.intersects(QRectF(*plan.sq.field).toRect())
    first = differs(queues=(replace(frame.queues[0], trapping=True, share=0.5), *frame.queues[1:]))
    assert first is not None
    assert first.boundingRect().contains(QRectF(*plan.queues[0]).toRect())
    assert all(not first.intersects(QRectF(*queue).toRect()) for queue in plan.queues[1:])


@pytest.mark.parametrize("dpr", [1.1, 1.25, 1.5, 1.75, 2.0])
def test_it_is_the_whole_picture_at_broken_scales_too(qapp, dpr):
    canvas, kept = Canvas(load("dark"), dpr), PaneLayers()
    settings = "machine.guests=2", "machine.vcpus=4", "machine.queues=4", "machine.coalesce=4"
    for frame in frames_of(changed("google-null-device-2016", "dbbuf_qemu71", *settings)):
        now = painted(frame, SIZES[0], canvas, kept)
        assert (now == painted(frame, SIZES[0], canvas, PaneLayers())).all()


class _Nobody:
    """Whom panes stand with: nobody."""

    def pane_dragged(self, pane, at, *, done): ...
    def pane_menu(self, pane, at): ...
    def pane_modes(self, pane, at): ...


def on_screen(widget: PaneWidget) -> np.ndarray:
    QApplication.processEvents()
    return pixels(widget.screen().grabWindow(widget.winId()).toImage())


@pytest.mark.parametrize("mode", ["mmio_trap", "dbbuf_qemu80", "adaptive_polling"])
def test_a_widget_paints_no_more_than_it_must_and_nothing_stays_behind(qtbot, monkeypatch, mode):
    monkeypatch.setattr(pane_widget, "SMALL", 0)
    canvas = Canvas(load("dark"), 1.0)
    widget = PaneWidget(lambda dpr: canvas, lambda message: None, _Nobody())
    qtbot.addWidget(widget)
    widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # else it has a frame of its own
    widget.resize(600, 700)
    widget.show()
    partly = 0
    for frame in frames_of(changed("google-null-device-2016", mode)):
        widget.set_frame(frame, 1.0)
        shown = widget._on_screen
        region = None if shown is None else widget._changed(frame)
        partly += region is not None and not region.isEmpty()
        assert (on_screen(widget) == painted(frame, (600, 700), canvas, PaneLayers())).all()
    assert partly > STEPS / 2


def test_tokens_stand_where_the_layout_has_them_after_another_size_and_scale(qtbot):
    canvas = Canvas(load("dark"), 1.0)
    widget = PaneWidget(lambda dpr: canvas, lambda message: None, _Nobody())
    qtbot.addWidget(widget)
    widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    widget.show()
    frames = list(frames_of(changed("google-null-device-2016", "dbbuf_qemu71")))
    counts = {len(frame.tokens.path): frame for frame in frames if len(frame.tokens.path)}
    few, many = counts[min(counts)], counts[max(counts)]
    assert few is not many
    for frame, size, scale in (
        (few, (600, 700), 1.0),
        (few, (500, 640), 1.0),
        (many, (500, 640), 1.2),
    ):
        widget.resize(*size)
        QApplication.processEvents()
        widget.set_frame(frame, scale)
        alone = painted(frame, size, canvas, PaneLayers(), scale)
        assert (on_screen(widget) == alone).all()


@pytest.mark.parametrize(("count", "turns"), [(3, 2), (4, 3), (6, 3)])
def test_many_panes_are_made_whole_in_turns_and_their_tokens_move_in_every_frame(count, turns):
    from nvmeviz.app.present import Presenter

    modes = ("mmio_trap", "batched", "dbbuf_qemu71", "polling", "passthrough", "google_2016")
    presenter, state = Presenter(), opened("google-null-device-2016", modes[:count])
    before, whole = presenter.present(state).panes, []
    for _ in range(2 * turns):
        state = ticks(state, 1)
        after = presenter.present(state).panes
        whole.append([one.sq is not other.sq for one, other in zip(before, after, strict=True)])
        assert all(one.tokens is not two.tokens or not len(one.tokens.path)
                   for one, two in zip(before, after, strict=True))  # fmt: skip
        before = after
    assert all(sum(frame) <= -(-count // turns) for frame in whole)
    for of_pane in zip(*whole, strict=True):
        assert sum(of_pane[:turns]) == sum(of_pane[turns:]) == 1


def test_two_panes_are_made_whole_in_turns_and_a_pause_shows_both_as_they_are():
    from nvmeviz.app.present import Presenter

    presenter, state = Presenter(), opened("gce-local-ssd-2017")
    before = presenter.present(state).panes
    assert state.playing
    state = send(state, Seek(state.head.t_ns + 40_000))
    after = presenter.present(state).panes
    whole = [one.sq is not other.sq for one, other in zip(before, after, strict=True)]
    assert sorted(whole) == [False, True]
    assert all(one.tokens is not two.tokens for one, two in zip(before, after, strict=True))
    state = send(state, Pause())
    exact = present(state).panes
    for shown, pane in zip(presenter.present(state).panes, exact, strict=True):
        assert shown.lanes == pane.lanes
        assert shown.sq.tail == pane.sq.tail
