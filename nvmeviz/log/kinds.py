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
# The doorbell registers, as the VMM's trap handler or the hardware sees them.
SQ_DOORBELL = 16
CQ_DOORBELL = 17
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
# The device behind the controller.
DEV_START = 32
DEV_DONE = 33
# The run itself.
SCENARIO_CHANGE = 40

# Why the guest left for the VMM: `a` of VM_EXIT and VM_ENTRY.
EXIT_SQ_DOORBELL = 1
EXIT_CQ_DOORBELL = 2

# `flags` of an event.
INFERRED = 1
CLOCK_GUESSED = 2
LOST_BEFORE = 4
