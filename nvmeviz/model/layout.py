"""The small integers that machine state is written in, and nothing else.

Plain integers in a file of their own, because the build turns this file into C constants for the
compiled core. `state.py` says which field holds which of them.
"""

# State of a live command: `cmd_state`.
CMD_FREE = 0
CMD_WRITTEN = 1
CMD_FETCHED = 3
CMD_IN_DEVICE = 4
CMD_DONE = 5
CMD_COMPLETED = 6

# What a vCPU does: `vcpu_act`.
VCPU_HALTED = 0
VCPU_GUEST = 1
VCPU_EXITED = 2
VCPU_IRQ = 3
VCPU_WAKING = 4
VCPU_POLLING = 5

# What a controller thread does: `thr_act`.
THR_ASLEEP = 0
THR_WORKING = 1
THR_TIMED = 2
THR_LOCK_WAIT = 3
THR_WAKING = 4
THR_POLLING = 5

# Where a guest and its controller stand with the shadow buffers: `g_dbbuf`.
DBBUF_NONE = 0
DBBUF_SENT = 1
DBBUF_TAKEN = 2  # the controller uses them
DBBUF_ON = 3  # both do
DBBUF_STALE = 4  # the driver still does, the controller lost them

# The lock of a guest's VMM: `g_lock_owner` holds a vCPU, or THREAD_ACTOR + a thread, or LOCK_FREE.
LOCK_FREE = -1
THREAD_ACTOR = 256
LOCK_WAITERS = 16

# Index into `totals`.
T_NOW_NS = 0
T_EVENTS = 1
T_IGNORED = 2
T_POSTED = 3
T_FETCHED = 4
T_REAPED = 5
T_SQ_EXITS = 6
T_CQ_EXITS = 7
T_EXIT_NS = 8
T_IRQS = 9
T_POLLS = 10
T_POLL_HITS = 11
T_SHADOW_STORES = 12
T_WAKES = 13
T_HALT_NS = 14
T_LATENCY_NS = 15
T_DEV_WAIT_FIRST = 16
T_DEV_WAIT_COUNT = 17
T_DEV_BOUND = 18
T_DEV_BUSY = 19
T_LOCK_WAITS = 20
T_PASSES = 21
N_TOTALS = 24
