"""Fonts: Inter for text and JetBrains Mono for figures, from their font packages, and the type
scale.

Both are variable fonts: Qt reports one style for them and would fake the bold, so weights are set
on the `wght` axis. Where a file is missing or broken, the system's font takes its place, and
`complaint` says so.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

CAPTION, BODY, STRONG, TITLE, FIGURE = 11.0, 12.5, 14.0, 18.0, 30.0  # px at 100 %
REGULAR, MEDIUM, SEMIBOLD, BOLD = 400, 500, 600, 700


_OURS = (("inter", "Inter"), ("jetbrains-mono", "JetBrains Mono"))  # text, figures


@lru_cache(maxsize=1)
def _loaded() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(text family, mono family), and the names of those of ours that are missing."""
    families: list[str] = []
    missing: list[str] = []
    for (package, name), standard in zip(
        _OURS,
        (QFontDatabase.SystemFont.GeneralFont, QFontDatabase.SystemFont.FixedFont),
        strict=True,
    ):
        try:
            import fontpkg

            number = QFontDatabase.addApplicationFont(str(fontpkg.path(package)))
        except Exception:  # whatever a broken package raises: the window is worth more
            number = -1
        found = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        if not found:
            missing.append(name)
        families.append(found[0] if found else QFontDatabase.systemFont(standard).family())
    return tuple(families), tuple(missing)


def load_fonts() -> tuple[str, str]:
    """Make both families known to Qt (a QApplication must exist): (text family, mono family)."""
    text, mono = _loaded()[0]
    return text, mono


def complaint() -> str:
    """What is wrong with the fonts and what to do, in a sentence; "" for nothing."""
    missing = _loaded()[1]
    if not missing:
        return ""
    return (
        f"The program's own font can't be read ({', '.join(missing)}), so the system's is used: letters "
        "may not fit where they stand. Install the program again."
    )


@lru_cache(maxsize=256)
def font(px: float, weight: int = REGULAR, *, mono: bool = False, spacing: float = 0.0) -> QFont:
    """A font of `px` pixels; `spacing` is letter spacing in px. Shared: copy before changing it."""
    made = QFont(load_fonts()[mono])
    made.setPixelSize(max(1, round(px)))
    if _OURS[mono][1] in _loaded()[1]:
        made.setWeight(QFont.Weight(weight))
    else:
        made.setVariableAxis(QFont.Tag("wght"), weight)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setStyleHint(QFont.StyleHint.Monospace if mono else QFont.StyleHint.SansSerif)
    if mono:
        made.setStyleStrategy(QFont.StyleStrategy.PreferQuality)
        made.setFeature(QFont.Tag("calt"), 0)  # no ligatures: glyphs are placed one by one
    if spacing:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    return made
