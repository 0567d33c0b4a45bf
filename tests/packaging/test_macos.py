"""What the macOS bundle says of itself, and the scripts that make it."""

from __future__ import annotations

import plistlib
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from nvmeviz.log.recording import SUFFIX

MACOS = Path(__file__).parents[2] / "packaging" / "macos"
WHEEL = """Wheel-Version: 1.0
Root-Is-Purelib: false
Tag: {}
"""


def test_bundle_owns_recordings():
    bundle = runpy.run_path(str(MACOS / "bundle_info.py"))
    info = plistlib.loads(plistlib.dumps(bundle["info"]("1.2.3", "13.0")))
    (kind,) = info["UTExportedTypeDeclarations"]
    (document,) = info["CFBundleDocumentTypes"]
    assert document["LSItemContentTypes"] == [kind["UTTypeIdentifier"]]
    (suffix,) = kind["UTTypeTagSpecification"]["public.filename-extension"]
    assert f".{suffix}" == SUFFIX
    assert (info["CFBundleVersion"], info["LSMinimumSystemVersion"]) == ("1.2.3", "13.0")


def test_bundle_asks_for_the_newest_macos_that_a_wheel_asks_for():
    oldest_of = runpy.run_path(str(MACOS / "oldest_system.py"))["oldest_of"]
    wheels = [
        WHEEL.format(tag)
        for tag in ("py3-none-any", "cp310-abi3-macosx_13_0_universal2", "cp311-cp311-win_amd64")
    ]
    assert oldest_of(wheels) == "13.0"
    assert oldest_of([*wheels, WHEEL.format("cp311-cp311-macosx_14_0_arm64")]) == "14.0"
    assert oldest_of([*wheels, WHEEL.format("cp311-cp311-macosx_10_13_x86_64")]) == "13.0"


def test_entitlements_are_a_property_list():
    entitlements = plistlib.loads((MACOS / "entitlements.plist").read_bytes())
    assert entitlements
    assert all(value is True for value in entitlements.values())


@pytest.mark.parametrize("script", ["build", "smoke_test"])
def test_scripts_are_well_formed(script):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    subprocess.run([bash, "-n", MACOS / script], check=True)
