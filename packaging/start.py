"""The frozen program's start, with a console and, on Windows, without one.

pyqtgraph imports Qt's OpenGL modules (10 MB) and derives two classes from what is in them, but uses
those only where OpenGL is switched on, which it is not. Stand-ins take their place.
"""

import sys
from types import ModuleType

from nvmeviz.__main__ import window


class _OpenGLWidget:
    """In the place of QOpenGLWidget; never made."""


def _stand_in(name: str, **content: object) -> None:
    module = sys.modules[name] = ModuleType(name)
    vars(module).update(content)


_stand_in("PySide6.QtOpenGL")
_stand_in("PySide6.QtOpenGLWidgets", QOpenGLWidget=_OpenGLWidget)
raise SystemExit(window())
