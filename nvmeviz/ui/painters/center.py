"""Between the rings: the exit under way, the batch that waits, or cells of shared memory and
registers.

Each has three forms: a box between the rings, a strip under them, and one line where room is short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QRectF

from nvmeviz.app.glossary import key_shown
from nvmeviz.app.present.frame import BatchBox, CellBox, PaneFrame, TrapBox
from nvmeviz.ui.draw import canvas as kit
from nvmeviz.ui.draw.cells import cell_card, cell_strip
from nvmeviz.ui.draw.hatch import hatch
from nvmeviz.ui.draw.places import Spot
from nvmeviz.ui.draw.rect import Rect
from nvmeviz.ui.theme import mixed, with_alpha

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.ui.draw.canvas import Canvas
    from nvmeviz.ui.draw.places import PaneLayout

_STRIP_NAMES = {"EventIdx": "event", "poller saw": "seen", "device is at": "at"}
_TINY = kit.Style(10.0)
_LABEL = kit.Style(9.0, 600)


def paint(c: Canvas, frame: PaneFrame, plan: PaneLayout) -> None:
    """The centre box in the form the layout chose."""
    accent = c.theme.accent(frame.accent)
    at, style = _place(plan), plan.center_style
    match frame.center:
        case TrapBox() as trap:
            _paint_trap(c, trap, at, style)
        case BatchBox() as batch:
            _paint_batch(c, batch, at, style, accent)
        case CellBox() as cells:
            _paint_cells(c, cells, at, style, accent)
        case _:
            assert_never(frame.center)


def _place(plan: PaneLayout) -> Rect:
    """Clear of the words at the rings."""
    return plan.center.inset(4 * plan.u, 0) if plan.center_style == "box" else plan.center


def _bar(c: Canvas, at: Rect, progress: float, color: str = "") -> None:
    """How far the exit is; in averages, a share."""
    theme = c.theme
    color = color or theme.vm_exit
    key = ("bar", color)
    back = c.sprite(
        (*key, "back"), at.w, at.h,
        lambda: c.box(Rect(0, 0, at.w, at.h), mixed(theme.card, color, 0.28), None, at.h / c.u / 2),
    )  # fmt: skip
    front = c.sprite(
        (*key, "front"), at.w, at.h,
        lambda: c.box(Rect(0, 0, at.w, at.h), color, None, at.h / c.u / 2),
    )  # fmt: skip
    c.blit(at.x, at.y, back)
    shown = round(at.w * min(1.0, max(0.0, progress)) * c.dpr)
    if shown:
        source = QRectF(0, 0, shown, front.height())
        target = QRectF(at.x, at.y, shown / c.dpr, front.height() / c.dpr)
        c.painter.drawPixmap(target, front, source)


def _exit_color(c: Canvas, progress: float | None) -> str:
    return c.theme.muted if progress is None else c.theme.vm_exit_text


def _paint_trap(c: Canvas, trap: TrapBox, at: Rect, style: str) -> None:
    theme, u = c.theme, c.u
    color = _exit_color(c, trap.progress)
    detail_color = theme.text if trap.progress is not None else theme.muted
    if style == "line":
        used = c.text_in(at, trap.headline, kit.BODY_STRONG, color)
        c.mono(at.right, at.cy + 4.4 * u, trap.detail, kit.MONO_CAPTION, detail_color, kit.RIGHT,
               at.w - used - 10 * u)  # fmt: skip
        return
    if style == "strip":
        used = c.text(at.x, at.y + 14 * u, trap.headline, kit.BODY_STRONG, color)
        c.mono(at.right, at.y + 14 * u, trap.detail, kit.MONO_CAPTION, detail_color, kit.RIGHT,
               at.w - used - 10 * u)  # fmt: skip
        if trap.progress is not None:
            _bar(c, Rect(at.x, at.y + 22 * u, at.w, 6 * u), trap.progress)
        y = at.y + 44 * u
        if not trap.note:
            c.mono(at.cx, y, trap.timing, kit.MONO_CAPTION, theme.muted, kit.CENTER, at.w)
            return
        used = c.text(at.x, y, trap.note, kit.CAPTION, detail_color, width=at.w)
        if at.w - used > 70 * u:
            c.mono(at.right, y, trap.timing, kit.MONO_CAPTION, theme.muted, kit.RIGHT,
                   at.w - used - 10 * u)  # fmt: skip
        return
    y = at.cy - (8 * u if trap.note else 0)
    c.text(at.cx, y - 26 * u, trap.headline, kit.STRONG, color, kit.CENTER, at.w)
    width = at.w
    style_ = (
        kit.MONO_BODY if c.mono_width(trap.detail, kit.MONO_BODY) <= width else kit.MONO_CAPTION
    )
    c.mono(at.cx, y - 6 * u, trap.detail, style_, detail_color, kit.CENTER, width)
    bar_w = min(at.w, 122 * u)
    if trap.progress is not None:
        _bar(c, Rect(round(at.cx - bar_w / 2), round(y + 6 * u), bar_w, 6 * u), trap.progress)
    timing_y = y + (30 if trap.progress is not None else 14) * u
    timing_style = (
        kit.MONO_BODY if c.mono_width(trap.timing, kit.MONO_BODY) <= at.w else kit.MONO_CAPTION
    )
    c.mono(at.cx, timing_y, trap.timing, timing_style, theme.muted, kit.CENTER, at.w)
    if trap.note:
        for i, line in enumerate(_two_lines(c, trap.note, at.w)):
            c.text(at.cx, timing_y + (17 + 14 * i) * u, line, kit.CAPTION, detail_color,
                   kit.CENTER, at.w)  # fmt: skip


def _paint_batch(c: Canvas, batch: BatchBox, at: Rect, style: str, accent: str) -> None:
    trap = batch.trap
    if trap.progress is not None:
        _paint_trap(c, trap, at, style)  # the exit is louder than the wait
        return
    theme, u = c.theme, c.u
    whole = isinstance(batch.waiting, int)
    count = f"{batch.waiting if whole else f'{batch.waiting:.1f}'} of {batch.batch}"
    if style == "line":
        used = c.text_in(at, batch.title, kit.CAPTION, theme.muted) + 8 * u
        c.mono(at.x + used, at.cy + 4.4 * u, count, kit.MONO_STRONG, theme.text)
        used += c.mono_width(count, kit.MONO_STRONG) + 10 * u
        c.text_in(at._replace(x=at.x + used, w=at.w - used), batch.detail, kit.CAPTION,
                  theme.muted, kit.RIGHT)  # fmt: skip
        return
    if style == "strip":
        used = c.text(at.x, at.y + 14 * u, batch.title, kit.CAPTION, theme.muted) + 10 * u
        count_w = c.mono(at.right, at.y + 15 * u, count, kit.MONO_STRONG, theme.text, kit.RIGHT)
        _cells(
            c,
            Rect(at.x + used, at.y + 2 * u, at.w - used - count_w - 12 * u, 18 * u),
            batch,
            accent,
        )
        c.text(at.cx, at.y + 40 * u, batch.detail, kit.CAPTION, theme.muted, kit.CENTER, at.w)
        return
    y = at.cy
    c.text(at.cx, y - 38 * u, batch.title, kit.BODY, theme.muted, kit.CENTER, at.w)
    _cells(c, Rect(at.x, y - 26 * u, at.w, 22 * u), batch, accent)
    c.mono(at.cx, y + 20 * u, count, kit.MONO_CELL, theme.text, kit.CENTER, at.w)
    for i, line in enumerate(_two_lines(c, batch.detail, at.w)):
        c.text(at.cx, y + (40 + 15 * i) * u, line, kit.CAPTION, theme.muted, kit.CENTER, at.w)


def _two_lines(c: Canvas, text: str, width: float) -> tuple[str, ...]:
    """The text on one line when it fits, else broken after as many words as fit."""
    first = c.fit(text, kit.CAPTION, width, words=True)
    rest = text[len(first) :].strip()
    return (first, rest) if rest and first else (text,)


def _cells(c: Canvas, at: Rect, batch: BatchBox, accent: str) -> None:
    """One small cell per command of the batch, with its label where there is room; a long batch is
    one bar.
    """
    u, theme = c.u, c.theme
    n = max(1, batch.batch)
    gap = 3.0 * u
    w = min(18 * u, (at.w - gap * (n - 1)) / n)
    if w < 4 * u:
        n, w, gap = 1, at.w, 0.0
    left = at.cx - (n * w + (n - 1) * gap) / 2
    key = ("cells", accent, batch.waiting, batch.batch, round(at.w))
    on_accent = theme.field if theme.dark else theme.on_slot
    if w >= 13 * u:
        for i, label in enumerate(batch.labels[:n]):
            middle = left + i * (w + gap) + w / 2
            c.mono(middle, at.cy + 3.4 * u, label, _LABEL, on_accent, kit.CENTER)

    def draw() -> None:
        for i in range(n):
            box = Rect(left - at.x + i * (w + gap), 0, w, at.h)
            share = batch.waiting - i if n > 1 else batch.waiting / max(1, batch.batch)
            share = min(1.0, max(0.0, share))
            if share < 1.0:
                c.box(box, theme.track, theme.slot_border, 3.0)
            if share > 0.0:
                c.box(box._replace(w=box.w * share), accent, None, 3.0)

    c.blit(at.x, at.y, c.sprite(key, at.w, at.h, draw))


def _paint_cells(c: Canvas, box: CellBox, at: Rect, style: str, accent: str) -> None:
    theme, u = c.theme, c.u
    loud = box.rang or box.progress is not None
    word_color = theme.vm_exit_text if loud else accent
    second = box.note if box.progress is not None and box.note else box.verdict
    if style == "line":
        used = c.text_in(at, box.words, kit.CAPTION_STRONG, word_color)
        if at.w - used > 60 * u:
            c.text_in(at._replace(x=at.x + used + 8 * u, w=at.w - used - 8 * u), second,
                      kit.CAPTION, theme.muted, kit.RIGHT)  # fmt: skip
        return
    if style == "strip":
        _paint_cell_strip(c, box, at, accent)
        if box.avoided is not None:
            _bar(c, Rect(at.x, at.y + 33 * u, at.w, 3 * u), box.avoided, accent)
        used = c.text(at.x, at.y + 46 * u, box.words, kit.CAPTION_STRONG, word_color, width=at.w)
        hidden = next((note for note in box.notes if note), "")
        if at.w - used > 60 * u:
            c.text(at.right, at.y + 46 * u, hidden or second, kit.CAPTION, theme.muted, kit.RIGHT,
                   at.w - used - 10 * u)  # fmt: skip
        return
    card = _paint_cell_card(c, box, at, accent)
    y = card.bottom + 16 * u
    c.text(at.cx, y, box.words, kit.BODY_STRONG if c.text_width(box.words, kit.BODY_STRONG) <= at.w
           else kit.CAPTION_STRONG, word_color, kit.CENTER, at.w)  # fmt: skip
    lower = kit.BODY if c.text_width(second, kit.BODY) <= at.w else kit.CAPTION
    bar_w = min(at.w, 122 * u)
    if box.progress is None:
        c.text(at.cx, y + 16 * u, second, lower, theme.muted, kit.CENTER, at.w)
        if box.avoided is not None:
            where = Rect(round(at.cx - bar_w / 2), round(y + 23 * u), bar_w, 5 * u)
            _bar(c, where, box.avoided, accent)
        return
    _bar(c, Rect(round(at.cx - bar_w / 2), round(y + 5 * u), bar_w, 6 * u), box.progress)
    c.text(at.cx, y + 23 * u, box.note, kit.CAPTION, theme.text, kit.CENTER, at.w)


def _paint_cell_strip(c: Canvas, box: CellBox, at: Rect, accent: str) -> None:
    """All four cells side by side, each under its name."""
    row = _STRIP_NAMES.get(box.labels[1], box.labels[1])
    for i, (value, cell) in enumerate(zip(box.values, cell_strip(at, c.u), strict=True)):
        name = ("SQ", "CQ")[i % 2] if i < 2 else f"{('SQ', 'CQ')[i % 2]} {row}"
        shown = value if box.known[i] else None
        _stacked_cell(c, cell, name, shown, box.fresh[i], accent, strong=i < 2)


def _paint_cell_card(c: Canvas, box: CellBox, at: Rect, accent: str) -> Rect:
    """Two rows of two cells in a card; beside a row's label, what a store buffer still hides."""
    theme, u = c.theme, c.u
    plan = cell_card(at, u)
    card, label_y, roomy = plan.card, plan.labels, plan.roomy

    def frame() -> None:
        c.box(Rect(0, 0, card.w, card.h), theme.raised, accent, 8.0, 1.4)
        if roomy:
            c.text(card.w / 2, 20 * u, box.title, kit.SECTION, accent, kit.CENTER, card.w)
        for label, y in zip(box.labels, label_y, strict=True):
            c.text(13 * u, y, label, kit.CAPTION, theme.muted)

    key = ("shared", accent, roomy, box.title, box.labels)
    c.blit(card.x, card.y, c.sprite(key, card.w, card.h, frame))
    for hidden, label, y in zip(box.notes, box.labels, label_y, strict=True):
        room = card.w - 34 * u - c.text_width(label, kit.CAPTION)
        note = hidden
        if c.text_width(note, kit.CAPTION) > room:
            note = note.removeprefix("SQ ")  # the left column is meant when nothing is said
        c.text(card.right - 13 * u, card.y + y, note, kit.CAPTION, theme.text, kit.RIGHT, room)
    for i, (value, cell) in enumerate(zip(box.values, plan.cells, strict=True)):
        shown = value if box.known[i] else None
        _cell(c, cell, ("SQ", "CQ")[i % 2], shown, box.fresh[i], accent, strong=i < 2)
    return card


def _unknown(c: Canvas, at: Rect) -> None:
    """Over a cell whose value the log does not tell."""
    veil = c.sprite(
        ("unknown cell",), at.w, at.h, lambda: hatch(c, Rect(0, 0, at.w, at.h), 5.0, 0.6)
    )
    c.blit(at.x, at.y, veil)


def _stacked_cell(
    c: Canvas, at: Rect, name: str, value: str | None, fresh: float, accent: str, *, strong: bool
) -> None:
    """The same where room is narrow: the name above the value."""
    theme, u = c.theme, c.u
    border = accent if strong else theme.border_strong

    def base() -> None:
        c.box(Rect(0, 0, at.w, at.h), theme.field, border, 5.0, 1.3)
        c.text(at.w / 2, 11.5 * u, name, _TINY, theme.muted, kit.CENTER, at.w - 4 * u)

    def glow() -> None:
        c.box(Rect(0, 0, at.w, at.h), with_alpha(accent, 0.22), accent, 5.0, 2.4)

    c.blit(at.x, at.y, c.sprite(("stacked", border, name), at.w, at.h, base))
    if value is None:
        _unknown(c, at)
        return
    if fresh > 0.02:
        c.blit(at.x, at.y, c.sprite(("fresh", accent), at.w, at.h, glow), fresh)
    c.mono(at.cx, at.y + 26 * u, value, kit.MONO_STRONG, theme.text, kit.CENTER, at.w - 4 * u)


def _cell(
    c: Canvas, at: Rect, name: str, value: str | None, fresh: float, accent: str, *, strong: bool
) -> None:
    """A word of shared memory; it glows in the accent while its value is new."""
    theme, u = c.theme, c.u
    border = accent if strong else theme.border_strong

    def base() -> None:
        c.box(Rect(0, 0, at.w, at.h), theme.field, border, 5.0, 1.3)
        c.text_in(Rect(6 * u, 0, at.w * 0.5, at.h), name, kit.CAPTION, theme.muted)

    def glow() -> None:
        c.box(Rect(0, 0, at.w, at.h), with_alpha(accent, 0.22), accent, 5.0, 2.4)

    c.blit(at.x, at.y, c.sprite(("cell", border, name), at.w, at.h, base))
    if value is None:
        _unknown(c, at)
        return
    if fresh > 0.02:
        c.blit(at.x, at.y, c.sprite(("fresh", accent), at.w, at.h, glow), fresh)
    room = at.w - c.text_width(name, kit.CAPTION) - 16 * u
    sizes = (kit.MONO_CELL, kit.MONO_STRONG, kit.MONO_BODY, kit.MONO_CAPTION)
    fitting = (size for size in sizes if c.mono_width(value, size) <= room)
    style = next(fitting, _TINY)
    baseline = at.cy + style.px * 0.36 * u
    c.mono(at.right - 6 * u, baseline, value, style, theme.text, kit.RIGHT, room + 4 * u)


def spots(c: Canvas, frame: PaneFrame, plan: PaneLayout, at: tuple[float, float]) -> Iterator[Spot]:
    """What its words mean."""
    match frame.center:
        case TrapBox() as box:
            parts = (box.headline, box.detail, box.timing, box.note)
            yield Spot(plan.center, key_shown(box.detail, "vm_exit"), _joined(*parts))
        case BatchBox() as box:
            trap = box.trap
            if trap.progress is not None:
                parts = (trap.headline, trap.detail, trap.timing, trap.note)
                yield Spot(plan.center, "vm_exit", _joined(*parts))
            yield Spot(
                plan.center, "batch", f"{box.title}: {box.waiting} of {box.batch}, {box.detail}"
            )
        case CellBox() as box:
            yield from _cell_spots(c, box, plan)
        case _:
            assert_never(frame.center)


def _joined(*parts: str) -> str:
    """All words of the box, where some had to be cut."""
    return ", ".join(part for part in parts if part)


def _cell_spots(c: Canvas, box: CellBox, plan: PaneLayout) -> Iterator[Spot]:
    """What is still buffered, cells, their rows, the sentence below."""
    at, terms, u = _place(plan), [key_shown(label) for label in box.labels], c.u
    card = cell_card(at, u) if plan.center_style == "box" else None
    cells = cell_strip(at, u) if plan.center_style == "strip" else card.cells if card else ()
    rows: list[Rect] = []
    if card is not None:
        tops = (card.card.y + y - 12 * u for y in card.labels)
        both = zip(tops, card.cells[::2], strict=True)
        rows = [card.card._replace(y=top, h=cell.bottom - top) for top, cell in both]
        if card.roomy:
            yield Spot(card.card._replace(h=24 * u), key_shown(box.title))
    for row, note in zip(rows, box.notes, strict=False):
        if note:
            yield Spot(Rect(row.cx, row.y, row.w / 2, 15 * u), "store_buffer", note)
    whose = ("SQ head", "CQ tail") if terms[1] == "device_at" else ("SQ", "CQ")
    for i, (cell, value) in enumerate(zip(cells, box.values, strict=False)):
        name = ("SQ tail", "CQ head", *whose)[i]
        shown = value if box.known[i] else "not in this trace"
        yield Spot(cell, terms[i // 2], f"{name}: {shown}.")
    for row, term in zip(rows, terms, strict=False):
        yield Spot(row, term)
    words = _joined(box.words, box.verdict, box.note, *box.notes)
    about = "comparison" if terms[0] == "shadow" else key_shown(box.title)
    yield Spot(plan.center, key_shown(box.verdict, about), words)
