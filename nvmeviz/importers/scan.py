"""From bytes to records: finds what is a trace line, its time and thread, its event, its numbers.

Knows the forms of a line (QEMU's log with its prefixes, ftrace, trace-cmd report, perf script) and
nothing of what an event means: the names, and which of their numbers are wanted, come from `formats`.
A line that is none is counted, never an error. An ordinary file that is compiled where it can be.
"""

# The compiled scanner's attributes are declared in scan.pxd, where pyright can't see them.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import cython

if TYPE_CHECKING:
    from collections.abc import Sequence

if not cython.compiled:
    # isort: off
    # fmt: off
    from nvmeviz.importers.line_form import LineForm
    from nvmeviz.importers.records import (
        A, B, CEILING, DEV, EMPTY_HASH, G_IRQ_ENTER, KIND, KINDS, K_ENTRY, K_EXIT, LAST, LINE,
        LONGEST, MASK32, MISSING, R_LOST, S_BACKWARDS, S_BACKWARDS_FIRST, S_BAD, S_BAD_FIRST,
        S_COUNTS, S_CUT, S_CUT_FIRST, S_EMPTY, S_FOREIGN, S_FOREIGN_FIRST, S_KERNEL, S_LINES,
        S_LOST, S_LOST_FIRST, S_OTHER, S_QEMU, S_TIMELESS, T, TABLE, U16, WIDTH, WORD_CLASS,
    )

    # fmt: on
    # isort: on


def mixed(h: int, c: int) -> int:
    """The hash of a name and one more character: FNV-1a of 32 bits."""
    return ((h ^ c) * 16777619) & MASK32


def name_hash(name: bytes) -> int:
    """The number by which a name is found, never one of the small ones."""
    h = EMPTY_HASH
    for c in name:
        h = mixed(h, c)
    return h | 256


def name_table(names: dict[bytes, int]) -> tuple[array[int], array[int]]:
    """Hashes and values of names, to be looked up by `Scanner`. AssertionError when two collide."""
    keys, values = array("q", bytes(8 * TABLE)), array("q", bytes(8 * TABLE))
    for name, value in names.items():
        h = name_hash(name)
        slot = h & (TABLE - 1)
        while keys[slot]:
            assert keys[slot] != h, f"two names have one hash: {name!r}"
            slot = (slot + 1) & (TABLE - 1)
        keys[slot], values[slot] = h, value
    return keys, values


def word_value(word_class: int, value: int) -> int:
    """What stands in a name table for a word that is no event: its class (1 ..) and its number."""
    return word_class * WORD_CLASS + value


class Scanner(LineForm):
    """Reads lines one after another. first_t, last_t: the first time in the text and the
    newest, ns.
    """

    def __init__(self, names: dict[bytes, int], wants: Sequence[int], needs: Sequence[int]) -> None:
        super().__init__()
        self.keys, self.values = name_table(names)
        self.wants = array(
            "q", wants
        )  # 12 a kind: hash of a key, FIRST.., LAST or NOTHING; then others
        # 2 a kind: bits of the columns that must be there and of those of 16 bits; words.
        self.needs = array("q", needs)
        assert len(self.wants) == 12 * KINDS
        assert len(self.needs) == 2 * KINDS
        self.counts = array("q", bytes(8 * S_COUNTS))
        self.controller_key = name_hash(b"ctrl_id")
        self.first_t = MISSING
        self.last_t = MISSING

    def scan(self, text: Any, start: int, end: int, out: Any) -> int:
        """Turn the lines of text[start:end], which ends with a whole one, into rows of `out`.

        text: bytes. out: (at least as many rows as lines, WIDTH) int64. Returns the number of rows.
        """
        rows = 0
        i = start
        while i < end:
            j = i
            while j < end and text[j] != 10:
                j += 1
            self.counts[S_LINES] += 1
            if j - i > LONGEST:
                self.first(S_CUT, S_CUT_FIRST)
            elif self.line(text, i, j, out, rows):
                rows += 1
            i = j + 1
        return rows

    def told(self) -> list[int]:
        """The counts, S_* of `records`."""
        return [self.counts[n] for n in range(S_COUNTS)]

    def first(self, count: int, first: int) -> int:
        """Count something, and remember the line where it was first."""
        self.counts[count] += 1
        if self.counts[first] == 0:
            self.counts[first] = self.counts[S_LINES]
        return 0

    def line(self, text: Any, i: int, j: int, out: Any, row: int) -> bool:
        """One line, text[i:j]: True when it has become row `row`."""
        while j > i and text[j - 1] <= 32:
            j -= 1
        while i < j and text[i] <= 32:
            i += 1
        if i == j or text[i] == 35:  # '#'
            self.counts[S_EMPTY] += 1
            return False
        for c in range(WIDTH):
            out[row, c] = MISSING
        form = self.qemu_prefix(text, i, j, out, row)
        if form == 0:
            form = self.kernel_prefix(text, i, j, out, row)
        if form == 0:
            if self.is_loss(text, i, j):
                self.first(S_LOST, S_LOST_FIRST)
                out[row, KIND] = R_LOST
                out[row, A] = self.value
                out[row, T] = max(self.last_t, 0)
                out[row, LINE] = self.counts[S_LINES]
                return True
            self.first(S_FOREIGN, S_FOREIGN_FIRST)
            return False
        i = self.at
        self.counts[S_QEMU if form == 1 else S_KERNEL] += 1
        if self.first_t == MISSING:
            self.first_t = out[row, T]
        kind = self.event(text, i, j)
        if kind <= 0 or kind >= KINDS:
            self.counts[S_OTHER] += 1
            return False
        if not self.arguments(text, self.at, j, out, row, kind):
            return False
        out[row, KIND] = kind
        out[row, LINE] = self.counts[S_LINES]
        if out[row, T] == MISSING:
            self.counts[S_TIMELESS] += 1
        else:
            if out[row, T] < self.last_t:
                self.first(S_BACKWARDS, S_BACKWARDS_FIRST)
            self.last_t = max(out[row, T], self.last_t)
        return True

    def event(self, text: Any, i: int, j: int) -> int:
        """The value of the event's name at i, 0 when it is not known; `at`: where its words begin."""
        while i < j and text[i] <= 32:
            i += 1
        h = EMPTY_HASH
        while i < j:
            c = text[i]
            if c == 58:  # ':'
                # perf: the system in front of the event.
                if i + 1 < j and text[i + 1] > 32:
                    h = EMPTY_HASH
                    i += 1
                    continue
                i += 1
                break
            if c <= 32:
                break
            h = mixed(h, c)
            i += 1
        self.at = i
        return self.look_up(h | 256)

    def look_up(self, h: int) -> int:
        """The value of a hash in the table of names, 0 when it is not there."""
        slot = h & (TABLE - 1)
        while self.keys[slot] != 0:
            if self.keys[slot] == h:
                return self.values[slot]
            slot = (slot + 1) & (TABLE - 1)
        return 0

    def arguments(self, text: Any, i: int, j: int, out: Any, row: int, kind: int) -> bool:
        """Put the numbers that a kind wants into its columns; False when it is none of ours, or
        needed ones are missing.
        """
        base = 12 * kind
        place = 0
        key = 0
        last = 0
        word_class = self.needs[2 * kind + 1] // 8
        word_column = A + self.needs[2 * kind + 1] % 8
        vcpu = out[row, DEV]
        out[row, DEV] = MISSING
        device_queue = MISSING
        while i < j:
            c = text[i]
            if 48 <= c <= 57:
                negative = i > 0 and text[i - 1] == 45
                v = self.number(text, i, j)
                i = self.at
                if negative:
                    v = -v
                place += 1
                last = v
                for n in range(6):
                    want, other = self.wants[base + n], self.wants[base + 6 + n]
                    if want != 0 and (want == key or want == place or (other and other == key)):
                        if out[row, A + n] == MISSING:
                            out[row, A + n] = v
                if key == self.controller_key and key:
                    out[row, DEV] = v
                key = 0
            elif c == 95 or 65 <= c <= 90 or 97 <= c <= 122:
                start = i
                h = EMPTY_HASH
                while i < j and (c == 95 or 48 <= c <= 57 or 65 <= c <= 90 or 97 <= c <= 122):
                    h = mixed(h, c)
                    i += 1
                    if i < j:
                        c = text[i]
                key = h | 256
                if word_class:
                    value = self.look_up(key)
                    if value // WORD_CLASS == word_class and out[row, word_column] == MISSING:
                        out[row, word_column] = value % WORD_CLASS
                if out[row, DEV] == MISSING and i - start > 4 and text[start] == 110:
                    device_queue = self.device(text, start, i, out, row)
            else:
                i += 1
        for n in range(6):
            if self.wants[base + n] == LAST and place > 0:
                out[row, A + n] = last
        if kind == G_IRQ_ENTER:
            if out[row, DEV] == MISSING:
                self.counts[S_OTHER] += 1
                return False  # somebody else's interrupt
            out[row, B] = device_queue
        if (kind == K_EXIT or kind == K_ENTRY) and out[row, A] == MISSING:
            out[row, A] = vcpu
        need = self.needs[2 * kind]
        for n in range(6):
            v = out[row, A + n]
            if (need & (1 << n) and v < 0) or (need & (64 << n) and v > U16):
                self.first(S_BAD, S_BAD_FIRST)
                return False
        return True

    def device(self, text: Any, start: int, end: int, out: Any, row: int) -> int:
        """Take the controller's number out of nvme0 or nvme0q1; returns the queue's, or -1."""
        if text[start + 1] != 118 or text[start + 2] != 109 or text[start + 3] != 101:
            return MISSING
        if self.digits(text, start + 4, end) == 0:
            return MISSING
        number = self.value
        k = self.at
        if k < end and text[k] == 113:  # 'q'
            if self.digits(text, k + 1, end) == 0:
                return MISSING
            out[row, DEV] = number
            return self.value
        if k == end:
            out[row, DEV] = number
        return MISSING

    def number(self, text: Any, i: int, j: int) -> int:
        """The number at i, decimal or 0x; `at` is behind it and what clings to it."""
        v = 0
        if i + 1 < j and text[i] == 48 and (text[i + 1] | 32) == 120:
            i += 2
            while i < j:
                c = text[i]
                if 48 <= c <= 57:
                    d = c - 48
                elif 97 <= (c | 32) <= 102:
                    d = (c | 32) - 87
                else:
                    break
                v = v * 16 + d if v < CEILING // 16 else CEILING
                i += 1
        else:
            self.digits(text, i, j)
            v = self.value
            i = self.at
        while i < j and (text[i] == 95 or 48 <= text[i] <= 57 or 97 <= (text[i] | 32) <= 122):
            i += 1
        self.at = i
        return v
