"""The numbers of the event kinds and flags, and nothing else.

Plain integers in a file of their own, because the build turns this file into C constants for the
compiled core. What each kind means stands in `events.py`; the names are the field's own.
"""

# The guest's driver and its vCPU.
SQ_POST = 1
SQ_SHADOW = 2
SQ_EVENTIDX_READ = 3
CQ_REAP = 4
CQ_SHADOW = 5
CQ_EVENTIDX_READ = 6
VM_EXIT = 7
VM_ENTRY = 8
IRQ_ENTER = 9
IRQ_EXIT = 10
VCPU_HALT = 11
VCPU_WAKE = 12
BATCH_TIMER = 13
REQUEST = 14
VCPU_POLL = 15
SQ_STORE = 41
CQ_STORE = 42
GUEST_READY = 45
RESET_DUE = 46
# The doorbell registers, as the VMM's trap handler, KVM or the hardware sees them.
SQ_DOORBELL = 16
CQ_DOORBELL = 17
SQ_KICK = 18
CQ_KICK = 19
# The controller's thread.
CTRL_WAKE = 20
CTRL_SLEEP = 21
CTRL_POLL = 22
SQ_SHADOW_READ = 23
SQ_EVENTIDX = 24
CQ_SHADOW_READ = 25
CQ_EVENTIDX = 26
SQ_FETCH = 27
CQ_POST = 28
IRQ_RAISE = 29
LOOP_PASS = 30
IRQ_TIMER = 31
EVENTIDX_STORE = 43
DBBUF_CONFIG = 44
CTRL_RESET = 47
# The device behind the controller.
DEV_START = 32
DEV_DONE = 33
# The VMM's big lock: vCPU threads that left the guest and the main loop take turns.
LOCK_TAKE = 34
LOCK_WAIT = 35
LOCK_RELEASE = 36
# The run itself.
SCENARIO_CHANGE = 40
# Seen in a trace, and fits nothing that came before: told, and changes no state.
STRAY = 48

# Why the guest left for the VMM: `a` of VM_EXIT and VM_ENTRY.
EXIT_SQ_DOORBELL = 1
EXIT_CQ_DOORBELL = 2
EXIT_INTERRUPT = 3
EXIT_RESET = 4
EXIT_OTHER = 5  # in measured runs: anything that is not about a queue

# Who holds or wants the lock: `a` of LOCK_*.
BY_VCPU = 0
BY_THREAD = 1

# `b` of SQ_DOORBELL.
DOORBELL_TRAPPED = 0
DOORBELL_VCPU_WORKS = 1
DOORBELL_MAPPED = 2

# Bits of `b` of CTRL_POLL: what the sweep looks at, and that it also begins a pass of the loop.
POLL_SHADOWS = 1
POLL_REGISTERS = 2
POLL_PASS = 4

# Bits of `b` of CQ_POST, over the SQ head in the low half.
CQE_PHASE = 0x10000
CQE_QUIET = 0x20000  # the guest polls: no interrupt
CQE_HELD = 0x40000  # its interrupt may wait for more: coalescing

# `b` of SQ_SHADOW, CQ_SHADOW and SQ_EVENTIDX when an earlier store leaves its store buffer.
DRAINED = 0x10000

# Opcodes of the admin commands that hand shadow buffers over (Base 2.1, 5.2.5; Google, 2014).
OP_DBBUF_CONFIG = 0x7C
OP_GOOGLE_DOORBELLS = 0xC0

# Bits of `b` of SQ_FETCH.
FETCH_TURN = 1  # a new turn of the same queue begins
FETCH_ROUND = 2  # a new round begins: the thread looks at every tail again when it comes by

# `qid` of a STRAY that names a queue which is not there; its number stands in `cid`.
NO_QUEUE = 0xFFFF

# `flags` of an event.
INFERRED = 1
CLOCK_GUESSED = 2
LOST_BEFORE = 4
