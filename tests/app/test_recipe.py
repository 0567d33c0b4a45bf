"""The recipe: its commands are for a shell, hold whatever a person types, and are those of the docs."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from shlex import split

import pytest

from nvmeviz.app.recipe import as_markdown, as_script, as_text, recipe, trace_events
from nvmeviz.app.recipe_choice import Doorbells, Part, Qemu, RecipeChoice, Start, Tool, Where

PAGE = Path(__file__).parents[2] / "docs" / "record-a-trace.md"
AWKWARD = [
    "my disk.img",
    "it's.img",
    'a"b.img',
    "$(reboot).img",
    "-rf",
    "a;b&c",
    "nbd:x",
    "ä`b`.img",
]
CHOICES = [
    RecipeChoice(*picked)
    for picked in itertools.product(
        Qemu, Start, Doorbells, [frozenset(Part), frozenset([Part.HOST_KVM])], Tool
    )
]


def shell(text: str, tmp_path: Path, *, run: bool = False) -> str:
    bash = shutil.which("bash")
    if bash is None or not sys.platform.startswith("linux"):
        pytest.skip("the commands are for Linux")
    done = subprocess.run(
        [bash, *([] if run else ["-n"]), "-c", text],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def command(choice: RecipeChoice, title: str) -> str:
    return next(step.command for step in recipe(choice) if title in step.title)


@pytest.mark.parametrize("start", Start)
def test_every_command_of_every_choice_is_a_shell_command(start, tmp_path):
    texts = {
        step.command
        for choice in CHOICES
        if choice.start is start
        for step in recipe(choice)
        if step.shell
    }
    assert all(split(text) for text in texts)
    shell("\n".join(sorted(texts)), tmp_path)


@pytest.mark.parametrize("start", Start)
@pytest.mark.parametrize("name", AWKWARD)
def test_what_a_person_types_can_not_break_a_command(name, start, tmp_path):
    choice = RecipeChoice(start=start, image=name, folder=name, domain=name, guest=name)
    for step in recipe(choice):
        if step.shell:
            shell(step.command, tmp_path)
            assert split(step.command)
        else:
            assert ET.fromstring(step.command).tag == "domain"
    shell(as_script(recipe(choice)), tmp_path)


@pytest.mark.parametrize("name", ["a disk's.img", "-x.img", "nbd:x.img", "~/x y.img"])
def test_the_folder_is_made_and_the_image_lies_where_it_was_asked_for(name, tmp_path):
    (tmp_path / "home").mkdir()
    choice = RecipeChoice(folder="~/a 'b'", image=name)
    shell(recipe(choice)[0].command, tmp_path, run=True)
    folder = tmp_path / "home" / "a 'b'"
    image = tmp_path / "home" / name[2:] if name.startswith("~") else folder / name
    assert image.stat().st_size == 4 << 30
    assert (folder / "trace-events").read_text().splitlines() == list(trace_events(choice.qemu))


def test_a_comma_in_the_image_reaches_qemu_doubled(tmp_path):
    start = command(RecipeChoice(image="a,b c.img"), "Start the virtual machine")
    assert "file=a,,b c.img,format=raw,if=none,id=nvm0" in split(start)
    domain = ET.fromstring(
        command(RecipeChoice(start=Start.LIBVIRT, image='/x/a,"b".img'), "domain")
    )
    values = [arg.get("value") for arg in domain.iter() if arg.get("value")]
    assert 'file=/x/a,,"b".img,format=raw,if=none,id=nvm0' in values


@pytest.mark.parametrize(
    ("version", "has", "has_not"),
    [
        (Qemu.V5_1, "pci_nvme_io_cmd", "dbbuf"),
        (Qemu.V7_1, "pci_nvme_shadow_doorbell_*", "update_sq_tail"),
        (Qemu.V8_0, "pci_nvme_update_sq_eventidx", "shadow_doorbell"),
        (Qemu.V10_1, "pci_nvme_update_cq_head", "shadow_doorbell"),
    ],
)
def test_events_are_called_as_the_version_calls_them(version, has, has_not):
    events = trace_events(version)
    assert has in events
    assert not any(has_not in event for event in events)


@pytest.mark.parametrize(
    ("version", "doorbells", "option"),
    [
        (Qemu.V5_1, Doorbells.IOEVENTFD, "drive=nvm0"),
        (Qemu.V7_1, Doorbells.SHADOW, "drive=nvm0,ioeventfd=off"),
        (Qemu.V7_1, Doorbells.TRAP, "drive=nvm0,ioeventfd=off"),
        (Qemu.V8_0, Doorbells.IOEVENTFD, "drive=nvm0,ioeventfd=on"),
        (Qemu.V10_1, Doorbells.TRAP, "drive=nvm0,dbcs=off"),
    ],
)
def test_the_device_takes_doorbells_as_chosen_where_the_version_can(version, doorbells, option):
    start = command(RecipeChoice(qemu=version, doorbells=doorbells), "Start the virtual machine")
    device = next(word for word in split(start) if word.startswith("nvme,"))
    assert device.endswith(option)


@pytest.mark.parametrize("part", Part)
def test_only_what_is_chosen_is_recorded(part):
    text = as_text(recipe(RecipeChoice(parts=frozenset([part]))))
    assert ("-D qemu.log" in text) == (part is Part.QEMU_LOG)
    assert ("kvm:kvm_exit" in text) == (part is Part.HOST_KVM)
    assert ("nvme:*" in text) == (part is Part.GUEST_DRIVER)
    files = {Part.QEMU_LOG: "qemu.log", Part.HOST_KVM: "host.txt", Part.GUEST_DRIVER: "guest.txt"}
    assert text.rstrip().endswith(f"nvmeviz import {files[part]}")


def test_nothing_to_record_is_no_recipe():
    assert recipe(RecipeChoice(parts=frozenset())) == ()


@pytest.mark.parametrize("tool", Tool)
def test_recorders_last_longer_than_the_work(tool):
    choice = RecipeChoice(tool=tool, seconds=60)
    assert "--runtime=60" in command(choice, "work")
    for title in ("Record the guest", "Record KVM"):
        assert "sleep 80" in command(choice, title)


def test_libvirt_is_asked_by_the_name_of_the_domain():
    text = as_text(recipe(RecipeChoice(start=Start.LIBVIRT, domain="my vm's")))
    asked = [line for line in text.splitlines() if "query-cpus-fast" in line]
    assert split(asked[0])[:3] == ["virsh", "qemu-monitor-command", "--domain=my vm's"]
    assert "trace-event $event on" in text
    assert "trace-event $event off" in text


def test_the_script_does_the_step_that_it_is_asked_for(tmp_path):
    script = tmp_path / "record.sh"
    steps = recipe(RecipeChoice(folder=str(tmp_path / "out"), image="x.img"))
    script.write_text(as_script(steps))
    assert f"{len(steps)}  host" in shell(f"sh {script}", tmp_path, run=True)
    assert not (tmp_path / "out").exists()
    shell(f"sh {script} 1", tmp_path, run=True)
    assert (tmp_path / "out" / "trace-events").is_file()


def test_the_page_holds_the_default_recipe():
    page = PAGE.read_text(encoding="utf-8")
    assert as_markdown(recipe(RecipeChoice())) in page


def test_each_step_says_where_and_what():
    for choice in CHOICES:
        for step in recipe(replace(choice, seconds=5)):
            assert step.where in Where
            assert step.title
            assert step.words.endswith((".", "help"))
