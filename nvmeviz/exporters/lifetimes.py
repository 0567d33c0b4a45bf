"""Commands followed through a log: when each was written, rung, fetched, done, answered, reaped.

A step that the log does not hold stays None. As in the model, a command's record is found by
`cid % tags`, so no more of them live at a time than the topology has tags.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from nvmeviz.exporters.base import cq_of
from nvmeviz.log import kinds as k
from nvmeviz.model.topology import ADMIN_QID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nvmeviz.exporters.base import Event
    from nvmeviz.model.topology import Topology


class Step(IntEnum):
    """The steps of a command, in order."""

    POST = 0  # SQE written
    RING = 1  # a tail behind it in the doorbell register or in the shadow buffer
    FETCH = 2
    START = 3  # taken up by the device
    DONE = 4
    CQE = 5
    IRQ = 6  # the first interrupt of its CQ after the CQE
    REAP = 7


_STEP_OF = {
    k.SQ_POST: Step.POST,
    k.SQ_FETCH: Step.FETCH,
    k.DEV_START: Step.START,
    k.DEV_DONE: Step.DONE,
    k.CQ_POST: Step.CQE,
    k.CQ_REAP: Step.REAP,
}


def _nowhere() -> list[int | None]:
    return [None] * len(Step)


@dataclass(eq=False, slots=True)
class Command:
    """number: how many were seen before it. queue: index of its SQ. at: ns by `Step`. what: opcode,
    512 B blocks << 8. inferred: steps that stand in no record and follow from others.
    """

    number: int
    queue: int
    cid: int
    at: list[int | None] = field(default_factory=_nowhere)
    slot: int = -1
    what: int | None = None
    status: int | None = None
    inferred: list[Step] = field(default_factory=list[Step])

    @property
    def opcode(self) -> int | None:
        """None when unknown."""
        return None if self.what is None else self.what & 0xFF

    @property
    def blocks(self) -> int | None:
        """512 B blocks, None when unknown."""
        return None if self.what is None else self.what >> 8

    @property
    def latency_ns(self) -> int | None:
        """From SQE written to CQE reaped; None unless the log holds both moments themselves."""
        post, reap = self.at[Step.POST], self.at[Step.REAP]
        guessed = Step.POST in self.inferred or Step.REAP in self.inferred
        return None if post is None or reap is None or guessed else reap - post

    def take(self, step: Step, event: Event) -> None:
        """Come to a step."""
        self.at[step] = event.t
        if event.flags & k.INFERRED:
            self.inferred.append(step)

    def reached(self, step: Step) -> bool:
        """True when it has come to this step or beyond."""
        return any(t is not None for t in self.at[step:])


Commands = tuple[Command, ...]


class Lifetimes:
    """Give it every event in order."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        queues = range(len(topology.queues))
        self._live: list[dict[int, Command]] = [{} for _ in queues]  # by tag
        # By the number of a command: SQEs not announced, by SQ; CQEs not signalled, by CQ.
        self._unrung: list[dict[int, Command]] = [{} for _ in queues]
        self._unsignalled: list[dict[int, Command]] = [{} for _ in queues]
        self._seen = 0

    def in_flight(self, queue: int) -> int:
        """Commands of a queue that are under way."""
        return len(self._live[queue])

    def unfinished(self) -> Iterator[Command]:
        """Those under way, in the order in which they were seen first."""
        live = [command for commands in self._live for command in commands.values()]
        yield from sorted(live, key=lambda command: command.number)

    def take(self, event: Event) -> tuple[Commands, Commands]:
        """The commands that the event is a step of, and those that are over with it: reaped, or gone
        unseen, for the tag is used anew.
        """
        if event.qid >= len(self._live):
            return (), ()
        step = _STEP_OF.get(event.kind)
        if step is not None:
            return self._stepped(step, event)
        if event.kind in (k.SQ_DOORBELL, k.SQ_SHADOW):
            return self._announced(event), ()
        if event.kind == k.IRQ_RAISE:
            return self._signalled(event), ()
        if event.kind == k.CTRL_RESET:
            self._reset(self._topology.queues[event.qid].guest)
        return (), ()

    def _stepped(self, step: Step, event: Event) -> tuple[Commands, Commands]:
        live = self._live[event.qid]
        tag = event.cid % self._topology.queues[event.qid].tags
        command, over = live.get(tag), ()
        if command is None or command.cid != event.cid or command.reached(step):
            if command is not None:
                self._forget(command)
                over = (command,)
            command = live[tag] = Command(self._seen, event.qid, event.cid)
            self._seen += 1
        command.take(step, event)
        if step == Step.POST:
            command.slot = event.a
            # An SQE that nobody saw being written, with nothing in it, is not known.
            if event.b or not event.flags & k.INFERRED:
                command.what = event.b
            self._unrung[event.qid][command.number] = command
        elif step == Step.DONE:
            command.status = event.b
        elif step == Step.CQE:
            self._unsignalled[cq_of(self._topology, event.qid)][command.number] = command
        elif step == Step.REAP:
            del live[tag]
            self._forget(command)
            over = (*over, command)
        return (command,), over

    def _forget(self, command: Command) -> None:
        self._unrung[command.queue].pop(command.number, None)
        self._unsignalled[cq_of(self._topology, command.queue)].pop(command.number, None)

    def _announced(self, event: Event) -> Commands:
        """A new tail: the SQEs before it are known to the controller, or can be."""
        waiting = self._unrung[event.qid]
        slots = self._topology.queues[event.qid].sq_slots
        rung: list[Command] = []
        for command in waiting.values():
            rung.append(command)
            if (command.slot + 1) % slots == event.a:
                break
        else:
            return ()  # a tail that was announced before
        for command in rung:
            command.take(Step.RING, event)
            del waiting[command.number]
        return tuple(rung)

    def _signalled(self, event: Event) -> Commands:
        waiting = self._unsignalled[event.qid]
        signalled = tuple(waiting.values())
        for command in signalled:
            command.take(Step.IRQ, event)
        waiting.clear()
        return signalled

    def _reset(self, guest: int) -> None:
        for queue, pair in enumerate(self._topology.queues):
            if pair.guest == guest and pair.qid != ADMIN_QID:
                self._unrung[queue].clear()
                self._unsignalled[queue].clear()
