"""The choices that make up a doorbell mode, as small integers.

Plain integers in a file of their own, because the build turns this file into C constants for the
compiled core. `engine.mode` gives them names, sentences and types.
"""

# How the driver announces new entries.
ANNOUNCE_EVERY = 0
ANNOUNCE_BATCH = 1
ANNOUNCE_EVENTIDX_LINUX = 2
ANNOUNCE_EVENTIDX_SPEC = 3

# Which way an announcement travels when it is rung.
PATH_USER = 0  # MMIO exit, handled in user space
PATH_IOEVENTFD = 1  # MMIO exit, handled in KVM, which signals an eventfd
PATH_MAPPED = 2  # a write to a page that the guest owns; nobody is told
PATH_REGISTER = 3  # a posted write to the register of real hardware

# Who processes.
WORKER_VMM = 0  # as the VMM does with trapped doorbells: machine.trap_handler
WORKER_IOTHREAD = 1
WORKER_POLLER = 2
WORKER_HARDWARE = 3

# When the controller writes the SQ EventIdx.
REARM_NEVER = 0
REARM_EACH = 1  # the last tail read, after every command (QEMU)
REARM_AHEAD = 2  # once a batch, as far ahead as the guest may go unrung; the tail before sleep
REARM_OFF = 3  # 0xFFFF while polling; the tail before sleep
REARM_BEHIND = 4  # one behind the tail, once a batch

# When it writes the CQ EventIdx.
CQ_REARM_NEVER = 0
CQ_REARM_HEAD = 1  # the last head it knew, before it posts
CQ_REARM_BEHIND = 2  # one behind that
CQ_REARM_OFF = 3  # 0xFFFF, once and for all

# What a controller thread does when it runs out of work.
SLEEP_AT_ONCE = 0
SLEEP_ADAPTIVE = 1  # polls for a while, re-arms, looks once more, sleeps
SLEEP_NEVER = 2

# What a thread is: `Plan.thr_kind`. The first three are event loops, which work in passes.
THREAD_MAIN_LOOP = 0  # holds its guest's lock during a pass
THREAD_IOTHREAD = 1
THREAD_POLL_LOOP = 2  # an IOThread that polls: every sweep is a pass
THREAD_FREE = 3  # works off what is there, one step after the other
THREAD_HARDWARE = 4

# How completions reach the guest.
IRQ_BATCH = 0  # one interrupt when a batch has been posted
IRQ_EACH = 1  # one for every CQE

# What stands behind the controller.
DEVICE_NULL = 0
DEVICE_FIXED = 1
DEVICE_CHANNELS = 2

# Where a queue's requests come from: `Plan.work`.
WORK_CLOSED = 0  # a free tag is a request
WORK_THINK = 1  # a reaped command, some time later
WORK_POISSON = 2
WORK_BURSTS = 3
WORK_REPLAY = 4

# Random streams: `draw(seed, stream, n)`.
STREAM_JITTER = 1
STREAM_MEDIA = 2
STREAM_OPCODE = 3
STREAM_ARRIVAL = 4

# NVM opcodes (NVM command set 1.0, figure "Opcodes").
OP_WRITE = 1
OP_READ = 2

# EventIdx that asks for a doorbell once a turn of the ring (SPDK lib/nvmf/vfio_user.c).
EVENTIDX_OFF = 0xFFFF

# A queue's turn (`Plan.turn`) when its class goes before all others.
URGENT_TURN = 0x10000000000

# Channel of a device that takes any number at a time.
NO_CHANNEL = 0xFFFF

# Fields of an event hold no more.
MAX_U4 = 0xFFFFFFFF

# No event is to come.
NEVER_NS = 0x7FFFFFFFFFFFFFFF

# Constants of SplitMix64 and odd multipliers that keep the streams apart.
MASK_64 = 0xFFFFFFFFFFFFFFFF
SEED_STEP = 0x9E3779B97F4A7C15
STREAM_STEP = 0xD1B54A32D192ED03
COUNT_STEP = 0x8CB92BA72F3D8DD7
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB
