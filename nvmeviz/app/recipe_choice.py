"""What can be chosen about a recording: of which QEMU, how it is started, what is recorded and with
what. Values are the words that a person reads; sentences say what a choice brings and costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SECONDS_MIN, SECONDS_MAX = 1, 600


class Where(Enum):
    """The machine on which a step is done."""

    HOST = "host"
    GUEST = "guest"


class Qemu(Enum):
    """Ranges of versions whose logs differ."""

    V5_1 = "5.1 to 7.0"
    V7_1 = "7.1 or 7.2"
    V8_0 = "8.0 to 10.0"
    V10_1 = "10.1 or newer"


class Start(Enum):
    """Who starts QEMU."""

    COMMAND = "My own command line"
    LIBVIRT = "A libvirt domain"


class Doorbells(Enum):
    """How the device is to take doorbells."""

    SHADOW = "Shadow doorbells"
    IOEVENTFD = "Shadow doorbells and ioeventfd"
    TRAP = "Every doorbell traps"


class Tool(Enum):
    """What records Linux events."""

    TRACE_CMD = "trace-cmd"
    PERF = "perf"
    TRACEFS = "Plain files of /sys/kernel/tracing"


class Part(Enum):
    """What is recorded.

    Lines and sizes are those of recordings with QEMU 5.2, 7.2 and 10.0.2, one to 64 commands at a
    time; docs/record-a-trace.md.
    """

    QEMU_LOG = "QEMU's log"
    HOST_KVM = "KVM on the host"
    GUEST_DRIVER = "The driver in the guest"

    @property
    def sentence(self) -> str:
        """What it brings to the picture, and what it costs."""
        return _SENTENCES[self]


_SENTENCES = {
    Part.QEMU_LOG: (
        "What the controller does: commands fetched and finished, doorbells that reach it, interrupts. "
        "Costs 3 to 9 lines a command (up to 0.7 kB), written while virtual CPU or controller wait."
    ),
    Part.HOST_KVM: (
        "How long the guest stands still at each VM exit, and doorbells that end in an eventfd. "
        "Costs some time at every exit of every virtual machine on the host."
    ),
    Part.GUEST_DRIVER: (
        "What the guest sees: when each command is submitted, its interrupt, its end. "
        "Costs 5 to 6 events a command (0.7 kB as text), in the guest's own time."
    ),
}


@dataclass(frozen=True, slots=True)
class RecipeChoice:
    """image, folder: files as a person types them, `~/` for the home folder; the folder is made on
    host and guest. domain: libvirt's name. guest: where ssh finds the guest. seconds: of work.
    """

    qemu: Qemu = Qemu.V8_0
    start: Start = Start.COMMAND
    doorbells: Doorbells = Doorbells.SHADOW
    parts: frozenset[Part] = frozenset(Part)
    tool: Tool = Tool.TRACE_CMD
    seconds: int = 10
    image: str = "nvme.img"
    folder: str = "/var/tmp/nvme-trace"
    domain: str = "vm"
    guest: str = "root@guest"
