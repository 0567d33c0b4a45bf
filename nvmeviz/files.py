"""Writing a file whole or not at all, whatever happens meanwhile.

Knows nothing of what is written. What stands at the place stays until everything is on the disk.
"""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def whole_file(path: str | Path) -> Generator[BinaryIO, None, None]:
    """A file to write into: a temporary one in the same folder, flushed to the disk and renamed over
    `path` at the end, or gone when the block raises. OSError when the place won't take it.
    """
    target = Path(path)
    if "\0" in str(target):
        raise OSError(errno.EINVAL, "no file can have this name")
    handle, temporary = tempfile.mkstemp(
        dir=target.parent or ".", prefix=f".{target.name}.", suffix=".part"
    )
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
