"""Every command once: menus, shortcuts, the key sheet and help read this table.

`keys` are portable key sequences. A row whose `message` is None is done by the window itself (full
screen, file dialogs); all others become messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.app.messages import (
    ChangeSpeed,
    Dismiss,
    Place,
    Seek,
    SelectWorkspace,
    Step,
    TogglePlay,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message


@dataclass(frozen=True, slots=True)
class Command:
    """name: identifier. title: plain words. section: where the key sheet lists it."""

    name: str
    title: str
    section: str
    keys: tuple[str, ...]
    message: Callable[[], Message] | None = None


COMMANDS: tuple[Command, ...] = (
    Command("toggle_play", "Play or pause", "Time", ("Space", "K"), TogglePlay),
    Command("step_event", "One event on", "Time", ("Right",), lambda: Step(Unit.EVENT, 1)),
    Command("step_event_back", "One event back", "Time", ("Left",), lambda: Step(Unit.EVENT, -1)),
    Command(
        "step_command",
        "To the next finished command",
        "Time",
        ("Shift+Right",),
        lambda: Step(Unit.COMMAND, 1),
    ),
    Command(
        "step_command_back",
        "Back to the last finished command",
        "Time",
        ("Shift+Left",),
        lambda: Step(Unit.COMMAND, -1),
    ),
    Command("slower", "Slower", "Time", ("[",), lambda: ChangeSpeed(-1)),
    Command("faster", "Faster", "Time", ("]",), lambda: ChangeSpeed(1)),
    Command("start", "To the start", "Time", ("Home",), lambda: Seek(Place.START)),
    Command("live_edge", "To the newest moment", "Time", ("End",), lambda: Seek(Place.LIVE_EDGE)),
    Command("compare", "Compare", "View", ("1",), lambda: SelectWorkspace("compare")),
    Command("enlarge_graph", "Enlarge a graph, or back to the panes", "View", ("G",)),
    Command("zoom_in", "Everything larger", "View", ("Ctrl++", "Ctrl+=")),
    Command("zoom_out", "Everything smaller", "View", ("Ctrl+-",)),
    Command("zoom_reset", "Normal size", "View", ("Ctrl+0",)),
    Command("next_theme", "Next theme: dark, light, high contrast", "View", ("Ctrl+T",)),
    Command("reduce_motion", "Less motion: no moving dots", "View", ("Ctrl+M",)),
    Command("toggle_full_screen", "Full screen", "View", ("F11",)),
    Command("leave_full_screen", "Leave full screen", "View", ("Esc",)),
    Command("open", "Open a scenario or a recording", "File", ("Ctrl+O",)),
    Command("save", "Save a recording", "File", ("Ctrl+S",)),
    Command("copy_picture", "Copy the window as a picture", "File", ("Ctrl+Shift+C",)),
    Command("dismiss", "Take the notice away", "File", ("Ctrl+Backspace",), Dismiss),
    Command("show_keys", "All keys", "Help", ("?", "F1")),
    Command("quit", "Quit", "File", ("Ctrl+Q",)),
)

COMMAND_BY_NAME: dict[str, Command] = {command.name: command for command in COMMANDS}
