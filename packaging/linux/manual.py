"""Writes the man page and the shells' completions from the command line that `cli.parser` defines, into
a folder that stands for /usr/share: man/man1, bash-completion, zsh and fish.
"""

from __future__ import annotations

import argparse
import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nvmeviz import __version__
from nvmeviz.app.headless import scenario_rows
from nvmeviz.cli.parser import parser

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_FILES = {"FILE", "SCENARIO", "PICTURE.png"}  # what such an argument names may be a file


@dataclass(frozen=True)
class Command:
    """A command, or "" for the program itself: what it does and its arguments that are shown."""

    name: str
    does: str
    actions: tuple[argparse.Action, ...]

    @property
    def options(self) -> tuple[argparse.Action, ...]:
        """Those that begin with a dash."""
        return tuple(action for action in self.actions if action.option_strings)

    @property
    def places(self) -> tuple[argparse.Action, ...]:
        """Those that do not."""
        return tuple(action for action in self.actions if not action.option_strings)


def commands(top: argparse.ArgumentParser) -> list[Command]:
    """The program's own options first, then each command's."""
    found = [Command("", top.description or "", _shown(top))]
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {row.dest: row.help or "" for row in action._choices_actions}
            found += [
                Command(name, told[name], _shown(sub)) for name, sub in action.choices.items()
            ]
    return found


def _shown(of: argparse.ArgumentParser) -> tuple[argparse.Action, ...]:
    return tuple(
        action
        for action in of._actions
        if action.help != argparse.SUPPRESS and not isinstance(action, argparse._SubParsersAction)
    )


def _value(action: argparse.Action) -> str:
    """How an argument's value is called, "" for a switch."""
    if action.nargs == 0:
        return ""
    if action.choices is not None:
        return "|".join(str(choice) for choice in action.choices)
    name = action.metavar or action.dest.upper()
    return name if isinstance(name, str) else name[0]


def _roff(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def man_page(found: list[Command], day: datetime) -> str:
    """The page for section 1, in roff."""
    top = found[0]
    lines = [
        f'.TH NVMEVIZ 1 "{day:%Y\\-%m\\-%d}" "nvmeviz {__version__}" "User Commands"',
        *(".SH NAME", "nvmeviz \\- see how a virtual machine talks to an NVMe disk"),
        *(".SH SYNOPSIS", ".B nvmeviz", "[\\fICOMMAND\\fR] [\\fIARGUMENTS\\fR]"),
        *(".SH DESCRIPTION", _roff(top.does)),
        *(".SH OPTIONS", *_arguments(top.options)),
        ".SH COMMANDS",
    ]
    for command in found[1:]:
        names = " ".join(f"\\fI{_roff(_value(place))}\\fR" for place in command.places)
        lines += [f".SS nvmeviz {command.name} {names}".rstrip(), _roff(_sentence(command.does))]
        lines += _arguments(command.actions)
    lines += [
        *(".SH EXIT STATUS", "0: fine; 1: a finding or a failed check; 2: wrong use or input."),
        *(".SH ENVIRONMENT", ".TP", ".B NVMEVIZ_CONFIG_DIR"),
        "The folder of the settings file, instead of the one in the user\\(aqs own.",
        *(".TP", ".B QT_QPA_PLATFORM", "How the window is shown: xcb, wayland, offscreen."),
    ]
    return "\n".join(lines) + "\n"


def _arguments(actions: tuple[argparse.Action, ...]) -> list[str]:
    lines: list[str] = []
    for action in actions:
        value = _roff(_value(action))
        names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in action.option_strings)
        lines += [".TP", f"{names} \\fI{value}\\fR".strip() if value else names]
        lines.append(_roff(_sentence(action.help or "see above")))
    return lines


def _words(action: argparse.Action) -> tuple[str, ...]:
    """What an argument may be, as far as it is known."""
    if action.choices is not None:
        return tuple(str(choice) for choice in action.choices)
    if action.metavar == "SCENARIO":
        return tuple(str(row["name"]) for row in scenario_rows())
    return ()


def bash(found: list[Command]) -> str:
    """Completion for bash: commands, their options, choices, scenarios and files."""
    names = " ".join(command.name for command in found[1:])
    lines = [
        "# Completion of nvmeviz for bash.",
        "_nvmeviz() {",
        "    local now=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}",
        "    local command= options= words=",
        "    local i; for ((i = 1; i < COMP_CWORD; i++)); do",
        f'        case " {names} " in *" ${{COMP_WORDS[i]}} "*) command=${{COMP_WORDS[i]}}; break ;; esac',
        "    done",
        '    case "$command" in',
    ]
    for command in found:
        options = [name for action in command.options for name in action.option_strings]
        words = [word for place in command.places for word in _words(place)]
        said = " ".join(words) if command.name else names
        lines.append(f'    "{command.name}") options="{" ".join(options)}" words="{said}" ;;')
    lines += ["    esac", '    case "$command $before" in']
    for command in found:
        for action in command.options:
            for name in action.option_strings if _words(action) else ():
                lines.append(
                    f'    "{command.name} {name}") words="{" ".join(_words(action))}" options= ;;'
                )
    lines += [
        "    esac",
        "    case $now in -*) words=$options ;; esac",
        '    COMPREPLY=($(compgen -W "$words" -- "$now"))',
        "}",
        "complete -o default -F _nvmeviz nvmeviz",
    ]
    return "\n".join(lines) + "\n"


def zsh(found: list[Command]) -> str:
    """Completion for zsh."""
    lines = ["#compdef nvmeviz", "", "local -a commands=("]
    lines += [f"    {_quoted(f'{command.name}:{command.does}')}" for command in found[1:]]
    lines += [
        ")",
        "if (( CURRENT == 2 )); then",
        "    _describe command commands",
        "fi",
        "case $words[2] in",
    ]
    for command in found[1:]:
        rows: list[str] = []
        for action in command.options:
            value = f":{_value(action)}:{_zsh_values(action)}" if action.nargs != 0 else ""
            told = (action.help or "").replace("[", "(").replace("]", ")").replace(":", "\\:")
            rows += [_quoted(f"{name}[{told}]{value}") for name in action.option_strings]
        rows += [_quoted(f"*:{_value(place)}:{_zsh_values(place)}") for place in command.places]
        lines.append(
            f"{command.name}) shift words; (( CURRENT-- )); _arguments {' '.join(rows)} ;;"
        )
    return "\n".join([*lines, "*) _files ;;", "esac"]) + "\n"


def _zsh_values(action: argparse.Action) -> str:
    words = _words(action)
    known = f"compadd {' '.join(words)}" if words else ""
    files = "_files" if action.metavar in _FILES else ""
    both = "; ".join(filter(None, (known, files)))
    return f"{{{both}}}" if both else " "


def fish(found: list[Command]) -> str:
    """Completion for fish."""
    lines = ["# Completion of nvmeviz for fish."]
    for command in found:
        if command.name:
            told = _quoted(command.does)
            lines.append(
                f"complete -c nvmeviz -n __fish_use_subcommand -a {command.name} -d {told}"
            )
        when = (
            f"'__fish_seen_subcommand_from {command.name}'"
            if command.name
            else "__fish_use_subcommand"
        )
        for action in command.actions:
            names = "".join(
                f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}"
                for name in action.option_strings
            )
            values = f" -a {_quoted(' '.join(_words(action)))}" if _words(action) else ""
            takes = " -r" if names and action.nargs != 0 else ""
            if names or values:
                told = _quoted(action.help or "")
                lines.append(f"complete -c nvmeviz -n {when}{names}{takes}{values} -d {told}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "") + "'"


def main(share: Path, day: datetime) -> None:
    """Write everything below `share`."""
    found = commands(parser())
    page = share / "man" / "man1" / "nvmeviz.1.gz"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_bytes(gzip.compress(man_page(found, day).encode(), mtime=0))
    for place, text in (
        ("bash-completion/completions/nvmeviz", bash(found)),
        ("zsh/vendor-completions/_nvmeviz", zsh(found)),
        ("fish/vendor_completions.d/nvmeviz.fish", fish(found)),
    ):
        (share / place).parent.mkdir(parents=True, exist_ok=True)
        (share / place).write_text(text, encoding="utf-8")
