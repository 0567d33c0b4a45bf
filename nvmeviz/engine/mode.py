"""What a doorbell mode is: a frozen record of orthogonal choices. A mode is data, not code.

The numbers behind the names stand in `engine.choices`, where the compiled core finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from nvmeviz.engine import choices
from nvmeviz.log.kinds import OP_DBBUF_CONFIG, OP_GOOGLE_DOORBELLS


class Announce(IntEnum):
    """How the driver announces new entries."""

    EVERY = choices.ANNOUNCE_EVERY
    BATCH = choices.ANNOUNCE_BATCH
    EVENTIDX_LINUX = choices.ANNOUNCE_EVENTIDX_LINUX
    EVENTIDX_SPEC = choices.ANNOUNCE_EVENTIDX_SPEC


class Way(IntEnum):
    """Which way an announcement travels when it is rung."""

    USER = choices.PATH_USER
    IOEVENTFD = choices.PATH_IOEVENTFD
    MAPPED = choices.PATH_MAPPED
    REGISTER = choices.PATH_REGISTER


class Worker(IntEnum):
    """Who processes: as the VMM does with a trapped doorbell, or somebody of the mode's own."""

    VMM = choices.WORKER_VMM
    IOTHREAD = choices.WORKER_IOTHREAD
    POLLER = choices.WORKER_POLLER
    HARDWARE = choices.WORKER_HARDWARE


class Rearm(IntEnum):
    """When the controller writes the SQ EventIdx, and what."""

    NEVER = choices.REARM_NEVER
    EACH = choices.REARM_EACH
    AHEAD = choices.REARM_AHEAD
    OFF = choices.REARM_OFF
    BEHIND = choices.REARM_BEHIND


class CqRearm(IntEnum):
    """When the controller writes the CQ EventIdx, and what."""

    NEVER = choices.CQ_REARM_NEVER
    HEAD = choices.CQ_REARM_HEAD
    BEHIND = choices.CQ_REARM_BEHIND
    OFF = choices.CQ_REARM_OFF


class Sleep(IntEnum):
    """What a controller thread does when it runs out of work."""

    AT_ONCE = choices.SLEEP_AT_ONCE
    ADAPTIVE = choices.SLEEP_ADAPTIVE
    NEVER = choices.SLEEP_NEVER


class Interrupt(IntEnum):
    """When completions are signalled."""

    BATCH = choices.IRQ_BATCH
    EACH = choices.IRQ_EACH


@dataclass(frozen=True, slots=True)
class DoorbellMode:
    """One way of announcing commands.

    name: identifier. title, subtitle: as a pane's header shows them. sentence: what it does, in
    plain words. source: where the rule comes from. limits: what it can't do, or what is assumed.
    opcode: the admin command that hands the shadow buffers over, 0 when there is none.
    event_loop: it runs in QEMU's event loops when the machine's VMM has them, a pass at a time.
    posted: interrupts reach a running vCPU without an exit.
    """

    name: str
    title: str
    subtitle: str
    sentence: str
    source: str
    limits: str
    announce: Announce
    way: Way = Way.USER
    worker: Worker = Worker.VMM
    rearm: Rearm = Rearm.NEVER
    cq_rearm: CqRearm = CqRearm.NEVER
    cq_reads_shadow: bool = False
    sleep: Sleep = Sleep.AT_ONCE
    interrupt: Interrupt = Interrupt.BATCH
    opcode: int = 0
    event_loop: bool = False
    posted: bool = False

    @property
    def uses_shadow(self) -> bool:
        """True when the guest stores into a shadow buffer and compares with EventIdx."""
        return self.announce in (Announce.EVENTIDX_LINUX, Announce.EVENTIDX_SPEC)

    @property
    def spec_rule(self) -> bool:
        """True for the rule of the specification's example, which also rings when EventIdx equals
        the tail.
        """
        return self.announce is Announce.EVENTIDX_SPEC

    @property
    def traps(self) -> bool:
        """True when a rung doorbell stops the vCPU."""
        return self.way in (Way.USER, Way.IOEVENTFD)

    @property
    def passthrough(self) -> bool:
        """True when real hardware serves the guest."""
        return self.worker is Worker.HARDWARE


DBBUF_CONFIG = OP_DBBUF_CONFIG
GOOGLE_DOORBELLS = OP_GOOGLE_DOORBELLS
