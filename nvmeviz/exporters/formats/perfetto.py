"""A run as Chrome trace JSON, which ui.perfetto.dev and chrome://tracing open.

A guest is a process: its vCPUs and the threads of its VMM are its threads, each of its queues is an
asynchronous track of commands, one below the other where they overlap, cut into what they wait for.
Threads that serve several guests, and the device, are processes of their own. On a vCPU's track time
without a slice is guest code. A flow leads each command from vCPU to controller to device and back; of
a command that was still under way at the end, or whose end the log lacks, slice and flow stay open.

Times are microseconds with the nanoseconds behind the point. Lines stand in time order. Format:
"Trace Event Format", Chromium; Perfetto docs, "External trace formats".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nvmeviz.exporters.base import Exporter, cq_of, events_of, is_of_thread, queue_name
from nvmeviz.exporters.lifetimes import Lifetimes, Step
from nvmeviz.exporters.opcodes import opcode_words
from nvmeviz.exporters.tracks import BASE, IDLE, INMOST, INNER, Track
from nvmeviz.log import kinds as k
from nvmeviz.log.events import KIND_BY_NUMBER
from nvmeviz.model.topology import ADMIN_QID

if TYPE_CHECKING:
    from typing import TextIO

    from nvmeviz.exporters.base import Event, ExportRun
    from nvmeviz.exporters.lifetimes import Command

HOST, DEVICE = 900, 901  # processes; guests are 1, 2, ...
_VCPUS, _THREADS, _CHANNELS = 1_000, 2_000, 3_000  # first thread ids
_EXITS = {
    k.EXIT_SQ_DOORBELL: "VM exit: SQ doorbell",
    k.EXIT_CQ_DOORBELL: "VM exit: CQ doorbell",
    k.EXIT_INTERRUPT: "VM exit: interrupt",
    k.EXIT_RESET: "VM exit: reset",
}
# What a command waits for after a step: the next slice of its lifetime.
_AFTER = {
    Step.POST: "written, not announced",
    Step.RING: "announced",
    Step.FETCH: "fetched",
    Step.START: "in the device",
    Step.DONE: "done, no CQE yet",
    Step.CQE: "CQE written, not reaped",
}
# Where commands pass, as slices without length for flows to hold on to.
_PASSES = {k.SQ_POST: "s", k.SQ_FETCH: "t", k.CQ_POST: "t", k.CQ_REAP: "f"}
# No mark of their own: slices tell the same.
_SLICED = frozenset(
    (
        *(k.VM_EXIT, k.VM_ENTRY, k.IRQ_ENTER, k.IRQ_EXIT, k.VCPU_HALT, k.VCPU_POLL, k.VCPU_WAKE),
        *(k.CTRL_WAKE, k.CTRL_SLEEP, k.CTRL_POLL, k.LOCK_TAKE, k.LOCK_WAIT, k.LOCK_RELEASE),
        *(k.DEV_START, k.DEV_DONE),
    )
)
_OF_THE_RUN = frozenset((k.SCENARIO_CHANGE, k.STRAY))


def write(run: ExportRun, out: TextIO) -> None:
    """The trace."""
    title = {"title": run.title, "doorbell mode": run.mode, "until_ns": run.until_ns}
    out.write(f'{{"displayTimeUnit":"ns","otherData":{json.dumps(title)},"traceEvents":[')
    trace = _Trace(run, out)
    for event in events_of(run.blocks):
        trace.take(event)
    trace.finish(run.until_ns)
    out.write("\n]}\n")


def _us(t_ns: int) -> str:
    return f"{t_ns // 1000}.{t_ns % 1000:03d}"


class _Trace:
    """The trace as far as it is written: tracks with what is open on them, commands under way."""

    def __init__(self, run: ExportRun, out: TextIO) -> None:
        self._topology, self._out = run.topology, out
        self._separator = "\n"
        self._tracks: dict[tuple[int, int], Track] = {}
        self._commands = Lifetimes(run.topology)
        queues = range(len(run.topology.queues))
        self._sq = [queue_name(run.topology, queue) for queue in queues]
        self._cq = [queue_name(run.topology, cq_of(run.topology, queue), "CQ") for queue in queues]
        self._in_flight = [0] * len(queues)
        self._phases: dict[int, str] = {}  # what each command under way waits for, by number
        self._flowing: set[int] = set()  # commands whose flow has begun
        self._lanes: dict[int, int] = {}  # of the device, by command
        self._taken: set[int] = set()  # lanes in use
        for guest, name in enumerate(run.topology.guests):
            self._name("process", 1 + guest, 0, name)
        self._name("process", HOST, 0, "host")
        self._name("process", DEVICE, 0, "device")
        for vcpu, name in enumerate(run.topology.vcpus):
            self._name("thread", *self._place(False, vcpu), name)
        for thread, name in enumerate(run.topology.threads):
            self._name("thread", *self._place(True, thread), name)

    # ---- lines ----

    def _write(self, ph: str, pid: int, tid: int, t_ns: int, rest: str) -> None:
        head = f'{self._separator}{{"ph":"{ph}","pid":{pid},"tid":{tid},"ts":{_us(t_ns)}'
        self._out.write(f"{head}{rest}}}")
        self._separator = ",\n"

    def _name(self, what: str, pid: int, tid: int, name: str) -> None:
        order = pid if what == "process" else tid
        self._write("M", pid, tid, 0, f',"name":"{what}_name","args":{{"name":{json.dumps(name)}}}')
        line = f',"name":"{what}_sort_index","args":{{"sort_index":{order}}}'
        self._write("M", pid, tid, 0, line)

    def _track(self, pid: int, tid: int) -> Track:
        found = self._tracks.get((pid, tid))
        if found is None:
            found = self._tracks[pid, tid] = Track(
                lambda t, name, more: self._write("B", pid, tid, t, f',"name":"{name}"{more}'),
                lambda t: self._write("E", pid, tid, t, ""),
            )
        return found

    def _place(self, of_thread: bool, actor: int) -> tuple[int, int]:
        """Process and thread id of a vCPU or a controller thread."""
        if not of_thread:
            return 1 + self._topology.vcpu_guests[actor], _VCPUS + actor
        guest = self._topology.thread_guests[actor]
        return (HOST if guest < 0 else 1 + guest), _THREADS + actor

    def _actor(self, event: Event) -> tuple[int, int] | None:
        of_thread = is_of_thread(event)
        count = len(self._topology.threads if of_thread else self._topology.vcpus)
        return self._place(of_thread, event.vcpu) if event.vcpu < count else None

    def _args(self, event: Event) -> str:
        """The event's own values, named as in the vocabulary."""
        row = KIND_BY_NUMBER[event.kind]
        pairs: list[str] = []
        if event.qid < len(self._sq):
            pairs.append(f'"queue":"{self._sq[event.qid]}"')
        if row.has_cid:
            pairs.append(f'"cid":{event.cid}')
        if row.a:
            pairs.append(f'"{row.a}":{event.a}')
        if row.b:
            pairs.append(f'"{row.b}":{event.b}')
        if event.flags & k.INFERRED:
            pairs.append('"inferred":true')
        return f',"args":{{{",".join(pairs)}}}'

    # ---- events ----

    def take(self, event: Event) -> None:
        """Write what an event begins, ends and marks."""
        row = KIND_BY_NUMBER.get(event.kind)
        if row is None:
            return
        if event.kind in _OF_THE_RUN:
            self._write("i", HOST, 0, event.t, f',"s":"g","name":"{row.words}"{self._args(event)}')
            return
        stepped, over = self._commands.take(event)
        for command in over:
            if command not in stepped:
                self._lose(command, event.t)
        place = self._actor(event)
        if place is not None:
            self._act(event, self._track(*place))
            if event.kind not in _SLICED:
                passes = event.kind in _PASSES
                ph, how = ("X", '"dur":0') if passes else ("i", '"s":"t"')
                line = f',{how},"name":"{row.words}"{self._args(event)}'
                self._write(ph, *place, event.t, line)
                for command in stepped if passes else ():
                    self._flow(command, _PASSES[event.kind], *place, event.t)
        for command in stepped:
            self._live(command, event)

    def _act(self, event: Event, track: Track) -> None:
        """What the event's vCPU or thread does from now on."""
        t, kind = event.t, event.kind
        match kind:
            case k.VM_EXIT:
                track.enter(t, INNER, _EXITS.get(event.a, "VM exit"), self._args(event))
            case k.VM_ENTRY:
                track.leave(t, INNER)
            case k.IRQ_ENTER:
                track.enter(t, BASE, "IRQ handler", self._args(event))
            case k.IRQ_EXIT:
                track.leave(t, BASE)
            case k.VCPU_HALT:
                track.enter(t, IDLE, "halted")
            case k.VCPU_POLL:
                track.enter(t, IDLE, "polls the CQ")
            case k.VCPU_WAKE:
                track.leave(t, IDLE)
            case k.CTRL_WAKE:
                track.turn_to(t, "works")
            case k.CTRL_SLEEP:
                track.turn_to(t, "waits for a timer" if event.a else "asleep")
            case k.CTRL_POLL:
                track.turn_to(t, "works" if event.a else "polls")
            case k.LOCK_TAKE | k.LOCK_WAIT:
                waits = kind == k.LOCK_WAIT
                if event.a == k.BY_THREAD:
                    track.turn_to(t, "waits for the VMM lock" if waits else "works")
                else:
                    name = "waits for the VMM lock" if waits else "holds the VMM lock"
                    track.enter(t, INMOST, name)
            case k.LOCK_RELEASE if event.a != k.BY_THREAD:
                track.leave(t, INMOST)
            case _:
                pass

    # ---- commands ----

    def _flow(self, command: Command, ph: str, pid: int, tid: int, t_ns: int) -> None:
        """A flow begins where a command is seen first, and ends where it is reaped."""
        if command.number not in self._flowing:
            if ph == "f":
                return  # nobody saw where it came from
            self._flowing.add(command.number)
            ph = "s"
        elif ph == "f":
            self._flowing.discard(command.number)
        bind = ',"bp":"e"' if ph == "f" else ""
        rest = f',"id":{command.number},"cat":"flow","name":"command"{bind}'
        self._write(ph, pid, tid, t_ns, rest)

    def _live(self, command: Command, event: Event) -> None:
        """The command's lifetime on its queue's track, its time in the device, the counters."""
        number, name, t = command.number, self._sq[command.queue], event.t
        if event.kind == k.DEV_START:
            self._begin_in_device(command, event)
        elif event.kind in (k.DEV_DONE, k.CQ_REAP):
            self._end_in_device(command, t)
        if event.kind == k.CQ_REAP:
            if number in self._phases:
                self._nested(command, "e", t, self._phases.pop(number))
                self._nested(command, "e", t, name, f',"args":{{"latency ns":{event.b}}}')
        else:
            phase = _AFTER[max(step for step in _AFTER if command.at[step] is not None)]
            if number not in self._phases:
                self._nested(command, "b", t, name, self._about(command))
            if self._phases.get(number) != phase:
                if number in self._phases:
                    self._nested(command, "e", t, self._phases[number])
                self._nested(command, "b", t, phase)
                self._phases[number] = phase
        self._count(command.queue, t)

    def _about(self, command: Command) -> str:
        if command.what is None:
            return f',"args":{{"cid":{command.cid}}}'
        admin = self._topology.queues[command.queue].qid == ADMIN_QID
        opcode = opcode_words(command.what & 0xFF, admin=admin)
        args = f'"cid":{command.cid},"opcode":"{opcode}","512 B blocks":{command.what >> 8}'
        return f',"args":{{{args}}}'

    def _nested(self, command: Command, ph: str, t_ns: int, name: str, rest: str = "") -> None:
        pid = 1 + self._topology.queues[command.queue].guest
        line = f',"cat":"command","id":"0x{command.number:x}","name":"{name}"{rest}'
        self._write(ph, pid, 0, t_ns, line)

    def _begin_in_device(self, command: Command, event: Event) -> None:
        channels = self._topology.channels
        lane = event.a if event.a < channels else channels
        while lane >= channels and lane in self._taken:
            lane += 1
        tid = _CHANNELS + lane
        if (DEVICE, tid) not in self._tracks:
            what = f"channel {lane + 1}" if lane < channels else f"command {lane - channels + 1}"
            self._name("thread", DEVICE, tid, what)
        self._lanes[command.number] = lane
        self._taken.add(lane)
        guest = self._topology.guests[self._topology.queues[command.queue].guest]
        name = json.dumps(f"{guest} {self._sq[command.queue]}")[1:-1]
        self._track(DEVICE, tid).enter(event.t, BASE, name)
        self._flow(command, "t", DEVICE, tid, event.t)
        self._count_device(event.t)

    def _end_in_device(self, command: Command, t_ns: int) -> None:
        lane = self._lanes.pop(command.number, None)
        if lane is None:
            return
        self._taken.discard(lane)
        self._track(DEVICE, _CHANNELS + lane).leave(t_ns, BASE)
        self._count_device(t_ns)

    def _lose(self, command: Command, t_ns: int) -> None:
        """Its tag is used anew, and nobody saw its end."""
        self._phases.pop(command.number, None)
        self._flowing.discard(command.number)
        self._end_in_device(command, t_ns)

    def _count(self, queue: int, t_ns: int) -> None:
        count = self._commands.in_flight(queue)
        if count != self._in_flight[queue]:
            self._in_flight[queue] = count
            pid = 1 + self._topology.queues[queue].guest
            line = f',"name":"{self._sq[queue]} in flight","args":{{"commands":{count}}}'
            self._write("C", pid, 0, t_ns, line)

    def _count_device(self, t_ns: int) -> None:
        line = f',"name":"in the device","args":{{"commands":{len(self._lanes)}}}'
        self._write("C", DEVICE, 0, t_ns, line)

    def finish(self, t_ns: int) -> None:
        """What vCPUs and threads do at the end lasts as far as the run is known."""
        for (pid, _), track in self._tracks.items():
            if pid != DEVICE:
                track.leave(t_ns, BASE)


EXPORTER = Exporter("perfetto", "Perfetto trace", "json", write)
