"""A file is written whole or not at all."""

from __future__ import annotations

import pytest

from nvmeviz.files import whole_file


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
