"""A graph as a picture or a file: PNG and SVG from the widget's own painting, CSV by `app`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from nvmeviz.app.graph_view import SaveGraph
from nvmeviz.app.messages import Failed, Message, Told
from nvmeviz.app.writing import reason, whole_file
from nvmeviz.ui.draw.vector_canvas import VectorCanvas

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.ui.graphs.graph_widget import GraphWidget

FORMATS = {"png": "PNG", "svg": "SVG", "csv": "CSV"}
SIZE = QSize(960, 540)  # of a picture, logical px; half a slide
PNG_RATIO = 2.0


def _sheet(widget: GraphWidget, frame: GraphFrame) -> GraphWidget:
    """A graph of the same look, off-screen, at the size of a picture."""
    assert widget.theme is not None, "a graph on screen has a look"
    canvas = VectorCanvas(widget.theme, PNG_RATIO)
    sheet = type(widget)(lambda _: canvas, lambda _: None)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    sheet.setStyleSheet(f"QWidget#card {{ background: {widget.theme.pane}; border: none; }}")
    sheet.for_paper()
    sheet.set_look(widget.theme, 1.5)
    sheet.resize(SIZE)
    sheet.set_frame(frame)
    sheet.show()  # lays out; without a screen
    sheet.set_frame(frame)
    return sheet


def _render(widget: GraphWidget, frame: GraphFrame, painter: QPainter) -> None:
    sheet = _sheet(widget, frame)
    flags = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren
    sheet.render(painter, QPoint(), QRect(QPoint(), SIZE), flags)
    sheet.hide()
    sheet.deleteLater()


def picture(widget: GraphWidget, frame: GraphFrame) -> QImage:
    """The graph as an image."""
    image = QImage(SIZE * PNG_RATIO, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PNG_RATIO)
    assert widget.theme is not None, "a graph on screen has a look"
    image.fill(widget.theme.pane)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    _render(widget, frame, painter)
    painter.end()
    return image


def copy_picture(widget: GraphWidget) -> None:
    """Put the graph on the clipboard."""
    if widget.frame is not None:
        QGuiApplication.clipboard().setImage(picture(widget, widget.frame))


def drawing(widget: GraphWidget, frame: GraphFrame) -> bytes:
    """The graph as an SVG file."""
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(SIZE)
    generator.setViewBox(QRect(QPoint(), SIZE))
    generator.setTitle(frame.title)
    painter = QPainter(generator)
    _render(widget, frame, painter)
    painter.end()
    return bytes(buffer.data().data())


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    QImageWriter(buffer, b"png").write(image)
    return bytes(buffer.data().data())


def export(
    widget: GraphWidget,
    frame: GraphFrame,
    kind: str,
    path: str,
    dispatch: Callable[[Message], None],
) -> None:
    """Write the graph as `kind`, one of FORMATS; a message says how it went."""
    if kind == "csv":
        dispatch(SaveGraph(path, frame))
        return
    data = drawing(widget, frame) if kind == "svg" else _png(picture(widget, frame))
    try:
        with whole_file(path) as file:
            file.write(data)
    except OSError as error:
        dispatch(Failed(f"The graph was not saved: {reason(error)} ({path})"))
        return
    dispatch(Told(f"Saved: {path}"))
