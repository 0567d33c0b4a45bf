"""Frames made by hand for tests of the painters: every kind of pane a window can show. Figures are
invented.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nvmeviz.app.present.frame import (
    Activity,
    Arc,
    BatchBox,
    Bell,
    CellBox,
    CenterBox,
    Chip,
    Choice,
    Controller,
    Cup,
    Device,
    Lane,
    Lock,
    PaneFrame,
    Path,
    Ring,
    SlotState,
    SmallQueue,
    Span,
    Tokens,
    Toolbar,
    TrapBox,
    WindowFrame,
)
from nvmeviz.app.present.graph_frame import GraphFrame, Mark, Series
from nvmeviz.app.present.scrubber_frame import (
    BINS,
    Flag,
    LandmarkKind,
    ScrubberFrame,
    ScrubberGround,
    Strip,
)

S, A = SlotState, Activity


def ring(name: str, size: int, runs: dict[SlotState, tuple[int, int]], head: int, tail: int,
         note: str, sub_note: str = "") -> Ring:  # fmt: skip
    """A ring; `runs` are (first, count) by state."""
    used = (tail - head) % size
    if size > 64:
        arcs = tuple(Arc(first, count, state) for state, (first, count) in runs.items())
        return Ring(name, size, head, tail, used, note, sub_note, np.zeros(0, np.uint8), arcs)
    slots = np.zeros(size, np.uint8)
    for state, (first, count) in runs.items():
        slots[(first + np.arange(count)) % size] = state
    return Ring(name, size, head, tail, used, note, sub_note, slots)


def tokens(*rows: tuple[Path, float, int, SlotState]) -> Tokens:
    """Tokens from (path, frac, slot, state)."""
    return Tokens(
        np.array([r[0] for r in rows], np.uint8),
        np.array([r[1] for r in rows], np.float32),
        np.array([r[2] for r in rows], np.int32),
        np.array([r[3] for r in rows], np.uint8),
        np.arange(len(rows), dtype=np.int32),
    )


def lane(label: str, *runs: tuple[float, Activity]) -> Lane:
    """A lane from (width, activity), widths summing to 1."""
    spans, at = [], 0.0
    for width, activity in runs:
        spans.append(Span(at, at + width, activity))
        at += width
    return Lane(label, 100_000, tuple(spans), runs[-1][1])


def chips(*values: str) -> tuple[Chip, ...]:
    names = ("speed-up", "traps / I/O", "p99 latency", "in the VMM")
    return tuple(
        Chip(n, v, f"{n}: over the last 2 ms, 431 commands")
        for n, v in zip(names, values, strict=True)
    )


TRAP = TrapBox("VM exit", "SQ 1 tail ← 17", 0.65, "5.4 of 8.3 µs", "waits for the VMM lock")
REST = TrapBox("in the guest", "last: SQ 1 tail ← 16", None, "8.3 µs ago")


def pane(
    pane_id: int, title: str, subtitle: str, accent: str, iops: str, center: CenterBox
) -> PaneFrame:
    """A plain pane to vary with dataclasses.replace."""
    return PaneFrame(
        pane_id=pane_id, title=title, subtitle=subtitle, accent=accent, provenance="simulated",
        iops=iops, iops_hint="completed in the last 2 ms of machine time, 431 commands",
        chips=chips("1.00×", "1.62", "742 µs", "71 %"), guests=("VM 1",), guest=0,
        guest_queues=(0,), queue_note="queue pair 1 of 1", admin=SmallQueue(1, "admin", 0.0, False, False),
        around=(1, 1),
        lanes=(lane("vCPU 0", (0.3, A.GUEST), (0.2, A.VM_EXIT), (0.1, A.IDLE), (0.1, A.IRQ),
                    (0.3, A.GUEST)),),
        queues=(), sq=ring("SQ 1", 32, {S.COMPLETED: (5, 3), S.IN_DEVICE: (8, 5), S.RUNG: (13, 4)},
                           13, 17, "12 / 31"),
        cq=ring("CQ 1", 32, {S.COMPLETED: (6, 2)}, 6, 8, "2 / 31", "phase 1"), center=center,
        wall_lit=False, wall_open=False, lock=Lock("lock free", False, "The lock of VM 1: free."),
        bells=(Bell("SQ 1 tail doorbell", "17", 0.0), Bell("CQ 1 head doorbell", "6", 0.0)),
        traps_per_s="61\u2009240",
        controller=Controller("main loop", A.GUEST, "fetching, pass 12, holds the lock", False, None, 0.0, 1, ("05", "06"),
                              (S.FETCHED, S.FETCHED), 0),
        device=Device("8 channels", np.array([0.2, 0.02, -1, -1, -1, -1, -1, -1], np.float32), 0),
        tokens=tokens(), flow=None, spoken=f"{title}: {iops} IOPS.",
    )  # fmt: skip


def trapped(pane_id: int = 1) -> PaneFrame:
    """A vCPU in the middle of an exit."""
    base = pane(
        pane_id,
        "MMIO doorbells",
        "every doorbell write traps to the VMM",
        "mmio_trap",
        "43.9\u00a0k",
        TRAP,
    )
    return replace(
        base, wall_lit=True,
        bells=(Bell("SQ 1 tail doorbell", "17", 1.0), Bell("CQ 1 head doorbell", "6", 0.15)),
        lanes=(lane("vCPU 0", (0.05, A.GUEST), (0.14, A.VM_EXIT), (0.07, A.GUEST), (0.15, A.VM_EXIT),
                    (0.05, A.GUEST), (0.13, A.VM_EXIT), (0.08, A.IRQ), (0.14, A.VM_EXIT),
                    (0.04, A.GUEST), (0.15, A.VM_EXIT)),),
        tokens=tokens((Path.DOORBELL_SQ, 0.5, -1, S.RUNG), (Path.FETCH, 0.55, 12, S.FETCHED)),
    )  # fmt: skip


def batched(pane_id: int = 2) -> PaneFrame:
    """Five of eight commands written and not rung; four vCPUs and queue pairs."""
    base = pane(pane_id, "Batched doorbells · X = 8", "ring once every 8 commands", "batched", "91.7\u00a0k",
                BatchBox(5, 8, "rings in 3 commands, or in 12\u00a0µs", REST))  # fmt: skip
    return replace(
        base, chips=chips("2.09×", "0.37", "371 µs", "38 %"),
        sq=ring("SQ 1", 32, {S.COMPLETED: (3, 2), S.IN_DEVICE: (5, 7), S.RUNG: (12, 4), S.WRITTEN: (16, 5)},
                12, 21, "18 / 31"),
        cq=ring("CQ 1", 32, {S.COMPLETED: (6, 3)}, 6, 9, "3 / 31", "phase 1"),
        controller=Controller("worker", A.IDLE, "asleep", False, None, 0.0, 1, ("03", "04", "05", "06"),
                              (S.FETCHED, S.FETCHED, S.IN_DEVICE, S.IN_DEVICE), 0),
        traps_per_s="17\u2009930", cup=Cup(3, 8, "3 of 8", "or 60\u00a0µs", 0.4, "3 of 8 completions held back."),
        device=Device("8 channels", np.array([.8, .2, .55, .25, .15, -1, -1, -1], np.float32), 3),
    )  # fmt: skip


def shadow(pane_id: int = 3) -> PaneFrame:
    """Shadow doorbells with a poller over four queue pairs."""
    box = CellBox("SHARED MEMORY", ("shadow", "EventIdx"), ("27", "6", "30", "3"), (1.0, 0.0, 0.0, 0.5),
                  "SQ tail 27 has not passed 30", "no trap needed")  # fmt: skip
    base = pane(pane_id, "Shadow doorbells + EventIdx", "NVMe 1.3 · Doorbell Buffer Config",
                "google_2016", "184\u00a0k", box)  # fmt: skip
    return replace(
        base, chips=chips("4.19×", "0.04", "178 µs", "3 %"), queue_note="queue pair 1 of 4",
        admin=SmallQueue(4, "admin", 0.5, False, False), around=(4, 1),
        lanes=(lane("vCPU 0", (0.4, A.GUEST), (0.02, A.IDLE), (0.25, A.GUEST), (0.03, A.VM_EXIT), (0.3, A.GUEST)),),
        queues=tuple(SmallQueue(i - 1, str(i), 0.2 + 0.2 * i, i == 2, i == 1) for i in range(1, 5)),
        sq=ring("SQ 1", 32, {S.COMPLETED: (3, 3), S.IN_DEVICE: (7, 6), S.RUNG: (13, 14)}, 13, 27, "23 / 31"),
        cq=ring("CQ 1", 32, {S.COMPLETED: (6, 7)}, 6, 13, "7 / 31", "phase 1"),
        bells=(Bell("SQ 1 tail doorbell", "19", 0.0), Bell("CQ 1 head doorbell", "2", 0.0)),
        traps_per_s="4\u2009102", avoided_per_s="44.2\u00a0k",
        controller=Controller("poller", A.POLLING, "polling SQ 1 · 2 · 3 · 4", True, 0.1, 0.8, 4,
                              ("04", "05", "06", "07", "08", "09", "0a"), (S.FETCHED,) * 7, 0),
        device=Device("8 channels", np.array([.85, .85, .8, .2, .2, .7, .75, .95], np.float32), 12),
        tokens=every_path(),
    )  # fmt: skip


def every_path() -> Tokens:
    """Tokens on every path, at slots all around the rings and at none."""
    rows = [
        (path, frac, slot, S(1 + int(path) % 5))
        for path in Path
        for frac, slot in ((0.15, 2), (0.6, 20), (0.9, -1))
    ]
    return tokens(*rows)


def deep(pane_id: int = 4) -> PaneFrame:
    """A 1024-slot ring, in flow, with more in flight than the card shows."""
    box = CellBox("SHARED MEMORY", ("shadow", "EventIdx"), ("1011", "846", "1010", "FFFFh"),
                  (0.0, 0.3, 0.9, 0.0), "SQ tail 1011 has passed 1010", "ring: the vCPU traps", True, 0.4,
                  "waits for the VMM lock", ("SQ 1012 buffered", "SQ 1011 buffered"))  # fmt: skip
    base = pane(
        pane_id, "Shadow, QEMU 8.0", "IOThread, one behind", "dbbuf_qemu80", "412\u00a0k", box
    )
    flow = np.full(len(Path), 900.0, np.float32)
    flow[[Path.MEDIA, Path.WAKE]] = 0.0
    return replace(
        base, provenance="recorded", wall_lit=True, queue_note="queue pair 3 of 16 · CQ 3 shared by SQ 3 · 4",
        guests=tuple(f"VM {i + 1}" for i in range(16)), guest=3, guest_queues=tuple(range(0, 256, 16)),
        admin=SmallQueue(260, "admin", 0.5, True, True), around=(261, 2),
        lock=Lock("vCPU 0 · 3 wait", True, "The lock of VM 4: held by vCPU 0; 3 wait for it."),
        lanes=tuple(lane(f"vCPU {i}", (0.5, A.GUEST), (0.2, A.WAKING), (0.1, A.UNKNOWN), (0.1, A.VM_EXIT), (0.1, A.LOCK_WAIT))
                    for i in range(4)),
        queues=tuple(SmallQueue(16 + i, str(i), i / 16, i % 5 == 0, i == 3) for i in range(1, 17)),
        sq=ring("SQ 3", 1024, {S.COMPLETED: (700, 80), S.IN_DEVICE: (780, 140), S.RUNG: (920, 90), S.WRITTEN: (1010, 3)},
                920, 1013, "310 / 1023"),
        cq=replace(ring("CQ 3", 1024, {S.COMPLETED: (840, 7), S.UNKNOWN: (100, 90)}, 840, 847, "7 / 1023", "phase 0"), shared="3 · 4"),
        controller=Controller("polling IOThread 2", A.POLLING, "polling SQ 1–16", True, 0.6, 0.0, 16, tuple(f"{i:02x}" for i in range(40)),
                              (S.IN_DEVICE,) * 40, 100),
        device=Device("32 channels", np.linspace(-0.3, 1, 32).astype(np.float32), 208),
        tokens=tokens(), flow=flow, flow_phase=0.3,
    )  # fmt: skip


def null_device(pane_id: int = 5) -> PaneFrame:
    """Pass-through: the wall open, head equal to tail, no channels, nothing known of some slots."""
    base = pane(
        pane_id,
        "Posted writes to a mapped register with a long title",
        "no trap",
        "passthrough",
        "1.21\u00a0M",
        CellBox(
            "DEVICE REGISTERS",
            ("doorbells", "device is at"),
            ("4", "0", "4", "0"),
            (0.6, 0.0, 0.0, 0.0),
            "SQ tail ← 4, no trap",
            "no VMM in the way",
        ),
    )
    return replace(
        base, chips=chips("27.5×", "0", "9.41 µs", "0 %"),
        sq=ring("SQ 1", 16, {S.UNKNOWN: (2, 5)}, 4, 4, "0 / 15"),
        cq=ring("CQ 1", 16, {}, 0, 0, "0 / 15", "phase 1"),
        controller=Controller("virtual function", A.IDLE, "asleep", False, None, 0.0, 1, (), (), 0),
        device=Device("null device: completes at once", np.zeros(0, np.float32), 0),
        traps_per_s="0", wall_open=True, lock=None, admin=None, around=(0, 0),
        bells=(Bell("SQ 1 tail device doorbell", "4", 0.7, False), Bell("CQ 1 head device doorbell", "0", 0.0, False)),
    )  # fmt: skip


def batch_exit(pane_id: int = 6) -> PaneFrame:
    """A batch whose doorbell is trapping right now, in a 64-slot ring that is nearly full."""
    base = batched(pane_id)
    return replace(
        base, center=BatchBox(0, 32, "rings in 32 commands, or in 50\u00a0µs", TRAP), wall_lit=True, accent="dbbuf_qemu71",
        sq=ring("SQ 1", 64, {S.FETCHED: (10, 30), S.RUNG: (40, 33)}, 10, 9, "63 / 63"),
    )  # fmt: skip


PANES = (trapped, batched, shadow, deep, null_device, batch_exit)


def graphs() -> tuple[GraphFrame, ...]:
    """Three graphs with curves, marks and a missing series."""
    x = np.linspace(0, 2_000_000, 2000)
    noise = np.sin(x / 40_000.0) + 0.6 * np.sin(x / 17_000.0)
    rise = np.minimum(1.0, x / 130_000)

    def one(label: str, accent: str, level: float, wobble: float) -> Series:
        return Series(label, accent, x, rise * (level + wobble * noise))

    iops = GraphFrame(
        "iops", "IOPS", "higher is better", "machine time", "IOPS", "ns", (0, 2e6), (0, 200e3),
        (one("MMIO", "mmio_trap", 43.9e3, 800), one("X = 8", "batched", 91.7e3, 2000),
         one("shadow", "google_2016", 184e3, 4000)),
        (Mark("184 k measured · Koike 2017", "google_2016", 184e3), Mark("43.9 k measured · Koike 2017", "mmio_trap", 43.9e3)),
        1.7e6,
    )  # fmt: skip
    traps = GraphFrame(
        "exits_per_io", "Traps per IO", "lower is better", "machine time", "", "ns", (0, 2e6), (0, 2),
        (one("MMIO", "mmio_trap", 1.62, 0.04), one("X = 8", "batched", 0.37, 0.01),
         one("shadow", "google_2016", 0.04, 0.002)),
    )  # fmt: skip
    cx = np.linspace(0, 1_000_000, 600)

    def cdf(label: str, accent: str, mid: float) -> Series:
        return Series(label, accent, cx, 100.0 / (1 + np.exp(-(cx - mid) / 40_000)))

    latency = GraphFrame(
        "latency_cdf", "Latency CDF", "", "latency", "%", "ns", (0, 1e6), (0, 100),
        (cdf("MMIO", "mmio_trap", 742e3), cdf("X = 8", "batched", 440e3), cdf("shadow", "google_2016", 195e3),
         Series("trace", "dbbuf_qemu80", np.zeros(0), np.zeros(0), "no completion records in this trace")),
    )  # fmt: skip
    return iops, traps, latency


def scrubber(panes: int = 3) -> ScrubberFrame:
    """Two of five milliseconds known; flags alone, in a crowd at the start, and a queue that hangs."""
    kinds = list(LandmarkKind)
    accents = [make(i).accent for i, make in enumerate(PANES[:panes])]
    titles = [make(i).title for i, make in enumerate(PANES[:panes])]

    def flag(t_ns: int, kind: LandmarkKind, pane: int) -> Flag:
        pane %= panes
        return Flag(t_ns, kind, pane, titles[pane], accents[pane], f"Something of kind {kind.name}")

    crowd = [flag(1_000 * i, kind, i) for i, kind in enumerate(kinds[:5])]
    alone = [flag(300_000 * i, kind, i) for i, kind in enumerate(kinds, 1)]
    flags = tuple(crowd + alone)
    wave = np.sin(np.arange(BINS) / 9.0).clip(0, 1).astype(np.float32)
    known = np.arange(BINS) < BINS * 0.8
    strips = tuple(Strip(accent, wave * known) for accent in accents)
    ground = ScrubberGround(5_000_000, 4_000_000, strips, flags)
    return ScrubberFrame(ground, 1_284_316, "1.28 ms", "1.28 ms of 5.00 ms, 17 marked places")


def window(panes: int = 3, notice: str = "", *, playing: bool = True) -> WindowFrame:
    """A window with the first `panes` sample panes."""
    choices = (
        Choice("gce_2017", "GCE local SSD, 2017 · randread 4k", "One VM on a 2017 cloud host, queue depth 32."),
        Choice("laptop", "Laptop NVMe · QEMU", "A developer's machine: QEMU with one IOThread."),
    )  # fmt: skip
    toolbar = Toolbar(
        playing=playing, title=choices[0].title, choices=choices, speed_position=0.5,
        speed_text="1 s shows 20 µs", time_text="t = 1\u2009284.316 µs", at_start=False,
        at_live_edge=False, event_text="vCPU 0 wrote SQ 1 tail = 17: VM exit",
    )  # fmt: skip
    return WindowFrame(
        "Compare", toolbar, tuple(make(i) for i, make in enumerate(PANES[:panes])), graphs(),
        f"{panes} panes locked to one clock · seed 7 · 48\u2009211 events", notice,
        scrubber=scrubber(panes),
    )  # fmt: skip
