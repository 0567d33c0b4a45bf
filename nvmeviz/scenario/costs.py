"""What each step of a simulated machine takes: one table of means, each with range, words and the
source of its default. Machines that were measured have profiles (`resources/profiles`).
"""

from __future__ import annotations

from dataclasses import dataclass

from nvmeviz.scenario.limits import percent, time


@dataclass(frozen=True, slots=True)
class Costs:
    """What each step takes: means in ns; every use is drawn as (1 - jitter) + jitter * Exp(1)
    times it.
    """

    # The guest.
    submit_ns: int = time(
        1_000,
        50,
        2_000,
        "guest submits one command: program, io_submit, block layer, driver",
        "nvme-mdev v2, 2019: slat 0.9 us; Ober 2019: 1.2 us; a driver in user space (SPDK): 50-100 ns",
    )
    event_ns: int = time(
        600,
        0,
        1_000,
        "program collects one completion before it submits again (io_getevents)",
        "a system call and 379 ns of block layer, XRP, OSDI'22; range our estimate",
    )
    shadow_ns: int = time(
        40,
        5,
        300,
        "guest stores a shadow value",
        "a store to a line that the other side reads; our estimate, not measured",
    )
    barrier_ns: int = time(
        30,
        5,
        250,
        "guest's full barrier and read of EventIdx",
        "x86 mfence plus a shared-line load; our estimate, not measured",
    )
    drain_ns: int = time(
        60,
        1,
        10_000,
        "a store leaves its store buffer when no barrier makes it",
        "a line owned by another core; our estimate, not measured",
    )
    mmio_ns: int = time(
        100,
        10,
        300,
        "guest writes a doorbell that does not trap",
        "Intel community thread: uncached posted writes 50-300 ns apart; a mapped page: a store",
    )
    irq_ns: int = time(
        1_300,
        500,
        4_000,
        "guest takes an interrupt: entry, handler, softirq, return",
        "nvme_irq traced, ftrace example: 1.3 us; with the program's wake-up 2.3 to 3.2 us (nvme-mdev v2; "
        "KVM Forum 2020 bars)",
    )
    resched_ns: int = time(
        1_200,
        0,
        3_000,
        "a program that had blocked runs again once the interrupt has woken it",
        "interrupt against polling at depth 1: 2.3 to 2.5 us (nvme-mdev v2), less the handler's 1.3 us",
    )
    irq_exits_ns: int = time(
        1_400,
        0,
        3_000,
        "in-kernel exits when a running vCPU is interrupted: kick, end of interrupt",
        "two exits of 0.4-1.5 us each; AMD EPYC 2020: 2528 cycles; none with posted interrupts and APICv",
    )
    forward_ns: int = time(
        1_500,
        300,
        4_000,
        "host passes a device's interrupt on to the guest (vfio, irqfd)",
        "NVMetro 2024: +9 to 18 % median latency against polling; range our estimate",
    )
    reap_ns: int = time(
        400,
        10,
        1_000,
        "guest reaps one CQE",
        "XRP, OSDI'22: driver 113 ns, block layer 379 ns; a driver in user space: 20-50 ns",
    )
    guest_poll_ns: int = time(
        50, 10, 500, "a guest that polls its CQ sees a new entry", "our estimate: half a sweep"
    )
    block_ns: int = time(
        1_200,
        0,
        3_000,
        "a program with nothing to do blocks, and its vCPU goes idle",
        "context switch to idle; our estimate",
    )
    halt_wake_ns: int = time(
        5_600, 500, 20_000, "a halted vCPU runs again", "KVM Forum 2020 bars, P4800X: 5.6 us"
    )
    poll_wake_ns: int = time(
        1_000,
        100,
        3_000,
        "the same while it is polled for (halt_poll)",
        "one exit and entry handled in KVM: 0.4-1.5 us",
    )
    reset_ns: int = time(
        1_000_000, 10_000, 100_000_000, "driver resets its controller", "our choice: a millisecond"
    )
    # The way to the VMM.
    doorbell_exit_ns: int = time(
        4_000,
        2_500,
        10_500,
        "doorbell MMIO handled in user space, vCPU stopped",
        "kvm-unit-tests 2013 (QEMU 22773d6066): 2.9 us at 3 GHz; FEMU issue 69, 2022: 5.7 us median, "
        "6.5 us mean; Haskins 2009: 9.1 us",
    )
    ioeventfd_exit_ns: int = time(
        1_300,
        900,
        2_500,
        "doorbell MMIO handled in KVM, which signals an eventfd",
        "kvm-unit-tests 2013 (QEMU 22773d6066): 3609 cycles, 1.2 us at 3 GHz",
    )
    trap_work_ns: int = time(
        600,
        100,
        1_500,
        "the VMM's handler of a doorbell, under the lock",
        "dispatch to the device model; our estimate",
    )
    kick_ns: int = time(
        1_500,
        200,
        2_000,
        "the exit's handler wakes a sleeping controller thread",
        "QEMU 826cc32423: eventfd write 1-2 us; system call alone 0.2-0.4 us",
    )
    handover_ns: int = time(
        5_000,
        2_000,
        15_000,
        "a thread that waited for the lock runs with it: a thread wake-up",
        "wake of a sleeping thread 2-6 us, deeper C-states more (facts on eventfd wake-ups)",
    )
    # The controller.
    wake_ns: int = time(
        4_000,
        2_000,
        15_000,
        "a sleeping controller thread runs",
        "QEMU 826cc32423: eventfd write 1-2 us, read and ppoll 1 us each; C-states more",
    )
    loop_locked_ns: int = time(
        3_000,
        300,
        6_000,
        "one pass of the main loop, under the lock",
        "glib main loop, descriptors and timers looked at; fitted for QEMU 2022, never measured alone",
    )
    loop_ns: int = time(
        1_000,
        300,
        3_000,
        "one pass of the main loop, without the lock",
        "QEMU 826cc32423: ppoll about 1 us",
    )
    iothread_pass_ns: int = time(
        2_000,
        500,
        4_000,
        "one pass of an IOThread's event loop",
        "QEMU 826cc32423: eventfd read and ppoll about 1 us each",
    )
    timer_ns: int = time(
        2_500,
        500,
        8_000,
        "QEMU's 500 ns timer, as a timed sleep really takes",
        "500 ns and the wake-up of a sleeping thread, 2 us at least",
    )
    bh_ns: int = time(
        300, 50, 1_000, "a bottom half completes one request of a null backend", "our estimate"
    )
    poll_ns: int = time(
        200, 20, 500, "one sweep of a polling thread", "SPDK vfio-user: 0.23 us per I/O"
    )
    process_ns: int = time(
        2_500,
        50,
        6_000,
        "controller fetches and starts one command, null backend included",
        "QEMU main loop at saturation: 3.2 us per I/O (ioeventfd table, 2022); SPDK 72-96 ns",
    )
    backend_ns: int = time(
        0,
        0,
        2_000,
        "controller hands one command to a real device",
        "QEMU 826cc32423: io_submit 1.1-1.25 us per request",
    )
    copy_ns: int = time(
        0,
        0,
        1_000,
        "controller copies 1 KiB of data (null backend)",
        "memory bandwidth of one core",
    )
    shared_ns: int = time(
        100,
        20,
        300,
        "controller reads a shadow value or writes EventIdx",
        "a cache line that another core wrote last; QEMU does it by pci_dma_read/write",
    )
    post_ns: int = time(
        300, 20, 1_000, "controller posts one CQE", "nvme-mdev v2: forward completion 0.12 us"
    )
    msi_ns: int = time(
        600, 100, 2_000, "controller injects an interrupt", "nvme-mdev v2: 0.18 us in the kernel"
    )
    # Real hardware behind a pass-through doorbell; its latency stands with the device.
    hw_wake_ns: int = time(100, 0, 1_000, "a posted write reaches the device", "PCIe; our estimate")
    hw_fetch_ns: int = time(
        100,
        10,
        1_000,
        "hardware fetches one command, others waiting",
        "P5800X: 1.5 M IOPS and more",
    )
    hw_post_ns: int = time(50, 10, 500, "hardware posts one CQE", "our estimate")
    jitter_percent: int = percent(
        25, 0, 100, "share of every cost that varies", "our choice: coefficient of variation 0.25"
    )
