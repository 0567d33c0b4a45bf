"""The fields that are written as text: arbitration weights, latency tables, names of drives and of
recordings.

Pure functions from a text to numbers; a ValueError says what the text must look like. Engine and
loader read the same functions, so that what was checked is what is simulated.
"""

from __future__ import annotations

import re

from nvmeviz.units import parse_time_ns

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
MAX_WEIGHTS, MAX_WEIGHT = 16, 255
MAX_POINTS = 64
MAX_LATENCY_NS = 100_000_000
MAX_PATH = 1_000
URGENT = 0  # as a weight: these queues go before all others (Base 2.1, 3.4.4)
WHOLE = 100_000  # 100 % in thousandths of a percent
_PERCENTILE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?")


def weight_list(text: str) -> tuple[int, ...]:
    """The weights of "4 1 urgent": 1 to 255 each, URGENT for the word. ValueError else."""
    words = text.split()
    if not 1 <= len(words) <= MAX_WEIGHTS:
        raise ValueError(f"1 to {MAX_WEIGHTS} weights, separated by blanks, such as 4 1")
    found: list[int] = []
    for word in words:
        if word == "urgent":
            found.append(URGENT)
        elif re.fullmatch(r"[0-9]{1,3}", word) and 1 <= int(word) <= MAX_WEIGHT:
            found.append(int(word))
        else:
            shown = word[:20]
            raise ValueError(
                f'a weight is a whole number from 1 to {MAX_WEIGHT} or the word urgent, not "{shown}"'
            )
    return tuple(found)


def latency_points(table_text: str) -> tuple[tuple[int, int], ...]:
    """The points of a latency table: (percentile in thousandths of a percent, ns), both rising.

    "0: 8us, 50: 8.8us, 99.9: 10us" gives ((0, 8000), (50000, 8800), (99900, 10000)); "" gives ().
    Below the first and above the last point the distribution is flat. ValueError else.
    """
    if not table_text.strip():
        return ()
    found: list[tuple[int, int]] = []
    for pair in table_text.split(","):
        left, colon, right = (part.strip() for part in pair.partition(":"))
        if not colon or not _PERCENTILE.fullmatch(left):
            raise ValueError(
                '"percentile: time" pairs separated by commas, such as 0: 8us, 99: 10us'
            )
        whole, _, fraction = left.partition(".")
        percentile = int(whole) * 1000 + int(fraction.ljust(3, "0"))
        if percentile > WHOLE:
            raise ValueError(f"a percentile lies between 0 and 100, not {left}")
        latency_ns = parse_time_ns(right)
        if not 1 <= latency_ns <= MAX_LATENCY_NS:
            raise ValueError(f"a latency lies between 1 ns and 100 ms, not {right}")
        if found and percentile <= found[-1][0]:
            raise ValueError(f"the percentiles must rise, and {left} does not")
        if found and latency_ns < found[-1][1]:
            raise ValueError(f"the times must not fall, and {right} does")
        found.append((percentile, latency_ns))
    if not 2 <= len(found) <= MAX_POINTS:
        raise ValueError(f"2 to {MAX_POINTS} points, not {len(found)}")
    return tuple(found)


def text_value(key: str, raw: str) -> str:
    """The text of a field, blanks in order. ValueError with what is allowed."""
    if key == "replay":
        if len(raw) > MAX_PATH or not raw.isprintable():
            raise ValueError(f"the path of a recording, at most {MAX_PATH} characters")
        return raw.strip()
    text = " ".join(raw.split())
    if key == "weights":
        weight_list(text)
    elif key == "latency_table":
        latency_points(text)
    elif text and not NAME.fullmatch(text):
        raise ValueError("a name of small letters, digits, - and _")
    return text
