"""Wheels are made of the source distribution, as a release's are, and tried where no checkout is.

The compiled one takes about a minute, once for each change: it is kept in build/wheel.
"""

from __future__ import annotations

import hashlib
import os
import runpy
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "check_wheel.py"
SOURCE = ("nvmeviz", "resources", "setup.py", "pyproject.toml", "README.md", "LICENSE")
KEPT = ROOT / "build" / "wheel"
SWITCHES = {
    "pure": {"NVMEVIZ_PURE_BUILD": "1"},
    "compiled": {"NVMEVIZ_ABI3": "1", "NVMEVIZ_REQUIRE_CORE": "1"},
}


def _run(*words: object, cwd: Path, **environment: str) -> str:
    """Its output. Nothing of the checkout is on the way to modules, nor any switch of ours set."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NVMEVIZ_P", "PYTHON"))}
    done = subprocess.run(
        [str(word) for word in words],
        env={**inherited, **environment},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """What a source distribution holds."""
    room = tmp_path_factory.mktemp("sdist")
    for name in SOURCE:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
            shutil.copytree(ROOT / name, room / "checkout" / name, ignore=ignored)
        else:
            shutil.copy2(ROOT / name, room / "checkout" / name)
    _run(
        *(sys.executable, "setup.py", "-q", "sdist", "-d", room),
        cwd=room / "checkout",
        NVMEVIZ_PURE_BUILD="1",
    )
    (archive,) = room.glob("nvmeviz-*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(room, filter="data")
    return room / archive.name.removesuffix(".tar.gz")


def _digest(folder: Path) -> str:
    """A name for what the files of a folder hold, and for this Python."""
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(folder)} {file.stat().st_size}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="module", params=["pure", "compiled"])
def wheel(request, unpacked) -> Path:
    """A wheel made of it."""
    if request.param == "compiled":
        header = Path(sysconfig.get_path("include"), "Python.h")
        if sys.platform != "win32" and (shutil.which("cc") is None or not header.exists()):
            pytest.skip("there is no C compiler or no Python.h here")
    kept = KEPT / request.param
    room = kept / _digest(unpacked)
    if not list(room.glob("*.whl")):
        shutil.rmtree(kept, ignore_errors=True)
        source = shutil.copytree(unpacked, kept / "source")
        pip = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation")
        words = (*pip, "--no-index", "-w", room, source)
        _run(*words, cwd=kept, **SWITCHES[request.param])
        shutil.rmtree(source)
    (made,) = room.glob("*.whl")
    assert runpy.run_path(str(SCRIPT))["compiled"](made) == (request.param == "compiled")
    return made


def test_installed_wheel_is_whole_and_works(wheel, tmp_path):
    site = tmp_path / "site"
    pip = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index")
    _run(*pip, "--target", site, wheel, cwd=tmp_path)
    _run(sys.executable, SCRIPT, wheel, cwd=tmp_path, PYTHONPATH=str(site))
    words = (sys.executable, "-m", "nvmeviz", "--self-test")
    said = _run(*words, cwd=tmp_path, PYTHONPATH=str(site), QT_QPA_PLATFORM="offscreen")
    assert f"in {site}" in said
    assert f"engine        {'compiled' if 'abi3' in wheel.name else 'uncompiled'}" in said
    assert "checks passed" in said


@pytest.fixture(scope="module")
def check() -> dict:
    return runpy.run_path(str(SCRIPT))


@pytest.mark.parametrize(
    ("lost", "problem"),
    [
        ("nvmeviz/resources/drives.toml", "nvmeviz/resources/drives.toml is missing."),
        (".dist-info/licenses/LICENSE", "LICENSE is missing."),
        (".dist-info/entry_points.txt", "The command nvmeviz = nvmeviz.__main__:main is missing."),
    ],
)
def test_a_wheel_that_lacks_something_is_refused(check, tmp_path, lost, problem):
    name = "nvmeviz-1-py3-none-any"
    files = {*check["expected"](), f"{name}.dist-info/licenses/LICENSE"}
    scripts = {f"{name}.dist-info/entry_points.txt": "\n".join(check["SCRIPTS"])}
    with zipfile.ZipFile(tmp_path / f"{name}.whl", "w") as file:
        for member, text in (dict.fromkeys(files, "") | scripts).items():
            if not member.endswith(lost):
                file.writestr(member, text)
    assert problem in check["problems_inside"](tmp_path / f"{name}.whl")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nvmeviz-1-cp311-abi3-win_amd64", "nvmeviz/engine/core is compiled in one"),
        ("nvmeviz-1-cp311-cp311-win_amd64", "It is not for cp311-abi3."),
    ],
)
def test_a_wheel_that_is_not_compiled_as_it_says_is_refused(check, tmp_path, name, problem):
    with zipfile.ZipFile(tmp_path / f"{name}.whl", "w") as file:
        file.writestr("nvmeviz/__init__.py", "")
    found = check["problems_inside"](tmp_path / f"{name}.whl")
    assert any(said.startswith(problem) for said in found)
