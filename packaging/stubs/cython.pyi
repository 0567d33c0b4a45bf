"""The names of `cython` that the compiled core uses, for pyright, which has no stub of its own for them.

With `defineConstant` in pyproject.toml, what is checked is the text as it runs uncompiled. Branches
under `if cython.compiled:` speak of C structs and are checked by Cython itself.
"""

from contextlib import AbstractContextManager
from typing import Any

compiled: bool
nogil: AbstractContextManager[None]

Py_ssize_t: Any
longlong: Any
ulonglong: Any
uint: Any
bint: Any

def declare(kind: Any, value: Any = ..., /) -> Any: ...
def cast(kind: Any, value: Any, /) -> Any: ...
