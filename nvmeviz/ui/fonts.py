"""Fonts: Inter for text and JetBrains Mono for figures, from their font packages, and the type
scale.

Both are variable fonts: Qt reports one style for them and would fake the bold, so weights are set
on the `wght` axis.
"""

from __future__ import annotations

from functools import lru_cache

import fontpkg
from PySide6.QtGui import QFont, QFontDatabase

CAPTION, BODY, STRONG, TITLE, FIGURE = 11.0, 12.5, 14.0, 18.0, 30.0  # px at 100 %
REGULAR, MEDIUM, SEMIBOLD, BOLD = 400, 500, 600, 700


@lru_cache(maxsize=1)
def load_fonts() -> tuple[str, str]:
    """Make both families known to Qt (a QApplication must exist): (text family, mono family)."""
    families = []
    for package in ("inter", "jetbrains-mono"):
        number = QFontDatabase.addApplicationFont(str(fontpkg.path(package)))
        assert number >= 0, f"Qt cannot read the font of fontpkg-{package}"
        families.append(QFontDatabase.applicationFontFamilies(number)[0])
    return families[0], families[1]


@lru_cache(maxsize=256)
def font(px: float, weight: int = REGULAR, *, mono: bool = False, spacing: float = 0.0) -> QFont:
    """A font of `px` pixels; `spacing` is letter spacing in px. Shared: copy before changing it."""
    made = QFont(load_fonts()[mono])
    made.setPixelSize(max(1, round(px)))
    made.setVariableAxis(QFont.Tag("wght"), weight)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setStyleHint(QFont.StyleHint.Monospace if mono else QFont.StyleHint.SansSerif)
    if mono:
        made.setStyleStrategy(QFont.StyleStrategy.PreferQuality)
        made.setFeature(QFont.Tag("calt"), 0)  # no ligatures: glyphs are placed one by one
    if spacing:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    return made
