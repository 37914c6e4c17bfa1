"""A process that has loaded the program once and forks itself for each run, and each worker of a run, so that a start costs milliseconds.

What is killed is real: the parent and the workers of a real run, with the real executor, journal and manifest; only the loading of Python
is saved. Started as a program it takes a line for each run (input folder, output, file for the audit; as JSON) and answers with the
process it forked, then, when that has ended, with its wait status.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mmi_cli.runner.observer import SilentObserver
from mmi_cli.runner.output import parse_output
from mmi_cli.runner.plan import RunPlan
from mmi_cli.runner.run import execute
from mmi_cli.runner.work import do_file
from mmi_cli.runner.workers import worker, worker_process
from mmi_cli.schema_file import load_schema
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source

FAST: dict[str, Any] = {
    "ocr": "none",
    "speech": "none",
    "embedding": "none",
    "image_tags": "none",
    "language_model": "none",
    "cache": "off",
    "threads": 1,
}
SCHEMA = "total number, date date"


class ForkedPopen:
    """As much of `subprocess.Popen` as starting a worker takes: a copy of this process that goes on as the worker."""

    def __init__(
        self, arguments: Sequence[str], *, env: dict[str, str], pass_fds: Sequence[int], **unused: object
    ) -> None:
        first, second = (int(each) for each in arguments[-3:-1])
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid:
            return
        try:
            os.setsid()
            os.environ.update(env)
            kept = {0, 1, 2, *pass_fds}
            for descriptor in map(int, os.listdir("/proc/self/fd")):
                if descriptor not in kept:
                    try:
                        os.close(descriptor)
                    except OSError:
                        continue
            worker.main(first, second)
        finally:
            os._exit(0)

    def poll(self) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self.returncode = 0
            else:
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until_s = time.monotonic() + (timeout if timeout is not None else 1e9)
        while self.poll() is None:
            if time.monotonic() > until_s:
                raise subprocess.TimeoutExpired("worker", timeout or 0.0)
            time.sleep(0.002)
        assert self.returncode is not None
        return self.returncode


def do_run(inputs: str, output: str, *, audit: Path | None = None, inline: bool = False, jobs: int = 2) -> None:
    """One run of text files in this process; each file that is begun leaves its path in `audit`."""
    if audit is not None:
        log = os.open(audit, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def audited(pipeline: Any, spec: Any, file: Any, **more: Any) -> Any:
            os.write(log, f"{file.path}\n".encode())
            return do_file(pipeline, spec, file, **more)

        def reopened(*descriptors: int) -> None:
            nonlocal log  # a worker has none of its parent's descriptors
            log = os.open(audit, os.O_WRONLY | os.O_APPEND)
            main(*descriptors)

        main = worker.main
        worker.main = reopened
        worker.do_file = audited
    settings = Settings.model_validate({**FAST, "inline": inline, "jobs": jobs})
    execute(
        RunPlan(
            inputs=(inputs,),
            source=open_source([inputs]),
            schemas=(load_schema(SCHEMA),),
            settings=settings,
            output=parse_output(output, cache=Path(output)),
        ),
        SilentObserver(),
    )


def serve() -> None:
    """Forks for each line of stdin."""
    warm = json.loads(sys.stdin.readline())
    do_run(warm["inputs"], warm["output"], inline=True)  # loads everything that a file of this kind needs
    fakes = {name: getattr(subprocess, name) for name in ("DEVNULL", "TimeoutExpired", "_args_from_interpreter_flags")}
    worker_process.subprocess = SimpleNamespace(Popen=ForkedPopen, **fakes)  # type: ignore[assignment]
    print(0, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            code = 1
            try:
                os.setsid()
                signal.signal(signal.SIGPIPE, signal.SIG_DFL)
                do_run(asked["inputs"], asked["output"], audit=Path(asked["audit"]))
                code = 0
            finally:
                os._exit(code)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
