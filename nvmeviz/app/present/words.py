"""An event as a sentence, from the vocabulary table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nvmeviz.log import kinds
from nvmeviz.log.events import KIND_BY_NUMBER

if TYPE_CHECKING:
    from nvmeviz.app.present.moment import Moment


def describe(event: Any, qid: int) -> str:
    """One event: what happened, on which queue, with its value."""
    row = KIND_BY_NUMBER.get(int(event["kind"]))
    if row is None:
        return f"event of kind {int(event['kind'])}"
    parts = [row.words]
    if row.kind in (kinds.VM_EXIT, kinds.VM_ENTRY):
        which = "SQ tail" if event["a"] == kinds.EXIT_SQ_DOORBELL else "CQ head"
        parts.append(f"for the {which} doorbell")
    elif row.a:
        parts.append(f"· {row.a} {int(event['a'])}")
    if row.has_cid:
        parts.append(f"· cid {int(event['cid']):02x}")
    return f"queue {qid}: {' '.join(parts)}"


def event_words(moments: tuple[Moment, ...]) -> str:
    """The last event over all panes, "" before the first."""
    last = None
    for number, moment in enumerate(moments):
        if len(moment.past) and (last is None or moment.past["t"][-1] >= last[0]):
            last = (int(moment.past["t"][-1]), number)
    if last is None:
        return ""
    moment = moments[last[1]]
    event = moment.past[-1]
    queue = min(int(event["qid"]), len(moment.run.topology.queues) - 1)
    words = describe(event, moment.run.topology.queues[queue].qid)
    return f"{moment.run.mode.title} · {words}" if len(moments) > 1 else words
