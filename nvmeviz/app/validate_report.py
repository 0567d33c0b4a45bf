"""What `validate` and `calibrate` tell a person: rows of a table, and sentences below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.units import si, three_digits, time_text

if TYPE_CHECKING:
    from nvmeviz.app.calibrate import Calibration
    from nvmeviz.app.validate import PointResult, ProfileResult, Validation
    from nvmeviz.scenario.measurements import Quantity

COLUMNS = ("source", "point", "mode", "measured", "simulated", "error", "profile", "used", "notes")
RIGHT = frozenset({"measured", "simulated", "error"})


def quantity_text(value: float, quantity: Quantity) -> str:
    """A figure with its unit, as the table shows it."""
    if quantity == "mmio_per_io":
        return f"{value:.2f}/IO"
    if quantity == "latency_us":
        return f"{three_digits(value)} µs"
    return si(value)


def error_text(result: PointResult) -> str:
    """The error of a point: a difference for MMIO per I/O, a share for everything else."""
    if result.simulated is None or result.error is None:
        return "–"
    if result.point.quantity == "mmio_per_io":
        return f"{result.simulated - result.point.value:+.2f}"
    return f"{result.error:+.1%}"


def _notes(result: PointResult) -> list[str]:
    """What has to be said of a point, one sentence each."""
    point = result.point
    notes: list[str] = []
    if point.unstable and result.simulated is not None:
        low, high = (quantity_text(one, point.quantity) for one in (result.low, result.high))
        inside = "inside" if result.in_band else "OUTSIDE"
        notes.append(f"Band over seeds and jitter: {low} to {high}, the measured value {inside}.")
    if result.broken:
        notes.append("The bound that the file of the measurement states is broken.")
    if result.sensitive:
        worst, elasticity = result.sensitive[0]
        notes.append(f"1 % more {worst} moves it by {elasticity:+.1f} %.")
    reasons = {
        "Not modelled": point.not_modelled,
        "Open residual": point.open,
        "Unstable": point.unstable,
    }
    notes += [f"{words}: {reason}." for words, reason in reasons.items() if reason]
    if point.note:
        notes.append(point.note[0].upper() + point.note[1:] + ".")
    return notes


def footnotes(validation: Validation) -> tuple[str, ...]:
    """Every note once; a row of the table names them by their numbers, from 1."""
    return tuple(dict.fromkeys(note for one in validation.points for note in _notes(one)))


def point_rows(validation: Validation) -> list[tuple[str, ...]]:
    """One row a point, as COLUMNS."""
    numbers = {note: number for number, note in enumerate(footnotes(validation), 1)}
    rows: list[tuple[str, ...]] = []
    for result in validation.points:
        point = result.point
        simulated = "–"
        if result.simulated is not None:
            simulated = quantity_text(result.simulated, point.quantity)
        rows.append(
            (
                point.section,
                point.name,
                point.mode,
                quantity_text(point.value, point.quantity),
                simulated,
                error_text(result),
                point.scenario.profile,
                result.status,
                " ".join(str(numbers[note]) for note in _notes(result)),
            )
        )
    return rows


def _group(words: str, found: tuple[int, float, float] | None) -> str:
    if found is None:
        return f"no {words} points"
    count, mean, largest = found
    points = "point" if count == 1 else "points"
    return f"{count} {words} {points}, mean error {mean:.1%}, largest {largest:.1%}"


def _profile_sentence(profile: ProfileResult) -> str:
    count = len(profile.free)
    costs = "no free costs" if count == 0 else f"{count} free cost{'s' if count > 1 else ''}"
    named = f" ({', '.join(profile.free)})" if profile.free else ""
    mmio = ""
    if profile.mmio_difference is not None:
        mmio = f"; MMIO per I/O off by at most {profile.mmio_difference:.2f}"
    fitted, tested = _group("fitted", profile.fitted), _group("tested", profile.tested)
    said = f" {profile.notes}" if profile.notes else ""
    return f"{profile.name}: {costs}{named}; {fitted}; {tested}{mmio}.{said}"


def sentences(validation: Validation) -> list[str]:
    """What stands below the table: errors by profile, warnings, notes, titles of the sources."""
    found = [_profile_sentence(profile) for profile in validation.profiles]
    sensitive = sum(1 for one in validation.points if one.sensitive)
    if sensitive:
        found.append(
            f"{sensitive} points move by more than 1 % when one of their costs moves by 1 %: read their "
            "errors as luck, not as truth."
        )
    for number, note in enumerate(footnotes(validation), 1):
        found.append(f"({number}) {note}")
    titles = dict.fromkeys(
        f"{one.point.section}: {one.point.title}. {one.point.source}" for one in validation.points
    )
    found += titles
    found += [f"Bound broken: {one.point.label}, {error_text(one)}." for one in validation.broken]
    return found


def calibration_sentences(calibration: Calibration) -> list[str]:
    """What a calibration found."""
    fit = calibration.fit
    found = [f"{key} = {time_text(value)}" for key, value in fit.values.items()]
    found += [f"{label}: {error:+.1%}" for label, error in calibration.errors]
    ended = "" if fit.ended else ", stopped before its end"
    found.append(f"{fit.evaluations} runs of the model, loss {fit.loss:.2f}{ended}.")
    if calibration.at_bounds:
        names = ", ".join(calibration.at_bounds)
        found.append(f"At the edge of its range: {names}. The model may lack something there.")
    return found
