"""Writing a file whole or not at all, whatever happens meanwhile; and why one was not written, in
words.

Knows nothing of what is written. What stands at the place stays until everything is on the disk.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Generator

_PART = ".part"
_LONGEST_NAME = 50  # of a target, as part of a temporary name, which may have 255 bytes
# A writer that was killed leaves its temporary file. One that lives touches it again and again.
DEAD_AFTER_S = 86_400
_ADVICE = {
    errno.ENOSPC: "Free some space, or choose another folder.",
    errno.EDQUOT: "Free some space, or choose another folder.",
    errno.EFBIG: "Choose another folder.",
    errno.EROFS: "Choose another folder.",
    errno.EACCES: "Choose another folder, or another name.",
    errno.EPERM: "Choose another folder, or another name.",
    errno.ENOENT: "Choose a folder that exists.",
    errno.ENOTDIR: "Choose a folder that exists.",
    errno.EISDIR: "Choose another name.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


def reason(error: OSError) -> str:
    """Why a file was not written and what to do, in sentences."""
    words = error.strerror or str(error) or type(error).__name__
    return f"{words}. {_ADVICE.get(error.errno or 0, '')}".rstrip()


def is_text(name: str) -> bool:
    """Whether a text file can hold a name: those of files may be bytes that are no text."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def whole_file(path: str | Path) -> Generator[BinaryIO, None, None]:
    """A file to write into: a temporary one in the same folder, flushed to the disk and renamed over
    `path` at the end, or gone when the block raises. A link stays one: what it leads to is replaced.
    A device or a pipe is written to as it is. OSError when the place won't take it.
    """
    if "\0" in str(path):
        raise OSError(errno.EINVAL, "no file can have this name")
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        with target.open("wb") as file:
            yield file
        return
    _clear_up(target)
    temporary = _beside(target, secrets.token_hex(4))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(temporary, flags, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _mode(target: Path) -> int | None:
    """The mode of what is there; None for nothing. OSError when it is not to be written over."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "a folder has this name")
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "this file is write-protected")
    return mode


def _beside(target: Path, token: str) -> Path:
    return target.with_name(f".{target.name[:_LONGEST_NAME]}.{token}{_PART}")


def _clear_up(target: Path) -> None:
    """Take away what writers of this file have left that were killed a day ago or more."""
    front = _beside(target, "").name.removesuffix(_PART)
    oldest = time.time() - DEAD_AFTER_S
    with suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if entry.name.startswith(front) and entry.name.endswith(_PART):
                with suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_mtime < oldest:
                        os.unlink(entry.path)
