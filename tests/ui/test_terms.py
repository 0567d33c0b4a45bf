"""Every word that a pane paints has help under it, and words of the glossary have their own."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from nvmeviz.app.glossary import key_shown
from nvmeviz.app.measured import source_of
from nvmeviz.app.messages import Pause, Seek, SelectQueue, SetSpeedPosition
from nvmeviz.app.predictions import Predict
from nvmeviz.app.present import present
from nvmeviz.app.present.frame import Activity, Arc, SlotState
from nvmeviz.app.terms import term_named, terms
from nvmeviz.engine.doorbell import MODES
from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.canvas import Canvas
from nvmeviz.ui.draw.pointers import slot_angle
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.painters.guest import _DOES, lane_strip
from nvmeviz.ui.panes.hints import spot_at
from nvmeviz.ui.theme import load
from tests.app.drive import changed, opened, send, ticks
from tests.importers.traces import sample
from tests.ui import sample_frames
from tests.ui.test_painters import picture

SIZES = ((300, 400, 1.0), (622, 668, 1.0), (1260, 900, 1.0))

# Words that stand for two things, by where they are.
ALSO = {"main loop": {"main_loop", "vmm_lock"}, "VM exits": {"vm_exit", "not_in_trace"}}
PATTERNS = (
    (r"SQ \d+", {"sq", "doorbell"}),
    (r"CQ \d+", {"cq", "doorbell"}),
    (r"vCPU \d+", {"vcpu", "vmm_lock"}),
    (r"VM \d+", {"guest"}),
    (r"[SC]Q \d+ (tail|head) .*", {"doorbell", "vm_exit"}),
    (r"phase [01]", {"phase"}),
    (r"[\d.]+ in flight.*", {"in_flight"}),
)


def meant_by(text):
    """Keys of terms that may be under a text; all where it is no term by itself."""
    for pattern, keys in PATTERNS:
        if re.fullmatch(pattern, text):
            return keys
    key = key_shown(text)
    return ALSO.get(text, {key} if key else set(terms()))


class Reader(Canvas):
    """A canvas that keeps what text is painted where, also on sprites."""

    def __init__(self, theme, dpr):
        super().__init__(theme, dpr)
        self.texts: list[tuple[str, Rect]] = []
        self._on_sprite: dict[int, list[tuple[str, Rect]]] = {}

    def _note(self, x, baseline, text, style, align, wide):
        if not wide:
            return
        high = style.px * self.u
        self.texts.append((text, Rect(x - align * wide, baseline - 0.75 * high, wide, high)))

    def text(self, x, baseline, text, style, color, align=kit.LEFT, width=None):
        cut = text if width is None else self.fit(text, style, width)
        wide = super().text(x, baseline, text, style, color, align, width)
        self._note(x, baseline, cut, style, align, wide)
        return wide

    def mono(self, x, baseline, text, style, color, align=kit.LEFT, width=None):
        wide = super().mono(x, baseline, text, style, color, align, width)
        self._note(x, baseline, text, style, align, wide)
        return wide

    def box(self, rect, fill, border=None, radius=8.0, line=1.0):
        super().box(rect, fill, border, radius, line)
        if fill and len(fill) == len("#rrggbb"):  # opaque: what it covers can't be read
            self.texts = [(text, at) for text, at in self.texts if not at.inside(rect)]

    def sprite(self, key, w, h, paint):
        outer, self.texts = self.texts, []
        made = super().sprite(key, w, h, paint)
        if self.texts:
            self._on_sprite[made.cacheKey()] = self.texts
        self.texts = outer
        return made

    def blit(self, x, y, pixmap, opacity=1.0):
        for text, at in self._on_sprite.get(pixmap.cacheKey(), ()):
            self.texts.append((text, at._replace(x=at.x + x, y=at.y + y)))
        super().blit(x, y, pixmap, opacity)


def unexplained(frame, width, height, scale):
    """Texts of a pane without help, or with that of something else."""
    reader = Reader(load("dark"), 1.0)
    _, plan = picture(frame, width, height, scale, canvas=reader)
    assert reader.texts
    wrong = []
    for text, at in reader.texts:
        for x in (at.x + 2, at.cx, at.right - 2):
            spot = spot_at(reader, frame, plan, x, at.cy)
            if spot is None or term_named(spot.term).key not in meant_by(text):
                wrong.append((text, spot))
    return wrong


@pytest.mark.parametrize(("width", "height", "scale"), SIZES)
@pytest.mark.parametrize("make", sample_frames.PANES)
def test_every_word_of_a_sample_pane_has_help(qtbot, make, width, height, scale):
    assert unexplained(make(), width, height, scale) == []


def everywhere(frame):
    """What is without help in a pane of any size."""
    return [wrong for size in SIZES for wrong in unexplained(frame, *size)]


@pytest.mark.parametrize("mode", [mode.name for mode in MODES])
def test_every_word_of_every_mode_has_help(qtbot, mode):
    state = send(opened("first-steps", (mode,)), Pause())
    for t_ns in (700, 12_000, 400_000):
        assert everywhere(present(send(state, Seek(t_ns))).panes[0]) == []
    state = ticks(send(opened("first-steps", (mode,)), SetSpeedPosition(0.6)), 10)
    frame = present(state).panes[0]
    assert frame.flow is not None
    assert frame.admin is not None
    assert everywhere(frame) == []
    assert everywhere(present(send(state, SelectQueue(frame.admin.index))).panes[0]) == []


@pytest.mark.parametrize("speed", [0.0, 0.6])
def test_every_word_of_the_largest_machine_has_help(qtbot, speed):
    settings = ("guests=16", "vcpus=8", "queues=8", "sqs_per_cq=2", "coalesce=4")
    state = changed("first-steps", "dbbuf_qemu71", *(f"machine.{text}" for text in settings))
    state = send(state, Seek(300_000), SelectQueue(77), SetSpeedPosition(speed))
    assert everywhere(present(ticks(state, 3)).panes[0]) == []


@pytest.mark.parametrize("case", ["linux-dbbuf-qd16", "linux-mmio-batch8", "qemu-5.2-qd8"])
@pytest.mark.parametrize("speed", [0.0, 0.6])
def test_every_word_of_a_trace_and_of_its_prediction_has_help(qtbot, case, speed):
    files = tuple(sample(case).files)
    for source in (*files, source_of(files)):
        state = send(opened(source), SetSpeedPosition(speed))
        for pane in present(ticks(state, 3)).panes:
            assert everywhere(pane) == []
    predicted = present(send(opened(source_of(files)), Predict())).panes
    for pane in predicted:
        assert everywhere(pane) == []


def test_a_word_without_help_is_found(qtbot, monkeypatch):
    monkeypatch.setattr("nvmeviz.ui.painters.device.spots", lambda *of: iter(()))
    assert {text for text, _ in everywhere(sample_frames.shadow())} >= {"DEVICE"}


def test_slots_and_strips_say_what_is_so_at_that_place(qtbot):
    frame = sample_frames.shadow()
    reader = Reader(load("dark"), 1.0)
    _, plan = picture(frame, canvas=reader)
    seen = set()
    for place, ring in ((plan.sq, frame.sq), (plan.cq, frame.cq)):
        for slot in range(ring.size):
            turn = math.radians(slot_angle(slot, ring.size))
            out = (place.radius + place.inner) / 2
            x, y = place.cx + out * math.sin(turn), place.cy - out * math.cos(turn)
            spot = spot_at(reader, frame, plan, x, y)
            assert spot is not None
            assert spot.term == f"slot_{ring.state_of(slot).name.lower()}"
            assert spot.says == f"Slot {slot} of {ring.name}."
            seen.add(spot.term)
    assert len(seen) >= 4
    strip = lane_strip(plan.lanes[0], plan.u)
    for span in frame.lanes[0].spans:
        x = strip.x + strip.w * (span.start + span.end) / 2
        spot = spot_at(reader, frame, plan, x, strip.cy)
        assert spot is not None
        assert spot.term == _DOES[span.activity]


def test_all_that_a_vcpu_does_has_a_term():
    assert set(_DOES) == set(Activity)


def test_a_deep_ring_knows_the_state_of_each_slot():
    arc = Arc(1020, 8, SlotState.RUNG)
    ring = replace(sample_frames.shadow().sq, size=1024, slots=np.empty(0, np.uint8), arcs=(arc,))
    rung = [slot for slot in range(1024) if ring.state_of(slot) is SlotState.RUNG]
    assert rung == [0, 1, 2, 3, 1020, 1021, 1022, 1023]
    assert ring.state_of(4) is SlotState.FREE
