"""Files of traces as blocks of whole lines: plain, gzip, xz or bzip2, in bounded memory.

A file that is cut off or damaged gives what there is of it; `Text.cut` says so. Only a file that is no
text at all is an error, in words.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 1 << 20  # bytes read at a time
LONGEST_LINE = 4 << 20  # without a line's end in so many bytes, the text is given up to there
_MAGIC = (
    (b"PERFILE2", "perf's own file", "perf script -i FILE > trace.txt"),
    (b"\x17\x08\x44tracing", "trace-cmd's own file", "trace-cmd report -i FILE > trace.txt"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "zstd -d FILE"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "7z x FILE"),
)


class ImportProblem(Exception):
    """What is wrong with a file and what to do; the file's name stands last."""


class Cancelled(Exception):
    """The person who asked for an import does not want it any more."""


class Text:
    """One file. share: how much of it has been read, 0..1. cut: "" or why its end is missing."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = Path(path).name
        self.cut = ""
        self.share = 0.0
        self._begin = _beginning(path)
        # It is read twice and may grow: what is there now is read. A kernel's own file has no size.
        self._size = Path(path).stat().st_size or 1 << 62

    def blocks(self) -> Iterator[bytes]:
        """The text, block by block, each ending with a whole line. Raises ImportProblem."""
        self.cut = ""
        try:
            with Path(self.path).open("rb") as file:
                yield from self._lines(_Beginning(file, self._size))
        except OSError as error:
            raise ImportProblem(
                f"The file can't be read: {error.strerror or error}. ({self.path})"
            ) from None

    def _lines(self, raw: _Beginning) -> Iterator[bytes]:
        file, encoding = _opened(raw, self._begin), ""
        left = b""
        first = True
        while True:
            block = self._block(file)
            if first:
                encoding = _encoding(block)
                self._refuse_binary(block, encoding)
                first = False
            self.share = raw.share
            if not block:
                if left:
                    yield _plain(left, encoding)
                return
            text = left + block
            # A line ends with \n, \r\n or, in some, with \r alone; UTF-16 has a zero beside it.
            end = max(text.rfind(b"\n"), text.rfind(b"\r", 0, -2)) + 1
            if encoding:
                end += encoding == "utf-16-le"
                end -= end % 2
            if end <= 0 and len(text) > LONGEST_LINE:
                end = len(text)
            if end > 0:
                yield _plain(text[:end], encoding)
            left = text[end:]

    def _block(self, file: Any) -> bytes:
        """The next bytes, at the most BLOCK; none at the end, or behind where the file breaks."""
        parts: list[bytes] = []
        left = BLOCK
        while left and not self.cut:
            try:
                # No more at once than one step of the decompressor: what breaks loses only that.
                part = file.read1(left)
            except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
                if isinstance(error, OSError) and error.errno:
                    raise
                self.cut = f"its compressed data ends or breaks in the middle ({error})"
                break
            if not part:
                break
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def _refuse_binary(self, block: bytes, encoding: str) -> None:
        start = block[:4096]
        if encoding or not start:
            return
        odd = sum(1 for c in start if c < 9 or 13 < c < 27)
        if odd * 20 > len(start):
            raise ImportProblem(
                "This is no text: a trace log is expected, as it is or compressed with gzip, xz or "
                f"bzip2. ({self.path})"
            )


class _Beginning(io.RawIOBase):
    """The first `size` bytes of a file. share: how much of them has been read."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left, self._size = file, size, size

    @property
    def share(self) -> float:
        return 1 - self._left / self._size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)


def _beginning(path: str) -> bytes:
    try:
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            raise ImportProblem(f"This is a folder: name the files in it. ({path})")
        if not stat.S_ISREG(mode):
            raise ImportProblem(
                f"This can't be read twice, as an import does: write it into a file first. ({path})"
            )
        with Path(path).open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        raise ImportProblem(f"There is no such file. ({path})") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ImportProblem(f"The file can't be read: {reason}. ({path})") from None
    for magic, what, command in _MAGIC:
        if start.startswith(magic):
            raise ImportProblem(f"This is {what}. Make a text of it first: {command} ({path})")
    return start


def _opened(raw: Any, start: bytes) -> Any:
    if start.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=raw)
    if start.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMAFile(raw)
    if start.startswith(b"BZh"):
        return bz2.BZ2File(raw)
    return io.BufferedReader(raw, BLOCK)


def _encoding(block: bytes) -> str:
    """What a text that is not one byte a character is written in; "" for all others."""
    if block.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if block.startswith(b"\xfe\xff"):
        return "utf-16-be"
    return ""


def _plain(text: bytes, encoding: str) -> bytes:
    """The text with one byte a character and nothing but line feeds at the ends of its lines."""
    if encoding:
        text = text.decode(encoding, "replace").encode("utf-8", "replace")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text.removeprefix(b"\xef\xbb\xbf")
