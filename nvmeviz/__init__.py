"""nvmeviz: see how a virtual machine talks to an NVMe disk."""

from nvmeviz import _plain

__version__ = "0.1.0"

_plain.install()
