"""Takes out of Qt's ICU data what Qt does not ask for: 5 MB stay of 32.

Qt has its own data of languages, dates and numbers; of ICU it uses collation (the order of names in
a file dialog), time zones and character sets. The data is a package of named items inside a library;
those kept are put into a library of the same name. The form of the package: ICU's udata.h (header)
and ucmndata.h (table of contents: number, then the offsets of each name and item, sorted by name).

    python packaging/trim_icu.py LIBICUDATA.so.N OUTPUT
"""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

# Data for a language (`de.res`, `zh_Hant_TW.res`), translations and breaking into words, old
# character sets, names of characters.
UNUSED = re.compile(
    r"(brkitr|curr|lang|rbnf|region|translit|unit|zone)/|[a-z]{2,3}(_\w+)?\.res$|.*\.(cnv|spp|cfu)$|unames"
)
_HEADER = struct.Struct("<HBB")  # its length, then two magic bytes
_MAGIC = (0xDA, 0x27)
_FORM = b"CmnD"
_FORM_AT = 12  # in the header
_ALIGN = 16

_ASSEMBLER = """
.section .rodata
.balign {align}
.globl {symbol}
.type {symbol}, %object
{symbol}:
.incbin "{data}"
.size {symbol}, {size}
.section .note.GNU-stack, "", %progbits
"""


def items_of(library: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """(header, items by name) of the package in a library. ValueError when there is none."""
    start = library.find(_FORM) - _FORM_AT
    if start < 0 or _HEADER.unpack_from(library, start)[1:] != _MAGIC:
        raise ValueError("this library holds no ICU data")
    table = start + _HEADER.unpack_from(library, start)[0]
    (count,) = struct.unpack_from("<I", library, table)
    offsets = list(struct.iter_unpack("<II", library[table + 4 : table + 4 + 8 * count]))
    names = [
        library[table + at : library.index(b"\0", table + at)].decode("ascii") for at, _ in offsets
    ]
    # The last item's end is not told; what follows it does no harm.
    ends = [*(at for _, at in offsets[1:]), len(library)]
    items = [library[table + at : table + end] for (_, at), end in zip(offsets, ends, strict=True)]
    return library[start:table], list(zip(names, items, strict=True))


def package(header: bytes, items: list[tuple[str, bytes]]) -> bytes:
    """A package of items, which come in the order of their names."""
    names = b"".join(name.encode("ascii") + b"\0" for name, _ in items)
    first = 4 + 8 * len(items)
    table, body = [struct.pack("<I", len(items))], b""
    name_at, item_at = first, _up(first + len(names))
    for name, item in items:
        table.append(struct.pack("<II", name_at, item_at + len(body)))
        name_at += len(name) + 1
        body += item.ljust(_up(len(item)), b"\0")
    return header + (b"".join(table) + names).ljust(item_at, b"\0") + body


def _up(size: int) -> int:
    return -(-size // _ALIGN) * _ALIGN


def kept(name: str) -> bool:
    """Whether an item stays; its name begins with that of the package."""
    return not UNUSED.match(name.partition("/")[2])


def trim(library: Path, output: Path) -> None:
    """Write `library` with the items that are kept. Needs a C compiler."""
    header, items = items_of(library.read_bytes())
    data = package(header, [item for item in items if kept(item[0])])
    version = items[0][0].partition("/")[0].rstrip("lb")  # icudt73l: little-endian
    with tempfile.TemporaryDirectory() as folder:
        blob, source = Path(folder, "icu.dat"), Path(folder, "icu.s")
        blob.write_bytes(data)
        source.write_text(
            _ASSEMBLER.format(align=_ALIGN, symbol=f"{version}_dat", data=blob, size=len(data)),
            encoding="ascii",
        )
        soname = f"-Wl,-soname,{library.name}"
        words = ["cc", "-shared", "-nostdlib", "-s", soname, "-Wl,--build-id=none"]
        subprocess.run([*words, "-o", str(output), str(source)], check=True)


if __name__ == "__main__":
    trim(Path(sys.argv[1]), Path(sys.argv[2]))
