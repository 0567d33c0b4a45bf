"""The style sheet of the ordinary widgets (buttons, slider, menus, bars) from a theme and a scale.

Fonts are set on widgets (`apply_fonts`), not here: a style sheet cannot set the weight of a
variable font.
"""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QWidget,
)

from nvmeviz.ui import fonts
from nvmeviz.ui.theme import Theme, qcolor, with_alpha


def style_sheet(t: Theme, scale: float) -> str:
    """Qt style sheet text; all lengths in px times `scale`."""

    def px(value: float) -> str:
        return f"{max(1, round(value * scale))}px"

    flat = t.border if t.name != "contrast" else t.border_strong
    return f"""
    QMainWindow, QWidget#central {{ background: {t.window}; }}
    QDialog {{ background: {t.pane}; }}
    QLabel {{ color: {t.text}; background: transparent; }}
    QLabel[role="muted"] {{ color: {t.muted}; }}
    QWidget#toolbar {{ background: {t.bar}; border-bottom: 1px solid {t.border}; }}
    QWidget#statusbar {{ background: {t.bar}; border-top: 1px solid {t.border}; }}
    QWidget#panel {{ background: {t.bar}; border-left: 1px solid {t.border}; }}
    QWidget#panel QScrollArea, QWidget#panel QScrollArea > QWidget > QWidget {{
        background: {t.bar}; }}
    QWidget#start {{ background: {t.bar}; border-right: 1px solid {t.border}; }}
    QWidget#start QScrollArea, QWidget#start QScrollArea > QWidget > QWidget {{
        background: {t.bar}; }}
    QWidget#start QScrollArea {{ border: 1px solid transparent; border-top-color: {t.border}; }}
    QWidget#start QScrollArea:focus {{ border: 1px solid {t.focus}; }}
    QLabel[role="number"] {{ color: {t.muted}; }}
    QWidget#panel QToolButton, QWidget#start QToolButton {{
        padding: {px(2)} {px(7)}; min-height: {px(16)}; }}
    QWidget#panel QPushButton {{ text-align: left; }}
    QPushButton[role="group"] {{ background: transparent; border: none; text-align: left;
        color: {t.text}; padding: {px(5)} {px(2)}; }}
    QPushButton[role="group"]:hover {{ background: {t.hover}; }}
    QPushButton[role="group"]:focus {{ border: {px(2)} solid {t.focus}; }}
    QToolButton[role="switch"] {{ border-radius: 0; }}
    QToolButton[role="switch"]:checked {{ background: {t.primary}; color: {t.on_primary};
        border-color: {t.primary}; }}
    QToolButton[role="switch"]:focus {{ border: {px(2)} solid {t.focus}; }}
    QLabel[role="wrong"] {{ color: {t.vm_exit_text}; }}
    QLineEdit, QComboBox {{ background: {t.field}; color: {t.text};
        border: 1px solid {t.border_strong}; border-radius: {px(5)}; padding: {px(2)} {px(5)}; }}
    QLineEdit:focus, QComboBox:focus {{ border: {px(2)} solid {t.focus}; }}
    QComboBox QAbstractItemView {{ background: {t.pane}; color: {t.text};
        selection-background-color: {t.hover}; selection-color: {t.text}; }}
    QFrame#notice {{ background: {t.raised}; border: none; border-left: {px(5)} solid {t.vm_exit};
        border-bottom: 1px solid {t.border}; }}
    QFrame#reading {{ background: {t.raised}; border: none; border-left: {px(5)} solid {t.primary}; }}
    QProgressBar {{ background: {t.track}; border: none; border-radius: {px(3)}; }}
    QProgressBar::chunk {{ background: {t.primary}; border-radius: {px(3)}; }}
    QLabel#drop {{ background: {with_alpha(t.window, 0.88)}; color: {t.text};
        border: {px(3)} dashed {t.primary}; border-radius: {px(12)}; }}
    QFrame#notice[calm="true"] {{ border-left-color: {t.primary}; }}
    QWidget#card {{ background: {t.pane}; border: 1px solid {t.border}; border-radius: {px(10)}; }}
    QWidget#card:focus {{ border: {px(2)} solid {t.focus}; }}
    QPlainTextEdit#command {{ background: {t.field}; color: {t.text}; border-radius: {px(6)};
        border: 1px solid {flat}; }}
    QPlainTextEdit#command:focus {{ border: {px(2)} solid {t.focus}; }}
    QLabel#where {{ color: {t.muted}; border: 1px solid {t.border_strong}; border-radius: {px(5)};
        padding: {px(2)} {px(8)}; }}
    QCheckBox {{ color: {t.text}; spacing: {px(8)}; padding: {px(2)}; }}
    QCheckBox::indicator {{ width: {px(13)}; height: {px(13)}; background: {t.field};
        border: 1px solid {t.muted}; border-radius: {px(3)}; }}
    QCheckBox::indicator:checked {{ background: {t.primary}; }}
    QCheckBox:focus {{ border: {px(2)} solid {t.focus}; border-radius: {px(4)}; padding: 0; }}
    QPushButton, QToolButton {{
        background: {t.raised}; color: {t.text}; border: 1px solid {flat};
        border-radius: {px(7)}; padding: {px(5)} {px(12)}; min-height: {px(20)};
    }}
    #toolbar QToolButton {{ padding: {px(5)} {px(8)}; }}
    QToolButton#graph_button {{ padding: 0; min-height: 0; border: none; background: transparent; }}
    QToolButton#graph_button:hover {{ background: {t.hover}; }}
    QFileDialog QToolButton {{ padding: 2px; min-height: 0; }}
    QPushButton:hover, QToolButton:hover {{ background: {t.hover}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {t.border_strong}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {t.faint}; background: {t.bar}; }}
    QPushButton:focus, QToolButton:focus {{ border: {px(2)} solid {t.focus}; }}
    QPushButton[role="primary"] {{ background: {t.primary}; color: {t.on_primary};
        border-color: {t.primary}; }}
    QPushButton[role="primary"]:hover {{ background: {with_alpha(t.primary, 0.85)}; }}
    QPushButton[role="primary"]:focus {{ border: {px(2)} solid {t.focus}; }}
    QPushButton[role="epoch"] {{ text-align: left; padding: {px(5)} {px(10)}; }}
    QPushButton[role="epoch"]:checked {{ background: {t.hover};
        border-left: {px(4)} solid {t.primary}; }}
    QToolButton#play {{ background: {t.primary}; border-color: {t.primary}; }}
    QToolButton#play:hover {{ background: {with_alpha(t.primary, 0.85)}; }}
    QToolButton#play:focus {{ border: {px(2)} solid {t.focus}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QSlider {{ min-height: {px(22)}; }}
    QSlider::groove:horizontal {{ height: {px(4)}; background: {t.track}; border-radius: {px(2)};
        {f"border: 1px solid {t.border};" if t.name == "contrast" else ""} }}
    QSlider::sub-page:horizontal {{ background: {t.slots[3]}; border-radius: {px(2)}; }}
    QSlider::handle:horizontal {{ background: {t.text}; width: {px(14)}; margin: -{px(5)} 0;
        border-radius: {px(7)}; }}
    QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{
        background: {t.focus}; }}
    QListWidget {{ background: {t.pane}; color: {t.text}; border: 1px solid {t.border_strong};
        border-radius: {px(8)}; padding: {px(4)}; outline: none; }}
    QListWidget::item {{ padding: {px(6)} {px(8)}; border-radius: {px(5)}; }}
    QListWidget::item:selected {{ background: {t.hover}; color: {t.text}; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: {t.pane}; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: {px(10)}; }}
    QScrollBar::handle:vertical {{ background: {t.border_strong}; border-radius: {px(4)};
        min-height: {px(24)}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    QMenu {{ background: {t.pane}; color: {t.text}; border: 1px solid {t.border_strong};
        padding: {px(4)}; font-size: {px(12.5)}; }}
    QMenu::separator {{ height: 1px; background: {t.border_strong}; margin: {px(4)} {px(8)}; }}
    QMenu::item {{ padding: {px(6)} {px(18)}; border-radius: {px(5)}; }}
    QMenu::item:selected {{ background: {t.hover}; }}
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border_strong};
        padding: {px(5)} {px(7)}; font-size: {px(fonts.BODY)}; }}
    """


def palette(t: Theme) -> QPalette:
    """Colours of the widgets that the style sheet does not name: file dialogs, editors, tool tips."""
    made = QPalette()
    role = QPalette.ColorRole
    for part, color in (
        (role.Window, t.pane), (role.WindowText, t.text), (role.Base, t.field), (role.Text, t.text),
        (role.AlternateBase, t.card), (role.Button, t.raised), (role.ButtonText, t.text),
        (role.Highlight, t.primary), (role.HighlightedText, t.on_primary), (role.Link, t.focus),
        (role.ToolTipBase, t.raised), (role.ToolTipText, t.text), (role.PlaceholderText, t.faint),
        (role.Mid, t.border), (role.Dark, t.border_strong), (role.Light, t.hover),
    ):  # fmt: skip
        made.setColor(part, qcolor(color))
    for part in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, part, qcolor(t.faint))
    return made


def apply_fonts(root: QWidget, scale: float) -> None:
    """Give `root` and every widget in it its font: property `role` says which one."""
    roles = {
        "logo": fonts.font(19 * scale, fonts.BOLD),
        "title": fonts.font(fonts.STRONG * scale, fonts.SEMIBOLD),
        "strong": fonts.font(fonts.BODY * scale, fonts.SEMIBOLD),
        "mono": fonts.font(fonts.STRONG * scale, fonts.MEDIUM, mono=True),
        "key": fonts.font(fonts.BODY * scale, fonts.MEDIUM, mono=True),
        "caption": fonts.font(fonts.CAPTION * scale),
    }
    plain = fonts.font(fonts.BODY * scale)
    medium = fonts.font(fonts.BODY * scale, fonts.MEDIUM)
    root.setFont(plain)
    for widget in root.findChildren(QWidget):
        role = widget.property("font_role")
        if role in roles:
            widget.setFont(roles[role])
        elif isinstance(widget, QLabel | QListWidget | QLineEdit | QComboBox):
            widget.setFont(plain)
        elif isinstance(widget, QAbstractButton):
            widget.setFont(medium)
