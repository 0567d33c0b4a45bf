"""What a person typed, as it may stand in a shell command, a QEMU option or a libvirt domain."""

from __future__ import annotations

from shlex import quote


def whole_path(folder: str, name: str) -> str:
    """`name` in `folder`, or alone when it says itself where it lies."""
    if name.startswith(("/", "~/")):
        return name
    return f"{folder.rstrip('/')}/{name}"


def plain_path(path: str) -> str:
    """The path as no program takes for an option, and QEMU not for a protocol such as `nbd:`."""
    if path.startswith(("/", "~/")) or path == "~":
        return path
    first = path.partition("/")[0]
    return f"./{path}" if path.startswith("-") or ":" in first else path


def shell_path(path: str) -> str:
    """One word of a POSIX shell. `~/` stays the home folder."""
    if path == "~" or path.startswith("~/"):
        rest = path[2:]
        return '"$HOME"' + (f"/{quote(rest)}" if rest else "")
    return quote(plain_path(path))


def option_value(text: str) -> str:
    """A value in a list of QEMU options: a comma of its own is written twice."""
    return text.replace(",", ",,")
