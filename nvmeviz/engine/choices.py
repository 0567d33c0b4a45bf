"""The choices that make up a doorbell mode, as small integers.

Plain integers in a file of their own, because the build turns this file into C constants for the
compiled core. `engine.mode` gives them names, sentences and types.
"""

# How the driver announces new entries.
ANNOUNCE_EVERY = 0
ANNOUNCE_BATCH = 1
ANNOUNCE_EVENTIDX_LINUX = 2
ANNOUNCE_EVENTIDX_SPEC = 3

# When the controller writes the SQ EventIdx.
REARM_NEVER = 0
REARM_EACH = 1  # the last tail read, after every command (QEMU)
REARM_BATCH_AHEAD = (
    2  # once a batch, as far ahead as the guest may go unrung; the tail before sleep
)

# What a controller thread does when it runs out of work.
SLEEP_AT_ONCE = 0
SLEEP_ADAPTIVE = 1  # polls for a while, re-arms, looks once more, sleeps

# Random streams: `draw(seed, stream, n)`.
STREAM_JITTER = 1
STREAM_MEDIA = 2

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
