"""Start without what this process may never need.

Some libraries take in others wherever they find them installed. What stands here tells them otherwise, or puts the
reading off; ours take in the same libraries where they use them.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Hide modules from the libraries imported in the block, which all go on without them."""
    absent = [name for name in names if name not in sys.modules]
    # None is Python's own mark of a module that cannot be imported.
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def at_first_use(name: str) -> None:
    """Let an installed module be read when something of it is first asked for, whoever imported it."""
    spec = importlib.util.find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
