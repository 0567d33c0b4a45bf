"""What a doorbell mode is: a frozen record of orthogonal choices. A mode is data, not code.

The numbers behind the names stand in `engine.choices`, where the compiled core finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from nvmeviz.engine import choices


class Announce(IntEnum):
    """How the driver announces new entries."""

    EVERY = choices.ANNOUNCE_EVERY
    BATCH = choices.ANNOUNCE_BATCH
    EVENTIDX_LINUX = choices.ANNOUNCE_EVENTIDX_LINUX
    EVENTIDX_SPEC = choices.ANNOUNCE_EVENTIDX_SPEC


class Rearm(IntEnum):
    """When the controller writes the SQ EventIdx, and what."""

    NEVER = choices.REARM_NEVER
    EACH = choices.REARM_EACH
    BATCH_AHEAD = choices.REARM_BATCH_AHEAD


class Sleep(IntEnum):
    """What a controller thread does when it runs out of work."""

    AT_ONCE = choices.SLEEP_AT_ONCE
    ADAPTIVE = choices.SLEEP_ADAPTIVE


@dataclass(frozen=True, slots=True)
class DoorbellMode:
    """One way of announcing commands.

    name: identifier. title, subtitle: as a pane's header shows them. sentence: what it does, in
    plain words. source: where the rule comes from. limits: what it can't do, or what is assumed.
    """

    name: str
    title: str
    subtitle: str
    sentence: str
    source: str
    limits: str
    announce: Announce
    rearm: Rearm = Rearm.NEVER
    sleep: Sleep = Sleep.AT_ONCE
    cq_reads_shadow: bool = False
    cq_rearms: bool = False

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
