"""The counts of an import as plain values, by the names of the logs themselves.

`epochs` and `guest_trace` follow one structure whatever the files: what no file tells is null or absent,
never 0. Times in seconds by the file's own clock, latencies in whole microseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nvmeviz.importers.tally import COUNT_NAMES

if TYPE_CHECKING:
    from nvmeviz.importers.read import Imported
    from nvmeviz.importers.tally import EpochCount, GuestCount, QueueCount

_PERCENTILES = (50, 90, 99)


def report(imported: Imported) -> dict[str, Any]:
    """Everything that was counted."""
    tally = imported.tally
    told: dict[str, Any] = {
        "files": [{"name": name, "kind": kind} for name, kind in imported.files],
        "epochs": [_epoch(epoch, timed=imported.timed) for epoch in tally.epochs],
        "clock": {
            name: {
                "offset_s": offset.ns / 1e9,
                "within_us": offset.within_ns / 1e3 if offset.within_ns >= 0 else None,
                "matched": offset.matched,
            }
            for name, offset in imported.offsets.items()
        },
        "runs": [
            {
                "title": run.title,
                "mode": run.mode or None,
                "epoch": run.epoch if run.epoch >= 0 else None,
                "events": len(run.events),
                "io_commands": run.io_commands,
            }
            for run in imported.runs
        ],
        "issues": [
            {
                "code": issue.code,
                "severity": issue.severity,
                "count": issue.count,
                "text": issue.text,
                "advice": issue.advice,
                "file": issue.file or None,
                "line": issue.line or None,
            }
            for issue in imported.issues
        ],
    }
    if tally.guest:
        told["guest_trace"] = {
            "queues": {
                f"nvme{device} q{qid}": _guest(guest)
                for (device, qid), guest in tally.guest.items()
                if guest.counts
            },
            "irq_handler_entries": {
                f"nvme{device}q{qid}": count for (device, qid), count in sorted(tally.irqs.items())
            },
            "requeues": tally.requeues,
            "block_errors": tally.block_errors,
            "events_lost": tally.lost,
        }
    if tally.exits:
        told["host_trace"] = {"vm_exits_by_thread": {str(w): n for w, n in tally.exits.items()}}
    return told


def _epoch(epoch: EpochCount, *, timed: bool) -> dict[str, Any]:
    return {
        "starts_with": epoch.starts_with,
        "first_ts": _seconds(epoch.first_ns) if timed else None,
        "queues": {str(qid): _queue(epoch, qid, timed=timed) for qid in sorted(epoch.queues)},
        "irq_by_vector": {str(v): n for v, n in sorted(epoch.irq_by_vector.items())},
        "sq_size": {str(qid): size for qid, size in sorted(epoch.sq_size.items())},
        "cq_size": {str(qid): size for qid, size in sorted(epoch.cq_size.items())},
        "dbbuf_config": epoch.dbbuf,
        "several_controllers": epoch.ambiguous,
    }


def _queue(epoch: EpochCount, qid: int, *, timed: bool) -> dict[str, Any]:
    queue: QueueCount = epoch.queues[qid]
    size = epoch.sq_size.get(qid)
    return {
        **{name: queue.counts[name] for name in COUNT_NAMES},
        "nonzero_status": queue.nonzero_status,
        "out_of_order_completions": queue.out_of_order,
        "max_in_flight_device": queue.most_in_flight,
        "sq_wraps": queue.counts["commands"] // size if size else None,
        "first_ts": _seconds(queue.first_ns) if timed else None,
        "last_ts": _seconds(queue.last_ns) if timed else None,
        "device_latency_us_fetch_to_completion": latency_us(queue.latency_ns) if timed else None,
        "left_in_flight": len(queue.flying),
        "cid_already_in_flight": queue.again_in_flight,
        "completions_without_command": queue.without_command,
    }


def _guest(guest: GuestCount) -> dict[str, Any]:
    return {
        "nvme_setup_cmd": guest.counts["nvme_setup_cmd"],
        "nvme_complete_rq": guest.counts["nvme_complete_rq"],
        "nvme_sq": guest.counts["nvme_sq"],
        "nonzero_status": guest.nonzero_status,
        "max_in_flight_host": guest.most_in_flight,
        "cmdid_not_in_flight": guest.not_in_flight,
        "first_ts": _seconds(guest.first_ns),
        "last_ts": _seconds(guest.last_ns),
        "host_latency_us_setup_to_complete": latency_us(guest.latency_ns),
        "retried": guest.retries,
        "left_in_flight": len(guest.flying),
    }


def _seconds(ns: int) -> float:
    return round(ns / 1e9, 6)


def latency_us(latency_ns: list[int]) -> dict[str, int] | None:
    """n, min, p50, p90, p99, max, mean in us; None of nothing."""
    if not latency_ns:
        return None
    values = sorted(round(ns / 1000) for ns in latency_ns)
    found = {"n": len(values), "min": values[0]}
    for p in _PERCENTILES:
        found[f"p{p}"] = values[min(len(values) - 1, len(values) * p // 100)]
    return {**found, "max": values[-1], "mean": round(sum(values) / len(values))}
