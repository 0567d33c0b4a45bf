"""What a window shows at one moment: plain, frozen values and arrays, no Qt and no pixels.

`app.present` makes these from (log, t); `ui` paints them and adds nothing. Everything positional is
semantic (slot 17 of the SQ, 0.4 of the way from the SQ to the controller); painters own the
geometry. Two frames that compare equal paint the same pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from nvmeviz.app.present.about import (
    NO_COMMANDS,
    PLAIN,
    About,
    Followed,
    LiveCommands,
    WaitingPane,
)
from nvmeviz.app.present.graph_frame import NO_TOOLS, GraphTools

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nvmeviz.app.present.graph_frame import GraphFrame
    from nvmeviz.app.present.panel_frame import PanelFrame
    from nvmeviz.app.present.scrubber_frame import ScrubberFrame

RING_SLOTS_DRAWN = 64  # a deeper ring is drawn as arcs between its pointers


class SlotState(IntEnum):
    """Life of a ring slot; the index into the theme's `slots` palette."""

    FREE = 0
    WRITTEN = 1  # SQE written, not announced
    RUNG = 2  # announced (doorbell or shadow), waiting for the controller
    FETCHED = 3
    IN_DEVICE = 4
    COMPLETED = 5
    UNKNOWN = 6  # the log does not determine it: hatched, never drawn as free


class Path(IntEnum):
    """Where a token travels; the painter knows the two ends."""

    POST = 0  # vCPU strip -> SQ slot
    DOORBELL_SQ = 1  # SQ -> bell of the SQ tail doorbell in the trap wall
    DOORBELL_CQ = 2  # CQ -> bell of the CQ head doorbell
    SHADOW_SQ = 3  # SQ -> shadow SQ cell
    SHADOW_CQ = 4  # CQ -> shadow CQ cell
    EVENTIDX_SQ = 5  # controller -> EventIdx SQ cell
    EVENTIDX_CQ = 6  # controller -> EventIdx CQ cell
    WAKE = 7  # SQ bell -> controller
    FETCH = 8  # SQ slot -> controller
    DISPATCH = 9  # controller -> device
    MEDIA = 10  # along the device's channel (`slot` is the channel)
    POST_CQE = 11  # controller -> CQ slot
    IRQ = 12  # controller -> vCPU strip, up the right side
    REAP = 13  # CQ slot -> vCPU strip
    REQUEST = 14  # program -> vCPU strip: one more command is wanted


class Activity(IntEnum):
    """What a vCPU or a controller thread does; the index into the theme's `activities` palette."""

    IDLE = 0  # halted or asleep, also until a timer
    GUEST = 1  # running guest code (or: a controller thread working)
    VM_EXIT = 2  # stopped in the VMM: the only thing drawn red
    IRQ = 3  # in the interrupt handler
    WAKING = 4
    POLLING = 5
    UNKNOWN = 6
    LOCK_WAIT = 7  # stopped in the VMM, which waits for its lock (or: a thread waits for it)


OUTSIDE = (Activity.VM_EXIT, Activity.LOCK_WAIT)  # of a vCPU: not in the guest


@dataclass(frozen=True, slots=True)
class Arc:
    """A run of equal slots on a deep ring: `first` slot, `count` slots, their state."""

    first: int
    count: int
    state: SlotState


@dataclass(frozen=True, eq=False, slots=True)
class Ring:
    """One submission or completion queue. shared: the SQs that share it, "" when it is not shared.

    slots: (size,) uint8 SlotState when size <= RING_SLOTS_DRAWN, else empty and `arcs` tells.
    """

    name: str  # "SQ 1"
    size: int
    head: int
    tail: int
    used: int
    note: str  # "12 / 31"
    sub_note: str  # "phase 1", or ""
    slots: NDArray[np.uint8]
    arcs: tuple[Arc, ...] = ()
    shared: str = ""  # "1 · 2"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a lane: fractions 0..1 of the lane's window and what went on."""

    start: float
    end: float
    activity: Activity


@dataclass(frozen=True, slots=True)
class Lane:
    """A strip of recent activity, right end = now."""

    label: str  # "vCPU 0"
    window_ns: int
    spans: tuple[Span, ...]
    now: Activity


@dataclass(frozen=True, slots=True)
class SmallQueue:
    """A queue pair that is not the selected one (or is): its fill and its traps.

    index: what selects it.
    """

    index: int
    label: str  # "2", "admin"
    fill: float  # 0..1 commands in flight against the queue depth
    trapping: bool  # its vCPU is stopped in an exit right now
    selected: bool


@dataclass(frozen=True, slots=True)
class Bell:
    """A doorbell register: its last value as far as the VMM or the device saw it, and how recently
    it was rung (1 = right now, 0 = long ago).

    traps: whether ringing it stops the vCPU. hint: what the mode does with it.
    """

    label: str  # "SQ 1 tail doorbell"
    value: str
    ringing: float
    traps: bool = True
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock of the guest's VMM. words: "lock free", "main loop", "vCPU 0 · 2 wait"."""

    words: str
    held: bool
    hint: str


@dataclass(frozen=True, slots=True)
class TrapBox:
    """Between the rings while doorbells trap: the exit under way, or the last one.

    progress: 0..1 of the exit under way, None when the vCPU runs. note: what the exit is about,
    such as the lock it waits for.
    """

    headline: str  # "VM exit" / "in the guest"
    detail: str  # "SQ 1 tail <- 17"
    progress: float | None
    timing: str  # "5.4 of 8.3 µs"
    note: str = ""  # "waits for the VMM lock"


@dataclass(frozen=True, slots=True)
class BatchBox:
    """Between the rings while batching: `waiting` of `batch` commands written and not rung."""

    waiting: int
    batch: int
    detail: str  # "rings in 3 commands, or in 12 µs"
    trap: TrapBox


@dataclass(frozen=True, slots=True)
class CellBox:
    """Between the rings where memory or registers do the talking: shadow buffers, a mapped doorbell
    page, the registers of a device.

    values: an SQ and a CQ cell in each of two rows; fresh: 1 = changed right now, 0 = long ago.
    notes: beside the rows' labels, what a store buffer still hides. words, verdict: the rule and
    what follows. rang: True when a doorbell was asked for. progress, note: of the exit under way.
    """

    title: str  # "SHARED MEMORY"
    labels: tuple[str, str]  # "shadow", "EventIdx"
    values: tuple[str, str, str, str]
    fresh: tuple[float, float, float, float]
    words: str  # "27 has not passed 30"
    verdict: str  # "no trap needed"
    rang: bool = False
    progress: float | None = None
    note: str = ""
    notes: tuple[str, str] = ("", "")


CenterBox = TrapBox | BatchBox | CellBox


@dataclass(frozen=True, slots=True)
class Controller:
    """The thread, or the hardware, that processes the selected queue.

    poller: whether it is one that polls. dial: angle 0..1 of the poller's hand while it is awake,
    else None. hit: 1 = a poll found work right now. in_flight: labels of the commands it owns,
    oldest first; `more`: how many did not fit.
    """

    name: str  # "main loop", "IOThread 1", "poller"
    activity: Activity
    words: str  # "fetching", "asleep", "polling SQ 1 · 2 · 3 · 4"
    poller: bool
    dial: float | None
    hit: float
    queues: int
    in_flight: tuple[str, ...]
    in_flight_state: tuple[SlotState, ...]
    more: int


@dataclass(frozen=True, eq=False, slots=True)
class Device:
    """Channels: (n,) float32 progress 0..1 of the command in each, -1 when idle. Null device: n ==
    0.
    """

    words: str
    channels: NDArray[np.float32]
    waiting: int


@dataclass(frozen=True, eq=False, slots=True)
class Tokens:
    """Things on their way: parallel arrays of n. `frac` is simulated time passed / time the step
    takes.
    """

    path: NDArray[np.uint8]
    frac: NDArray[np.float32]
    slot: NDArray[np.int32]
    state: NDArray[np.uint8]
    cid: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Chip:
    """A small figure with its name; `hint` says what it is, over which window, from how many
    commands.
    """

    label: str
    value: str
    hint: str


@dataclass(frozen=True, eq=False, slots=True)
class PaneFrame:
    """One pane of Compare. `accent` names the mode's colour in the theme.

    guest: index into `guests`, the one shown; guest_queues: what selects each. queues: the I/O
    queue pairs of that guest. around: what Up and Down select. wall_open: the VMM is not in the way
    of doorbells. wall_lit: a vCPU of the guest is stopped in the VMM.

    flow: (len(Path),) float32, tokens per second of wall time on each path when they are too many
    to draw (then `tokens` is empty), else None.
    """

    pane_id: int
    title: str
    subtitle: str
    accent: str
    provenance: str  # "simulated" | "recorded"
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
    about: About = PLAIN
    live: LiveCommands = NO_COMMANDS
    followed: Followed | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of the scenario chooser."""

    name: str
    title: str
    sentence: str


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
    solo: int | None = None  # the pane that is shown alone
    floating: frozenset[int] = frozenset()  # panes with windows of their own
    panel: PanelFrame | None = None  # None: closed
    waiting: tuple[WaitingPane, ...] = ()  # their places are in `about`, among those of `panes`
    scrubber: ScrubberFrame | None = None
    graph_tools: GraphTools = NO_TOOLS
    legend: tuple[tuple[SlotState, str], ...] = field(
        default=(
            (SlotState.WRITTEN, "written, not rung"),
            (SlotState.RUNG, "rung, waiting"),
            (SlotState.FETCHED, "fetched"),
            (SlotState.IN_DEVICE, "in device"),
            (SlotState.COMPLETED, "completed"),
        )
    )
