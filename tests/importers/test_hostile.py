"""Cases that were found by making logs wrong on purpose, each by its name."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from nvmeviz.importers import records as r
from nvmeviz.importers.base import Text
from nvmeviz.importers.lifting import Lifter
from nvmeviz.importers.plan import Plan
from nvmeviz.importers.read import Imported, ImportProblem, read_traces
from nvmeviz.log import kinds as k
from tests.importers.mutations import KVM, texts
from tests.importers.survival import survive

TEXTS = dict(texts())
ENABLE = "mmio_start_success setting controller enable bit succeeded"


def log(*lines: str, start_us: int = 0, thread: int = 7) -> str:
    """Lines of QEMU's log, ten microseconds apart."""
    stamped = (
        f"{thread}@1700000000.{start_us + 10 * n:06d}:pci_nvme_{line}"
        for n, line in enumerate(lines)
    )
    return "\n".join(stamped) + "\n"


def create(qid: int, cqid: int, size: int) -> tuple[str, str]:
    """An SQ and its CQ, in QEMU's words."""
    return (
        f"create_cq create completion queue, addr=0x1, cqid={cqid}, vector={cqid}, qsize={size}, "
        "qflags=3, ien=1",
        f"create_sq create submission queue, addr=0x1, sqid={qid}, cqid={cqid}, qsize={size}, qflags=1",
    )


def fetch(cid: int, qid: int = 1) -> str:
    """A command that the controller takes."""
    return f"io_cmd cid {cid} nsid 0x1 sqid {qid} opc 0x2 opname 'NVME_NVM_CMD_READ'"


def done(cid: int, cqid: int = 1) -> str:
    """A command that the device is done with."""
    return f"enqueue_req_completion cid {cid} cqid {cqid} dw0 0x0 dw1 0x0 status 0x0"


def imported(folder: Path, *data: str | bytes) -> Imported:
    """The import of files with these texts."""
    return read_traces(written(folder, *data))


def written(folder: Path, *data: str | bytes) -> list[str]:
    """The paths of files with these texts."""
    paths = [folder / f"{number}.log" for number in range(len(data))]
    for path, text in zip(paths, data, strict=True):
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return [str(path) for path in paths]


def issues(found: Imported) -> dict[str, int]:
    """How many of each kind of issue."""
    return {issue.code: issue.count for issue in found.issues}


@pytest.mark.parametrize("qid", ["65536", "4294967297", "-1", "99999999999999999999999"])
def test_a_queue_id_that_can_not_be_is_an_unreadable_line(tmp_path, qid):
    wrong = [
        create(1, 1, 7)[1].replace("sqid=1", f"sqid={qid}"),
        fetch(1).replace("sqid 1", f"sqid {qid}"),
    ]
    found = imported(tmp_path, log(ENABLE, *create(1, 1, 7), *wrong, fetch(1), done(1)))
    assert issues(found)["unreadable-event"] == 2
    assert [queue.qid for queue in found.runs[-1].topology.queues] == [1, 0]


def test_a_completion_queue_id_beyond_16_bits_is_an_unreadable_line(tmp_path):
    wrong = create(1, 1, 7)[1].replace("cqid=1", "cqid=70000")
    found = imported(tmp_path, log(ENABLE, wrong, fetch(1), done(1)))
    assert issues(found)["unreadable-event"] == 1


def test_a_queue_pair_never_shares_the_admin_completion_queue(tmp_path):
    sq = create(1, 1, 7)[1].replace("cqid=1", "cqid=0")
    found = imported(tmp_path, log(ENABLE, sq, fetch(1), done(1)))
    assert all(queue.cq == -1 for queue in found.runs[-1].topology.queues)


@pytest.mark.parametrize(
    "stamp", ["99999999999.999999", "9223372036.854776", "18446744073709551615.5", "4000000001.0"]
)
def test_a_time_that_64_bits_do_not_hold_is_no_trace_line(tmp_path, stamp):
    text = log(ENABLE, *create(1, 1, 7), fetch(1), done(1)) + f"7@{stamp}:pci_nvme_{fetch(2)}\n"
    found = imported(tmp_path, text)
    assert issues(found) == {"not-a-trace-line": 1}
    late = text.replace(f"7@{stamp}:", "9999-12-31T23:59:59.999999Z ")
    assert issues(imported(tmp_path, late)) == {"not-a-trace-line": 1}


def test_a_host_with_nvme_disks_of_its_own_shows_those(tmp_path):
    found = imported(tmp_path, KVM * 40 + TEXTS["guest"])
    assert [file[1] for file in found.files] == ["host"]
    assert found.runs
    assert all(run.epoch == -1 for run in found.runs)


def test_qemu_and_guest_mixed_in_one_file_are_both_read(tmp_path):
    paths = written(tmp_path, TEXTS["both"])
    assert survive(paths) is not None


def test_files_without_a_command_in_common_are_refused_in_words(tmp_path):
    guest = "\n".join(
        f" x-1 [000] ..... {n}.0: nvme_setup_cmd: nvme0: qid=9, cmdid={n}, nsid=1, cmd=(nvme_cmd_flush)"
        for n in range(9)
    )
    with pytest.raises(ImportProblem, match="clock can't be put beside"):
        imported(tmp_path, TEXTS["driver"], guest)


def test_a_guest_of_two_controllers_does_not_mix_them_into_one(tmp_path):
    guest = TEXTS["guest"] + TEXTS["guest"].replace(b"nvme0", b"nvme1")
    survive(written(tmp_path, TEXTS["middle"], guest))


def test_a_queue_that_the_guest_creates_and_never_uses_has_no_cpu(tmp_path):
    made = (
        b" x-1 [000] .....  4.2: nvme_setup_cmd: nvme0: qid=0, cmdid=24, nsid=0, flags=0x0, meta=0x0, "
        b"cmd=(nvme_admin_create_cq cqid=1, qsize=7, cq_flags=0x3, irq_vector=1)\n"
    )
    survive(written(tmp_path, TEXTS["driver"], made + TEXTS["guest"]))


def test_events_past_the_most_are_counted_and_change_nothing_that_is_kept():
    rows = np.full((400, r.WIDTH), r.MISSING, np.int64)
    rows[:, r.T] = np.arange(400) * 1000
    rows[:, r.A] = 1
    rows[:, r.B] = np.arange(400) // 2
    rows[::2, r.KIND], rows[::2, r.C] = r.R_IO_CMD, 2
    rows[1::2, r.KIND], rows[1::2, r.C] = r.R_DONE, 0
    lifters: list[Lifter] = []
    for most in (10_000, 100, 0):
        plan = Plan()
        plan.sq_size, plan.cq_size, plan.owner = [8, 8], [8, 8], [0, 1]
        plan.vcpu, plan.thread, plan.started, plan.interrupts = [0, 0], [0, 0], [1, 1], [1, 1]
        plan.index, plan.cq_index, plan.admin, plan.most = {1: 0, 0: 1}, {1: 0, 0: 1}, 1, most
        lifters.append(Lifter(plan))
        lifters[-1].lift(rows, 0, len(rows))
    whole, part, none = (lifter.events()[lifter.order()] for lifter in lifters)
    assert (len(part), len(none)) == (100, 0)
    assert len(whole) == len(part) + lifters[1].dropped == lifters[2].dropped
    assert np.array_equal(np.asarray(part)[:90], np.asarray(whole)[:90])


def test_the_largest_queues_again_and_again_stay_within_a_number_of_events(tmp_path):
    queues = [line for qid in range(1, 257) for line in create(qid, qid, 65_535)]
    bells = [f"mmio_doorbell_sq sqid {qid} new_tail 65535" for qid in (1, 2)]
    text = log(*[ENABLE, *queues, *bells] * 4)
    found = imported(tmp_path, text)
    assert len(found.runs) == 4
    assert sum(len(run.events) for run in found.runs) < 4 * (2 * 65_535 + 20)
    assert all(run.topology.commands <= 1 << 18 for run in found.runs)


def test_of_too_many_epochs_those_with_most_work_are_kept(tmp_path):
    text = log(*[ENABLE, *create(1, 1, 7), fetch(1), done(1)] * 70, fetch(2), done(2))
    found = imported(tmp_path, text)
    assert len(found.runs) == 64
    assert found.runs[-1].io_commands == 2
    assert issues(found)["too-many-epochs"] == 7


def test_a_line_of_megabytes_is_one_line_too_long(tmp_path):
    text = log(ENABLE, *create(1, 1, 7), fetch(1)) + "x" * 3_000_000 + "\n" + log(done(1))
    found = imported(tmp_path, text)
    assert issues(found)["line-too-long"] == 1
    assert found.tally.epochs[1].queues[1].counts["completions"] == 1


def test_a_count_of_lost_events_beyond_any_number_is_told(tmp_path):
    lost = b"CPU:0 [LOST 99999999999999999999999 EVENTS]\n"
    found = imported(tmp_path, TEXTS["guest"] + lost + TEXTS["guest"])
    assert issues(found)["events-lost"] == 1


def test_a_file_that_grows_is_read_as_it_was(tmp_path):
    text = log(ENABLE, *create(1, 1, 7), fetch(1), done(1))
    (path,) = written(tmp_path, text)

    def grow(_share: float, _words: str) -> None:
        with Path(path).open("a") as file:
            file.write(log(ENABLE, *create(1, 1, 7), fetch(1), start_us=900_000))

    found = read_traces([path], grow)
    assert len(found.tally.epochs) == 2
    assert found.runs[-1].io_commands == 1


@pytest.mark.parametrize("after", ["", log(ENABLE), log(ENABLE, ENABLE, ENABLE)])
def test_a_file_that_becomes_another_is_refused(tmp_path, after):
    (path,) = written(tmp_path, log(ENABLE, *create(1, 1, 7), fetch(1), done(1)))

    def change(_share: float, _words: str) -> None:
        Path(path).write_text(after)

    with pytest.raises(ImportProblem, match="changed while it was read"):
        read_traces([path], change)


def test_a_file_that_vanishes_is_said_so(tmp_path):
    (path,) = written(tmp_path, log(ENABLE, *create(1, 1, 7), fetch(1), done(1)))
    with pytest.raises(ImportProblem, match="can't be read"):
        read_traces([path], lambda _share, _words: Path(path).unlink(missing_ok=True))


def test_pieces_of_one_log_may_be_named_in_any_order(tmp_path):
    first = log(ENABLE, *create(1, 1, 7), *(line for n in range(5) for line in (fetch(n), done(n))))
    second = log(*(line for n in range(5, 9) for line in (fetch(n), done(n))), start_us=5000)
    paths = written(tmp_path, first, second)
    one, other = read_traces(paths), read_traces(paths[::-1])
    assert one.runs[-1].io_commands == 9
    assert one.runs[-1].events.tobytes() == other.runs[-1].events.tobytes()


def test_two_logs_of_the_same_time_are_refused(tmp_path):
    text = log(ENABLE, *create(1, 1, 7), fetch(1), done(1))
    with pytest.raises(ImportProblem, match="commands of one time"):
        imported(tmp_path, text, text)


def test_one_file_under_two_names_is_one_file(tmp_path):
    (path,) = written(tmp_path, log(ENABLE, *create(1, 1, 7), fetch(1), done(1)))
    with pytest.raises(ImportProblem, match="named twice"):
        read_traces([path, str(tmp_path / "." / ".." / tmp_path.name / "0.log")])


def test_compressed_text_that_ends_early_is_read_up_to_there(tmp_path):
    data = gzip.compress(TEXTS["driver"] * 40)
    path = tmp_path / "cut.gz"
    path.write_bytes(data[: len(data) // 2])
    text = Text(str(path))
    assert sum(map(len, text.blocks())) > 150_000
    assert "ends or breaks" in text.cut
    found = read_traces([str(path)])
    assert "cut-off" in issues(found)
    assert found.runs


def test_lines_about_queues_that_are_not_there_become_strays(tmp_path):
    lost = [
        "mmio_doorbell_cq cqid 9 new_head 1",
        "update_cq_head cqid 9 new_head 1",
        "update_cq_eventidx cqid 9 new_eventidx 1",
        done(1, cqid=9),
    ]
    found = imported(tmp_path, log(ENABLE, *create(1, 1, 7), fetch(1), done(1), *lost))
    strays = found.runs[-1].events[found.runs[-1].events["kind"] == k.STRAY]
    told = [k.CQ_DOORBELL, k.CQ_SHADOW_READ, k.CQ_EVENTIDX, k.DEV_DONE]
    assert strays["a"].tolist() == told
    assert issues(found) == {"stray": 4}
