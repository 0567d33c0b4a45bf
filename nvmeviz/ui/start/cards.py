"""What can be opened from the start page: a card with a picture, and a row for a file.

Both are buttons that paint themselves: a click, Space or Enter opens. The picture is painted when a
card is first seen and kept until theme, scale or screen are others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QAbstractButton

from nvmeviz.ui import fonts
from nvmeviz.ui.draw.pixmaps import make_pixmap
from nvmeviz.ui.start.sketch import HEIGHT, paint_sketch
from nvmeviz.ui.theme import Theme, qcolor

if TYPE_CHECKING:
    from nvmeviz.app.present.about import Choice
    from nvmeviz.app.present.start_frame import StartCard

_PAD, _GAP, _MARK = 9.0, 7.0, 15.0  # units; the mark of what is on show
_WRAP = Qt.TextFlag.TextWordWrap


class _Painted(QAbstractButton):
    """A button with round corners whose look says pointed at, pressed and focused."""

    def __init__(self) -> None:
        super().__init__()
        self._look: tuple[Theme, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def _ground(self, painter: QPainter, color: str, edge: str, width: float) -> None:
        assert self._look is not None
        theme, u = self._look
        if self.isDown():
            color = theme.border_strong
        elif self.underMouse():
            color = theme.hover
        if self.hasFocus():
            edge, width = theme.focus, 2.0
        w = max(1.0, round(width * u))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(qcolor(edge), w) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(qcolor(color) if color else Qt.BrushStyle.NoBrush)
        area = QRectF(self.rect()).adjusted(w / 2, w / 2, -w / 2, -w / 2)
        painter.drawRoundedRect(area, 8 * u, 8 * u)


class CardButton(_Painted):
    """A scenario or a sample: its machine in small, its title, a sentence."""

    def __init__(self, card: StartCard) -> None:
        super().__init__()
        self.card, self.current = card, False
        self._picture: tuple[object, QPixmap] | None = None
        self._title: QRect = QRect()
        self._sentence: QRect = QRect()
        self.setText(card.title)
        self._name_it()

    def _name_it(self) -> None:
        on_show = "on show, " if self.current else ""
        self.setAccessibleName(f"{self.card.title}, {on_show}{self.card.sentence}")

    def set_current(self, current: bool) -> None:
        """Mark what is open."""
        if current != self.current:
            self.current = current
            self._name_it()
            self.update()

    def set_look(self, theme: Theme, scale: float, width: int) -> None:
        """Colours and sizes; width: of the card, px."""
        self._look = (theme, scale)
        pad, gap = round(_PAD * scale), round(_GAP * scale)
        inner = width - 2 * pad
        strong, plain = self._fonts(scale)
        top = pad + round(HEIGHT * scale) + gap
        room = QRect(pad, top, inner - round((_MARK + 6) * scale), 10_000)
        height = QFontMetricsF(strong).boundingRect(room, _WRAP, self.card.title).height()
        self._title = QRect(pad, top, room.width(), round(height))
        below = QRect(pad, self._title.bottom() + round(3 * scale), inner, 10_000)
        height = QFontMetricsF(plain).boundingRect(below, _WRAP, self.card.sentence).height()
        self._sentence = QRect(below.topLeft(), QSize(inner, round(height) + 1))
        self.setFixedSize(width, self._sentence.bottom() + pad)
        self.update()

    def _fonts(self, scale: float):  # noqa: ANN202 - (title, sentence)
        return fonts.font(fonts.BODY * scale, fonts.SEMIBOLD), fonts.font(fonts.CAPTION * scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._look is None:
            return
        theme, u = self._look
        painter = QPainter(self)
        edge = theme.border_strong if theme.name == "contrast" else theme.border
        if self.current:
            self._ground(painter, theme.raised, theme.primary, 2.0)
        else:
            self._ground(painter, theme.raised, edge, 1.0)
        pad = round(_PAD * u)
        painter.drawPixmap(pad, pad, self._sketch(theme, u, self.width() - 2 * pad))
        strong, plain = self._fonts(u)
        painter.setFont(strong)
        painter.setPen(qcolor(theme.text))
        painter.drawText(self._title, _WRAP, self.card.title)
        painter.setFont(plain)
        painter.setPen(qcolor(theme.muted))
        painter.drawText(self._sentence, _WRAP, self.card.sentence)
        if self.current:
            self._mark(painter, theme, u)
        painter.end()

    def _mark(self, painter: QPainter, theme: Theme, u: float) -> None:
        """A disc with a triangle: this one plays."""
        r = _MARK * u / 2
        x, y = self.width() - _PAD * u - r, self._title.top() + r + u
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(qcolor(theme.primary))
        painter.drawEllipse(QPointF(x, y), r, r)
        painter.setBrush(qcolor(theme.on_primary))
        corners = ((-0.28, -0.45), (0.5, 0.0), (-0.28, 0.45))
        painter.drawPolygon(QPolygonF([QPointF(x + a * r, y + b * r) for a, b in corners]))

    def _sketch(self, theme: Theme, u: float, width: int) -> QPixmap:
        dpr = self.devicePixelRatioF()
        key = (theme.name, u, width, dpr)
        if self._picture is None or self._picture[0] != key:

            def paint(painter: QPainter) -> None:
                painter.scale(u, u)
                paint_sketch(painter, theme, width / u, self.card.sketch)

            self._picture = (key, make_pixmap(width, HEIGHT * u, dpr, paint))
        return self._picture[1]


class FileRow(_Painted):
    """A file opened before: its name, and below it the folder."""

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self.choice = choice
        self.setText(choice.title)
        self.setAccessibleName(f"{choice.title}, in {choice.sentence}")
        self.setToolTip(choice.name)

    def set_look(self, theme: Theme, scale: float, width: int) -> None:
        """Colours and sizes; width: of the row, px."""
        self._look = (theme, scale)
        self.setFixedSize(width, round(40 * scale))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._look is None:
            return
        theme, u = self._look
        painter = QPainter(self)
        self._ground(painter, "", "", 1.0)
        area = self.rect().adjusted(round(8 * u), round(4 * u), -round(8 * u), -round(4 * u))
        half = area.height() // 2
        for text, color, font, place, cut in (
            (self.choice.title, theme.text, fonts.font(fonts.BODY * u, fonts.MEDIUM),
             area.adjusted(0, 0, 0, -half), Qt.TextElideMode.ElideRight),
            (self.choice.sentence, theme.muted, fonts.font(fonts.CAPTION * u),
             area.adjusted(0, half, 0, 0), Qt.TextElideMode.ElideMiddle),
        ):  # fmt: skip
            painter.setFont(font)
            painter.setPen(qcolor(color))
            words = QFontMetricsF(font).elidedText(text, cut, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()
