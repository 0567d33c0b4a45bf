"""The files that come with the program, and how it is started, for `ui` and `cli`."""

from __future__ import annotations

from nvmeviz.places import program
from nvmeviz.places import resource as path

__all__ = ["path", "program"]
