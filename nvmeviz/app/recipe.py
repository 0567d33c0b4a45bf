"""How to record a trace on one's own host, as steps to copy: from a choice, the exact commands.

Pure and free of Qt. The window's dialog, the saved script and docs/record-a-trace.md all come from
here. Texts that a person types (a disk image, a folder, names) are quoted where they stand in a
command. The commands of each tracer are in `recipe_tracers`. Sources: QEMU's log backend and event
names by version, Linux tracepoints (docs/record-a-trace.md says which commands were tried).
"""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from xml.sax.saxutils import quoteattr

from nvmeviz.app.recipe_choice import Doorbells, Part, Qemu, RecipeChoice, Start, Tool, Where
from nvmeviz.app.recipe_tracers import (
    folded,
    guest_check_lines,
    guest_record_lines,
    host_check_lines,
    host_record_lines,
)
from nvmeviz.app.shell_words import option_value, shell_path, whole_path

_LIFE = (
    "pci_nvme_create_*",
    "pci_nvme_del_*",
    "pci_nvme_mmio_start_success",
    "pci_nvme_mmio_stopped",
    "pci_nvme_mmio_shutdown_set",
)
_WORK = (
    "pci_nvme_admin_cmd",
    "pci_nvme_io_cmd",
    "pci_nvme_enqueue_req_completion",
    "pci_nvme_mmio_doorbell_*",
    "pci_nvme_irq_*",
    "pci_nvme_err_*",
    "pci_nvme_ub_*",
)
_UPDATES = (
    "pci_nvme_update_sq_tail",
    "pci_nvme_update_cq_head",
    "pci_nvme_update_sq_eventidx",
    "pci_nvme_update_cq_eventidx",
)
# A stable release of 7.2 may carry the names of 8.0. Only a name without a star has to exist.
_SHADOW = {
    Qemu.V5_1: (),
    Qemu.V7_1: ("pci_nvme_shadow_doorbell_*", "pci_nvme_eventidx_*", "pci_nvme_update_*"),
    Qemu.V8_0: _UPDATES,
    Qemu.V10_1: _UPDATES,
}
_CLOCK_NOTE = "python3 -c 'import time; print(time.time_ns() - time.monotonic_ns())' > {}-clock.txt"
_FIO = (
    "sudo fio --name=nvmeviz --filename=/dev/nvme0n1 --readonly --rw=randread --bs=4k"
    " --iodepth=16 \\\n    --ioengine=libaio --direct=1 --time_based --runtime={}"
)
_SCRIPT_HEAD = """\
#!/bin/sh
# Record a trace for nvmeviz, step by step: some on the host, some in the guest.
case "${1-}" in"""


@dataclass(frozen=True, slots=True)
class RecipeStep:
    """One thing to do. where: on which machine. command: what to copy. words: what it does and what
    to heed. shell: False for a text that goes into an editor.
    """

    title: str
    where: Where
    command: str
    words: str
    shell: bool = True


def recipe(choice: RecipeChoice) -> tuple[RecipeStep, ...]:
    """The steps in the order in which they are done; none when nothing is to be recorded."""
    if not choice.parts:
        return ()
    qemu_log = Part.QEMU_LOG in choice.parts
    host, guest = Part.HOST_KVM in choice.parts, Part.GUEST_DRIVER in choice.parts
    libvirt = choice.start is Start.LIBVIRT
    steps = [
        _prepare(choice),
        *([_keep_log()] if libvirt and qemu_log else []),
        _domain(choice) if libvirt else _start(choice),
        *([_threads(choice)] if qemu_log or host else []),
        *([_record_guest(choice)] if guest else []),
        *([_switch(choice, on=True)] if libvirt and qemu_log else []),
        *([_record_host(choice)] if host else []),
        _work(choice),
        *([_switch(choice, on=False)] if libvirt and qemu_log else []),
        *([_check(choice, Where.GUEST)] if guest else []),
        *([_check(choice, Where.HOST)] if host else []),
        _import(choice),
    ]
    return tuple(steps)


def trace_events(version: Qemu) -> tuple[str, ...]:
    """The trace events of QEMU's nvme device that the picture is made from, as QEMU names them."""
    config = () if version is Qemu.V5_1 else ("pci_nvme_dbbuf_config",)
    return (*_LIFE, *config, *_WORK, *_SHADOW[version])


def as_markdown(steps: tuple[RecipeStep, ...]) -> str:
    """The steps as a page would show them."""
    return "\n".join(
        f"### {number}. {step.title} ({step.where.value})\n\n{step.words}\n\n"
        f"```{'sh' if step.shell else 'xml'}\n{step.command}\n```\n"
        for number, step in enumerate(steps, 1)
    )


def as_text(steps: tuple[RecipeStep, ...]) -> str:
    """All commands, one below the other, each under its title as a comment."""
    return "\n".join(
        f"# {number}. {step.title} ({step.where.value})\n{_shell_text(step)}\n"
        for number, step in enumerate(steps, 1)
    )


def as_script(steps: tuple[RecipeStep, ...]) -> str:
    """A shell script that does the step whose number it is given: some are done on the host, some in
    the guest, and two recorders run at the same time.
    """
    parts = [_SCRIPT_HEAD]
    for number, step in enumerate(steps, 1):
        parts.append(f"{number})\n# {step.title} ({step.where.value})\n{_shell_text(step)}\n;;")
    listing = "\n".join(f"{n:3}  {s.where.value:5}  {s.title}" for n, s in enumerate(steps, 1))
    usage = "Copy this file to the guest too and give it the number of a step:"
    parts.append(f"*)\ncat <<'END'\n{usage}\n{listing}\nEND\n;;\nesac\n")
    return "\n".join(parts)


def _shell_text(step: RecipeStep) -> str:
    return step.command if step.shell else f"cat <<'XML'\n{step.command}\nXML"


def _cd(choice: RecipeChoice) -> str:
    return f"cd {shell_path(choice.folder)}"


def _prepare(choice: RecipeChoice) -> RecipeStep:
    folder, image = shell_path(choice.folder), shell_path(choice.image)
    lines = [f"mkdir -p {folder}", f"cd {folder}", f"test -e {image} || truncate -s 4G {image}"]
    words = "Everything of the recording goes into this folder. The image is made if there is none."
    if Part.QEMU_LOG in choice.parts and choice.start is Start.COMMAND:
        lines += ["cat > trace-events <<'END'", *trace_events(choice.qemu), "END"]
        words += " The list names the events that QEMU is to log, as its version calls them."
    return RecipeStep("Make a folder for the recording", Where.HOST, "\n".join(lines), words)


def _device(choice: RecipeChoice) -> tuple[str, str]:
    """The options of `-device nvme` that decide about doorbells, and a sentence on them."""
    doorbells, version = choice.doorbells, choice.qemu
    if version is Qemu.V5_1:
        return "", "This QEMU has no shadow doorbells: every doorbell traps."
    if doorbells is Doorbells.IOEVENTFD:
        return ",ioeventfd=on", (
            "With ioeventfd=on, I/O doorbells end in an eventfd: QEMU logs none of them, KVM does."
        )
    if doorbells is Doorbells.SHADOW:
        return ",ioeventfd=off", (
            "Shadow doorbells are used when the guest's driver asks for them; Linux does since 4.12."
        )
    if version is Qemu.V7_1:
        return ",ioeventfd=off", (
            "This QEMU has no switch for shadow doorbells, so they stay on; QEMU 10.0 has dbcs=off."
        )
    return ",dbcs=off", (
        "dbcs=off hides shadow doorbells from the guest: every doorbell traps. QEMU 10.0.2 has it; "
        "whether yours does, tells: qemu-system-x86_64 -device nvme,help"
    )


def _start(choice: RecipeChoice) -> RecipeStep:
    options, sentence = _device(choice)
    file = option_value(shell_path(choice.image))
    lines = [
        "qemu-system-x86_64 -machine q35 -accel kvm -cpu host -smp 2 -m 4G",
        "-drive file=guest.qcow2,if=virtio -nic user,model=virtio-net-pci,hostfwd=tcp::2222-:22",
        f"-drive file={file},format=raw,if=none,id=nvm0",
        f"-device nvme,serial=nvmeviz,drive=nvm0{options}",
        "-name debug-threads=on -qmp unix:qmp.sock,server=on,wait=off",
    ]
    if Part.QEMU_LOG in choice.parts:
        lines.append("-msg timestamp=on -trace events=trace-events -D qemu.log")
    words = (
        "The first two lines stand for your own command line, the others are added to it. "
        f"{sentence} debug-threads=on gives each thread its name, such as CPU 0/KVM."
    )
    command = _cd(choice) + "\n" + " \\\n    ".join(lines)
    if Part.QEMU_LOG in choice.parts and choice.qemu is Qemu.V10_1:
        words += " This QEMU writes date and time before each event, but no thread."
    return RecipeStep("Start the virtual machine", Where.HOST, command, words)


def _keep_log() -> RecipeStep:
    command = (
        "sudo sed -i -E 's/^#? *max_size *=.*/max_size = 0/' /etc/libvirt/virtlogd.conf\n"
        "grep max_size /etc/libvirt/virtlogd.conf\n"
        "sudo systemctl reload-or-restart virtlogd"
    )
    words = (
        "libvirt keeps only the newest 8 MB of what QEMU says. max_size = 0 keeps all of it. Put the "
        "old value back afterwards: a guest could fill the disk."
    )
    return RecipeStep("Let libvirt keep the whole log", Where.HOST, command, words)


def _domain(choice: RecipeChoice) -> RecipeStep:
    options, sentence = _device(choice)
    file = option_value(whole_path(choice.folder, choice.image))
    home = " Write the image's path in full: here ~ has no meaning." if file[0] == "~" else ""
    words = ["-drive", f"file={file},format=raw,if=none,id=nvm0"]
    words += ["-device", f"nvme,serial=nvmeviz,drive=nvm0{options}"]
    if Part.QEMU_LOG in choice.parts:
        config = () if choice.qemu is Qemu.V5_1 else ("pci_nvme_dbbuf_config",)
        for event in (*_LIFE, *config):
            words += ["-trace", f"enable={event}"]
    arguments = "\n".join(f"  <qemu:arg value={quoteattr(word)}/>" for word in words)
    command = (
        "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
        "<!-- what is there already -->\n"
        f"<qemu:commandline>\n{arguments}\n</qemu:commandline>\n</domain>"
    )
    edit = f"virsh edit {quote('--domain=' + choice.domain)}"
    text = (
        f"Open the domain with: {edit}  Give <domain> the second name space and put "
        "<qemu:commandline> before </domain>; then shut the domain down and start it. "
        f"{sentence} libvirt does not know files named here: if the start fails for want of "
        f"permission, AppArmor or SELinux must be told of the image.{home}"
    )
    return RecipeStep("Add the disk to the domain", Where.HOST, command, text, shell=False)


def _virsh(choice: RecipeChoice) -> str:
    return f"virsh qemu-monitor-command {quote('--domain=' + choice.domain)}"


def _threads(choice: RecipeChoice) -> RecipeStep:
    ask = '\'{"execute":"query-cpus-fast"}\''
    if choice.start is Start.LIBVIRT:
        line = f"{_virsh(choice)} --pretty {ask} > threads.json"
    else:
        line = (
            f"printf '%s\\n' '{{\"execute\":\"qmp_capabilities\"}}' {ask} \\\n"
            "    | socat -t2 - UNIX-CONNECT:qmp.sock > threads.json"
        )
    words = (
        "The answer gives the host's thread id of each virtual CPU. In the files, these ids tell a "
        "virtual CPU from QEMU's main thread, whose id is that of the process."
    )
    title = "Write down which thread is which virtual CPU"
    return RecipeStep(title, Where.HOST, f"{_cd(choice)}\n{line}", words)


def _switch(choice: RecipeChoice, *, on: bool) -> RecipeStep:
    config = {*_LIFE, "pci_nvme_dbbuf_config"}
    events = [quote(event) for event in trace_events(choice.qemu) if event not in config]
    state = "on" if on else "off"
    lines = [
        *folded("for event in", events, "; do"),
        f'    {_virsh(choice)} --hmp "trace-event $event {state}"',
        "done",
    ]
    if on:
        words = (
            "Until now only the making of queues was logged. From here on QEMU logs what happens in "
            "them."
        )
        return RecipeStep("Switch QEMU's events on", Where.HOST, "\n".join(lines), words)
    log = f"/var/log/libvirt/qemu/{choice.domain}.log"
    lines += [_cd(choice), f"sudo cat {quote(log)} > qemu.log"]
    words = "QEMU's lines are in libvirt's log of the domain, among others that the import skips."
    title = "Switch QEMU's events off and fetch the log"
    return RecipeStep(title, Where.HOST, "\n".join(lines), words)


def _recording_s(choice: RecipeChoice) -> int:
    """Recorders run longer than the work: there is time to start the next ones."""
    return choice.seconds + 20


def _record_guest(choice: RecipeChoice) -> RecipeStep:
    folder, seconds = shell_path(choice.folder), _recording_s(choice)
    words = (
        f"It records for {seconds} s and ends by itself; go on with the next steps meanwhile, in "
        "other terminals. Each CPU gets 64 MB of the guest's memory, enough for about 150 000 commands."
    )
    if choice.tool is Tool.PERF:
        words += " perf can't write the texts of nvme events, so this step does without it."
    lines = (f"mkdir -p {folder}", f"cd {folder}", *guest_record_lines(choice.tool, seconds))
    return RecipeStep("Record the guest's driver", Where.GUEST, "\n".join(lines), words)


def _record_host(choice: RecipeChoice) -> RecipeStep:
    seconds, size = _recording_s(choice), 16 if choice.tool is Tool.PERF else 64
    words = (
        f"It records all virtual machines of the host for {seconds} s and ends by itself. Each CPU "
        f"gets a buffer of {size} MB."
    )
    lines = (_cd(choice), *host_record_lines(choice.tool, seconds))
    return RecipeStep("Record KVM on the host", Where.HOST, "\n".join(lines), words)


def _work(choice: RecipeChoice) -> RecipeStep:
    words = (
        f"An example that only reads: {choice.seconds} s of random reads, 16 at a time. Your own work "
        "will do as well. lsblk tells whether the disk is called nvme0n1."
    )
    return RecipeStep("Give the disk work", Where.GUEST, _FIO.format(choice.seconds), words)


def _check(choice: RecipeChoice, where: Where) -> RecipeStep:
    guest = where is Where.GUEST
    lines = guest_check_lines() if guest else host_check_lines(choice.tool)
    if guest or choice.tool is Tool.TRACEFS:
        whole = "The two numbers, events kept and events made, are the same when nothing is lost."
    else:
        whole = "The number is that of the gaps in the recording: 0 when nothing is lost."
    words = (
        f"{whole} Else record again, for a shorter time or with larger buffers. The last line notes "
        "how many nanoseconds this machine's clocks are apart: Unix time, and time since it started."
    )
    command = "\n".join((_cd(choice), *lines, _CLOCK_NOTE.format(where.value)))
    return RecipeStep(f"See that the {where.value}'s recording is whole", where, command, words)


def _import(choice: RecipeChoice) -> RecipeStep:
    lines = [_cd(choice)]
    files: list[str] = []
    if Part.QEMU_LOG in choice.parts:
        files.append("qemu.log")
    if Part.GUEST_DRIVER in choice.parts:
        inside = whole_path(choice.folder, "guest.txt")
        lines.append(
            f"ssh -- {quote(choice.guest)} {quote('cat ' + shell_path(inside))} > guest.txt"
        )
        files.append("guest.txt")
    if Part.HOST_KVM in choice.parts:
        files.append("host.txt")
    lines.append(f"nvmeviz import {' '.join(files)}")
    words = "The files of one recording are given together; each adds its part to the picture."
    if len(files) > 1 and "qemu.log" in files:
        words += (
            " QEMU's log counts Unix time, the others the time since their machine started; the same "
            "commands and doorbells in both tell how far they are apart."
        )
    return RecipeStep("Bring the files together", Where.HOST, "\n".join(lines), words)
