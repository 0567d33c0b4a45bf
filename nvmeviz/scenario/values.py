"""One value of a file or of `--set`, checked against the limits of its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nvmeviz.scenario.problems import nearest
from nvmeviz.scenario.texts import text_value
from nvmeviz.units import parse_time_ns, time_text

if TYPE_CHECKING:
    from nvmeviz.scenario.limits import Limits


def range_text(limits: Limits) -> str:
    """What a field may hold, in words."""
    if limits.unit == "text":
        return "a text"
    if limits.unit == "choice":
        return "one of " + ", ".join(f'"{choice}"' for choice in limits.choices)
    if limits.unit == "ns":
        return f"a time from {time_text(limits.low)} to {time_text(limits.high)}"
    unit = " percent" if limits.unit == "percent" else ""
    return f"a whole number from {limits.low} to {limits.high}{unit}"


def field_value(key: str, raw: Any, limits: Limits) -> int | str:
    """`raw` as the field wants it; ValueError with what is allowed."""
    allowed = range_text(limits)
    if limits.unit == "text":
        if not isinstance(raw, str):
            raise ValueError(f"it must be {allowed}, not {raw!r}.")
        try:
            return text_value(key, raw)
        except ValueError as error:
            raise ValueError(f"{error}.") from None
    if limits.unit == "choice":
        if raw not in limits.choices:
            hint = nearest(raw, limits.choices) if isinstance(raw, str) else ""
            raise ValueError(f"it must be {allowed}, not {raw!r}.{hint}")
        return str(raw)
    if limits.unit == "ns":
        if not isinstance(raw, str):
            raise ValueError(
                f'it must be {allowed}, written with its unit, such as "1.2us", not {raw!r}.'
            )
        try:
            value = parse_time_ns(raw)
        except ValueError as error:
            raise ValueError(f"it must be {allowed}: {error}.") from None
    else:
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise ValueError(f"it must be {allowed}, not {raw!r}.")
        value = raw
    if not limits.low <= value <= limits.high:
        raise ValueError(f"it must be {allowed}, not {raw}.")
    return value
