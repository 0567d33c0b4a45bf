"""One pane: a run at a moment, as a frame. Figures that a person reads are cached for a tenth of a
second.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nvmeviz.analysis.summary import Summary, summarise
from nvmeviz.app.present import backend, names, wall
from nvmeviz.app.present.about import PLAIN
from nvmeviz.app.present.center import center_box
from nvmeviz.app.present.follow import followed_at, live_commands
from nvmeviz.app.present.frame import OUTSIDE, Activity, Chip, PaneFrame, SmallQueue
from nvmeviz.app.present.known import as_known
from nvmeviz.app.present.lanes import lanes_of, vcpu_now
from nvmeviz.app.present.rates import Avoided, avoided_of, window_of
from nvmeviz.app.present.rings import cq_ring, sq_ring
from nvmeviz.app.present.tokens import NO_TOKENS, tokens_of, too_fast_for_tokens
from nvmeviz.engine.mode import Announce, Way
from nvmeviz.model import layout
from nvmeviz.units import grouped, percent, si, three_digits, time_text

if TYPE_CHECKING:
    from nvmeviz.app.present.about import About
    from nvmeviz.app.present.moment import Moment
    from nvmeviz.app.runs import Run

MILLION = 999_500  # from here on a rate is written 1.52 M: its digits would not fit
WINDOW_NS = 5_000_000  # figures count the last 5 ms of machine time, or all of it before that


def summary_of(moment: Moment) -> Summary:
    """The figures of the window that ends now."""
    return summarise(moment.run.series, max(0, moment.t_ns - WINDOW_NS), moment.t_ns)


def title_of(moment: Moment) -> str:
    """The mode's title, with X where there is one."""
    title = names.run_title(moment.run)
    if moment.run.mode.announce is Announce.BATCH:
        return f"{title} · X = {moment.scenario.doorbell.batch}"
    return title


def _subtitle(run: Run) -> str:
    """What the mode is; of a trace, which part of which files."""
    if run.provenance != "measured":
        return run.mode.subtitle
    part = run.about.title if names.tells_mode(run) else ""
    return " · ".join(word for word in (part, *run.about.files) if word)


def queue_shown(moment: Moment, queue: int) -> int:
    """The selected queue pair, or the last one of a run that has fewer."""
    return min(queue, moment.state.queues - 1)


def pane_frame(
    moment: Moment,
    pane_id: int,
    queue: int,
    machine_ns_per_s: int,
    summary: Summary,
    first: Summary,
    avoided: Avoided | None = None,
    about: About = PLAIN,
    follow: tuple[int, int] | None = None,
) -> PaneFrame:
    """The whole pane at an instant; lanes and tokens only where the eye can follow them.

    machine_ns_per_s: the speed, 0 when single steps are shown; first: pane 1's figures; avoided:
    what EventIdx saved, None where nothing is compared; about: what the pane is among others;
    follow: queue pair and number of the command that is followed.
    """
    run, state = moment.run, moment.state
    queue = queue_shown(moment, queue)
    followed = None if follow is None else followed_at(moment, *follow)
    guest, vcpu = int(state.q_guest[queue]), int(state.q_vcpu[queue])
    own, first_queues = names.io_queues(moment, guest), names.first_queues(moment)
    admin = int(state.g_admin[guest])
    fast = too_fast_for_tokens(machine_ns_per_s)
    window = _window_text(summary)
    glow_ns = max(2_000, machine_ns_per_s // 4)
    exits = summary.sq_exits + summary.cq_exits
    per_s = exits * 1e9 / max(1, summary.until_ns - summary.after_ns)
    made = PaneFrame(
        pane_id=pane_id,
        title=title_of(moment),
        subtitle=" · ".join(w for w in (about.apart, about.branch) if w) or _subtitle(run),
        accent=names.run_accent(run),
        provenance="prediction" if about.prediction else run.provenance,
        iops=si(summary.iops) if summary.commands else "–",
        iops_hint=f"Commands completed per second, {window}.",
        chips=_chips(summary, first, about.place == 0, window),
        guests=run.topology.guests,
        guest=guest,
        guest_queues=first_queues,
        queue_note=names.queue_note(moment, queue, own),
        lanes=() if fast else lanes_of(moment, queue, machine_ns_per_s),
        queues=tuple(_small(moment, number, number == queue) for number in own),
        neighbours=_neighbours(moment, guest, first_queues),
        admin=None if admin < 0 else _small(moment, admin, admin == queue),
        around=_around(queue, guest, own, admin, first_queues),
        sq=sq_ring(moment, queue),
        cq=cq_ring(moment, queue),
        center=center_box(moment, queue),
        wall_lit=wall.wall_lit(moment, guest),
        wall_open=wall.way_of(moment, queue) is Way.REGISTER,
        lock=wall.lock(moment, guest),
        bells=wall.bells(moment, queue, glow_ns),
        traps_per_s=grouped(round(per_s)) if per_s < MILLION else si(per_s),
        avoided_per_s="" if avoided is None else si(avoided.per_s),
        traps_hint=_traps_hint(exits, window, avoided),
        controller=backend.controller(moment, queue),
        cup=backend.cup(moment, queue, glow_ns),
        device=backend.device(moment),
        tokens=NO_TOKENS if fast else tokens_of(moment, queue),
        flow=None,
        spoken=_spoken(moment, summary, vcpu),
        live=live_commands(moment, queue),
        about=about,
        followed=followed,
    )
    return as_known(made, moment)


def moved_on(frame: PaneFrame, moment: Moment, about: About) -> PaneFrame:
    """The pane of a frame ago with its tokens where they are now."""
    queue = frame.live.queue
    return replace(frame, tokens=tokens_of(moment, queue), about=about)


def _around(
    queue: int, guest: int, own: list[int], admin: int, first_queues: tuple[int, ...]
) -> tuple[int, int]:
    """What Up and Down select: the queue pairs of the guest, its admin pair, then the next guest's."""
    after, before = (guest + 1) % len(first_queues), (guest - 1) % len(first_queues)
    round_ = [*own, *([admin] if admin >= 0 else [])]
    at = round_.index(queue)
    several = len(first_queues) > 1
    following = round_[at + 1] if at + 1 < len(round_) else first_queues[after]
    if at > 0:
        return round_[at - 1], following
    return first_queues[before] if several else round_[-1], following


def _window_text(summary: Summary) -> str:
    span = time_text(max(0, summary.until_ns - summary.after_ns))
    return f"over the last {span} of machine time, from {grouped(summary.commands)} commands"


def _traps_hint(exits: int, window: str, avoided: Avoided | None) -> str:
    traps = f"{grouped(exits)} doorbell writes stopped a vCPU, {window}."
    if avoided is None or not avoided.commands:
        return traps
    each = three_digits(avoided.count / avoided.commands)
    return (
        f"{traps} Of this queue pair's last {grouped(avoided.compared)} comparisons with EventIdx "
        f"{grouped(avoided.count)} asked for no doorbell: {each} avoided per command."
    )


def avoided_by(moment: Moment, queue: int) -> Avoided | None:
    """What EventIdx saves the queue pair shown, over the last milliseconds."""
    if not moment.run.mode.uses_shadow:
        return None
    return avoided_of(moment, window_of(moment), queue_shown(moment, queue))


def _chips(summary: Summary, first: Summary, is_first: bool, window: str) -> tuple[Chip, ...]:
    known = summary.commands > 0
    if first.commands and known:
        speed_up = f"{three_digits(summary.iops / first.iops)}×"
    else:
        speed_up = "–"
    per_io = summary.exits_per_io
    p99 = "–" if summary.latency_us is None else time_text(summary.latency_us[1] * 1e3)
    against = "this pane is the yardstick" if is_first else "against the first pane"
    split = (
        f"SQ {summary.sq_exits / summary.commands:.2f}, CQ {summary.cq_exits / summary.commands:.2f}; "
        if known
        else ""
    )
    return (
        Chip("speed-up", speed_up, f"IOPS {against}, {window}."),
        Chip(
            "traps / I/O",
            "–" if per_io is None else f"{per_io:.2f}",
            f"Doorbell writes that stopped a vCPU, per command: {split}{window}.",
        ),
        Chip(
            "p99 latency", p99, f"99 of 100 commands were faster, from SQE to reaped CQE, {window}."
        ),
        Chip(
            "in the VMM",
            percent(summary.vmm_share) if known else "–",
            f"Share of vCPU time spent outside the guest for doorbells, {window}.",
        ),
    )


def _small(moment: Moment, queue: int, selected: bool) -> SmallQueue:
    state = moment.state
    fill = min(1.0, int(state.q_inflight[queue]) / max(1, int(state.q_tags[queue])))
    trapping = vcpu_now(moment, int(state.q_vcpu[queue])) in OUTSIDE
    if state.q_admin[queue]:
        exiting = int(state.vcpu_exit_queue[int(state.q_vcpu[queue])]) == queue
        return SmallQueue(queue, "admin", fill, trapping and exiting, selected)
    label = str(moment.run.topology.queues[queue].qid)
    return SmallQueue(queue, label, fill, trapping, selected)


def _neighbours(
    moment: Moment, guest: int, first_queues: tuple[int, ...]
) -> tuple[SmallQueue, ...]:
    """The guests as small rings; none where there is only one."""
    s, names_ = moment.state, moment.run.topology.guests
    if len(names_) == 1:
        return ()
    io = np.asarray(s.q_admin) == 0
    of = np.asarray(s.q_guest)
    room = np.bincount(of[io], weights=np.asarray(s.q_tags)[io], minlength=s.guests)
    used = np.bincount(of[io], weights=np.asarray(s.q_inflight)[io], minlength=s.guests)
    out = np.asarray(s.vcpu_act) == layout.VCPU_EXITED
    trapping = np.bincount(np.asarray(s.v_guest)[out], minlength=s.guests) > 0
    fill = np.minimum(1.0, used / np.maximum(1.0, room))
    return tuple(
        SmallQueue(first_queues[i], name, float(fill[i]), bool(trapping[i]), i == guest)
        for i, name in enumerate(names_)
    )


_SPOKEN = {
    Activity.IDLE: "is halted",
    Activity.GUEST: "runs the guest",
    Activity.VM_EXIT: "is stopped in the VMM",
    Activity.IRQ: "handles an interrupt",
    Activity.WAKING: "is waking up",
    Activity.POLLING: "polls",
    Activity.UNKNOWN: "is not known",
    Activity.LOCK_WAIT: "is stopped and waits for the VMM's lock",
}


def _spoken(moment: Moment, summary: Summary, vcpu: int) -> str:
    name = moment.run.topology.vcpus[vcpu]  # with its guest where there are several
    figures = f"{si(summary.iops)} IOPS" if summary.commands else "no figures yet"
    return f"{title_of(moment)}: {figures}; {name} {_SPOKEN[vcpu_now(moment, vcpu)]}."
