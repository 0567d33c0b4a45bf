"""The columns of a record and the kinds of record, as whole numbers and nothing else.

A record is a line of a trace that says something about queues, as a row of int64. Plain integers in a
file of their own, because the build turns this file into C constants for the compiled reader.
"""

from __future__ import annotations

# Columns. T: ns, by the clock of its file. WHO: thread id. CPU: CPU of an ftrace or perf line.
# DEV: number of the controller, where the line says it. A..F: what the kind says.
T = 0
LINE = 1
WHO = 2
CPU = 3
KIND = 4
DEV = 5
A = 6
B = 7
C = 8
D = 9
E = 10
F = 11
WIDTH = 12
MISSING = -1

# QEMU's log. In brackets: A, B, C ...
R_SQ_DOORBELL = 1  # [sqid, tail]
R_CQ_DOORBELL = 2  # [cqid, head]
R_TAIL_READ = 3  # [sqid, tail]
R_HEAD_READ = 4  # [cqid, head]
R_SQ_EVENTIDX = 5  # [sqid, EventIdx]
R_CQ_EVENTIDX = 6  # [cqid, EventIdx]
R_IO_CMD = 7  # [sqid, cid, opcode]
R_ADMIN_CMD = 8  # [-, cid, opcode]
R_BLOCKS = 9  # [-, cid, logical blocks, bytes]
R_DONE = 10  # [cqid, cid, status]
R_IRQ = 11  # [vector]
R_IRQ_PIN = 12
R_CREATE_SQ = 13  # [sqid, cqid, slots - 1]
R_CREATE_CQ = 14  # [cqid, vector, slots - 1, interrupts enabled]
R_DELETE_SQ = 15  # [sqid]
R_DELETE_CQ = 16  # [cqid]
R_ENABLE = 17
R_DISABLE = 18
R_SHUTDOWN = 19
R_PCI_RESET = 20
R_DBBUF_CONFIG = 21
R_MMIO_WRITE = 22  # [address in BAR0, value]
R_BAD_SQ_DOORBELL = 23  # [sqid, value or -1]
R_BAD_CQ_DOORBELL = 24  # [cqid, value or -1]
R_ADMIN_SIZES = 25  # [the register AQA]
R_FATAL = 26  # controller fatal status, or it could not be enabled
# The guest's kernel.
G_SETUP = 40  # [qid, cid, opcode, length or sqid, slots - 1, cqid]
G_COMPLETE = 41  # [qid, cid, status, retries]
G_SQ = 42  # [qid, head, tail]
G_ASYNC = 43
G_IRQ_ENTER = 44  # [irq, qid or -1]
G_IRQ_EXIT = 45  # [irq]
G_BLOCK_ISSUE = 46
G_BLOCK_COMPLETE = 47  # [error]
G_BLOCK_REQUEUE = 48
G_BLOCK_ERROR = 49
G_MARK = 50
# The host's kernel.
K_EXIT = 60  # [vCPU or -1, reason]
K_ENTRY = 61  # [vCPU or -1]
K_MMIO = 62  # [address, value, length, 1 for a write]
K_FAST_MMIO = 63  # [address]
K_USERSPACE = 64  # [KVM_EXIT number]
K_MSI = 65  # [vector]
K_OTHER = 66
# Any of the kernel's: events that its buffer lost just before.
R_LOST = 80  # [how many, 0 when it is not said]

KINDS = 96  # one more than the largest

# Reasons of K_EXIT that are told apart: B.
REASON_OTHER = 0
REASON_MMIO = 1
REASON_INTERRUPT = 2
REASON_HALT = 3

# Places in a scanner's counts.
S_LINES = 0
S_EMPTY = 1  # blank lines and comments
S_FOREIGN = 2  # lines of no form that is known
S_FOREIGN_FIRST = 3
S_OTHER = 4  # trace lines about something else
S_BAD = 5  # a known event whose arguments can't be read
S_BAD_FIRST = 6
S_TIMELESS = 7  # lines without a time
S_BACKWARDS = 8  # lines earlier than the one before
S_BACKWARDS_FIRST = 9
S_QEMU = 10  # lines of QEMU's log
S_KERNEL = 11  # lines of ftrace, trace-cmd or perf
S_LOST = 12  # events that the kernel says it lost
S_LOST_FIRST = 13
S_CUT = 14  # lines too long to be any
S_CUT_FIRST = 15
S_COUNTS = 20

# Where a scanner finds a wanted number: behind a key (its hash, larger than these), at a place (1 ..),
# or at the end of the line.
NOTHING = 0
FIRST = 1
LAST = 17

EMPTY_HASH = 2166136261  # FNV-1a's offset basis
MASK32 = 4294967295
TABLE = 4096  # slots of the scanner's table of names; a power of two, mostly empty
LONGEST = 16384  # bytes of a line that may be a trace line
CEILING = 4611686018427387904  # 2^62: numbers stop there, whichever way the scanner runs
LATEST_S = 4000000000  # in 2096: two such times still add up in 64 bits
WORD_CLASS = 1000  # words that are no events: their class times this, plus their number

# The lifter's own: where a command stands, and some limits.
CMD_NONE = 0
CMD_POSTED = 1
CMD_AT_WORK = 2
CMD_DONE = 3
NO_CID = 65535  # of an entry that was written and never seen fetched
U16 = 65535
U32 = 4294967295
IDLE_NS = 10000  # a controller thread with nothing to do that is silent for longer slept meanwhile
MOST_EVENTS = 24000000  # of one import; what comes later is counted, not kept
# In the last field of an event on its way: qid | cid << 16 | kind << 32 | vcpu << 40 | flags << 48.
PACKED_CID = 4294901760
PACKED_INFERRED = 281474976710656
