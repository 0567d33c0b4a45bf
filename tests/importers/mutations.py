"""Traces made wrong in every way that was thought of, the same each time for the same numbers.

A mutation is three whole numbers: which one, where, and how. Property tests and the long run in
`tests.benchmarks.fuzz_traces` draw them, so that what the one finds the other can repeat.
"""

from __future__ import annotations

import gzip
import lzma
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.importers.traces import sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Lines = list[bytes]
    Mutation = tuple[int, int, int]

NUMBERS = (
    *(b"0", b"1", b"-1", b"2", b"3", b"255", b"256", b"1023", b"4095", b"65534", b"65535"),
    *(b"65536", b"-65535", b"2147483647", b"2147483648", b"4294967295", b"4294967296"),
    *(b"9223372036854775807", b"9223372036854775808", b"18446744073709551615", b"-9" * 30),
    *(b"0x0", b"0xffff", b"0xffffffffffffffff", b"0x" + b"f" * 40, b"0x", b"", b"x", b"1e9"),
    *(b"\xd9\xa3", b"1.5", b"007", b"- 1"),
)
TIMES = (
    *(b"0.000000", b"0.1", b"1.999999999", b"1795413446.5", b"4611686018.427387904"),
    *(b"9223372036.854775807", b"99999999999.999999", b"999999999999999999.0", b".5", b"5."),
)
GARBAGE = (
    *(b"", b"#", b"\0\0\0\0", b"\xff\xfe\xfd", b"Oops: 0000 [#1] SMP", b":" * 40, b"[000] 1.0:"),
    *(b"pci_nvme_", b"pci_nvme_io_cmd", b"1@2.3:", b"x-1 [0] 1.0: nvme_sq:", b"1.0: kvm_exit:"),
    *(
        b"CPU:0 [LOST 99999999999999999999 EVENTS]",
        b"CPU:1 [LOST -5 EVENTS]",
        b"CPU:0 [LOST EVENTS]",
    ),
    *(b"CPU 3/KVM-77 [001] 5.000001: kvm_exit: reason HLT rip 0x0 info 0 0", b"A" * 20_000),
    b"pci_nvme_io_cmd cid 1 nsid 0x1 sqid 1 opc 0x2 " + b"9 " * 300,
)
ORDERS = (
    b"mmio_start_success setting controller enable bit succeeded",
    b"mmio_stopped cleared controller enable bit",
    b"pci_reset PCI Function Level Reset",
    b"dbbuf_config dbs_addr=0x1 eis_addr=0x2",
    b"mmio_aqattr wrote MMIO, admin queue attributes=0x%x",
    b"create_cq create completion queue, addr=0x1, cqid=%d, vector=%d, qsize=%d, qflags=3, ien=1",
    b"create_sq create submission queue, addr=0x1, sqid=%d, cqid=%d, qsize=%d, qflags=1",
    b"del_sq deleting submission queue sqid=%d",
    b"mmio_doorbell_sq sqid %d new_tail %d",
    b"mmio_doorbell_cq cqid %d new_head %d",
    b"update_sq_tail sqid %d new_tail %d",
    b"update_cq_head cqid %d new_head %d",
    b"update_sq_eventidx sqid %d new_eventidx %d",
    b"io_cmd cid %d nsid 0x1 sqid %d opc 0x2 opname 'NVME_NVM_CMD_READ'",
    b"enqueue_req_completion cid %d cqid %d dw0 0x0 dw1 0x0 status 0x0",
    b"irq_msix raising MSI-X IRQ vector %d",
)
_IDS = (0, 1, 2, 3, 7, 64, 255, 256, 257, 1000, 4095, 16383, 65534, 65535)


def _drop(lines: Lines, at: int, how: int) -> None:
    del lines[at : at + 1 + how % 40]


def _double(lines: Lines, at: int, how: int) -> None:
    lines[at:at] = lines[at : at + 1 + how % 20]


def _swap(lines: Lines, at: int, how: int) -> None:
    other = how % len(lines)
    lines[at], lines[other] = lines[other], lines[at]


def _move(lines: Lines, at: int, how: int) -> None:
    part = lines[at : at + 1 + how % 60]
    del lines[at : at + len(part)]
    place = how % (len(lines) + 1)
    lines[place:place] = part


def _cut(lines: Lines, at: int, how: int) -> None:
    lines[at] = lines[at][: how % (len(lines[at]) + 1)]


def _cut_front(lines: Lines, at: int, how: int) -> None:
    lines[at] = lines[at][how % (len(lines[at]) + 1) :]


def _join(lines: Lines, at: int, how: int) -> None:
    lines[at : at + 2] = [lines[at][: 1 + how % 90] + b"".join(lines[at + 1 : at + 2])]


def _flip(lines: Lines, at: int, how: int) -> None:
    line = bytearray(lines[at])
    if line:
        line[how % len(line)] ^= 1 << (how >> 7) % 8
    lines[at] = bytes(line)


def _number(lines: Lines, at: int, how: int) -> None:
    """Another number in place of one of those in a line."""
    found = list(re.finditer(rb"0x[0-9a-f]+|\d+", lines[at]))
    if found:
        one = found[-1 - how % len(found)]
        new = NUMBERS[(how >> 5) % len(NUMBERS)]
        lines[at] = lines[at][: one.start()] + new + lines[at][one.end() :]


def _numbers(lines: Lines, at: int, how: int) -> None:
    """The same number in place of the last of many lines."""
    for n in range(at, min(len(lines), at + how % 50)):
        lines[n] = re.sub(rb"\d+$", NUMBERS[(how >> 6) % len(NUMBERS)], lines[n])


def _time(lines: Lines, at: int, how: int) -> None:
    lines[at] = re.sub(rb"\d+\.\d+", TIMES[how % len(TIMES)], lines[at], count=1)


def _backwards(lines: Lines, at: int, how: int) -> None:
    lines[at : at + how % 80] = lines[at : at + how % 80][::-1]


def _timeless(lines: Lines, at: int, how: int) -> None:
    stop = at + how % 300
    lines[at:stop] = [re.sub(rb"^\d+@\d+\.\d+:", b"", line) for line in lines[at:stop]]


def _threads(lines: Lines, at: int, how: int) -> None:
    for n in range(at, min(len(lines), at + how % 300)):
        lines[n] = re.sub(rb"^\d+@", b"%d@" % (n * (how | 1)), lines[n])


def _cpus(lines: Lines, at: int, how: int) -> None:
    for n in range(at, min(len(lines), at + how % 300)):
        lines[n] = re.sub(rb"\[\d+\]", b"[%03d]" % (n * how % 999), lines[n])


def _garbage(lines: Lines, at: int, how: int) -> None:
    lines.insert(at, GARBAGE[how % len(GARBAGE)])


def _order(lines: Lines, at: int, how: int) -> None:
    """A well-formed line with numbers from anywhere in their range."""
    order = ORDERS[how % len(ORDERS)]
    wanted = len(re.findall(rb"%[dx]", order))
    numbers = tuple(_IDS[(how >> 4 * n) % len(_IDS)] for n in range(1, wanted + 1))
    when = re.match(rb"\d+@\d+\.\d+:", lines[at])
    lines.insert(at, (when[0] if when else b"") + b"pci_nvme_" + order % numbers)


def _queues(lines: Lines, at: int, how: int) -> None:
    """Queues upon queues, as large as they can be."""
    when = re.match(rb"\d+@\d+\.\d+:", lines[at])
    front = (when[0] if when else b"") + b"pci_nvme_"
    size = (65_535, 1023, 1, 0)[(how >> 6) % 4]
    lines[at:at] = [front + ORDERS[6] % (qid, qid, size) for qid in range(1, 2 + how % 300)]


def _epochs(lines: Lines, at: int, how: int) -> None:
    """The controller enabled again and again, each time with some of what follows."""
    part = [*lines[at : at + how % 8], b"pci_nvme_" + ORDERS[0]]
    lines[at:at] = part * (1 + (how >> 4) % 12)


MUTATIONS: tuple[Callable[[Lines, int, int], None], ...] = (
    *(_drop, _double, _swap, _move, _cut, _cut_front, _join, _flip, _number, _numbers, _time),
    *(_backwards, _timeless, _threads, _cpus, _garbage, _order, _order, _queues, _epochs),
)


def mutated(text: bytes, mutations: Sequence[Mutation]) -> bytes:
    """The text with its lines changed, one mutation after the other."""
    lines = text.split(b"\n")
    for which, at, how in mutations:
        if lines:
            MUTATIONS[which % len(MUTATIONS)](lines, at % len(lines), how)
    return b"\n".join(lines)


WRAPPINGS: tuple[Callable[[bytes], bytes], ...] = (
    lambda text: text,
    lambda text: text.replace(b"\n", b"\r\n"),
    lambda text: text.replace(b"\n", b"\r"),
    lambda text: text.replace(b"\n", b"\r\n", 40).replace(b"nvme_", b"\0nvme_", 1),
    lambda text: b"\xef\xbb\xbf" + text,
    lambda text: text.decode("latin-1").encode("utf-16"),
    lambda text: b"\xfe\xff" + text.decode("latin-1").encode("utf-16-be")[:-1],
    lambda text: gzip.compress(text, 1),
    lambda text: gzip.compress(text, 1)[: max(20, len(text) // 20)],
    lambda text: gzip.compress(text[:200], 1) + gzip.compress(text[200:], 1) + b"tail",
    lambda text: lzma.compress(text, preset=0)[:-30],
    lambda text: text[len(text) // 3 :],
    lambda text: text[: len(text) * 2 // 3],
)
"""A text as the bytes of a file: its line ends, its encoding, its compression, whole or not."""


KVM = b"""\
 CPU 0/KVM-3197 [000] .....  20.000001: kvm_exit: vcpu 0 reason EPT_MISCONFIG rip 0x1 info1 0x0 info2 0x0
 CPU 0/KVM-3197 [000] .....  20.000002: kvm_mmio: mmio write len 4 gpa 0xfebd1008 val 0x1
 CPU 0/KVM-3197 [000] .....  20.000003: kvm_userspace_exit: reason KVM_EXIT_MMIO (6)
 CPU 0/KVM-3197 [000] .....  20.000009: kvm_entry: vcpu 0, rip 0x1
 CPU 0/KVM-3197 [000] .....  20.000011: kvm_exit: vcpu 0 reason HLT rip 0x1 info1 0x0 info2 0x0
 CPU 0/KVM-3197 [000] .....  20.000090: kvm_entry: vcpu 0, rip 0x1
"""


@lru_cache(maxsize=1)
def texts() -> tuple[tuple[str, bytes], ...]:
    """(name, text): short pieces of real logs, from their beginnings and from the middle."""
    dbbuf, mmio, old = (
        sample(name) for name in ("linux-dbbuf-qd16", "linux-mmio-batch8", "qemu-5.2-qd8")
    )
    assert dbbuf.guest is not None
    qemu, guest = _lines(dbbuf.qemu), _lines(dbbuf.guest)
    pieces = {
        "firmware": qemu[20:200],
        "driver": [*qemu[2380:2500], *qemu[9000:9120]],
        "middle": qemu[12_000:12_200],
        "two epochs": [*qemu[20:120], *qemu[2390:2500], *qemu[20_000:20_080]],
        "guest": [*guest[10:60], *guest[5000:5150]],
        "doorbells": _lines(mmio.qemu)[-400:-200],
        "5.2": _lines(old.qemu)[-300:-120],
        "host": KVM.splitlines() * 20,
        "both": [
            line for pair in zip(qemu[9000:9100], guest[4000:4100], strict=True) for line in pair
        ],
    }
    return tuple((name, b"\n".join(lines) + b"\n") for name, lines in pieces.items())


def _lines(path: str) -> list[bytes]:
    data = Path(path).read_bytes()
    return (gzip if path.endswith(".gz") else lzma).decompress(data).split(b"\n")
