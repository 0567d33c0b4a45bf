"""What a window shows at one moment: plain, frozen values and arrays, no Qt and no pixels.

`app.present` makes these from (log, t); `ui` paints them and adds nothing. Everything positional is
semantic (slot 17 of the SQ, 0.4 of the way from the SQ to the controller); painters own the
geometry. Two frames that compare equal paint the same pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz.app.present.about import (
    NO_COMMANDS,
    PLAIN,
    About,
    Choice,
    Followed,
    LiveCommands,
    WaitingPane,
)
from nvmeviz.app.present.graph_frame import NO_TOOLS, GraphTools
from nvmeviz.app.present.parts import (
    OUTSIDE,
    RING_SLOTS_DRAWN,
    Activity,
    Arc,
    BatchBox,
    Bell,
    CellBox,
    CenterBox,
    Chip,
    Controller,
    Cup,
    Device,
    Lane,
    Lock,
    Path,
    Ring,
    SlotState,
    SmallQueue,
    Span,
    Tokens,
    TrapBox,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.app.present.findings_frame import FindingsFrame
    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.app.present.panel_frame import PanelFrame
    from nvmeviz.app.present.scrubber_frame import ScrubberFrame
    from nvmeviz.app.present.start_frame import StartFrame


@dataclass(frozen=True, eq=False, slots=True)
class PaneFrame:
    """One pane of Compare. `accent` names the mode's colour in the theme.

    guest: index into `guests`, the one shown; guest_queues: what selects each. queues: the I/O
    queue pairs of that guest. around: what Up and Down select. wall_open: the VMM is not in the way
    of doorbells. wall_lit: a vCPU of the guest is stopped in the VMM.

    flow: (len(Path),) float32, tokens per second of wall time on each path when they are too many
    to draw (then `tokens` is empty), else None. averages: then, over which time words, wall, bells
    and bars are averages; wall_share: share of that time its vCPUs were out, None at an instant.
    hidden: the parts of which the log tells nothing: "doorbells", "controller", "device".
    """

    pane_id: int
    title: str
    subtitle: str
    accent: str
    provenance: str  # "simulated" | "recorded" | "measured" | "prediction"
    iops: str  # "43.9 k"
    iops_hint: str
    chips: tuple[Chip, ...]
    guests: tuple[str, ...]  # "VM 1"
    guest: int
    guest_queues: tuple[int, ...]
    queue_note: str  # "queue pair 1 of 4"
    lanes: tuple[Lane, ...]
    queues: tuple[SmallQueue, ...]
    admin: SmallQueue | None
    around: tuple[int, int]
    sq: Ring
    cq: Ring
    center: CenterBox
    wall_lit: bool
    wall_open: bool
    lock: Lock | None
    bells: tuple[Bell, Bell]
    traps_per_s: str
    controller: Controller
    device: Device
    tokens: Tokens
    flow: NDArray[np.float32] | None
    spoken: str  # one sentence for screen readers
    flow_phase: float = 0.0  # 0..1, turns with the playhead: moves the dots of `flow` along
    averages: str = ""  # "averages of the last 5 ms"
    wall_share: float | None = None
    avoided_per_s: str = ""  # doorbells that EventIdx made needless; "" where nothing is compared
    traps_hint: str = ""
    cup: Cup | None = None
    neighbours: tuple[SmallQueue, ...] = ()  # the guests, each with its fill and its traps
    about: About = PLAIN
    live: LiveCommands = NO_COMMANDS
    followed: Followed | None = None
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingFrame:
    """A file on its way. title: "Reading a.log"; words: what was found so far; share: 0..1."""

    title: str
    words: str
    share: float


@dataclass(frozen=True, slots=True)
class Toolbar:
    """The bar at the top: what plays, how fast, where we are."""

    playing: bool
    title: str
    choices: tuple[Choice, ...]
    speed_position: float  # 0..1 on the speed slider
    speed_text: str  # "1 s shows 20 µs"
    time_text: str  # "t = 1 284.316 µs"
    at_start: bool
    at_live_edge: bool
    event_text: str  # what happened last, in words
    recent: tuple[Choice, ...] = ()  # files opened last: name, title and where they are


LEGEND: tuple[tuple[int, str], ...] = (
    (SlotState.WRITTEN, "written, not rung"),
    (SlotState.RUNG, "rung, waiting"),
    (SlotState.FETCHED, "fetched"),
    (SlotState.IN_DEVICE, "in device"),
    (SlotState.COMPLETED, "completed"),
)
INFERRED_MARK = -1  # in a legend: the look of figures that are inferred


@dataclass(frozen=True, eq=False, slots=True)
class WindowFrame:
    """Everything the window shows. `graphs` is the same object as last time when nothing in it
    changed.
    """

    workspace: str
    toolbar: Toolbar
    panes: tuple[PaneFrame, ...]
    graphs: tuple[GraphFrame, ...]
    status: str
    notice: str = ""  # an error or a hint that stays until dismissed
    notice_calm: bool = False  # it tells of something that went well
    reading: ReadingFrame | None = None  # None: nothing is being read
    solo: int | None = None  # the pane that is shown alone
    floating: frozenset[int] = frozenset()  # panes with windows of their own
    panel: PanelFrame | None = None  # None: closed
    findings: FindingsFrame | None = None  # None: closed
    start: StartFrame | None = None  # None: closed
    waiting: tuple[WaitingPane, ...] = ()  # their places are in `about`, among those of `panes`
    scrubber: ScrubberFrame | None = None
    graph_tools: GraphTools = NO_TOOLS
    legend: tuple[tuple[int, str], ...] = LEGEND


__all__ = [
    "Activity",
    "Arc",
    "BatchBox",
    "Bell",
    "CellBox",
    "CenterBox",
    "Chip",
    "Choice",
    "Controller",
    "Cup",
    "Device",
    "INFERRED_MARK",
    "LEGEND",
    "Lane",
    "Lock",
    "OUTSIDE",
    "PaneFrame",
    "Path",
    "RING_SLOTS_DRAWN",
    "ReadingFrame",
    "Ring",
    "SlotState",
    "SmallQueue",
    "Span",
    "Tokens",
    "Toolbar",
    "TrapBox",
    "WindowFrame",
]
