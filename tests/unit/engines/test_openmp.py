"""A machine without GNU's OpenMP library can still load what needs it."""

from __future__ import annotations

import subprocess
import sys


def test_a_copy_of_another_wheel_serves_under_the_usual_name() -> None:
    # In a process of its own: a library that is loaded stays loaded.
    script = (
        "import ctypes\n"
        "from mmi_cli.engines import openmp\n"
        "copies = openmp._copies()\n"
        "assert copies, 'no wheel brings a copy'\n"
        "assert openmp._load_renamed(copies[0])\n"
        "assert ctypes.CDLL('libgomp.so.1').omp_get_max_threads() >= 1\n"
        "assert 'mmi-openmp-' in open('/proc/self/maps').read()\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
