"""Scenario files: what is right is read back equal, what is wrong becomes one clear sentence."""

from __future__ import annotations

import random
import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nvmeviz.engine.doorbell import MODE_BY_NAME
from nvmeviz.places import resource
from nvmeviz.scenario.checks import MAX_IN_FLIGHT, first_problem
from nvmeviz.scenario.drives import drives
from nvmeviz.scenario.schema import (
    SECTIONS,
    SEE_LONGEST,
    SEE_MAX,
    SEED_MAX,
    UNTIL_MAX_NS,
    Costs,
    Limits,
    Measured,
    Scenario,
    key_of,
    limits_of,
)
from nvmeviz.scenario.toml import (
    ScenarioError,
    builtin_names,
    load_scenario,
    read_scenario,
    with_modes,
    with_setting,
    write_scenario,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODES = tuple(MODE_BY_NAME)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip)
sentences = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=SEE_LONGEST)
sentences = sentences.filter(str.strip)

HEAD = 'title = "T"\nsentence = "S"\nsource = "made"\nmodes = ["mmio_trap"]\n'


def read(text: str) -> Scenario:
    return read_scenario(text, "test", "test.toml", MODES)


def scenario_or_error(make: Callable[[], Scenario]) -> Scenario | ScenarioError:
    """What `make` gives, or the error of ours that it raises; any other exception fails the test."""
    try:
        return make()
    except ScenarioError as error:
        return error


TEXTS = {
    "weights": ["1", "4 1", "urgent 2 255"],
    "drive": ["", *drives()],
    "latency_table": ["", "0: 8us, 50: 8.8us, 99.9: 10us", "50: 1ms, 100: 2ms"],
    "replay": ["", "a run.nvmeviz"],
}
BLOCKS = ("block_size", "noisy_block_size")


def section_values(cls: type[Any]) -> st.SearchStrategy[Any]:
    def values(limits: Limits) -> st.SearchStrategy[Any]:
        if limits.unit == "choice":
            return st.sampled_from(limits.choices)
        return st.integers(limits.low, limits.high)

    def of(name: str, limits: Limits) -> st.SearchStrategy[Any]:
        if limits.unit == "text":
            return st.sampled_from(TEXTS[name])
        if name in BLOCKS:
            return st.integers(limits.low // 512, limits.high // 512).map(lambda n: n * 512)
        return values(limits)

    return st.builds(
        cls, **{item.name: of(item.name, item.metadata["limits"]) for item in fields(cls)}
    )


@st.composite
def any_scenario(draw: st.DrawFn) -> Scenario:
    """Every field anywhere in its range, as far as the fields agree with one another."""
    parts = {name: draw(section_values(cls)) for name, cls in SECTIONS.items()}
    machine, workload = parts["machine"], parts["workload"]
    guests = machine.guests
    pairs = machine.queues or machine.vcpus
    fullest = -(-(workload.jobs or pairs) // pairs)
    slots = max(machine.ring_slots, fullest + 1)
    most = min((slots - 1) // fullest, MAX_IN_FLIGHT // (guests * (workload.jobs or pairs)))
    parts["machine"] = replace(
        machine,
        ring_slots=slots,
        cq_slots=0 if machine.cq_slots == 1 else machine.cq_slots,
        plain_guests=min(machine.plain_guests, guests),
    )
    parts["workload"] = replace(
        workload,
        queue_depth=min(workload.queue_depth, most),
        noisy_depth=min(workload.noisy_depth, most),
        noisy_guests=min(workload.noisy_guests, guests),
        replay=workload.replay or ("x" if workload.kind == "replay" else ""),
    )
    if parts["device"].kind == "channels":
        parts["device"] = replace(parts["device"], channels=max(1, parts["device"].channels))
    keys = sorted(limits_of(Costs))
    sourced = draw(st.lists(st.sampled_from(keys), unique=True, max_size=4))
    measured = st.builds(Measured, st.sampled_from(MODES), st.integers(1, 10**9 - 1), texts, texts)
    return Scenario(
        name="test",
        title=draw(texts),
        sentence=draw(texts),
        source=draw(texts),
        modes=tuple(draw(st.lists(st.sampled_from(MODES), min_size=1, max_size=5, unique=True))),
        seed=draw(st.integers(0, SEED_MAX)),
        until_ns=draw(st.integers(1000, UNTIL_MAX_NS)),
        measured=tuple(draw(st.lists(measured, max_size=3))),
        see=tuple(draw(st.lists(sentences, max_size=SEE_MAX))),
        cost_sources=tuple(sorted((key, draw(texts)) for key in sourced)),
        **parts,
    )


# ---- what is right ----


@given(any_scenario())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_what_was_written_is_read_back_equal(scenario: Scenario):
    assert read(write_scenario(scenario)) == scenario


@pytest.mark.parametrize("name", builtin_names())
def test_every_builtin_loads_and_is_written_back_equal(name: str):
    scenario = load_scenario(name, MODES)
    assert scenario.name == name
    assert read_scenario(write_scenario(scenario), name, name, MODES) == scenario
    assert scenario.title
    assert len(scenario.sentence) < 140
    assert len(scenario.see) == 3, "the start page says in three sentences what is seen"


def test_the_scenarios_to_begin_with_stand_in_front():
    names = builtin_names()
    assert names[:3] == ("gce-local-ssd-2017", "first-steps", "google-null-device-2016")
    assert list(names[3:]) == sorted(set(names) - set(names[:3]))


def test_the_least_that_a_file_must_hold():
    scenario = read(HEAD)
    assert scenario == Scenario("test", "T", "S", "made", ("mmio_trap",))


def test_a_file_is_loaded_by_its_path(tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text(HEAD, encoding="utf-8")
    assert load_scenario(path, MODES).name == "mine"
    assert load_scenario(str(path), MODES).name == "mine"


# ---- what is wrong ----

WRONG = [
    (HEAD.replace('"S"', "3"), 2, '"sentence" must be a text'),
    (HEAD + "titel = 1\n", 5, '"titel" is not a setting. Did you mean "title"?'),
    (HEAD + "[machin]\nvcpus = 1\n", 5, 'Did you mean "machine"?'),
    (HEAD + "\n[machine]\nvcpu = 1\n", 7, '"machine.vcpu" is not a setting. Did you mean "vcpus"?'),
    (
        HEAD + "[machine]\nvcpus = 9\n",
        6,
        '"machine.vcpus": it must be a whole number from 1 to 8, not 9.',
    ),
    (HEAD + "[machine]\nvcpus = 1.0\n", 6, "a whole number from 1 to 8, not 1.0"),
    (HEAD + "[machine]\nvcpus = true\n", 6, "a whole number from 1 to 8, not True"),
    (HEAD + "[machine]\nthreads = 'per_queu'\n", 6, 'Did you mean "per_queue"?'),
    (HEAD + "[machine]\nthreads = []\n", 6, 'it must be one of "per_queue", "per_guest", "one"'),
    (HEAD + "machine = 3\n", 5, '"machine" must be a table'),
    (HEAD + "[costs]\nsubmit = 1000\n", 6, 'written with its unit, such as "1.2us", not 1000'),
    (HEAD + "[costs]\nsubmit = '12 parsecs'\n", 6, '"12 parsecs" is not a time'),
    (HEAD + "[costs]\nsubmit = '3us'\n", 6, "not 3us."),
    (HEAD + "[costs]\nsubmit = { value = '1us' }\n", 6, '"source" must be a text'),
    (HEAD + "[costs]\nsubmit = { value = '1us', source = 's', x = 1 }\n", 6, 'not "x"'),
    (HEAD + "[costs]\nsubmit_ns = '1us'\n", 6, 'Did you mean "submit"?'),
    (HEAD + "[costs]\njitter = 101\n", 6, "from 0 to 100 percent"),
    (HEAD + "[machine]\ncq_slots = 1\n", 6, "at least 2 slots"),
    (HEAD + "[machine]\nweights = '4 x'\n", 6, "a whole number from 1 to 255 or the word urgent"),
    (HEAD + "[machine]\nplain_guests = 2\n", 6, "there are 1 guests"),
    (HEAD + "[workload]\nblock_size = 1000\n", 6, "not a multiple of 512"),
    (HEAD + "[workload]\nkind = 'replay'\n", 5, "must name a recording"),
    (HEAD + "[device]\ndrive = 'p480x'\n", 6, "p4800x"),
    (HEAD + "[device]\nlatency_table = '9us'\n", 6, "percentile: time"),
    (HEAD + "profile = 'qemu-2021'\n", 5, "qemu-2022"),
    (
        HEAD + "[machine]\nguests = 16\nvcpus = 8\nring_slots = 65536\n"
        "[workload]\nqueue_depth = 65000\n",
        10,
        "can be simulated",
    ),
    (HEAD + "[device]\nkind = 'channels'\n", 5, '"device.channels" must be at least 1'),
    (HEAD + "[device]\nlatency = { value = '1us', source = 's' }\n", 6, '"device.latency"'),
    (
        HEAD + "[machine]\nring_slots = 8\n[workload]\nqueue_depth = 8\n",
        8,
        "do not fit a ring of 8 slots",
    ),
    (HEAD + "[machine]\nring_slots = 8\n", 0, "32 commands do not fit a ring of 8 slots"),
    (HEAD + "seed = -1\n", 5, '"seed": it must be a whole number from 0'),
    (HEAD + f"seed = {2**63}\n", 5, '"seed"'),
    (HEAD + "until = '2h'\n", 5, '"until"'),
    (HEAD + "until = '1ns'\n", 5, '"until"'),
    (HEAD.replace("mmio_trap", "mmio_trop"), 4, 'Did you mean "mmio_trap"?'),
    (HEAD.replace('["mmio_trap"]', "[]"), 4, "one to six doorbell modes"),
    (HEAD.replace('["mmio_trap"]', '"mmio_trap"'), 4, "one to six doorbell modes"),
    (HEAD.replace('["mmio_trap"]', "[{ a = 1 }]"), 4, "is not a doorbell mode"),
    (HEAD.replace('"mmio_trap"', '"mmio_trap", "mmio_trap"'), 4, "the same doorbell mode twice"),
    (HEAD + "[measured]\nmode = 'mmio_trap'\n", 5, "[[measured]]"),
    (HEAD + "[[measured]]\nmode = 'mmio_trap'\niops = 0\n", 7, '"measured.iops"'),
    (HEAD + "[[measured]]\nmode = 'mmio'\n", 6, "is not a doorbell mode"),
    (
        HEAD + "[[measured]]\nmode = 'mmio_trap'\niops = 1\nlable = 'x'\n",
        8,
        'Did you mean "label"?',
    ),
    (
        HEAD + "[[measured]]\nmode = 'mmio_trap'\niops = 1\nlabel = 'x'\n",
        5,
        '"source" must be a text',
    ),
    (HEAD + "see = 'S'\n", 5, '"see" must be a list of texts'),
    (HEAD + "see = ['S', 3]\n", 5, '"see" must be a list of texts'),
    (HEAD + "see = [\n'S',\n' ',\n]\n", 5, '"see" must be a list of texts'),
    (HEAD + "see = []\n", 5, "one to 5 sentences"),
    (HEAD + "see = [" + "'S'," * 6 + "]\n", 5, "one to 5 sentences"),
    (HEAD + f"see = ['{'S' * 241}']\n", 5, "at most 240 characters"),
    (HEAD + "oops\n", 5, "This is not a TOML file"),
    (HEAD + "title = 'twice'\n", 5, "This is not a TOML file"),
    (HEAD + "seed = " + "9" * 1_900, 5, "seed"),
    (HEAD + "seed = " + "9" * 5_000, 5, "longer than 2000"),
    ("", 0, '"title" must be a text'),
]


@pytest.mark.parametrize(("text", "line", "words"), WRONG)
def test_a_wrong_file_is_said_with_its_line(text: str, line: int, words: str):
    with pytest.raises(ScenarioError) as error:
        read(text)
    assert words in str(error.value)
    assert error.value.line == line
    place = f"(test.toml, line {line})" if line else "(test.toml)"
    assert str(error.value).endswith(place)


def test_deep_nesting_is_refused():
    for text in ("a = " + "[" * 50_000, HEAD + "a" + ".a" * 2_000 + " = 1", "x = " + "{a=" * 5_000):
        with pytest.raises(ScenarioError):
            read(text)


def test_places_that_hold_no_scenario(tmp_path: Path):
    with pytest.raises(
        ScenarioError, match=r'There is no such scenario or file\. Did you mean "gce'
    ):
        load_scenario("gce-local-ssd-2018", MODES)
    # Windows calls a folder a file that one may not read.
    with pytest.raises(ScenarioError, match=r"The file can't be read: (Is a|Permission d)"):
        load_scenario(tmp_path, MODES)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"title = '\xff\xfe'")
    with pytest.raises(ScenarioError, match="not a text file in UTF-8"):
        load_scenario(binary, MODES)
    large = tmp_path / "large.toml"
    large.write_text("#" * 1_000_001)
    with pytest.raises(ScenarioError, match="too large for a scenario"):
        load_scenario(large, MODES)
    for name in ("a\0b", "x" * 5_000, "", "."):
        with pytest.raises(ScenarioError):
            load_scenario(name, MODES)


def mutate(text: str, chance: random.Random) -> str:
    """A file after an accident: lines lost or doubled, characters changed, values swapped."""
    for _ in range(chance.randint(1, 4)):
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        what = chance.randrange(7)
        if what == 0:
            del lines[at]
        elif what == 1:
            lines.insert(chance.randrange(len(lines)), lines[at])
        elif what == 2:
            odd = (
                "0",
                "-1",
                "'x'",
                "[]",
                "{}",
                "1e9",
                "nan",
                "2020-01-01",
                '""',
                "9" * 400,
                "true",
            )
            lines[at] = re.sub(r"=.*", "= " + chance.choice(odd), lines[at])
        elif what == 3:
            other = chance.choice(lines)
            lines[at] = lines[at].partition("=")[0] + "=" + other.partition("=")[2]
        text = "\n".join(lines)
        if what > 3 and text:
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice("\"'[]{}=.#\n\0é\x1b0aZ-") + text[at + (what == 5) :]
    return text


@given(st.sampled_from(builtin_names()), st.integers(0, 2**32))
@settings(max_examples=400)
def test_a_damaged_file_gives_an_error_of_ours_or_a_scenario(name: str, seed: int):
    text = resource("scenarios", f"{name}.toml").read_text(encoding="utf-8")
    found = scenario_or_error(lambda: read(mutate(text, random.Random(seed))))
    if isinstance(found, Scenario):
        assert read(write_scenario(found)) == found
    else:
        assert str(found).endswith(")")
        assert found.problem


# ---- --set ----


@given(any_scenario(), st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_setting_changes_that_field_alone(scenario: Scenario, data: st.DataObject):
    section = data.draw(st.sampled_from(sorted(SECTIONS)))
    # A drive brings its figures with it.
    items = [item for item in fields(SECTIONS[section]) if item.name != "drive"]
    item = data.draw(st.sampled_from(items))
    other = data.draw(any_scenario())
    value = getattr(getattr(other, section), item.name)
    text = f"{value}ns" if item.metadata["limits"].unit == "ns" else str(value)
    expected = replace(
        scenario, **{section: replace(getattr(scenario, section), **{item.name: value})}
    )
    if section == "costs":  # a value that somebody typed has no source any more
        key = key_of(item.name)
        others = tuple(one for one in scenario.cost_sources if one[0] != key)
        expected = replace(expected, cost_sources=others)
    expected = replace(expected, see=())
    found = scenario_or_error(
        lambda: with_setting(scenario, f"{section}.{key_of(item.name)}={text}")
    )
    if isinstance(found, Scenario):
        assert found == expected
    else:
        problem = first_problem(expected)
        assert problem, "only fields that no longer agree are refused"
        assert problem[0] in str(found)


def test_what_is_seen_is_not_said_of_other_modes_or_another_machine():
    scenario = load_scenario("first-steps", MODES)
    assert with_modes(scenario, scenario.modes) is scenario
    assert with_modes(scenario, ("batched",)).see == ()
    assert with_setting(scenario, "workload.queue_depth=2").see == ()


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("workload.queue_depth", "written section.key=value"),
        ("queue_depth=3", "written section.key=value"),
        ("", "written section.key=value"),
        ("=", "written section.key=value"),
        ("worklod.queue_depth=3", 'Did you mean "workload"?'),
        ("workload.queue_dept=3", 'Did you mean "queue_depth"?'),
        ("workload.queue_depth=0", "a whole number from 1 to 65535"),
        ("workload.queue_depth=x", "a whole number from 1 to 65535"),
        ("workload.queue_depth=1.5", "a whole number from 1 to 65535"),
        ("workload.queue_depth=" + "9" * 5_000, "a whole number from 1 to 65535"),
        ("workload.queue_depth=2000", "do not fit a ring of 1024 slots"),
        ("costs.submit=900", "is not a time"),
        ("costs.submit=9us", "a time from"),
        ("machine.threads=two", "one of"),
        ("device.kind=channels", "at least 1"),
    ],
)
def test_a_wrong_setting_is_said(assignment: str, words: str):
    with pytest.raises(ScenarioError) as error:
        with_setting(read(HEAD), assignment)
    assert words in str(error.value)
    assert str(error.value).endswith(f"(--set {assignment})")


def test_a_setting_may_have_spaces():
    assert with_setting(read(HEAD), " workload.queue_depth = 4 ").workload.queue_depth == 4
