"""Makes `libgomp.so.1` loadable on machines that do not have it.

xllamacpp's wheel expects the OpenMP library of GNU on the system, and a bare Debian has none. Other wheels bring a copy under a name
of their own; such a copy is loaded under the name that is asked for, which needs no right to install anything.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import tempfile
from pathlib import Path

_NAME = "libgomp.so.1"
_CARRIERS = ("ctranslate2", "sklearn", "torch")
# How often a thread looks before it sleeps while another one is still computing; the library reads it when it is loaded. Its own
# 300 000 are 14 ms: where another process holds a core, each of the hundreds of barriers of a token burns that, and an answer takes
# three times the processor time and five times as long.
_SPINS = "1000"


def ensure_openmp() -> bool:
    """Whether `libgomp.so.1` can be loaded from now on in this process; its threads do not spin long while they wait."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)
    if _loads(_NAME):
        return True
    return any(_load_renamed(library) for library in _copies())


def _copies() -> list[Path]:
    """Copies of the library that installed wheels brought along."""
    found: list[Path] = []
    for package in _CARRIERS:
        spec = importlib.util.find_spec(package)
        for folder in spec.submodule_search_locations or () if spec else ():
            for libraries in (Path(folder).parent / f"{package}.libs", Path(folder) / "lib"):
                found.extend(sorted(libraries.glob("libgomp*.so*")))
    return found


def _load_renamed(library: Path) -> bool:
    """Loads a copy whose name inside, which is what the loader compares, is the usual one."""
    data = library.read_bytes()
    own = library.name.encode() + b"\0"
    if data.count(own) != 1 or len(own) < len(_NAME) + 1:
        return False
    data = data.replace(own, _NAME.encode().ljust(len(own), b"\0"))
    with tempfile.TemporaryDirectory(prefix="mmi-openmp-") as folder:
        renamed = Path(folder) / _NAME
        renamed.write_bytes(data)
        return _loads(str(renamed))  # once loaded, the file itself may go


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True
