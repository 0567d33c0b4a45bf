"""What a person set and wants to find again: theme, scale, motion, window place, panes. A small TOML
file.

It lies in the platform's folder for settings, or in NVMEVIZ_CONFIG_DIR. A file that cannot be read
never stops the program: it is set aside under another name, the defaults hold, and a sentence says
so.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import platformdirs
import tomli_w

from nvmeviz.app.graph_view import DEFAULT_VIEW, GraphView, view_of, view_table
from nvmeviz.app.pane_files import MAX_LAYOUTS, layout_tables, layouts_of
from nvmeviz.app.recent import MAX_RECENT, recent_of
from nvmeviz.files import reason, whole_file

if TYPE_CHECKING:
    from nvmeviz.app.state import Layouts

THEMES = ("system", "dark", "light", "contrast")
MIN_SCALE, MAX_SCALE = 0.75, 3.0
FILE = "settings.toml"
FARTHEST = 1_000_000  # px: no screen is there


@dataclass(frozen=True, slots=True)
class Settings:
    """theme: one of THEMES. scale: 1.0 is 100 %. window: (x, y, width, height) in logical px, or
    None. layouts: the panes that each scenario was left with. graphs: which ones stand in the row.
    recent: files that were opened last, newest first. start_page: it is shown at a start with nothing
    asked for.
    """

    theme: str = "system"
    scale: float = 1.0
    reduced_motion: bool = False
    window: tuple[int, int, int, int] | None = None
    maximized: bool = False
    layouts: Layouts = ()
    graphs: GraphView = DEFAULT_VIEW
    recent: tuple[str, ...] = ()
    start_page: bool = True


def scaled(settings: Settings, scale: float) -> Settings:
    """The settings with another scale, kept within MIN_SCALE..MAX_SCALE."""
    return replace(settings, scale=round(min(MAX_SCALE, max(MIN_SCALE, scale)), 2))


def look_of(settings: Settings) -> tuple[str, float, bool]:
    """What decides how everything looks."""
    return settings.theme, settings.scale, settings.reduced_motion


def config_dir() -> Path:
    """The folder of the settings file; it need not exist."""
    own = os.environ.get("NVMEVIZ_CONFIG_DIR")
    return Path(own) if own else platformdirs.user_config_path("nvmeviz", appauthor=False)


def _parsed(values: dict[str, object]) -> Settings:
    """Settings from the file's table; a key we do not know is a later version's and left alone.
    ValueError.
    """
    settings = Settings()
    theme = values.get("theme", settings.theme)
    if theme not in THEMES:
        msg = f'theme is "{theme}", but it must be one of {", ".join(THEMES)}'
        raise ValueError(msg)
    scale = values.get("scale", settings.scale)
    if isinstance(scale, bool) or not isinstance(scale, int | float):
        msg = f'scale is "{scale}", but it must be a number'
        raise ValueError(msg)
    if not MIN_SCALE <= scale <= MAX_SCALE:
        msg = f"scale is {scale}, but it must be between {MIN_SCALE} and {MAX_SCALE}"
        raise ValueError(msg)
    for key in ("reduced_motion", "maximized", "start_page"):
        if not isinstance(values.get(key, False), bool):
            raise ValueError(f"{key} must be true or false")
    return Settings(
        theme=str(theme),
        scale=float(scale),
        reduced_motion=bool(values.get("reduced_motion", False)),
        window=_window(values.get("window")),
        maximized=bool(values.get("maximized", False)),
        layouts=layouts_of(values.get("layouts", [])),
        graphs=view_of(values.get("graphs")),
        recent=recent_of(values.get("recent", [])),
        start_page=bool(values.get("start_page", True)),
    )


def _window(place: object) -> tuple[int, int, int, int] | None:
    if place is None:
        return None
    numbers = cast("list[object]", place) if isinstance(place, list) else []
    whole = [n for n in numbers if isinstance(n, int) and not isinstance(n, bool)]
    far = max((abs(n) for n in whole), default=0) > FARTHEST
    if len(whole) != 4 or len(numbers) != 4 or min(whole[2:]) < 1 or far:
        msg = "window must be four whole numbers: x, y, width, height"
        raise ValueError(msg)
    return whole[0], whole[1], whole[2], whole[3]


def _read(file: Path) -> Settings:
    """OSError, RecursionError, and ValueError of tomllib, of decoding and ours."""
    return _parsed(tomllib.loads(file.read_text(encoding="utf-8")))


def read_settings(folder: Path | None = None) -> tuple[Settings, str]:
    """(settings, a sentence when the file was bad, else ""). Never raises for the file's
    contents.
    """
    file = (folder or config_dir()) / FILE
    try:
        return _read(file), ""
    except FileNotFoundError:
        return Settings(), ""
    except OSError as error:
        return (
            Settings(),
            f"Settings could not be read, defaults are used: {error.strerror}: {file}",
        )
    except RecursionError:
        return Settings(), _set_aside(file, ValueError("it is nested too deep"))
    except ValueError as error:  # of tomllib, of decoding, and ours
        return Settings(), _set_aside(file, error)


def _set_aside(file: Path, error: ValueError) -> str:
    aside = file.with_suffix(".bad.toml")
    try:
        file.replace(aside)
    except OSError:
        return f"The settings file is not usable ({error}), defaults are used: {file}"
    return f"The settings file was not usable ({error}). Defaults are used; the old file is kept: {aside}"


def merged(known: Settings, ours: Settings, theirs: Settings) -> Settings:
    """What is to be kept when another window has kept something meanwhile: ours where it has changed
    since `known`, else theirs; of layouts, source by source; of files opened last, both.
    """
    changed = {
        name: getattr(ours, name)
        for name in ours.__dataclass_fields__
        if getattr(ours, name) != getattr(known, name)
    }
    if "layouts" in changed:
        before, now = dict(known.layouts), dict(ours.layouts)
        kept = {key: panes for key, panes in theirs.layouts if key in now or key not in before}
        kept |= {key: panes for key, panes in now.items() if before.get(key) != panes}
        changed["layouts"] = tuple(kept.items())[-MAX_LAYOUTS:]
    if "recent" in changed:
        changed["recent"] = tuple(dict.fromkeys((*ours.recent, *theirs.recent)))[:MAX_RECENT]
    return replace(theirs, **changed)


def keep_settings(settings: Settings, known: Settings, folder: Path | None = None) -> str:
    """Write what has changed since `known` over what the file has now. Returns "" or a sentence saying
    why it could not be written: one that can't be read now is left alone.
    """
    file = (folder or config_dir()) / FILE
    try:
        theirs = _read(file)
    except (FileNotFoundError, ValueError, RecursionError):
        theirs = known
    except OSError as error:
        return f"Settings could not be saved: {reason(error)} ({file})"
    return write_settings(merged(known, settings, theirs), folder)


def write_settings(settings: Settings, folder: Path | None = None) -> str:
    """Replace the file in one step. Returns "" or a sentence saying why it could not be written."""
    folder = folder or config_dir()
    values: dict[str, object] = {
        "theme": settings.theme,
        "scale": settings.scale,
        "reduced_motion": settings.reduced_motion,
        "maximized": settings.maximized,
        "start_page": settings.start_page,
    }
    if settings.window is not None:
        values["window"] = list(settings.window)
    if settings.graphs != DEFAULT_VIEW:
        values["graphs"] = view_table(settings.graphs)
    if settings.recent:
        values["recent"] = list(settings.recent)
    if settings.layouts:
        values["layouts"] = layout_tables(settings.layouts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(folder / FILE) as out:
            tomli_w.dump(values, out)
    except UnicodeEncodeError:
        return f"Settings could not be saved: a name in them is no text: {folder / FILE}"
    except OSError as error:
        return f"Settings could not be saved: {reason(error)} ({folder / FILE})"
    return ""
