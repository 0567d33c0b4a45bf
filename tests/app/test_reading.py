"""What is being read: progress, giving up, and late answers; no window, no worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nvmeviz.app.effects import Open, StopOpening, perform
from nvmeviz.app.measured import read_measured, source_of
from nvmeviz.app.messages import AddRecording, OpenScenario
from nvmeviz.app.present import present
from nvmeviz.app.reading import CancelOpening, NotOpened, OpenFiles, Progress, opened_together
from nvmeviz.app.state import FIRST_SCENARIO
from nvmeviz.app.update import update
from nvmeviz.importers.base import Cancelled
from tests.app.drive import opened, send
from tests.importers.traces import sample

if TYPE_CHECKING:
    from nvmeviz.app.messages import Message

CASE = sample("linux-dbbuf-qd16")


def test_traces_are_opened_together_and_others_one_at_a_time():
    assert opened_together(("a.log", "b.txt.gz", "a.log")) == ("a.log", "b.txt.gz")
    assert opened_together(("a.toml", "b.log")) == ("a.toml",)
    assert opened_together(("a.log", "b.nvmeviz")) == ("a.log",)
    assert opened_together(("A.NVMEVIZ", "b.nvmeviz")) == ("A.NVMEVIZ",)
    assert opened_together(()) == ()
    state = opened("first-steps")
    assert update(state, OpenFiles(())) == (state, ())


def test_files_are_read_in_a_worker_and_tell_how_far_they_are():
    state = opened("first-steps")
    state, (effect,) = update(state, OpenFiles(tuple(CASE.files)))
    assert isinstance(effect, Open)
    assert not effect.inline
    told: list[Message] = []
    answer = perform(effect, told.append)
    said = [each for each in told if isinstance(each, Progress)]
    assert [each.share for each in said] == sorted(each.share for each in said)
    assert all("ommands" in each.words for each in said)
    state, _ = update(state, said[0])
    frame = present(state)
    assert frame.reading is not None
    assert " and " in frame.reading.title
    assert answer is not None
    state, _ = update(state, answer)
    assert state.reading is None
    assert state.source == source_of(tuple(CASE.files))
    # One that was under way when it came is of no interest any more.
    assert update(state, said[0])[0].reading is None


def test_giving_up_keeps_what_is_open_and_drops_late_answers():
    before = opened("first-steps")
    state, (effect,) = update(before, OpenFiles((CASE.qemu,)))
    assert isinstance(effect, Open)
    state, _ = update(state, Progress(state.opening, 0.5, "I/O queues: 2"))
    state, effects = update(state, CancelOpening())
    assert state.asked == ""
    assert effects == (StopOpening(effect.generation),)
    assert state.reading is None
    for late in (
        perform(effect),
        NotOpened(effect.generation, "no"),
        Progress(effect.generation, 0.6, ""),
    ):
        assert late is not None
        state, _ = update(state, late)
    assert (state.source, state.runs, state.notice) == ("first-steps", before.runs, "")
    assert state.reading is None
    assert update(state, CancelOpening()) == (state, ())
    assert send(state, OpenScenario("gce-local-ssd-2017")).source == "gce-local-ssd-2017"


def test_a_reader_that_is_not_wanted_any_more_answers_nothing():
    def no(_message: object) -> None:
        raise Cancelled

    assert perform(Open(CASE.qemu, 1), no) is None
    assert perform(StopOpening(1)) is None


def test_another_opening_stops_the_one_under_way():
    state = opened("first-steps")
    state, _ = update(state, OpenFiles((CASE.qemu,)))
    first = state.opening
    state, effects = update(state, OpenScenario("gce-local-ssd-2017"))
    assert effects[0] == StopOpening(first)
    assert isinstance(effects[1], Open)


def test_what_can_not_be_opened_is_a_notice(tmp_path):
    bad = tmp_path / "notes.log"
    bad.write_text("nothing of a trace\n" * 50, encoding="utf-8")
    state = send(opened("first-steps"), OpenFiles((str(bad),)))
    assert "notes.log" in state.notice
    assert state.source == "first-steps"


def test_the_share_done_only_grows():
    told: list[float] = []
    read_measured((CASE.qemu,), lambda share, _words: told.append(share))
    assert told == sorted(told)
    assert 0 < told[0] <= told[-1] <= 1


def test_what_was_found_so_far_is_told_in_words():
    told: list[str] = []
    read_measured((CASE.qemu,), lambda _share, words: told.append(words))
    assert told[0].startswith("I/O queues: 1, commands: ")
    assert told[-1].startswith("driver, epoch 2, I/O commands: ")


def test_a_trace_read_beside_others_can_be_given_up_too():
    before = opened("first-steps")
    state, (effect,) = update(before, AddRecording(CASE.qemu))
    told: list[Message] = []
    late = perform(effect, told.append)
    state, _ = update(state, told[0])
    assert state.reading is not None
    assert late is not None
    done, _ = update(state, late)
    assert done.reading is None
    assert len(done.panes) == len(before.panes) + 1
    state, effects = update(state, CancelOpening())
    assert isinstance(effects[0], StopOpening)
    state, _ = update(state, late)
    assert state.panes == before.panes


def test_a_start_with_a_file_that_can_not_be_opened_shows_something_all_the_same(tmp_path):
    broken = tmp_path / "x.nvmeviz"
    broken.write_bytes(b"PK\x03\x04 nothing more")
    state = opened(str(broken))
    assert state.source == FIRST_SCENARIO
    assert state.runs
    assert "damaged" in state.notice
    # And once there is something it stays.
    state = send(opened("first-steps"), OpenScenario(str(broken)))
    assert state.source == "first-steps"
