"""The shell lines of each tracer: record events for a time, as a text that can be imported.

All use the clock `mono` (CLOCK_MONOTONIC), so that recordings of one machine agree whatever made
them. Event names: include/trace/events/{kvm,block,irq}.h, arch/x86/kvm/trace.h,
drivers/nvme/host/trace.h of Linux.

The text of nvme events comes from the kernel itself: trace-cmd 3.1.6 and perf 6.1 can't print them
("[FAILED TO PARSE]"), for they lack the driver's own functions for it. It is made after the work,
since a reader of text would take the guest's time during it.
"""

from __future__ import annotations

from shlex import quote
from typing import assert_never

from nvmeviz.app.recipe_choice import Tool

Events = tuple[tuple[str, str], ...]  # "system:event", with stars, and a filter or ""

KVM_EVENTS: Events = tuple(
    (f"kvm:{name}", "")
    for name in (
        "kvm_exit", "kvm_entry", "kvm_mmio", "kvm_fast_mmio", "kvm_userspace_exit",
        "kvm_msi_set_irq", "kvm_set_irq", "kvm_inj_virq", "kvm_vcpu_wakeup",
    )
)  # fmt: skip
GUEST_EVENTS: Events = (
    ("nvme:*", ""),
    ("block:block_rq_*", ""),
    ("irq:irq_handler_entry", 'name ~ "nvme*"'),  # the handler of queue 1 is called nvme0q1
)
BUFFER_KB = 65_536  # a CPU's
TRACEFS = "/sys/kernel/tracing"
# Of text that the kernel wrote: as many entries left as were ever written means that none is lost.
_KERNEL_CHECK = "grep -m1 entries-in-buffer {}.txt"


def guest_record_lines(tool: Tool, seconds: int) -> tuple[str, ...]:
    """Lines that write guest.txt, in the folder in which the shell stands, after `seconds`."""
    if tool is not Tool.TRACE_CMD:
        return _tracefs_lines(GUEST_EVENTS, "guest", seconds)
    head = f"sudo trace-cmd start -B nvmeviz -C mono -b {BUFFER_KB}"
    return (
        *folded(head, _asked(GUEST_EVENTS, "-f"), ""),
        f"sleep {seconds}",
        "sudo trace-cmd stop -B nvmeviz",
        "sudo trace-cmd show -B nvmeviz > guest.txt",
        "sudo trace-cmd reset -B nvmeviz -d",
    )


def guest_check_lines() -> tuple[str, ...]:
    """Lines that tell whether guest.txt is whole."""
    return (_KERNEL_CHECK.format("guest"),)


def host_record_lines(tool: Tool, seconds: int) -> tuple[str, ...]:
    """Lines that record KVM's events for `seconds`."""
    match tool:
        case Tool.TRACE_CMD:
            head = f"sudo trace-cmd record -C mono -b {BUFFER_KB} -o host.dat"
            return folded(head, _asked(KVM_EVENTS, "-f"), f" sleep {seconds}")
        case Tool.PERF:
            head = "sudo perf record -a -k CLOCK_MONOTONIC -c 1 -m 16M -o host.data"
            return folded(head, _asked(KVM_EVENTS, "--filter"), f" -- sleep {seconds}")
        case Tool.TRACEFS:
            return _tracefs_lines(KVM_EVENTS, "host", seconds)
        case _:
            assert_never(tool)


def host_check_lines(tool: Tool) -> tuple[str, ...]:
    """Lines that write host.txt, if it is not there yet, and tell whether it is whole."""
    match tool:
        case Tool.TRACE_CMD:
            return (
                "sudo trace-cmd report -i host.dat > host.txt",
                "grep -c 'EVENTS DROPPED' host.txt",
            )
        case Tool.PERF:
            return (
                "sudo perf script -i host.data --show-lost-events \\\n"
                "    -F comm,pid,tid,cpu,time,event,trace > host.txt",
                "grep -c PERF_RECORD_LOST host.txt",
            )
        case Tool.TRACEFS:
            return (_KERNEL_CHECK.format("host"),)
        case _:
            assert_never(tool)


def folded(head: str, words: list[str], tail: str) -> tuple[str, ...]:
    """A long command over several lines of about 90 characters."""
    lines: list[str] = []
    line = head
    for word in words:
        if len(line) + len(word) > 86:
            lines.append(line + " \\")
            line = "   "
        line = f"{line} {word}"
    return (*lines, line + tail)


def _asked(events: Events, option: str) -> list[str]:
    """The options that ask for events; `option` filters the one before it."""
    return [
        f"-e {quote(event)}{f' {option} {quote(only)}' if only else ''}" for event, only in events
    ]


def _tracefs_lines(events: Events, name: str, seconds: int) -> tuple[str, ...]:
    """An instance of its own leaves alone what others trace."""
    lines = [
        f"sudo sh -eu -s \"$PWD/{name}.txt\" <<'END'",
        f"test -d {TRACEFS}/events || mount -t tracefs nodev {TRACEFS}",
        f"mkdir -p {TRACEFS}/instances/nvmeviz",
        f"cd {TRACEFS}/instances/nvmeviz",
        "echo mono > trace_clock",
        f"echo {BUFFER_KB} > buffer_size_kb",
    ]
    for event, only in events:
        folder = event.replace(":", "/")
        if only:
            lines.append(f"echo {quote(only)} > events/{folder}/filter")
        if "*" in folder:
            lines.append(f'for event in events/{folder}/enable; do echo 1 > "$event"; done')
        else:
            lines.append(f"echo 1 > events/{folder}/enable")
    return (
        *lines,
        f"sleep {seconds}",
        "echo 0 > tracing_on",
        'cat trace > "$1"',
        "cd /",
        f"rmdir {TRACEFS}/instances/nvmeviz",
        "END",
    )
