"""A pane when things go faster than the eye: the same picture, showing rates and shares.

At such speeds one instant says nothing and sixty of them a second only flicker. So the words, the
wall, the bells and the bars tell what went on over the window of the figures, the pane says so, and
all of it is made anew ten times a second; in between only the streams and the dial move on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nvmeviz.app.present.center import center_note
from nvmeviz.app.present.frame import (
    Activity,
    BatchBox,
    Bell,
    CellBox,
    CenterBox,
    Controller,
    Cup,
    Device,
    Lane,
    Lock,
    PaneFrame,
    SlotState,
    SmallQueue,
    Span,
    TrapBox,
)
from nvmeviz.app.present.known import as_known
from nvmeviz.app.present.lanes import vcpus_shown
from nvmeviz.app.present.names import vcpu_name
from nvmeviz.app.present.pane import queue_shown
from nvmeviz.app.present.rates import Rates, lock_share, rates_of, vcpu_shares, window_of
from nvmeviz.app.present.tokens import NO_TOKENS, flow_of
from nvmeviz.units import NBSP, percent, si, time_text

if TYPE_CHECKING:
    from nvmeviz.app.present.about import About
    from nvmeviz.app.present.moment import Moment
    from nvmeviz.app.present.rates import Window

TURNS_PER_S = 2  # of a stream's phase, in wall time
DIAL_TURNS_PER_S = 0.5
_LANE_ORDER = (
    Activity.VM_EXIT,
    Activity.LOCK_WAIT,
    Activity.IRQ,
    Activity.GUEST,
    Activity.POLLING,
    Activity.WAKING,
    Activity.IDLE,
)
_DOES = {
    Activity.GUEST: "works",
    Activity.POLLING: "polls",
    Activity.IDLE: "asleep",
    Activity.WAKING: "wakes up",
    Activity.LOCK_WAIT: "waits for the lock",
}


def averaged(frame: PaneFrame, moment: Moment, queue: int, speed_ns: int) -> PaneFrame:
    """`frame` with rates and shares in place of what was so for an instant. speed_ns: machine time
    that a second shows.
    """
    queue, w = queue_shown(moment, queue), window_of(moment)
    rates = rates_of(moment, queue, w)
    words = "the start" if w.whole else f"the last {_round_time(w.span_ns)}"
    made = replace(
        frame,
        averages=f"averages {'since' if w.whole else 'of'} {words}",
        lanes=_lanes(moment, w, vcpus_shown(moment, queue)),
        queues=tuple(_small(moment, rates, small) for small in frame.queues),
        neighbours=tuple(
            replace(one, trapping=share > 0, share=share)
            for one, share in zip(frame.neighbours, rates.guests_outside, strict=False)
        ),
        admin=None if frame.admin is None else replace(frame.admin, trapping=False),
        center=_center(moment, queue, rates, frame.center),
        wall_lit=rates.guest_outside > 0,
        wall_share=rates.guest_outside,
        lock=None if frame.lock is None else _lock(moment, w, frame),
        bells=_bells(rates, frame.bells),
        controller=_controller(moment, queue, rates, frame.controller),
        cup=None if frame.cup is None else _cup(rates, frame.cup),
        device=frame.device if "device" in frame.hidden else _device(rates, frame.device),
        tokens=NO_TOKENS,
        flow=flow_of(moment, queue, w, speed_ns),
        spoken=f"{frame.spoken.partition(';')[0]}; its vCPUs are outside the guest for "
        f"{percent(rates.guest_outside)} of the time.",
    )
    return as_known(made, moment)


def moved(frame: PaneFrame, t_ns: int, speed_ns: int, about: About) -> PaneFrame:
    """An averaged pane at a later moment: streams and dial turn evenly in wall time. A function of
    t, so they run back with it too.
    """
    phase = (TURNS_PER_S * t_ns / speed_ns) % 1.0
    controller = frame.controller
    if controller.dial is not None:
        controller = replace(controller, dial=(DIAL_TURNS_PER_S * t_ns / speed_ns) % 1.0)
    same = frame.about if frame.about == about else about
    return replace(frame, flow_phase=phase, controller=controller, about=same)


def _round_time(t_ns: int) -> str:
    whole = t_ns // 1_000_000 if t_ns >= 1_000_000 else t_ns // 1_000
    return time_text(t_ns) if whole == 0 else f"{whole}\u00a0{'ms' if t_ns >= 1_000_000 else 'µs'}"


def _lanes(moment: Moment, w: Window, vcpus: list[int]) -> tuple[Lane, ...]:
    return tuple(
        _lane(vcpu_name(moment, vcpu), w.span_ns, share)
        for vcpu, share in zip(vcpus, vcpu_shares(moment, w, vcpus), strict=True)
    )


def _lane(name: str, span_ns: int, share: dict[Activity, float]) -> Lane:
    spans, at = list[Span](), 0.0
    for activity in _LANE_ORDER:
        end = min(1.0, at + share.get(activity, 0.0))
        if end > at:
            spans.append(Span(at, end, activity))
        at = end
    spans[-1:] = [span._replace(end=1.0) for span in spans[-1:]]
    return Lane(name, span_ns, tuple(spans), max(share, key=lambda activity: share[activity]))


def _small(moment: Moment, rates: Rates, small: SmallQueue) -> SmallQueue:
    outside = rates.vcpu_outside.get(int(moment.state.q_vcpu[small.index]), 0.0)
    return replace(small, trapping=outside > 0, share=outside)


def _center(moment: Moment, queue: int, rates: Rates, box: CenterBox) -> CenterBox:
    exits_per_s = rates.window.per_s(rates.exits)
    own = rates.vcpu_outside[int(moment.state.q_vcpu[queue])]
    match box:
        case TrapBox():
            note = center_note(moment, queue) or ""
            if rates.exits == 0:
                return TrapBox("no exits", "", None, "", note)
            mean = f"mean {time_text(rates.mean_exit_ns)} each"
            return TrapBox(f"{si(exits_per_s)} exits/s", mean, own, f"{percent(own)} of time", note)
        case BatchBox():
            rings = rates.rings[0]
            mean = rates.commands / rings if rings else 0.0
            detail = f"{si(rates.window.per_s(rings))} rings/s"
            if rates.timer_rings and rings:
                detail += f", {percent(min(1.0, rates.timer_rings / rings))} by the timer"
            resting = TrapBox("", "", None, "")
            return BatchBox(round(mean, 1), box.batch, detail, resting, title="mean batch")
        case CellBox():
            return _cells(moment, rates, box)


def _cells(moment: Moment, rates: Rates, box: CellBox) -> CellBox:
    avoided = share = None
    if moment.run.mode.uses_shadow:
        per_100 = 100 * sum(rates.rings) / max(1, rates.commands)
        words = f"{_few(per_100)} rings per 100 commands"
        avoided = rates.avoided
        share = avoided.count / avoided.compared if avoided.compared else 0.0
        verdict = f"{percent(share)} avoided"
    else:
        words = f"{si(rates.window.per_s(sum(rates.rings)))} doorbells/s"
        exits = f"{si(rates.window.per_s(rates.exits))} interrupt exits/s"
        verdict = exits if rates.exits else "no trap"
    return replace(
        box,
        fresh=(0.0, 0.0, 0.0, 0.0),
        words=words,
        verdict=verdict,
        rang=False,
        progress=None,
        note="",
        notes=("", ""),
        avoided=share,
    )


def _few(value: float) -> str:
    return f"{value:.0f}" if value >= 9.95 or value == 0 else f"{value:.1f}"


def short_rate(value: float) -> str:
    """Two digits: "49 k", "2.6 k"."""
    number, space, unit = si(float(f"{value:.2g}")).partition(NBSP)
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number}{space}{unit}"


def _bells(rates: Rates, bells: tuple[Bell, Bell]) -> tuple[Bell, Bell]:
    """Rings a second; the glow is how many of the commands, or completions, were rung for."""
    found: list[Bell] = []
    for bell, rings, of in zip(bells, rates.rings, (rates.commands, rates.reaps), strict=True):
        share = min(1.0, rings / of) if of else 0.0
        per_s = rates.window.per_s(rings)
        value, short = f"{si(per_s)}/s", short_rate(per_s)
        how = bell.hint.partition(". ")[2]
        hint = f"rung {value}, {_few(100 * share)} times in 100 commands. {how}"
        found.append(replace(bell, value=value, ringing=share, hint=hint, avoided=0.0, short=short))
    return found[0], found[1]


def _lock(moment: Moment, w: Window, frame: PaneFrame) -> Lock:
    held = lock_share(moment, w, frame.guest)
    words = f"held {percent(held)}"
    name = moment.run.topology.guests[frame.guest]
    return Lock(words, held >= 0.5, f"The lock of the VMM of {name}: {words} of the time.")


def _controller(moment: Moment, queue: int, rates: Rates, now: Controller) -> Controller:
    share = sorted(rates.thread.items(), key=lambda item: (-item[1], item[0]))
    hardware = moment.run.mode.passthrough and not moment.state.q_admin[queue]
    does = {**_DOES, Activity.IDLE: "idle"} if hardware else _DOES
    parts = [f"{does[activity]} {part:.0%}" for activity, part in share if part >= 0.005]
    parts = [part.replace("%", "\u00a0%") for part in parts]
    polls = f"{si(rates.window.per_s(rates.polls))} polls/s" if now.poller else ""
    shown = round(rates.in_hand)
    state = SlotState.IN_DEVICE if len(rates.channels) else SlotState.FETCHED
    caption = f"{_few(rates.in_hand)} in flight"
    polling = rates.thread.get(Activity.POLLING, 0.0) > 0.01 or rates.polls > 0
    return replace(
        now,
        activity=share[0][0],
        words=", ".join(parts),
        sleeps=share[0][0] is Activity.IDLE and not hardware,
        shares=tuple((activity, part) for activity, part in share),
        dial=0.0 if now.poller and polling else None,
        hit=rates.hits / rates.polls if rates.polls else 0.0,
        in_flight=("",) * min(shown, 64),
        in_flight_state=(state,) * min(shown, 64),
        more=max(0, shown - 64),
        caption=f"{caption} · {polls}" if polls else caption,
        rate=polls,
    )


def _cup(rates: Rates, cup: Cup) -> Cup:
    mean = rates.posted / rates.interrupts if rates.interrupts else 0.0
    words = f"{mean:.1f} of {cup.of}"
    hint = f"One interrupt for {words} completions on average. {cup.hint.partition('. ')[2]}"
    return Cup(min(mean, cup.of), cup.of, words, "on average", 0.0, hint)


def _device(rates: Rates, now: Device) -> Device:
    n = len(rates.channels)
    if n == 0:
        return now
    busy = rates.channels.copy()
    busy[busy <= 0.0] = -1.0
    mean = float(rates.channels.sum())
    return Device(f"{_few(mean)} of {n} busy", busy, 0)
