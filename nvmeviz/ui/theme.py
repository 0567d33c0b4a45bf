"""Colours by name: one TOML file per theme in `resources/themes`, read into a frozen `Theme`.

It knows what colours exist and how their contrast is measured (WCAG 2.1, 1.4.3 relative luminance).
What is painted with which colour is the painters' business; text and graphic contrast of every file
is held by tests/ui/test_theme.py.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication

from nvmeviz.app import resources

THEMES = ("dark", "light", "contrast")


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours as "#rrggbb" or "#aarrggbb"; `slots` by SlotState, `activities` by Activity."""

    name: str
    dark: bool
    window: str
    bar: str
    pane: str
    card: str
    raised: str
    field: str
    track: str
    border: str
    border_strong: str
    hover: str
    primary: str
    on_primary: str
    focus: str
    text: str
    muted: str
    faint: str
    on_slot: str
    slot_border: str
    vm_exit: str
    vm_exit_text: str
    wall_lit: str
    bell: str
    grid: str
    slots: tuple[str, ...]
    activities: tuple[str, ...]
    modes: dict[str, str]
    fallback: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.name)

    def color(self, name: str) -> QColor:
        """The colour called `name` (a field), or `name` itself when it starts with '#'."""
        return qcolor(name if name.startswith("#") else getattr(self, name))

    def accent(self, mode: str) -> str:
        """A mode's colour; a mode the file does not name gets one of the fallback colours, by its
        name.
        """
        found = self.modes.get(mode)
        if found is not None:
            return found
        return self.fallback[sum(mode.encode()) % len(self.fallback)]


@lru_cache(maxsize=512)
def qcolor(text: str) -> QColor:
    """A shared QColor (never change it in place)."""
    return QColor(text)


@lru_cache(maxsize=2048)
def mixed(a: str, b: str, share: float) -> str:
    """The colour `share` (0..1) of the way from `a` to `b`."""
    first, second = qcolor(a), qcolor(b)
    parts = [
        round(x + (y - x) * share)
        for x, y in zip(first.getRgb(), second.getRgb(), strict=True)  # type: ignore[arg-type]
    ]
    return QColor(*parts).name(QColor.NameFormat.HexArgb)


def with_alpha(color: str, alpha: float) -> str:
    """The colour at opacity `alpha` (0..1)."""
    return f"#{round(alpha * 255):02x}{color[-6:]}"


@lru_cache(maxsize=8)
def load(name: str) -> Theme:
    """The theme called `name`. KeyError names what its file lacks."""
    file = resources.path("themes", f"{name}.toml")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    values = {"name": name, **data.pop("colors"), **data}
    for key in ("slots", "activities", "fallback"):
        values[key] = tuple(values[key])
    missing = [f.name for f in fields(Theme) if f.name not in values]
    if missing:
        raise KeyError(f"{', '.join(missing)} missing in {file}")
    return Theme(**values)


def resolve(setting: str) -> str:
    """The theme for a setting: 'system' follows the desktop's dark or light scheme."""
    if setting in THEMES:
        return setting
    hints = QGuiApplication.styleHints()
    return "light" if hints.colorScheme() == Qt.ColorScheme.Light else "dark"


def luminance(color: str) -> float:
    """Relative luminance 0..1 of an opaque colour. WCAG 2.1."""
    channels = [int(color[-6:][i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """Contrast ratio 1..21 of two opaque colours. WCAG 2.1."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)
