"""The commands for when something does not work: the self-test, and one file for a problem report."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from nvmeviz.app import selftest
from nvmeviz.app.diagnostics import DiagnosticsError, write_diagnostics
from nvmeviz.cli.output import FOUND, OK, wrong

if TYPE_CHECKING:
    import argparse

    from nvmeviz.cli import Desktop


def self_test(desktop: Desktop) -> int:
    """One line a check, then how many failed."""
    probes = [
        *selftest.PROBES,
        *((name, partial(desktop.probe, name)) for name in selftest.DESKTOP_PROBES),
    ]
    failed = 0
    for check in selftest.checks(probes):
        failed += not check.passed
        sys.stdout.write(
            f"{'ok' if check.passed else 'FAILED':<7} {check.name:<13} {check.found}\n"
        )
        sys.stdout.flush()  # what is known stands there, whatever happens to the process next
    said = (
        f"{failed} of {len(probes)} checks failed" if failed else f"all {len(probes)} checks passed"
    )
    sys.stdout.write(f"nvmeviz --self-test: {said}\n")
    return FOUND if failed else OK


def diagnostics(options: argparse.Namespace, _: Desktop) -> int:
    """Write the file that the window's menu writes, for when no window opens."""
    try:
        write_diagnostics(options.output)
    except DiagnosticsError as error:
        return wrong(str(error))
    sys.stdout.write(f"For your problem report: {options.output}\n")
    return OK
