"""The headless commands, as a script would call them: output, JSON, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from nvmeviz import cli
from nvmeviz.app import headless
from tests.importers.traces import sample


class NoDesktop:
    """A machine without a screen; remembers what it was asked to draw."""

    def __init__(self) -> None:
        self.pictures: list[tuple[tuple[int, int], str]] = []
        self.broken: tuple[str, ...] = ()

    def run(self, source, modes, seed, *, new_window) -> int:
        raise AssertionError("there is no display")

    def short_run(self, source, modes, seed, seconds):
        raise AssertionError("there is no display")

    def probe(self, name):
        if name in self.broken:
            raise RuntimeError(f"no {name} here")
        return "fine"

    def render(self, frame, size, theme, scale, path):
        self.pictures.append((size, path))
        return ""

    def has_display(self) -> bool:
        return False

    def measure_window(self):
        frames, paced = {"case": {"median": 1.0, "p95": 2.0}}, {"case": {"fps": 60, "gap_ms": 9}}
        return {"frame_ms": frames, "paced": paced, "first_frame_ms": 3.0}


class Screen(NoDesktop):
    """A machine with one; remembers what the window was opened with."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: tuple[object, ...] = ()

    def has_display(self) -> bool:
        return True

    def run(self, source, modes, seed, *, new_window) -> int:
        self.asked = source, modes, seed, new_window
        return 0


def call(*words: str) -> int:
    return cli.main(words, NoDesktop())


def test_simulate_json_has_the_documented_shape(capsys):
    assert call("simulate", "gce-local-ssd-2017", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"scenario", "seed", "until_ns", "modes"}
    assert set(found["modes"]) == {"mmio_trap", "google_2016"}
    for mode in found["modes"].values():
        assert set(mode) == {
            "iops",
            "exits_per_io",
            "latency_us",
            "vmm_share",
            "commands",
            "events",
        }
        assert set(mode["exits_per_io"]) == {"sq", "cq", "total"}
        assert set(mode["latency_us"]) == {"p50", "p99", "p99.9"}
        per_io = mode["exits_per_io"]
        assert per_io["total"] == pytest.approx(per_io["sq"] + per_io["cq"])
        assert mode["iops"] == pytest.approx(mode["commands"] * 1e9 / found["until_ns"])


def test_the_headline_scenario_is_within_15_percent_of_both_measurements(capsys):
    call("simulate", "gce-local-ssd-2017", "--json")
    modes = json.loads(capsys.readouterr().out)["modes"]
    assert modes["mmio_trap"]["iops"] == pytest.approx(43_900, rel=0.15)
    assert modes["google_2016"]["iops"] == pytest.approx(184_000, rel=0.15)


def test_settings_modes_time_and_seed_reach_the_engine(capsys):
    words = ("simulate", "first-steps", "--mode", "dbbuf_qemu80", "--until", "1ms", "--json")
    call(*words, "--set", "workload.queue_depth=1", "--seed", "3")
    one = json.loads(capsys.readouterr().out)
    call(*words, "--set", "workload.queue_depth=8", "--seed", "3")
    eight = json.loads(capsys.readouterr().out)
    assert one["seed"] == 3
    assert one["until_ns"] == 1_000_000
    assert list(one["modes"]) == ["dbbuf_qemu80"]
    assert eight["modes"]["dbbuf_qemu80"]["iops"] > 1.5 * one["modes"]["dbbuf_qemu80"]["iops"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("simulate", "gce-local-ssd"), 'Did you mean "gce-local-ssd-2017"'),
        (("simulate", "first-steps", "--mode", "mmio"), "mmio_trap"),
        (("simulate", "first-steps", "--set", "workload.queue_dept=3"), "queue_depth"),
        (("simulate", "first-steps", "--set", "costs.submit=1s"), "not 1s"),
        (("simulate", "first-steps", "--until", "soon"), "not a time"),
        (("simulate", "first-steps", "--until", "0ns"), "longer than 0"),
        (("simulate", "first-steps", "--seed", "-1"), "--seed"),
        (("simulate", "first-steps", "-o", "/no/such/folder/x.nvmeviz"), "not saved"),
        (("render", "first-steps", "--size", "big", "-o", "x.png"), "1920x1080"),
        (("render", "first-steps", "--size", "9x9", "-o", "x.png"), "640x400"),
        (("render", "first-steps", "--scale", "5", "-o", "x.png"), "75 and 300"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(words, said, capsys):
    assert call(*words) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err


def test_scenarios_and_modes_are_listed_with_their_sources(capsys):
    assert call("scenarios") == 0
    assert "google-null-device-2016" in capsys.readouterr().out
    assert call("modes", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"mmio_trap", "batched", "google_2016", "dbbuf_qemu71", "dbbuf_qemu80"} <= {
        row["name"] for row in rows
    }
    assert all(row["source"] and row["limits"] for row in rows)


def test_without_a_display_run_prints_the_table_and_draws_the_window(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    desktop = NoDesktop()
    assert cli.main((), desktop) == 0
    out = capsys.readouterr().out
    assert "no display" in out
    assert "IOPS" in out
    assert desktop.pictures == [((1920, 1080), "nvmeviz.png")]


@pytest.mark.parametrize(
    ("words", "source", "new"),
    [
        ((), "", False),
        (("run",), "", False),
        (("first-steps",), "first-steps", False),
        (("run", "--new-window"), "", True),
        (("run", "a.log", "first-steps"), "/a.log + first-steps", False),
    ],
)
def test_a_window_is_opened_with_what_was_asked_for(words, source, new, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.log").write_text("x")
    monkeypatch.setattr(headless, "check_name", lambda source, modes: None)
    screen = Screen()
    assert cli.main(words, screen) == 0
    # Another process may be the one that opens it: names hold there too.
    assert screen.asked == (source.replace("/a.log", str(tmp_path / "a.log")), (), None, new)


def test_a_wrong_name_is_told_here_or_in_the_window_and_a_file_is_left_to_the_window(
    capsys, tmp_path
):
    broken = tmp_path / "x.nvmeviz"
    broken.write_bytes(b"PK\x03\x04 nothing more")
    assert cli.main(("run", "no-such"), Screen()) == 2
    assert "no-such" in capsys.readouterr().err
    assert cli.main(("run", "--in-window", "no-such"), Screen()) == 0
    assert cli.main(("run", str(broken)), Screen()) == 0


def test_a_recording_renders_and_refuses_a_time_after_its_end(capsys, tmp_path):
    path = str(tmp_path / "x.nvmeviz")
    assert call("simulate", "first-steps", "--until", "200us", "-o", path) == 0
    desktop = NoDesktop()
    words = ("render", path, "--at", "100us", "-o", "y.png")
    assert cli.main(words, desktop) == 0
    assert cli.main(("render", path, "--at", "1ms", "-o", "y.png"), desktop) == 2
    assert "ends at" in capsys.readouterr().err


def test_a_recording_is_not_simulated_again(capsys, tmp_path):
    path = str(tmp_path / "x.nvmeviz")
    assert call("simulate", "first-steps", "--until", "100us", "-o", path) == 0
    assert call("simulate", path) == 2
    assert "recording" in capsys.readouterr().err


def test_a_damaged_recording_is_told_in_words(capsys, tmp_path):
    path = tmp_path / "x.nvmeviz"
    path.write_bytes(b"PK\x03\x04 nothing more")
    assert call("run", str(path)) == 2
    assert "damaged" in capsys.readouterr().err


@pytest.mark.parametrize("to", ["perfetto", "csv", "commands", "qemu-log"])
def test_a_run_is_exported(to, capsys, tmp_path):
    path = tmp_path / "out"
    words = ("export", "first-steps", "--to", to, "--until", "200us", "-o", str(path))
    assert call(*words, "--mode", "batched") == 0
    assert path.stat().st_size > 1_000
    said = capsys.readouterr().out
    assert "batched" in said
    assert str(path) in said
    first = path.read_bytes()
    assert call(*words, "--run", "2") == 0
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("first-step", "--to", "csv"), 'Did you mean "first-steps"'),
        (("first-steps", "--to", "cvs"), 'Did you mean "csv"'),
        (("first-steps", "--to", "csv", "--mode", "mmio"), "mmio_trap"),
        (("first-steps", "--to", "csv", "--run", "7"), "between 1 and 3"),
        (("first-steps", "--to", "csv", "--until", "0ns"), "longer than 0"),
        (("first-steps", "--to", "csv", "--guest", "1"), "one guest"),
        (("first-steps", "--to", "qemu-log", "--mode", "passthrough"), "QEMU sees nothing"),
    ],
)
def test_an_export_that_cannot_be_is_one_sentence_and_exit_code_2(words, said, capsys, tmp_path):
    path = tmp_path / "x"
    assert call("export", *words, "-o", str(path)) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert not path.exists()
    assert call("export", "first-steps", "--to", "csv", "-o", str(path / "no" / "x")) == 2
    assert "not exported" in capsys.readouterr().err


def test_headless_commands_never_load_qt():
    code = (
        "import sys; from nvmeviz.__main__ import main; "
        "code = main(['simulate', 'first-steps', '--until', '100us']); "
        "assert not [m for m in sys.modules if m.startswith(('PySide6', 'pyqtgraph'))]; "
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_same_seed_same_figures():
    scenario = headless.prepared("first-steps", (), (), 5)
    one = headless.simulate(scenario, 1_000_000, lambda *_: None).as_json()
    assert one == headless.simulate(scenario, 1_000_000, lambda *_: None).as_json()


def test_validate_prints_json_with_the_documented_keys(capsys):
    assert call("validate", "3.13", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["points"]
    for row in found["points"]:
        assert {
            "source",
            "point",
            "mode",
            "measured",
            "simulated",
            "error",
            "profile",
            "fitted",
        } <= set(row)


def test_validate_prints_a_table(capsys):
    assert call("validate", "3.13") == 0
    out = capsys.readouterr().out
    assert "mapped_doorbell" in out
    assert "vfio-user-2025" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [(("validate", "9.9"), "not a table"), (("calibrate", "qemu-2021"), "qemu-2022")],
)
def test_an_unknown_table_or_profile_is_said(words, said, capsys):
    assert call(*words) == 2
    assert said in capsys.readouterr().err


def test_check_finds_the_lost_doorbell_and_exits_with_1(capsys):
    assert call("check", "lost-doorbell", "--mode", "adaptive_polling", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"findings", "not_judged", "issues"}
    one = found["findings"][0]
    documented = {"rule", "severity", "queue", "t_ns", "text", "facts"}
    assert set(one) == documented | {"run", "mode"}
    assert (one["rule"], one["severity"], one["queue"]) == ("lost-doorbell", "error", 1)
    assert one["facts"].startswith("6.1 Lost doorbell")
    assert one["mode"] == "adaptive_polling"


def test_check_prints_a_table_and_exits_with_0_when_there_is_no_error(capsys):
    words = ("check", "qemu-2022", "--mode", "dbbuf_ioeventfd", "--mode", "mmio_trap")
    assert call(*words, "--until", "2ms") == 0
    out = capsys.readouterr().out
    assert "2 warnings, 1 note" in out
    assert "no findings" in out
    assert "interrupt-storm" in out


def test_check_reads_a_recording_and_finds_the_same(capsys, tmp_path):
    path = str(tmp_path / "x.nvmeviz")
    words = ("lost-doorbell", "--until", "4ms")
    assert call("simulate", *words, "-o", path) == 0
    capsys.readouterr()
    assert call("check", *words, "--json") == 1
    simulated = json.loads(capsys.readouterr().out)
    assert call("check", path, "--json") == 1
    assert json.loads(capsys.readouterr().out) == simulated


@pytest.mark.parametrize(
    "words",
    [("no-such-file",), ("first-steps", "--until", "0ns"), ("first-steps", "--mode", "mmio")],
)
def test_check_of_wrong_input_exits_with_2(words, capsys):
    assert call("check", *words) == 2
    assert "Traceback" not in capsys.readouterr().err


TRACE = sample("linux-dbbuf-qd16")


def test_import_prints_the_counts_as_json(capsys):
    assert call("import", *TRACE.files, "--json") == cli.OK
    found = json.loads(capsys.readouterr().out)
    assert found["epochs"][2]["queues"]["1"]["commands"] == 2003
    assert found["guest_trace"]["queues"]["nvme0 q1"]["nvme_setup_cmd"] == 2003


def test_import_prints_tables_and_writes_a_recording(capsys, tmp_path):
    path = str(tmp_path / "run.nvmeviz")
    assert call("import", *TRACE.files, "-o", path) == cli.OK
    out = capsys.readouterr().out
    assert "clock of guest.txt.xz" in out
    assert path in out
    assert call("check", path) == cli.OK


def test_the_files_of_one_run_may_be_named_one_by_one(capsys, tmp_path):
    picture = tmp_path / "a.png"
    assert call("check", *TRACE.files, "--json") == cli.OK
    assert json.loads(capsys.readouterr().out)["not_judged"]
    assert call("render", *TRACE.files, "-o", str(picture)) == cli.OK


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"hello\nworld\n", "No line"), (b"PERFILE2" + bytes(64), "perf script")],
)
def test_what_is_no_trace_is_one_sentence_and_exit_code_2(content, said, capsys, tmp_path):
    path = tmp_path / "x.log"
    path.write_bytes(content)
    assert call("import", str(path)) == cli.WRONG
    error = capsys.readouterr().err
    assert said in error
    assert str(path) in error
    assert len(error.splitlines()) == 1


def test_self_test_says_one_line_a_check(capsys):
    assert call("--self-test") == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok ") for line in lines)
    assert last == f"nvmeviz --self-test: all {len(lines)} checks passed"


def test_self_test_with_something_broken_exits_with_1(capsys):
    desktop = NoDesktop()
    desktop.broken = ("fonts",)
    assert cli.main(("--self-test",), desktop) == 1
    out = capsys.readouterr().out
    assert "FAILED  fonts         RuntimeError: no fonts here" in out
    assert "1 of " in out.splitlines()[-1]
