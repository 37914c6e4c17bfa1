"""Waits for the end of a run, however it comes, and leaves nothing of it behind: no process, no temporary file.

A program of its own that imports nothing of ours, started as `python -I -S keeper.py MARK FOLDER` with a pipe as its standard input: the
pipe ends when the run does, by SIGKILL too. The kernel ends the workers of a killed run; what they started is left to the keeper.
"""

import os
import shutil
import signal
import sys
import time

_ROUNDS = 50
_PAUSE_S = 0.1


def marked(mark: str) -> "list[int]":
    wanted = ("MMI_WORKER=" + mark + ".").encode()
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():  # noqa: PTH112, PTH208 - pathlib takes long to load
        if not name.isdecimal() or int(name) == os.getpid():
            continue
        try:
            with open("/proc/" + name + "/environ", "rb") as stream:  # noqa: PTH123
                if any(each.startswith(wanted) for each in stream.read().split(b"\0")):
                    found.append(int(name))
        except OSError:
            continue
    return found


def main(mark: str, folder: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 4096):
        pass
    for _ in range(_ROUNDS):
        found = marked(mark)
        if not found:
            break
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                continue
        time.sleep(_PAUSE_S)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
