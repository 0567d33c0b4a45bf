"""Every command once: menus, shortcuts, the key sheet and help read this table.

`keys` are portable key sequences. A row whose `message` is None is done by the window itself (full
screen, file dialogs); all others become messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.app.findings_view import SeekFinding, ToggleFindings
from nvmeviz.app.messages import (
    Branch,
    ChangeSpeed,
    Dismiss,
    FloatPane,
    FollowNewest,
    MovePane,
    Place,
    Redo,
    RemovePane,
    ResetPanes,
    Seek,
    SeekMark,
    SelectWorkspace,
    Solo,
    Step,
    TogglePanel,
    TogglePlay,
    Undo,
    Unit,
)
from nvmeviz.app.panes import MAX_PANES
from nvmeviz.app.predictions import Predict
from nvmeviz.app.start_view import ToggleStart

if TYPE_CHECKING:
    from collections.abc import Callable

    from nvmeviz.app.messages import Message


@dataclass(frozen=True, slots=True)
class Command:
    """name: identifier. title: plain words. section: where the key sheet lists it, if it does."""

    name: str
    title: str
    section: str
    keys: tuple[str, ...]
    message: Callable[[], Message] | None = None
    listed: bool = True


def _solo(place: int) -> Command:
    """Shift and a digit: one row of the key sheet stands for all six."""
    return Command(
        f"solo_{place + 1}",
        "Pane 1 (to 6) alone, and all again",
        "Panes",
        (f"Shift+{place + 1}",),
        lambda: Solo(place),
        listed=place == 0,
    )


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
        "Back to the finished command before",
        "Time",
        ("Shift+Left",),
        lambda: Step(Unit.COMMAND, -1),
    ),
    Command(
        "next_mark",
        "To the next marked place of the run",
        "Time",
        ("Ctrl+Right",),
        lambda: SeekMark(forward=True),
    ),
    Command(
        "last_mark",
        "Back to the marked place before",
        "Time",
        ("Ctrl+Left",),
        lambda: SeekMark(forward=False),
    ),
    Command("next_finding", "To the next finding", "Time", ("F8",), lambda: SeekFinding(True)),
    Command(
        "last_finding",
        "Back to the finding before",
        "Time",
        ("Shift+F8",),
        lambda: SeekFinding(False),
    ),
    Command("slower", "Slower", "Time", ("[",), lambda: ChangeSpeed(-1)),
    Command("faster", "Faster", "Time", ("]",), lambda: ChangeSpeed(1)),
    Command("start", "To the start", "Time", ("Home",), lambda: Seek(Place.START)),
    Command("live_edge", "To the newest moment", "Time", ("End",), lambda: Seek(Place.LIVE_EDGE)),
    Command("add_pane", "One more pane", "Panes", ("Ctrl+N",)),
    Command("add_recording", "A recording as further panes", "Panes", ("Ctrl+Shift+O",)),
    Command("branch", "Branch: the pane goes on twice from here", "Panes", ("Ctrl+B",), Branch),
    Command(
        "predict",
        "Predict: simulate a measured or recorded pane beside it",
        "Panes",
        ("Ctrl+Shift+P",),
        Predict,
    ),
    Command("panel", "Settings: mode, depth, costs, seed", "Panes", ("Ctrl+P",), TogglePanel),
    Command("undo", "Undo the last change to the panes", "Panes", ("Ctrl+Z",), Undo),
    Command("redo", "Redo what was undone", "Panes", ("Ctrl+Shift+Z", "Ctrl+Y"), Redo),
    *(_solo(place) for place in range(MAX_PANES)),
    Command("move_left", "Pane to the left", "Panes", ("Ctrl+Shift+Left",), lambda: MovePane(-1)),
    Command("move_right", "Pane to the right", "Panes", ("Ctrl+Shift+Right",), lambda: MovePane(1)),
    Command(
        "float", "Pane in a window of its own, and back", "Panes", ("Ctrl+Shift+F",), FloatPane
    ),
    Command("pane_menu", "All that can be done with a pane", "Panes", ("F10",)),
    Command("remove_pane", "Remove the pane", "Panes", ("Ctrl+W",), RemovePane),
    Command(
        "reset_panes", "Panes as the scenario has them", "Panes", ("Ctrl+Shift+R",), ResetPanes
    ),
    Command("follow", "Follow the newest command in every pane", "Panes", ("F",), FollowNewest),
    Command(
        "start_page", "Start page: what is seen, scenarios, files", "View", ("F2",), ToggleStart
    ),
    Command("compare", "Compare", "View", ("1",), lambda: SelectWorkspace("compare")),
    Command("findings", "Findings: what went wrong", "View", ("Ctrl+L",), ToggleFindings),
    Command("enlarge_graph", "Enlarge a graph, or back to the panes", "View", ("G",)),
    Command("zoom_in", "Everything larger", "View", ("Ctrl++", "Ctrl+=")),
    Command("zoom_out", "Everything smaller", "View", ("Ctrl+-",)),
    Command("zoom_reset", "Normal size", "View", ("Ctrl+0",)),
    Command("next_theme", "Next theme: dark, light, high contrast", "View", ("Ctrl+T",)),
    Command("reduce_motion", "Less motion: no moving dots", "View", ("Ctrl+M",)),
    Command("toggle_full_screen", "Full screen", "View", ("F11",)),
    Command("leave", "Leave: reading a file, one pane alone, full screen", "View", ("Esc",)),
    Command("open", "Open a scenario, a recording, traces", "File", ("Ctrl+O",)),
    Command("save", "Save a recording", "File", ("Ctrl+S",)),
    Command("export", "Export the pane's run: trace, tables, log", "File", ("Ctrl+E",)),
    Command("record", "Record a trace on your own host: the commands", "File", ("Ctrl+R",)),
    Command("copy_picture", "Copy the window as a picture", "File", ("Ctrl+Shift+C",)),
    Command("dismiss", "Take the notice away", "File", ("Ctrl+Backspace",), Dismiss),
    Command("show_keys", "All keys", "Help", ("?", "F1")),
    Command("terms", "Terms: what the words mean", "Help", ("Shift+F1",)),
    Command("diagnostics", "Diagnostics: one file for a problem report", "Help", ()),
    Command("about", "About nvmeviz, and licences", "Help", ()),
    Command("menu", "Menu: everything that can be done", "Help", ("Alt+M",)),
    Command("quit", "Quit", "File", ("Ctrl+Q",)),
)

COMMAND_BY_NAME: dict[str, Command] = {command.name: command for command in COMMANDS}
