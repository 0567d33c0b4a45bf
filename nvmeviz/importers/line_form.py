"""The forms of a trace line: what stands in front of its event.

QEMU's log begins with thread and time, with a time alone, or with the event; ftrace, trace-cmd report and
perf script have the CPU in brackets behind a thread, and a time. An ordinary file that is compiled where it
can be.
"""

# The compiled class's attributes are declared in the .pxd, where pyright can't see them.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.importers.records import (
        CEILING, CPU, DEV, LATEST_S, MISSING, T, WHO,
    )

    # fmt: on
    # isort: on


class LineForm:
    """Reads beginnings of lines. What they say is put into `value`, `t` and `at`, or a row."""

    def __init__(self) -> None:
        self.at = 0
        self.value = 0
        self.t = 0

    def digits(self, text: Any, i: int, j: int) -> int:
        """How many decimal digits stand at i; `value` and `at` say what they are and where they
        end.
        """
        v = 0
        n = i
        while n < j and 48 <= text[n] <= 57:
            v = v * 10 + (text[n] - 48) if v < CEILING // 10 else CEILING
            n += 1
        self.value = v
        self.at = n
        return n - i

    def clock(self, text: Any, i: int, j: int) -> bool:
        """A time in seconds, with up to nine digits behind the point; `t` and `at` tell."""
        if self.digits(text, i, j) == 0 or self.value > LATEST_S:
            return False
        ns = self.value * 1_000_000_000
        i = self.at
        if i >= j or text[i] != 46:  # '.'
            return False
        n = self.digits(text, i + 1, j)
        if n == 0 or n > 9:
            return False
        part = self.value
        while n < 9:
            part *= 10
            n += 1
        self.t = ns + part
        return True

    def iso_clock(self, text: Any, i: int, j: int) -> bool:
        """A time such as 2025-07-24T10:11:12.123456Z; `t` and `at` tell."""
        if j - i < 27 or text[i + 4] != 45 or text[i + 10] != 84 or text[i + 19] != 46:
            return False
        self.digits(text, i, i + 4)
        year = self.value
        self.digits(text, i + 5, i + 7)
        month = self.value
        self.digits(text, i + 8, i + 10)
        day = self.value
        self.digits(text, i + 11, i + 13)
        seconds = self.value * 3600
        self.digits(text, i + 14, i + 16)
        seconds += self.value * 60
        self.digits(text, i + 17, i + 19)
        seconds += self.value
        if self.digits(text, i + 20, j) != 6 or self.at >= j or text[self.at] != 90:  # 'Z'
            return False
        if year < 1970 or year > 2095 or month < 1 or month > 12 or day < 1 or day > 31:
            return False
        micros = self.value
        self.at += 1
        # Days since 1970 of the civil calendar, counted in years that begin in March.
        y = year if month > 2 else year - 1
        shifted = month - 3 if month > 2 else month + 9
        of_year = (153 * shifted + 2) // 5 + day - 1
        days = 365 * y + y // 4 - y // 100 + y // 400 + of_year - 719_468
        self.t = (days * 86_400 + seconds) * 1_000_000_000 + micros * 1000
        return True

    def qemu_prefix(self, text: Any, i: int, j: int, out: Any, row: int) -> int:
        """1 when the line begins as QEMU's log does: thread and time, time alone, or neither."""
        if 48 <= text[i] <= 57:
            n = self.digits(text, i, j)
            who = self.value
            if self.at < j and text[self.at] == 64:  # '@'
                if not self.clock(text, self.at + 1, j):
                    return 0
                if self.at >= j or text[self.at] != 58:  # ':'
                    return 0
                out[row, WHO] = who
                out[row, T] = self.t
                self.at += 1
                return 1
            if n == 4 and self.iso_clock(text, i, j):
                out[row, T] = self.t
                k = self.at
                while k < j and text[k] == 32:
                    k += 1
                if k < j and text[k] == 40:  # "(TID)", as a patch of 2025 wrote it
                    if self.digits(text, k + 1, j) > 0 and self.at < j and text[self.at] == 41:
                        out[row, WHO] = self.value
                        k = self.at + 1
                self.at = k
                return 1
            return 0
        if (
            j - i > 9
            and text[i] == 112
            and text[i + 1] == 99
            and text[i + 2] == 105
            and text[i + 3] == 95
            and text[i + 4] == 110
            and text[i + 5] == 118
        ):  # "pci_nv"
            self.at = i
            return 1
        return 0

    def kernel_prefix(self, text: Any, i: int, j: int, out: Any, row: int) -> int:
        """2 when the line is one of ftrace, trace-cmd report or perf script.

        What runs may have any name, blanks and brackets included: the CPU in brackets, after a
        number, is what such lines have in common.
        """
        k = i + 1
        while k < j:
            if text[k] == 91 and self.digits(text, k + 1, j) > 0:  # '['
                cpu = self.value
                p = self.at
                if p + 1 < j and text[p] == 93 and text[p + 1] <= 32:
                    who = self.thread_before(text, i, k)
                    if who >= 0 and self.kernel_time(text, p + 1, j):
                        out[row, CPU] = cpu
                        out[row, WHO] = who
                        out[row, T] = self.t
                        # "CPU 3/KVM": QEMU's name for the thread of a vCPU.
                        end = self.at
                        out[row, DEV] = self.vcpu_name(text, i, k)
                        self.at = end
                        return 2
            k += 1
        return 0

    def thread_before(self, text: Any, i: int, k: int) -> int:
        """The number of the thread in front of place k, -1 when there is none."""
        k -= 1
        while k > i and text[k] <= 32:
            k -= 1
        if k > i and text[k] == 41:  # "(tgid)"
            while k > i and text[k] != 40:
                k -= 1
            k -= 1
            while k > i and text[k] <= 32:
                k -= 1
        end = k + 1
        while k > i and 48 <= text[k] <= 57:
            k -= 1
        if k + 1 == end or not (text[k] == 45 or text[k] == 47 or text[k] <= 32):  # '-', '/'
            return -1
        self.digits(text, k + 1, end)
        return self.value

    def vcpu_name(self, text: Any, i: int, k: int) -> int:
        """The number in a name such as "CPU 3/KVM", -1 when it is another one."""
        if (
            k - i < 9
            or text[i] != 67
            or text[i + 1] != 80
            or text[i + 2] != 85
            or text[i + 3] != 32
        ):
            return MISSING
        if self.digits(text, i + 4, k) == 0:
            return MISSING
        p = self.at
        if p + 3 < k and text[p] == 47 and text[p + 1] == 75 and text[p + 2] == 86:
            return self.value
        return MISSING

    def kernel_time(self, text: Any, i: int, j: int) -> bool:
        """The time of an ftrace or perf line, in front of it perhaps flags; `at`: where its event
        begins.
        """
        for _ in range(2):
            while i < j and text[i] <= 32:
                i += 1
            if self.clock(text, i, j):
                if self.at >= j or text[self.at] != 58:
                    return False
                i = self.at + 1
                break
            while i < j and text[i] > 32:
                i += 1
        else:
            return False
        while i < j and text[i] <= 32:
            i += 1
        # perf may say how many periods an event stands for.
        if self.digits(text, i, j) > 0 and self.at < j and text[self.at] == 32:
            i = self.at
            while i < j and text[i] <= 32:
                i += 1
        self.at = i
        return True

    def is_loss(self, text: Any, i: int, j: int) -> bool:
        """True for what the kernel says in place of lost events: CPU:0 [LOST 12 EVENTS]."""
        if j - i < 12 or text[i] != 67 or text[i + 1] != 80 or text[i + 2] != 85:
            return False
        found = False
        self.value = 0
        k = i + 3
        while k + 3 < j:
            a, b, c, d = text[k] | 32, text[k + 1] | 32, text[k + 2] | 32, text[k + 3] | 32
            # "lost" or "drop"
            found = found or (a == 108 and b == 111 and c == 115 and d == 116)
            found = found or (a == 100 and b == 114 and c == 111 and d == 112)
            k += 1
        if found:
            k = i + 3
            best = 0
            while k < j:
                # The number that does not belong to the CPU: it stands in the brackets.
                if text[k] == 91:
                    while k < j and not (48 <= text[k] <= 57) and text[k] != 93:
                        k += 1
                    self.digits(text, k, j)
                    best = self.value
                k += 1
            self.value = best
        return found
