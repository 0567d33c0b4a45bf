"""What `nvmeviz import` does: reads trace files of one run, tells the counts, writes a recording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from nvmeviz.app.measured import read_measured
from nvmeviz.app.opening import save_sources, sources_of
from nvmeviz.importers.read import ImportProblem, looks_like_trace, read_traces
from nvmeviz.importers.report import report
from nvmeviz.log.recording import is_recording
from nvmeviz.places import resource
from nvmeviz.units import grouped, time_text

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = (
    "queue",
    "slots",
    "commands",
    "completions",
    "most in flight",
    "SQ doorbells",
    "CQ doorbells",
    "shadow reads SQ, CQ",
    "EventIdx SQ, CQ",
    "failed",
    "device p50",
    "p99",
)
GUEST_COLUMNS = (
    "queue",
    "set up",
    "completed",
    "most in flight",
    "failed",
    "retried",
    "latency p50",
    "p99",
)
RIGHT = frozenset(COLUMNS) | frozenset(GUEST_COLUMNS)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """table: (heading, column names, rows) for each part; values: the documented JSON."""

    tables: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    sentences: tuple[str, ...]
    values: dict[str, Any]


def import_traces(
    files: tuple[str, ...],
    progress: Callable[[float, str], None],
    save_to: str | None = None,
) -> ImportResult:
    """Read the files of one run; with save_to, write its runs into a recording. Raises ImportProblem,
    RecordingError.
    """
    for file in files:
        _refuse_ours(file)
    base, panes, runs, imported = read_measured(files, progress)
    if save_to is not None:
        save_sources(save_to, base, sources_of(runs, panes))
    values = report(imported)
    return ImportResult(_tables(values), tuple(_sentences(values, imported.facts)), values)


def _refuse_ours(file: str) -> None:
    """ImportProblem for a file that this program wrote itself, or reads otherwise."""
    if Path(file).is_file() and is_recording(file):
        raise ImportProblem(
            f"This is a recording or an archive: look at it with nvmeviz run, or unpack it. ({file})"
        )
    if Path(file).suffix == ".toml" and Path(file).is_file() and not looks_like_trace(file):
        raise ImportProblem(f"This is a scenario: look at it with nvmeviz run. ({file})")


def measure_import() -> dict[str, float]:
    """How fast a trace that comes with the program is read, unpacking it included; the best of three."""
    path = str(resource("sample_traces", "linux-dbbuf-qd16", "qemu.log.xz"))
    seconds: list[float] = []
    lines = 0
    for _ in range(3):
        began = perf_counter()
        imported = read_traces([path])
        seconds.append(perf_counter() - began)
        lines = sum(imported.lines)
    return {"lines": lines, "lines_per_s": lines / min(seconds)}


def _tables(
    values: dict[str, Any],
) -> tuple[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]], ...]:
    found: list[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]] = []
    for number, epoch in enumerate(values["epochs"]):
        if not epoch["queues"]:
            continue
        buffers = ", shadow buffers" if epoch["dbbuf_config"] else ""
        several = ", SEVERAL CONTROLLERS" if epoch["several_controllers"] else ""
        irqs = ", ".join(f"{v}: {grouped(n)}" for v, n in epoch["irq_by_vector"].items())
        heading = f"epoch {number}, from {epoch['starts_with']}{buffers}{several}"
        heading += f"; interrupts by vector {irqs}" if irqs else ""
        rows = tuple(_row(epoch, qid) for qid in epoch["queues"])
        found.append((heading, COLUMNS, rows))
    guest = values.get("guest_trace")
    if guest:
        rows = tuple(_guest_row(name, queue) for name, queue in guest["queues"].items())
        found.append(("as the guest saw it", GUEST_COLUMNS, rows))
    return tuple(found)


def _row(epoch: dict[str, Any], qid: str) -> tuple[str, ...]:
    q = epoch["queues"][qid]
    latency = q["device_latency_us_fetch_to_completion"]
    size = epoch["sq_size"].get(qid)
    return (
        qid,
        "–" if size is None else grouped(size),
        grouped(q["commands"]),
        grouped(q["completions"]),
        grouped(q["max_in_flight_device"]),
        grouped(q["sq_mmio_doorbells"]),
        grouped(q["cq_mmio_doorbells"]),
        f"{grouped(q['shadow_sq_reads'])}, {grouped(q['shadow_cq_reads'])}",
        f"{grouped(q['eventidx_sq_writes'])}, {grouped(q['eventidx_cq_writes_traced'])}",
        grouped(q["nonzero_status"]),
        *_percentiles(latency),
    )


def _guest_row(name: str, q: dict[str, Any]) -> tuple[str, ...]:
    return (
        name,
        grouped(q["nvme_setup_cmd"]),
        grouped(q["nvme_complete_rq"]),
        grouped(q["max_in_flight_host"]),
        grouped(q["nonzero_status"]),
        grouped(q["retried"]),
        *_percentiles(q["host_latency_us_setup_to_complete"]),
    )


def _percentiles(latency: dict[str, int] | None) -> tuple[str, str]:
    if latency is None:
        return "–", "–"
    return time_text(latency["p50"] * 1000), time_text(latency["p99"] * 1000)


def _sentences(values: dict[str, Any], facts: tuple[tuple[str, str], ...]) -> list[str]:
    said = [f"{name}: {words}" for name, words in facts]
    for issue in values["issues"]:
        place = f" (first in line {issue['line']} of {issue['file']})" if issue["line"] else ""
        advice = f" {issue['advice']}" if issue["advice"] else ""
        said.append(
            f"{issue['severity']}: {grouped(issue['count'])} × {issue['text']}{place}{advice}"
        )
    return said
