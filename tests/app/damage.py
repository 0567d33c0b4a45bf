"""Scenarios, settings and recordings made wrong, the same each time for the same numbers; and what has
to hold for any file whatever.

A damage is three whole numbers: what is done, where, and how. Property tests and the long run in
`tests.benchmarks.fuzz_files` draw them, so that what the one finds the other can repeat.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from nvmeviz.app.exporting import FORMATS, export_of, write_export
from nvmeviz.app.findings import judged
from nvmeviz.app.graph_view import DEFAULT_VIEW, PinGraph, changed
from nvmeviz.app.headless import UserError, frame_at
from nvmeviz.app.opening import made_run, open_source, panes_of, read_runs, save_sources, sources_of
from nvmeviz.app.panes import MAX_PANES, Epoch, Pane
from nvmeviz.app.replayable import replay_of
from nvmeviz.app.settings import FILE, Settings, read_settings, write_settings
from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.log.events import EVENT
from nvmeviz.places import resource
from nvmeviz.scenario.toml import builtin_names, load_scenario, write_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from nvmeviz.scenario.schema import Scenario

    Damage = tuple[int, int, int]

WORDS = (
    *("0", "-1", "1", "true", '""', '"x"', "[]", "{}", "[[]]", "nan", "inf", "-inf", "1e308", "0x7f"),
    *("9223372036854775807", "9223372036854775808", "1979-05-27", '"9e99s"', '"1ns"', '"-5us"'),
    *('"sample:x"', '"/dev/zero"', '"/proc/self/mem"', '"#0"', '"a\\u0000b"', "'''x"),
    '"' + "9" * 400 + '"',
    *('["mmio_trap", "mmio_trap"]', '["no_such"]', '{ value = "1us" }', '{ value = 1, source = 2 }'),
)  # fmt: skip
LINES = (
    *("[machine]", "[[measured]]", "[a.b.c]", "[workload", "x = 1", '"" = 1', "\ufeff", "[[panes]]"),
    *("[machine.vcpus]", "a." * 300 + "b = 1", "x = " + "[" * 90 + "]" * 90, 'replay = "/etc/passwd"'),
    *('kind = "replay"', "[[layouts]]", "[[layouts.panes]]", "[graphs]", "# " + "x" * 1500),
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 63, 64, 255, 256, 65535, 65536, 1 << 31, 1 << 63, 1 << 200),
    *(0.5, float("nan"), float("inf"), 1e308, "", "x", "0", "batched", "\0", "µ" * 300, "9" * 5000),
    *([], {}, [[]], [None], [-1], [1 << 64], {"x": 1}, {"qid": 0}, [{}] * 300),
)
SIZE, FIELDS = EVENT.itemsize, tuple(EVENT.fields or ())
NUMBERS = (0, 1, 2, 3, 7, 255, 256, 1023, 65_535, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)


def text_damaged(text: bytes, damages: Sequence[Damage]) -> bytes:
    """A text with bytes, values and lines changed."""
    for what, at, how in damages:
        lines = text.split(b"\n")
        number = at % len(lines)
        match what % 8:
            case 0:  # a bit
                data = bytearray(text or b" ")
                data[at % len(data)] ^= 1 << how % 8
                text = bytes(data)
                continue
            case 1:  # the end is missing
                text = text[: at % (len(text) + 1)]
                continue
            case 2 | 3 | 4:  # another value for a key
                keys = [n for n, line in enumerate(lines) if b"=" in line] or [number]
                number = keys[at % len(keys)]
                key = lines[number].partition(b"=")[0]
                lines[number] = key + b"= " + WORDS[how % len(WORDS)].encode()
            case 5:
                lines.insert(number, LINES[how % len(LINES)].encode("utf-8"))
            case 6:
                del lines[number]
            case _:
                other = how % len(lines)
                lines.insert(other, lines[number])
        text = b"\n".join(lines)
    return text


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """(container, key) of all there is in a JSON value."""
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in list(pairs):
        found.append((value, key))
        _places(inner, found)
    return found


def archive_damaged(data: bytes, damages: Sequence[Damage]) -> bytes:
    """A recording with its description, its events or the archive itself changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    described = json.loads(members.pop("recording.json"))
    names, raw = sorted(members), []
    for what, at, how in damages:
        name = names[at % len(names)]
        events = np.frombuffer(members[name][: len(members[name]) // SIZE * SIZE], EVENT).copy()
        if what % 10 in (3, 4, 5, 6, 7) and not len(events):
            continue
        match what % 10:
            case 0 | 1 | 2:  # the description
                places = _places(described, []) or [(described, "x")]
                container, key = places[at % len(places)]
                container[key] = deepcopy(VALUES[how % len(VALUES)])
            case 3 | 4 | 5:  # a field of one event, or of many
                field = FIELDS[how % len(FIELDS)]
                value = NUMBERS[(how >> 4) % len(NUMBERS)]
                first, last = at % len(events), at % len(events) + (1, 1, 40)[what % 10 - 3]
                events[field][first:last] = np.uint64(value).astype(EVENT[field])
                members[name] = events.tobytes()
            case 6:  # kinds in another order, times as they were
                times = events["t"].copy()
                events = np.roll(events, how)
                events["t"] = times
                members[name] = events.tobytes()
            case 7:  # a part is missing, and the description knows
                kept = events[: at % len(events) + 1]
                members[name] = kept.tobytes()
                for run in described["runs"] if isinstance(described.get("runs"), list) else ():
                    if isinstance(run, dict) and run.get("events") == len(events):
                        run["events"] = len(kept)
            case 8:
                members[("../x", "/etc/x", "runs/9.events", "C:\\x", name)[how % 5]] = b"x" * (
                    how % 99
                )
            case _:
                raw.append((at, how))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr("recording.json", json.dumps(described))
    made = bytearray(out.getvalue())
    for at, how in raw:  # bits of the archive's own tables, which stand at its end
        made[-1 - at % min(400, len(made))] ^= 1 << how % 8
    return bytes(made)


@lru_cache(maxsize=1)
def scenario_texts() -> tuple[bytes, ...]:
    """The built-in scenarios, and one with all that can be written."""
    texts = [resource("scenarios", f"{name}.toml").read_bytes() for name in builtin_names()]
    return (*texts, write_scenario(load_scenario("qemu-2022", MODE_BY_NAME)).encode())


def settings_text(folder: Path) -> bytes:
    """A settings file with all that there can be in it."""
    past = (Epoch(40, 1_000, (("costs.process", "1us"),)),)
    panes = Pane(0, "batched", (("seed", "4"),), past), Pane(1, "polling", recording="x#0")
    graphs = changed(DEFAULT_VIEW, PinGraph("iops", True))
    layouts = ("first-steps", panes), ("/x.toml", panes[:1])
    settings = Settings("dark", 1.5, True, (1, 2, 300, 400), True, layouts, graphs)
    assert write_settings(settings, folder) == ""
    return (folder / FILE).read_bytes()


def recording_bytes(folder: Path) -> bytes:
    """A small recording of two runs with panes of their own."""
    base = load_scenario("first-steps", MODE_BY_NAME)
    panes = (
        Pane(0, "mmio_trap"),
        Pane(1, "dbbuf_qemu71", (("costs.process", "1us"),), (Epoch(200, 40_000, ()),)),
    )
    runs = tuple(made_run(n, base, pane, 150_000) for n, pane in enumerate(panes))
    save_sources(str(folder / "r.nvmeviz"), base, sources_of(runs, panes))
    return (folder / "r.nvmeviz").read_bytes()


def survive_scenario(path: Path) -> bool:
    """Read it and let it run a moment. False when it was refused in words."""
    try:
        scenario = load_scenario(str(path), MODE_BY_NAME)
        again = tomllib.loads(write_scenario(scenario))
        assert again
        for pane in panes_of(scenario)[:2]:
            run = made_run(0, scenario, pane)
            assert run.simulation is not None
            run.simulation.advance(50_000, 2_000)
    except UserError as error:
        _in_words(str(error))
        return False
    return True


def survive_settings(folder: Path, base: Scenario) -> bool:
    """Read them and open what they remember. False when they were set aside with a sentence."""
    settings, complaint = read_settings(folder)
    assert write_settings(settings, folder) == ""
    assert read_settings(folder) == (settings, "")
    for _, panes in settings.layouts:
        assert 0 < len(panes) <= MAX_PANES
        try:
            open_source(base.name, panes=panes)
        except UserError as error:
            _in_words(str(error))
    return not complaint


def survive_recording(path: Path, folder: Path) -> bool:
    """Read it and do all that is done with a recording. False when it was refused in words."""
    try:
        opening = read_runs(str(path))
    except UserError as error:
        _in_words(str(error))
        return False
    for run in opening.runs:
        run.timeline.state_after(len(run.log))
        run.timeline.state_after(len(run.log) // 2)
        judged(run)
        for exporter in FORMATS:
            write_export(str(folder / "out"), exporter, export_of(run))
        try:
            made = replay_of(run, opening.base, "the run").scenario
            again = made_run(0, made, Pane(0, run.mode.name))
            assert again.simulation is not None
            again.simulation.advance(50_000, 2_000)
        except UserError as error:
            _in_words(str(error))
    try:
        for t_ns in (0, min(run.frontier_ns for run in opening.runs) // 2):
            frame_at(str(path), t_ns, (), (), None, "compare")
    except UserError as error:
        _in_words(str(error))
    save_sources(
        str(folder / "again.nvmeviz"), opening.base, sources_of(opening.runs, opening.panes)
    )
    read_runs(str(folder / "again.nvmeviz"))
    return True


def survive_replay(path: Path) -> bool:
    """A scenario that replays it."""
    base = load_scenario("first-steps", MODE_BY_NAME)
    workload = replace(base.workload, kind="replay", replay=str(path))
    try:
        run = made_run(0, replace(base, workload=workload), Pane(0, "batched"))
        assert run.simulation is not None
        run.simulation.advance(200_000, 5_000)
    except UserError as error:
        _in_words(str(error))
        return False
    return True


def _in_words(text: str) -> None:
    assert re.match(r"[A-Z\"“0-9\[(]", text), text
    assert len(text) < 6_000, text[:200]
