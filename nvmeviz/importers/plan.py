"""Who is there in one epoch, as a lifter takes it."""

from __future__ import annotations

from nvmeviz.importers.records import MOST_EVENTS


class Plan:
    """Who is there in one epoch. Lists over queue pairs: sq_size, cq_size (slots), owner (the pair
    whose CQ takes the completions), vcpu, thread, started (1 when the log shows the pair from its
    beginning), interrupts (0 for a CQ without them). admin: the index of the admin pair. index: from
    SQ ids. cq_index: from CQ ids to the owner. vectors: from interrupt vectors to the owners of CQs.
    vcpus, threads: from thread ids. cpus: from the guest's CPUs. qemu, guest, kvm: which files there
    are. eventfd: I/O doorbells leave no line. exits: the host's log shows VM exits. bar: address of
    the controller's registers in the guest, -1 when it is not known. most: events that are kept.
    """

    def __init__(self) -> None:
        self.sq_size: list[int] = []
        self.cq_size: list[int] = []
        self.owner: list[int] = []
        self.vcpu: list[int] = []
        self.thread: list[int] = []
        self.started: list[int] = []
        self.interrupts: list[int] = []
        self.admin = 0
        self.index: dict[int, int] = {}
        self.cq_index: dict[int, int] = {}
        self.vectors: dict[int, list[int]] = {}
        self.vcpus: dict[int, int] = {}
        self.threads: dict[int, int] = {}
        self.cpus: dict[int, int] = {}
        self.vcpu_count = 1
        self.thread_count = 1
        self.device = -1  # number of the controller in the guest's lines
        self.qemu = True
        self.guest = False
        self.eventfd = False
        self.dbbuf = False  # in use already when the log begins
        self.exits = False
        self.bar = -1
        self.origin_ns = 0
        self.most = MOST_EVENTS


def power_of_two(n: int) -> int:
    """The smallest one that is at least n."""
    return 1 << max(0, n - 1).bit_length()
