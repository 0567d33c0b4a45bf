"""A file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import time

import pytest

from nvmeviz.files import DEAD_AFTER_S, reason, whole_file

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX's files")


def write(path, data: bytes = b"new") -> None:
    with whole_file(path) as file:
        file.write(data)


def test_a_file_appears_when_all_of_it_is_written(tmp_path):
    path = tmp_path / "x.txt"
    with whole_file(path) as file:
        file.write(b"one")
        assert not path.exists()
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_when_writing_fails(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(b"old")

    def write() -> None:
        with whole_file(path) as file:
            file.write(b"new")
            raise KeyError("half way")

    with pytest.raises(KeyError):
        write()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["no/such/folder/x", "a\0b", "."])
def test_a_place_that_takes_no_file_is_an_os_error(tmp_path, name):
    with pytest.raises(OSError), whole_file(f"{tmp_path}/{name}") as file:
        file.write(b"x")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_writer_left_goes_after_a_day_and_what_a_living_one_writes_stays(tmp_path):
    path, old = tmp_path / "x.txt", time.time() - DEAD_AFTER_S - 60
    dead, living, other = (
        tmp_path / name for name in (".x.txt.a1b2.part", ".x.txt.c3d4.part", ".y.txt.e5f6.part")
    )
    for left in (dead, living, other):
        left.write_bytes(b"half")
    for left in (dead, other):
        os.utime(left, (old, old))
    write(path)
    assert sorted(tmp_path.iterdir()) == sorted([path, living, other])


@posix
def test_a_link_stays_one(tmp_path):
    real, link = tmp_path / "dotfiles.toml", tmp_path / "settings.toml"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write(link)
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


@posix
def test_a_device_is_written_to_and_not_replaced(tmp_path):
    write(os.devnull)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    if os.path.exists("/dev/full"):
        with pytest.raises(OSError, match="No space"), whole_file("/dev/full") as file:
            file.write(b"x" * 100_000)


@posix
def test_a_new_file_is_as_private_as_the_person_wants_and_an_old_one_stays_as_it_was(tmp_path):
    before = os.umask(0o077)
    try:
        write(tmp_path / "new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    (tmp_path / "new").chmod(0o640)
    write(tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_a_folder_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(IsADirectoryError), whole_file(tmp_path):
        pytest.fail("hours of writing would be lost")
    assert list(tmp_path.iterdir()) == []


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path):
    write(tmp_path / ("ä" * 127))
    assert (tmp_path / ("ä" * 127)).read_bytes() == b"new"


def test_a_reason_says_what_to_do():
    full = OSError(errno.ENOSPC, "No space left on device")
    assert reason(full) == "No space left on device. Free some space, or choose another folder."
    assert reason(OSError(errno.EIO, "Input/output error")) == "Input/output error."
    assert reason(OSError("odd")) == "odd."
