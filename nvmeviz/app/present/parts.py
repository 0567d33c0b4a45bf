"""The parts of a pane at one moment: plain, frozen values and arrays, no Qt and no pixels.

`frame` puts them together and hands them on by name; what a part means stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    phase: int | None = (
        None  # of a CQ: the tag of the slots before the tail; the others have the other
    )

    def state_of(self, slot: int) -> SlotState:
        """The state of a slot, drawn by itself or as part of an arc."""
        if len(self.slots):
            return SlotState(int(self.slots[slot]))
        found = (arc.state for arc in self.arcs if (slot - arc.first) % self.size < arc.count)
        return next(found, SlotState.FREE)


class Span(NamedTuple):
    """A stretch of a lane: fractions 0..1 of the lane's window and what went on."""

    start: float
    end: float
    activity: Activity


@dataclass(frozen=True, slots=True)
class Lane:
    """A strip of recent activity, right end = now. hint: whose it is and what is not known of it."""

    label: str  # "vCPU 0"
    window_ns: int
    spans: tuple[Span, ...]
    now: Activity
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SmallQueue:
    """A queue pair that is not the selected one (or is): its fill and its traps.

    index: what selects it. share: 1.0 at an instant; in averages, of the time that its vCPU is out.
    """

    index: int
    label: str  # "2", "admin"
    fill: float  # 0..1 commands in flight against the queue depth
    trapping: bool  # its vCPU is stopped in an exit right now
    selected: bool
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Bell:
    """A doorbell register: its last value as far as the VMM or the device saw it, and how recently
    it was rung (1 = right now, 0 = long ago); in averages, how often, and for which share of commands.

    traps: whether ringing it stops the vCPU. hint: what the value is, and what the mode does with
    it. avoided: how recently a comparison with EventIdx found that it need not be rung.
    """

    label: str  # "SQ 1 tail doorbell"
    value: str
    ringing: float
    traps: bool = True
    hint: str = ""
    avoided: float = 0.0
    short: str = ""  # the value where room is short, "" when it has no shorter form


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock of the guest's VMM. words: "lock free", "main loop", "main loop · vCPU 0 waits"."""

    words: str
    held: bool
    hint: str
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class TrapBox:
    """Between the rings while doorbells trap: the exit under way, or the last one.

    progress: 0..1 of the exit under way, None when the vCPU runs; in averages, the share of time in
    exits. note: what the exit is about, such as the lock it waits for.
    """

    headline: str  # "VM exit" / "in the guest"
    detail: str  # "SQ 1 tail <- 17"
    progress: float | None
    timing: str  # "5.4 of 8.3 µs"
    note: str = ""  # "waits for the VMM lock"


@dataclass(frozen=True, slots=True)
class BatchBox:
    """Between the rings while batching: `waiting` of `batch` commands written and not rung.

    labels: of those that wait, oldest first. In averages `waiting` is the mean batch when it is rung.
    """

    waiting: float
    batch: int
    detail: str  # "rings in 3 commands, or in 12 µs"
    trap: TrapBox
    title: str = "waiting to ring"
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellBox:
    """Between the rings where memory or registers do the talking: shadow buffers, a mapped doorbell
    page, the registers of a device.

    values: an SQ and a CQ cell in each of two rows; fresh: 1 = changed right now, 0 = long ago.
    notes: beside the rows' labels, what a store buffer still hides. words, verdict: the rule and
    what follows. rang: True when a doorbell was asked for. progress, note: of the exit under way.
    avoided: in averages, the share of comparisons that asked for no doorbell. known: of which values
    the log tells.
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
    avoided: float | None = None
    known: tuple[bool, bool, bool, bool] = (True, True, True, True)


CenterBox = TrapBox | BatchBox | CellBox


@dataclass(frozen=True, slots=True)
class Controller:
    """The thread, or the hardware, that processes the selected queue.

    poller: whether it is one that polls. dial: angle 0..1 of the poller's hand while it is awake,
    else None. hit: 1 = a poll found work right now. in_flight: labels of the commands it owns,
    oldest first; `more`: how many did not fit. caption: how many in words. sleeps: it is asleep, not
    merely idle. shares: in averages, of what it spent its time on, the largest first; rate: its polls.
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
    caption: str = ""
    sleeps: bool = False
    shares: tuple[tuple[Activity, float], ...] = ()
    rate: str = ""


@dataclass(frozen=True, slots=True)
class Cup:
    """Interrupt coalescing: completions held back, the cup that they fill, what empties it.

    spilled: 1 = its interrupt was raised right now, 0 = long ago.
    """

    held: float
    of: int
    words: str  # "3 of 8"
    until: str  # "or 60 µs"
    spilled: float
    hint: str


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
    commands. inferred: it counts what stands in no record of the log, but follows from others.
    """

    label: str
    value: str
    hint: str
    inferred: bool = False
